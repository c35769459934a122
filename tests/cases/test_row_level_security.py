"""The second wall: what the database shows of the person tables, whatever the program asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.urls import NoReverseMatch, reverse

from cases.actions.caseload import accept_offer, offer_cases
from cases.actions.closing_calendar import ClosingDates, change_closing
from cases.likeness import Applicant, find_likely
from cases.models import Alias, Assessment, CaseHolder, Note, Worker, WorkerQuerySet
from cases.people_pages import held_by, places_of
from cases.search import CAP, find_people
from kotim_social.accounts.models import RoleGrant, User
from kotim_social.accounts.roles import SCOPED_ROLES, Perm, Role
from kotim_social.audit.scope import set_actor, whole_office
from kotim_social.lib.dates import today
from kotim_social.regions.models import Lokalisasi
from kotim_social.workflow import Refused
from tests import factories, outside
from tests.disbursements.browsing import browser
from tests.factories import Four
from tests.repatriation import travellers
from tests.reset import owner_cursor
from tests.test_access import ACCESS, EVERYBODY, FILL, LETTERS, PUBLIC, addresses

pytestmark = pytest.mark.django_db
CHILD = date(2000, 3, 1)
WALLED = (
    "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace"
)
BY_NAME = "SELECT worker_id FROM kotim_find_names('{0}', '{1}', 100, '{1}', '{1}', 0, '{{}}', 51)"
# Tables that hang on a person and have no policy, each with its reason.
OPEN = {
    "desk.ChangedPerson": "ids of whom to count anew; the app role reads none of them",
    "desk.PersonGroup": "in which group an id is counted; the app role reads none of them",
    "cases.ReadinessDifference": "ids of whose row is wrong; empty while triggers run",
    "cases.CaseHolder": "who holds a case: the policies ask it themselves; ids and dates",
    "cases.OfferedCase": "ids of an offer",
    "cases.AnonymisedPerson": "ids and terms of a proposal",
    "cases.Attendance": "that an id came to a session",
    "cases.FrozenPerson": "ids of a frozen stage, and how each stood",
    "cases.BreachPerson": "ids of a breach",
    "cases.BreachNotice": "ids of a breach; its text is encrypted",
    "cases.DifferentPeople": "pairs of ids",
    "cases.ChildReferral": "a scope of its own: supervisors and the officer of the child",
    "cases.LateProposal": "not registered yet; a scope of its own",
    "cases.StagedRow": "not registered yet; encrypted; a scope of its own",
    "cases.Whereabouts": "place and birth date of everybody, no name",
    "disbursements.Entitlement": "money",
    "disbursements.EntitlementEvent": "money",
    "disbursements.Position": "money",
    "repatriation.Member": "ids of a manifest",
    "repatriation.MemberEvent": "ids of a manifest",
}


def rows(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return list(cursor.fetchall())


def shown_to(user: User | None, statement: str = "SELECT id FROM cases_worker") -> set[Any]:
    """What plain SQL of the app role finds under this user, and then the test stands outside."""
    set_actor(user.pk if user else 0)
    if user is None:
        rows("SELECT set_config('kotim.user', '', true)")
    try:
        return {one for (one,) in rows(statement)}
    finally:
        outside.back_outside()


@pytest.fixture
def four() -> Four:
    return factories.the_four()


def give(worker: Worker, receiver: User, *, by: User) -> None:
    offer = offer_cases(workers=[worker], receiver=receiver, reason="uji", by=by)
    accept_offer(offer=offer, by=receiver)


@pytest.fixture
def people(four: Four) -> dict[str, Worker]:
    """Every way in which somebody may be near a caseworker of Km 12 or far from her."""
    names = ("plain", "held", "given", "child", "her_child", "merged", "grows")
    found = dict(zip(names, factories.register(len(names), by=four.petugas), strict=True))
    far = factories.register(3, by=four.petugas, place="TANGAR")
    found |= dict(zip(("far", "far_held", "far_child"), far, strict=True))
    for name in ("child", "her_child", "far_child"):
        Worker.objects.filter(pk=found[name].pk).update(birth_date=CHILD)
    Worker.objects.filter(pk=found["grows"].pk).update(birth_date=date(1999, 12, 1))
    Worker.objects.filter(pk=found["merged"].pk).update(case_state="closed")
    Worker.objects.filter(pk=found["merged"].pk).update(case_state="open")
    Worker.objects.filter(pk=found["merged"].pk).update(case_state="merged")
    return found


@pytest.fixture
def users(four: Four, people: dict[str, Worker]) -> dict[str, User]:
    near = factories.make_user("petugas", lokalisasi=Lokalisasi.objects.get(places="KM12").pk)
    other = factories.make_user("petugas", lokalisasi="TANGAR")
    for name in ("held", "far_held", "her_child"):
        give(people[name], near, by=four.pimpinan)
    give(people["given"], near, by=four.pimpinan)
    give(people["given"], other, by=near)
    nobody = factories.make_user("petugas", lokalisasi=())
    lost = factories.make_user("petugas")
    RoleGrant.objects.filter(user=lost).update(valid_until=today() - timedelta(days=1))
    gone = factories.make_user("verifikator")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    found = {
        "near": near, "other": other, "nobody": nobody, "lost": lost, "gone": gone,
        **{role: factories.make_user(role) for role in Role},
    }  # fmt: skip
    return {name: factories.fresh(user) for name, user in found.items()}


def agree(users: dict[str, User]) -> dict[str, set[UUID]]:
    """Each user's people, after the policies and the querysets were found to say the same."""
    found = {}
    for name, known in users.items():
        user = factories.fresh(known)
        program = set(Worker.objects.visible_to(user).values_list("pk", flat=True))
        hers = Worker.objects.in_parts(user, held=held_by(user), places=places_of(user))
        parts = [set(part.values_list("pk", flat=True)) for part in hers]
        assert set().union(*parts) == program and sum(map(len, parts)) == len(program), name
        assert shown_to(user) == program, name
        assert shown_to(user, BY_NAME.format("%", "x")) == program, name
        found[name] = program
    return found


