"""Sums read from groups are the sums over people, whatever happens, to the rupiah (ADR 0020)."""

from __future__ import annotations

import io
import os
import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.actions import journey
from cases.actions.closing import reopen_case, request_closing
from cases.actions.verification import Finding, decide_eligibility
from cases.models import BankAccount, Journey, ReadinessDifference, Worker
from disbursements.models import AssistanceKind, Policy, Rate
from disbursements.models.position import MEASURES
from kotim_social.accounts.models import User
from kotim_social.desk.closing import close
from kotim_social.desk.funding import shares
from kotim_social.desk.groups import fold
from kotim_social.desk.models import GroupDifference
from kotim_social.desk.standing import standing
from kotim_social.desk.totals import totals
from kotim_social.lib.dates import today
from kotim_social.regions.models import Lokalisasi, Place
from kotim_social.workflow import Refused
from tests import factories
from tests.disbursements.browsing import browser, text
from tests.disbursements.hands import in_threads
from tests.disbursements.test_totals import ACTS, Walk, undone
from tests.factories import Four
from tests.reset import owner_cursor

FULL = bool(os.environ.get("KOTIM_FULL"))

pytestmark = pytest.mark.django_db


@pytest.fixture
def four() -> Four:
    return factories.the_four()


def check(*users: User) -> None:
    """Groups and people say the same, figure by figure, to everybody who sees the whole office."""
    assert list(GroupDifference.objects.all()) == []
    assert list(ReadinessDifference.objects.all()) == []
    assert totals().as_json() == totals(live=True).as_json()
    for user in users:
        assert totals(user) == totals(user, live=True)
        assert shares(user) == shares(user, live=True)
        assert standing(user) == standing(user, live=True)