def test_policies_and_querysets_agree_for_every_role(
    users: dict[str, User], people: dict[str, Worker], four: Four
) -> None:
    seen = agree(users)
    names = {name: {key for key, w in people.items() if w.pk in seen[name]} for name in users}
    assert names["near"] == {"plain", "held", "far_held", "her_child", "merged"}
    assert names["nobody"] == set()
    assert names[Role.AUDITOR] == set(people) - {"child", "her_child", "far_child", "grows"}
    assert names[Role.PIMPINAN] == set(people)
    # The closing moves: one grows up, all are children, all are of age.
    lokalisasi = Lokalisasi.objects.get(places="KM12")
    for day in (date(2017, 12, 1), date(2002, 12, 31), date(2018, 3, 1), date(2020, 2, 29)):
        dates = ClosingDates(planned_closing=day)
        change_closing(lokalisasi=lokalisasi, dates=dates, because="surat", by=four.pimpinan)
        agree(users)


def test_holders_of_other_days_and_roles_of_other_days(
    users: dict[str, User], people: dict[str, Worker], four: Four
) -> None:
    near = users["near"]
    for until in (today(), today() - timedelta(days=1), None):
        CaseHolder.objects.filter(user=near, ended_at=None).update(valid_until=until)
        agree(users)
    CaseHolder.objects.filter(user=near, ended_at=None).update(
        valid_from=today() + timedelta(days=1)
    )
    agree(users)
    near.assignments.update(valid_until=today() - timedelta(days=1))
    assert agree(users)["near"] == set()


def test_a_case_is_shown_to_whoever_has_it_in_care(
    users: dict[str, User], people: dict[str, Worker], four: Four
) -> None:
    for worker in people.values():
        Assessment.objects.create(
            worker=worker, assessed_on=today(), risk="low", summary="uji", recorded_by=four.pimpinan
        )
        for secret, by in ((False, four.pimpinan), (True, four.pimpinan), (True, users["near"])):
            Note.objects.create(worker=worker, text="uji", confidential=secret, recorded_by=by)
    for name, known in users.items():
        user = factories.fresh(known)
        for model in (Assessment, Note):
            table = model._meta.db_table
            program = set(model.objects.visible_to(user).values_list("pk", flat=True))
            assert shown_to(user, f"SELECT id FROM {table}") == program, (name, table)


def test_what_hangs_on_her_is_shown_with_her(
    users: dict[str, User], people: dict[str, Worker]
) -> None:
    Alias.objects.bulk_create(
        Alias(worker=worker, name="Uji", name_folded="uji") for worker in people.values()
    )
    for name, user in users.items():
        hers = shown_to(user)
        for table, column in (
            ("cases_alias", "worker_id"), ("cases_bankaccount", "worker_id"),
            ("cases_bankaccount_event", "worker_id"), ("cases_worker_event", "id"),
            ("cases_journey", "worker_id"), ("cases_choicechange", "worker_id"),
        ):  # fmt: skip
            found = shown_to(user, f"SELECT {column} FROM {table}")
            assert found == hers, (name, table)
        assert hers == shown_to(user, "SELECT DISTINCT worker_id FROM cases_alias")


def test_without_a_user_there_is_nobody(people: dict[str, Worker]) -> None:
    tables = {table for (table,) in rows(WALLED)}
    assert {"cases_worker", "cases_note", "cases_bankaccount", "cases_personfile"} <= tables
    for table in tables:
        assert shown_to(None, f"SELECT count(*) FROM {table}") == {0}, table
    assert shown_to(None, BY_NAME.format("%a%", "ani")) == set()


@pytest.mark.parametrize("word", ["karsinah", "karsineh", "surtini", "surtinu"])
def test_the_look_up_of_names_shows_the_same_people(
    word: str, users: dict[str, User], people: dict[str, Worker]
) -> None:
    """By name and by another name of hers, as it is spelled and with a letter wrong."""
    Worker.objects.update(name_folded="karsinah")
    Alias.objects.bulk_create(
        Alias(worker=worker, name="Surtini", name_folded="surtini") for worker in people.values()
    )
    for name, user in users.items():
        assert shown_to(user, BY_NAME.format(f"%{word}%", word)) == shown_to(user), name


def test_every_table_of_people_has_a_policy_or_a_reason() -> None:
    walled = {table for (table,) in rows(WALLED)}
    hanging = set()
    for model in apps.get_models():
        tracked = getattr(model, "pgh_tracked_model", None) is Worker
        of_her = any(f.related_model is Worker for f in model._meta.fields)
        if tracked or of_her:
            hanging.add(model._meta.label)
            assert (model._meta.db_table in walled) != (model._meta.label in OPEN), model
    assert set(OPEN) <= hanging


def test_the_roles_in_the_function_are_those_of_the_program() -> None:
    assert {Role.PETUGAS} == SCOPED_ROLES
    assert [r for r in Role if factories.make_user(r).can(Perm.CHILD_VIEW)] == [Role.PIMPINAN]
    caring = [r for r in Role if factories.make_user(r).can(Perm.CASEWORK_VIEW)]
    assert caring == [Role.PETUGAS, Role.PIMPINAN]


def test_what_is_not_seen_is_not_changed(users: dict[str, User], people: dict[str, Worker]) -> None:
    for statement in (
        "UPDATE cases_worker SET remark = 'x' WHERE id = %s",
        "UPDATE cases_worker SET children = 9",
        "DELETE FROM cases_bankaccount WHERE worker_id = %s",
    ):
        set_actor(users["other"].pk)
        with connection.cursor() as cursor:
            cursor.execute(statement, [people["plain"].pk] if "%s" in statement else None)
        outside.back_outside()
    plain = Worker.objects.get(pk=people["plain"].pk)
    assert plain.remark == "" and plain.children == 0
    assert plain.accounts.exists()


# -- the whole office, opened by name ----------------------------------------------------------