class Office(Walk):
    """Acts on people and money that a number steers; some go past the program, as an owner may."""

    def _she(self, n: int) -> Worker:
        return Worker.objects.order_by("register_no")[n % Worker.objects.count()]

    def register(self, n: int) -> None:
        factories.register(
            1 + n % 2, by=self.four.petugas, place=("KM12", "TANGAR", "MEKAR_JAYA")[n % 3],
            choice=("return", "stay", "undecided")[n // 3 % 3], nik=n % 2 == 0,
            account=n % 4 < 2, home=None if n % 5 == 0 else ("35.09", "33.74")[n % 2],
        )  # fmt: skip

    def born(self, n: int) -> None:
        """Around her eighteenth birthday on the day of the closing, on either side of it."""
        self._of(n).update(birth_date=date(1999, 11, 28) + timedelta(days=n % 5 - 2))

    def closing(self, n: int) -> None:
        code = self._she(n).place.lokalisasi_id
        Lokalisasi.objects.filter(pk=code).update(
            planned_closing=F("planned_closing") + timedelta(days=n % 3 - 1)
        )

    def move(self, n: int) -> None:
        others = Place.objects.exclude(pk=self._she(n).place_id).order_by("pk")
        self._of(n).update(place=others[n % others.count()])

    def find(self, n: int) -> None:
        act = ("find_eligible", "find_not_eligible", "put_on_hold")[n % 3]
        reason = "" if act == "find_eligible" else "LAINNYA"
        finding = Finding(act=act, decided_on=today(), reason_code=reason, note="uji")
        decide_eligibility(workers=[self._she(n).pk], finding=finding, by=self.four.verifikator)

    def account(self, n: int) -> None:
        rows = BankAccount.objects.filter(worker=self._she(n))
        rows.update(state=("closed", "active", "blocked")[n % 3])

    def travel(self, n: int) -> None:
        she, by = [self._she(n).pk], self.four.petugas
        current = Journey.objects.filter(worker=she[0], current=True).first()
        if current is None or current.state == "on_site":
            journey.join_batch(workers=she, batch_code=f"R-{n}", by=by)
            journey.approve(workers=she, on=factories.BATCH_APPROVED, by=self.four.pimpinan)
        elif current.state == "in_batch":
            journey.board(workers=she, on=today() - timedelta(days=n % 20), by=by)
        else:
            journey.arrive(workers=she, on=today(), by=by)

    def merge(self, n: int) -> None:
        self._of(n).update(case_state="merged")

    def close(self, n: int) -> None:
        """And open again: closed where it was open, whatever a decree gave her."""
        state = {"open": "closed", "closed": "open"}.get(self._she(n).case_state, "merged")
        self._of(n).update(case_state=state)

    def name(self, n: int) -> None:
        self._of(n).update(determined_on=today())

    def remove(self, n: int) -> None:
        """A record that nothing hangs on; of others the keys say no."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM cases_worker WHERE id = %s", [self._she(n).pk])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def rate(self, n: int) -> None:
        """Another rate from today on, and another policy: no person changes."""
        kind = AssistanceKind.objects.order_by("pk")[n % 4]
        rates = Rate.objects.filter(kind=kind, valid_until=None)
        rates.update(valid_until=today() - timedelta(days=1))
        Rate.objects.create(
            kind=kind, amount=1_000_000 + n, valid_from=today(), legal_basis="SK uji"
        )
        Policy.objects.filter(kind=kind).update(who=("everyone", "returnees", "stayers")[n % 3])

    def fold(self, _n: int) -> None:
        fold()

    def _of(self, n: int) -> object:
        return Worker.objects.filter(pk=self._she(n).pk)


PEOPLE = (
    "register", "born", "closing", "move", "find", "account", "travel", "merge", "close", "name",
    "remove", "rate", "fold",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from((*PEOPLE, *ACTS, "forward", "forward", "fold")), st.integers(0, 63)),
    min_size=6,
    max_size=20,
)


@pytest.fixture
def walked(four: Four) -> Office:
    workers = factories.ready_people(3, four=four)
    factories.arrive(workers[:1], four=four)
    factories.register(2, by=four.petugas, choice="undecided")
    return Office(four)


@settings(
    max_examples=30 if FULL else 8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_groups_and_people_agree_on_any_road(walked: Office, steps: list[tuple[str, int]]) -> None:
    with undone():
        for name, n in steps:
            try:
                with transaction.atomic():
                    getattr(walked, name)(n)
            except (Refused, DatabaseError):
                pass
            check(walked.four.pimpinan)
        fold()
        check(walked.four.pimpinan, walked.four.bendahara)


def test_every_act_of_the_road_is_met(walked: Office) -> None:
    """By hand, so that each act surely did something before the figures were compared."""
    met: set[str] = set()
    for name, n in [
        ("register", 3), ("register", 1), ("register", 8), ("build", 0), ("forward", 0),
        ("forward", 0), ("forward", 0), ("forward", 0), ("results", 2), ("reverse", 0),
        ("travel", 1), ("travel", 1), ("travel", 1), ("fold", 0), ("born", 4), ("closing", 2),
        ("find", 7), ("move", 5), ("account", 3), ("rate", 1), ("name", 6), ("lapse", 3),
        ("build", 0),
    ]:  # fmt: skip
        before = totals(live=True)
        getattr(walked, name)(n)
        check(walked.four.pimpinan)
        moved = totals(live=True) != before
        assert moved or name in ("fold", "forward", "travel", "name", "closing", "build"), name
        met |= {measure for measure, value in totals().total.items() if value}
    assert met == set(MEASURES)
    assert {cell.counts["arrived"] for cell in standing(walked.four.pimpinan)} > {0}


# -- who is a child ----------------------------------------------------------------------------


def test_a_moved_closing_moves_her_at_once(four: Four) -> None:
    """She turns 18 a day after the closing; put off by a day, she is of age on it (R19)."""
    she, _other = factories.register(2, by=four.petugas, place="KM12")
    Worker.objects.filter(pk=she.pk).update(birth_date=date(1999, 11, 29))

    def kept() -> int:
        return int(totals().people["registered"])

    assert kept() == 1
    fold()
    assert kept() == 1
    Lokalisasi.objects.filter(places=she.place).update(planned_closing=date(2017, 11, 29))
    assert kept() == 2
    assert totals().total["entitled"] == 2 * 10_100_000
    fold()
    assert kept() == 2
    Worker.objects.filter(pk=she.pk).update(birth_date=date(1999, 11, 30))
    assert kept() == 1
    check(four.pimpinan)


def test_nothing_is_promised_in_a_closed_case(four: Four) -> None:
    """She stays one of the people; money that no decree gave her is waited for no more (R4)."""
    she, _other = factories.register(2, by=four.petugas)
    page = reverse("desk:worker_page", args=[she.pk])
    own = browser(four.petugas)

    def awaited() -> tuple[int, int]:
        check(four.pimpinan)
        now = totals()
        return int(now.people["registered"]), now.total["entitled"]

    assert awaited() == (2, 2 * 10_100_000)
    asked = request_closing(worker=she, reason="own_request", by=four.petugas)
    close(closing=asked, lapse=False, by=four.pimpinan)
    assert awaited() == (2, 10_100_000)
    assert "5.050.000" not in text(own.get(page))
    fold()
    assert awaited() == (2, 10_100_000)
    reopen_case(worker=she, reason="kembali", by=four.pimpinan)
    assert awaited() == (2, 2 * 10_100_000)
    assert "5.050.000" in text(own.get(page))


def test_a_caseworker_reads_her_own_people(four: Four) -> None:
    narrow = factories.make_user("petugas", lokalisasi="TANGAR")
    factories.register(2, by=four.petugas, place="KM12")
    factories.register(1, by=four.petugas, place="TANGAR")
    assert totals(narrow).people["registered"] == 1
    assert totals(narrow).total["entitled"] == 10_100_000
    assert totals(four.pimpinan).people["registered"] == 3


# -- by whom, and at the same time -------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE desk_group SET people = 1",
        "SELECT * FROM desk_persongroup",
        "INSERT INTO desk_changedperson (worker_id) VALUES (gen_random_uuid())",
        "SELECT * FROM desk_grouping",
        "SELECT desk_count_anew()",
        "SELECT desk_note_cases_worker()",
    ],
)
def test_the_program_reads_sums_and_writes_none(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_people_change_while_others_count(four: Four) -> None:
    """Three change other facts of the same eight people, each in pairs of her own, while two count:
    nobody waits for a lock of the groups, and no change is lost. Of a pair the lower id comes
    first, as in every act: the rows of the people are held (adr/0021)."""
    people = factories.ids(factories.register(8, by=four.petugas))
    journey.join_batch(workers=people, batch_code="R-1", by=four.petugas)
    before = totals(live=True)
    changes: list[tuple[QuerySet[Any], dict[str, object]]] = [
        (Worker.objects.all(), {"place": "TANGAR"}),
        (BankAccount.objects.order_by(), {"state": "closed"}),
        (Journey.objects.all(), {"state": "on_site", "batch_code": ""}),
    ]

    def change(n: int) -> None:
        rows, values = changes[n]
        hers = "pk" if rows.model is Worker else "worker"
        order = random.Random(n).sample(people, len(people))
        for pair in zip(order[::2], order[1::2], strict=True):
            one, other = sorted(pair)
            with transaction.atomic():
                assert rows.filter(**{hers: one}).update(**values) == 1
                time.sleep(0.02)
                assert rows.filter(**{hers: other}).update(**values) == 1

    def count() -> None:
        for _round in range(12):
            fold()
            assert list(GroupDifference.objects.all()) == []

    acts: list[Callable[[], object]] = [lambda n=n: change(n) for n in range(3)]
    outcomes = in_threads([*acts, count, count])
    assert all(outcome is None for outcome in outcomes), outcomes
    check(four.pimpinan)
    fold()
    check(four.pimpinan)
    people_now = totals().people
    assert people_now["by_place"] == {"TANGAR": 8} and people_now["with_account"] == 0
    assert totals() != before


@pytest.mark.django_db(transaction=True)
def test_what_went_wrong_is_named_and_counted_anew(four: Four) -> None:
    """Triggers set aside by the owner: the nightly look says so, and one command mends it."""
    factories.register(2, by=four.petugas, place="KM12")
    fold()
    for statement in (
        "ALTER TABLE cases_worker DISABLE TRIGGER note_update",
        "UPDATE cases_worker SET place_id = 'TANGAR'",
        "ALTER TABLE cases_worker ENABLE TRIGGER note_update",
    ):
        with owner_cursor() as cursor:
            cursor.execute(statement)
    assert totals() != totals(live=True)
    for command in ("self_check", "totals"):
        said = io.StringIO()
        with pytest.raises(SystemExit):
            call_command(command, stdout=said, stderr=said)
        assert "KEMENSOS TABUNGAN TANGAR entitled: counted 0, live 10100000" in said.getvalue()
        assert factories.name_of(0) not in said.getvalue()
    with owner_cursor() as cursor:
        cursor.execute("SELECT desk_count_anew()")
        assert cursor.fetchone() == (2,)
    check(four.pimpinan)


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_owner_counts_anew_by_a_command() -> None:
    said = io.StringIO()
    call_command("totals", count_anew=True, stdout=said, stderr=said)
    assert "counted 0 people anew" in said.getvalue()


@pytest.mark.django_db(transaction=True)
def test_what_does_not_count_notes_nobody(four: Four) -> None:
    """A name, or the same facts written again, as new keys do."""
    she = factories.register(1, by=four.petugas)[0]
    fold()
    Worker.objects.filter(pk=she.pk).update(name="Lain", choice=F("choice"))
    BankAccount.objects.filter(worker=she).update(holder="Lain")
    with owner_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM desk_changedperson")
        assert cursor.fetchone() == (0,)
    Worker.objects.filter(pk=she.pk).update(choice="stay")
    with owner_cursor() as cursor:
        cursor.execute("SELECT worker_id::text FROM desk_changedperson")
        assert cursor.fetchall() == [(str(she.pk),)]


@pytest.mark.django_db(transaction=True)
def test_a_worker_counts_at_every_beat(four: Four) -> None:
    factories.register(2, by=four.petugas)
    waiting = "SELECT count(*) FROM desk_changedperson"
    with owner_cursor() as cursor:
        cursor.execute(waiting)
        assert cursor.fetchone()[0] > 0
    call_command("job_worker", once=True)
    with owner_cursor() as cursor:
        cursor.execute(waiting)
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT sum(people) FROM desk_group WHERE about = 'people'")
        assert cursor.fetchone() == (2,)