def test_the_whole_office_is_open_within_its_block_only(
    four: Four, people: dict[str, Worker]
) -> None:
    stranger = factories.make_user("petugas", lokalisasi=())
    set_actor(stranger.pk)
    with whole_office():
        with whole_office():
            assert Worker.objects.count() == len(people)
        assert Worker.objects.count() == len(people)
    assert not Worker.objects.exists()
    with pytest.raises(Refused), whole_office():
        raise Refused("x")
    assert not Worker.objects.exists()
    with pytest.raises(DatabaseError), transaction.atomic(), whole_office():
        rows("SELECT 1 / 0")
    assert not Worker.objects.exists()


def test_a_double_outside_the_scope_is_told_of(four: Four) -> None:
    """Asked as a page asks: under the user."""
    (far,) = factories.register(1, by=four.petugas, place="TANGAR")
    near = factories.make_user("petugas", lokalisasi=Lokalisasi.objects.get(places="KM12").pk)
    set_actor(near.pk)
    found = find_likely(Applicant(far.name, far.birth_date, nik=far.nik), user=near)
    assert [one.worker for one in found.same_nik] == [None]
    assert not Worker.objects.exists()


# -- search --------------------------------------------------------------------------------------


def test_strangers_do_not_crowd_out_her_people(four: Four) -> None:
    """More names than are looked at hold the word, and hers come last."""
    far = factories.register(1, by=four.petugas, place="TANGAR")[0]
    Alias.objects.bulk_create(
        Alias(worker=far, name=f"Melati {n}", name_folded=f"melati {n}") for n in range(CAP + 9)
    )
    (hers,) = factories.register(1, by=four.petugas)
    Alias.objects.create(worker=hers, name="Melati Z", name_folded="melati z")
    near = factories.make_user("petugas", lokalisasi=Lokalisasi.objects.get(places="KM12").pk)
    set_actor(near.pk)
    assert [hit.worker.pk for hit in find_people("melati", user=near).hits] == [hers.pk]


# -- groups --------------------------------------------------------------------------------------


def test_a_group_is_opened_to_whoever_sees_it(four: Four) -> None:
    km12 = Lokalisasi.objects.get(places="KM12").pk
    ready = factories.ready_people(2, four=four)
    payment_list = factories.a_list(by=four.petugas)
    batch = travellers.a_batch(factories.register(2, by=four.petugas), four)
    Worker.objects.filter(pk=ready[0].pk).update(birth_date=CHILD)
    near = factories.make_user("petugas", lokalisasi=km12)
    far = factories.make_user("petugas", lokalisasi="TANGAR")
    everybody = set(Worker.objects.values_list("pk", flat=True))
    hers = everybody - {ready[0].pk}
    for group, of_near in ((f"list:{payment_list.pk}", everybody), (f"batch:{batch.pk}", hers)):
        for user, seen in ((near, of_near), (far, set()), (four.bendahara, everybody)):
            set_actor(user.pk, people=group)
            found = set(Worker.objects.values_list("pk", flat=True))
            outside.back_outside()
            assert found == seen, (group, user)


# -- with the filters of the program taken away --------------------------------------------------


@pytest.fixture
def no_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every queryset gives everything to everybody; requests are asked under these, no act is."""

    def everything(self: Any, _user: User) -> Any:
        return self

    monkeypatch.setattr(WorkerQuerySet, "in_care_of", everything)
    for model in apps.get_models():
        queryset = type(model._default_manager.all())
        if hasattr(queryset, "visible_to"):
            monkeypatch.setattr(queryset, "visible_to", everything)


# One's own sign-in, sessions and factor: no person stands there, and a POST ends the session.
OWN_DOOR = ("account", "mfa_")
PERSON_PAGES = ("cases:", "desk:")
# Whose pk is not a person's.
OTHER_IDS = (
    "cases:import", "cases:session", "cases:objection_", "cases:data_request", "cases:data_breach",
    "cases:proposal", "cases:briefing", "desk:batch", "desk:stage", "desk:anonymising",
)  # fmt: skip


def told_of(worker: Worker) -> list[str]:
    """What no answer to somebody outside her scope holds."""
    account = worker.accounts.first()
    return [worker.name, str(worker.nik), account.number if account else worker.name]


def paths(ids: dict[str, Any], role: Role) -> Iterator[tuple[str, str, bool]]:
    """Every address that the role may open: its name, the path with her ids, and whether it is of
    her alone. The others refuse before they look for anybody (tests/test_access.py)."""
    letter = next(key for key, value in LETTERS.items() if value == role)
    for name, pattern in addresses():
        allowed = ACCESS[name]
        if allowed == PUBLIC or name.startswith(OWN_DOOR):
            continue
        if allowed != EVERYBODY and letter not in allowed:
            continue
        converters = pattern.pattern.converters or dict.fromkeys(
            getattr(pattern.pattern.regex, "groupindex", {})
        )
        kwargs = {key: FILL.get(key, uuid4()) for key in converters}
        of_her = "pk" in kwargs and name.startswith(PERSON_PAGES) and not name.startswith(OTHER_IDS)
        if "pk" in kwargs:
            which = "worker" if of_her else "list"
            which = "batch" if name.startswith(("repatriation:", "desk:batch")) else which
            kwargs["pk"] = ids[which]
        if "line_pk" in kwargs:
            kwargs["line_pk"] = ids["line"]
        if "member_pk" in kwargs:
            kwargs["member_pk"] = ids["member"]
        try:
            yield name, reverse(name, kwargs=kwargs), of_her
        except NoReverseMatch:  # made-up arguments that this address does not take
            continue


def _case(four: Four, place: str) -> tuple[Worker, dict[str, Any]]:
    people = factories.ready_people(2, four=four, place=place)
    payment_list = factories.a_list(by=four.petugas2, places=[place])
    travelling = factories.register(1, by=four.petugas2, place=place)
    batch = travellers.a_batch(travelling, four)
    ids = {
        "worker": people[0].pk,
        "list": payment_list.pk,
        "line": payment_list.lines.get(entitlement__worker=people[0]).pk,
        "batch": batch.pk,
        "member": batch.members.get().pk,
    }
    return people[0], ids


def _walk(user: User, who: Worker, ids: dict[str, Any]) -> int:
    client, told, tried = browser(user), told_of(who), 0
    client.raise_request_exception = False
    [role] = user.roles
    for name, path, of_her in paths(ids, role):
        key = {"idempotency_key": str(uuid4())}
        for answer in (client.get(path), client.post(path, key)):
            body = b"".join(answer) if answer.streaming else answer.content
            text = body.decode(errors="replace")
            assert not [one for one in told if one in text], (user, name)
            if of_her and ACCESS[name] != EVERYBODY:
                assert answer.status_code in (404, 405), (user, name, answer.status_code)
                tried += answer.status_code == 404
    return tried


def test_a_foreign_woman_is_not_found_without_any_filter(four: Four, no_filters: None) -> None:
    worker, ids = _case(four, "TANGAR")
    stranger = factories.make_user("petugas", lokalisasi=Lokalisasi.objects.get(places="KM12").pk)
    assert _walk(stranger, worker, ids) > 40


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PIMPINAN])
def test_a_child_is_not_found_without_any_filter(role: Role, four: Four, no_filters: None) -> None:
    worker, ids = _case(four, "KM12")
    Worker.objects.filter(pk=worker.pk).update(birth_date=CHILD)
    user = factories.make_user(role)
    assert _walk(user, worker, ids) > (3 if role in (Role.ADMIN, Role.AUDITOR) else 9)


def test_the_owner_alone_is_not_bound(people: dict[str, Worker]) -> None:
    """Backup, rotation of keys and anonymising read everything, by the owner's own connection."""
    with owner_cursor() as cursor:
        cursor.execute(
            "SELECT relowner::regrole::text, relforcerowsecurity FROM pg_class"
            " WHERE relname = 'cases_worker'"
        )
        owner, forced = cursor.fetchone()
    ((me, bypass),) = rows(
        "SELECT current_user, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    assert me != owner and not bypass and not forced
