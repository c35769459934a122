"""What her row keeps is what the tables that hang on her say, whatever happens (adr/0021)."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from cases.actions import journey
from cases.actions.briefings import NewBriefing, record_attendance, record_briefing
from cases.actions.registering import NewAccount, NewPerson, register_people
from cases.models import (
    Attendance,
    BankAccount,
    Journey,
    OriginConfirmation,
    ReadinessDifference,
    SignedStatement,
    Worker,
)
from cases.models.readiness import KEPT
from kotim_social.accounts.models import User
from kotim_social.regions.models import Regency
from tests import factories
from tests.disbursements.hands import in_threads
from tests.factories import Four
from tests.reset import owner_cursor

pytestmark = pytest.mark.django_db

NOTHING = {**dict.fromkeys(KEPT, False), "way": "on_site"}


@pytest.fixture
def four() -> Four:
    return factories.the_four()


@pytest.fixture
def she(four: Four) -> Worker:
    return factories.register(1, by=four.petugas, account=False, home="35.09")[0]


def kept(she: Worker) -> dict[str, Any]:
    """What her row says, after it was found to be what hangs on her."""
    assert list(ReadinessDifference.objects.all()) == []
    [row] = Worker.objects.filter(pk=she.pk).values(*KEPT)
    return dict(row)


def new_account(she: Worker, by: User, **about: Any) -> BankAccount:
    given = {
        "bank": "BRI", "number": "0123456789", "number_index": "x" * 64, "holder": she.name,
        "holder_folded": she.name_folded, "state": "active", "checked_on": date(2017, 11, 1),
    }  # fmt: skip
    return BankAccount.objects.create(worker=she, recorded_by=by, **{**given, **about})


def sign(she: Worker, by: User, choice: str, on: date = date(2017, 11, 1)) -> SignedStatement:
    return SignedStatement.objects.create(
        worker=she, choice=choice, signed_on=on, witnesses="A, B", recorded_by=by
    )


def test_each_fact_comes_and_goes_with_what_it_hangs_on(she: Worker, four: Four) -> None:
    by = four.petugas
    assert kept(she) == NOTHING

    account = new_account(she, by, state="applied", number=None, number_index=None)
    rows = BankAccount.objects.filter(pk=account.pk)
    assert kept(she) == {**NOTHING, "holder_same": True}
    account.state, account.number, account.number_index = "opened", "0123456789", "x" * 64
    account.save()
    assert kept(she) == {**NOTHING, "has_account": True, "holder_same": True}
    rows.update(state="active")
    assert kept(she)["account_active"]
    rows.update(holder="SITI LAIN", holder_folded="siti lain")
    assert kept(she) == {**NOTHING, "has_account": True, "account_active": True}
    rows.update(state="blocked")
    assert kept(she) == {**NOTHING, "has_account": True}
    rows.update(state="closed")
    assert kept(she) == NOTHING

    sign(she, by, "return")
    assert kept(she)["statement_signed"]
    sign(she, by, "stay", date(2017, 11, 2))
    assert not kept(she)["statement_signed"]
    Worker.objects.filter(pk=she.pk).update(choice="stay")
    assert kept(she)["statement_signed"]

    asked = OriginConfirmation.objects.create(
        worker=she, regency_id=she.home_regency_id, recorded_by=by
    )
    assert not kept(she)["origin_confirmed"]
    answers = OriginConfirmation.objects.filter(pk=asked.pk)
    answers.update(answer="confirmed", answered_on=date(2017, 11, 3))
    assert kept(she)["origin_confirmed"]
    elsewhere = Regency.objects.exclude(pk=she.home_regency_id)[0]
    Worker.objects.filter(pk=she.pk).update(home_regency=elsewhere)
    assert not kept(she)["origin_confirmed"]


def test_by_the_acts_of_the_program(four: Four) -> None:
    one, other = factories.register(2, by=four.petugas, home="35.09")
    factories.make_ready([one, other], four=four)
    assert kept(one) == {
        **NOTHING, "has_account": True, "account_active": True, "holder_same": True,
        "statement_signed": True,
    }  # fmt: skip
    both = factories.ids([one, other])
    journey.join_batch(workers=both, batch_code="R-1", by=four.petugas)
    assert (kept(one)["way"], kept(other)["way"]) == ("in_batch", "in_batch")
    journey.leave_batch(workers=[one.pk], by=four.petugas)
    assert (kept(one)["way"], kept(other)["way"]) == ("on_site", "in_batch")


def test_registering_writes_her_row_once_with_what_it_keeps(four: Four) -> None:
    def updates() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'cases_worker'"
            )
            return int(cursor.fetchone()[0])

    accounts = [
        None,
        NewAccount(bank="BRI", number="0123456789"),
        NewAccount(bank="BRI", number="1234567890", holder="SITI LAIN"),
    ]
    people = [
        NewPerson(
            name=f"CONTOH {n}", birth_date=date(1990, 1, 1), place_code="KM12", account=account
        )
        for n, account in enumerate(accounts)
    ]
    before = updates()
    without, own, foreign = register_people(
        people, by=four.petugas, registered_on=date(2017, 10, 29)
    )
    assert updates() == before
    assert kept(without) == NOTHING
    assert kept(own) == {**NOTHING, "has_account": True, "holder_same": True}
    assert kept(foreign) == {**NOTHING, "has_account": True}
    # The counter counts: an account that comes later does write her row.
    new_account(without, four.petugas)
    assert updates() == before + 1


def test_whoever_came_to_a_session_was_reached(she: Worker, four: Four) -> None:
    session = NewBriefing(
        lokalisasi=she.place.lokalisasi, held_on=date(2017, 11, 2), venue="balai",
        agencies="Kemensos", told="empat jenis bantuan",
    )  # fmt: skip
    briefing, shown = record_briefing(session, by=four.petugas), [she.pk]
    record_attendance(briefing=briefing, shown=shown, came=set(shown), by=four.petugas)
    assert kept(she)["reached"]
    record_attendance(briefing=briefing, shown=shown, came=set(), by=four.petugas)
    assert not kept(she)["reached"]
    assert Attendance.objects.filter(worker=she).count() == 1


def test_a_name_that_changes_is_compared_with_the_holder_again(she: Worker, four: Four) -> None:
    new_account(she, four.petugas)
    assert kept(she)["holder_same"]
    Worker.objects.filter(pk=she.pk).update(name="SITI LAIN", name_folded="siti lain")
    assert not kept(she)["holder_same"]


def test_a_row_that_goes_over_to_another_counts_for_both(four: Four) -> None:
    one, other = factories.register(2, by=four.petugas, account=False)
    new_account(one, four.petugas)
    BankAccount.objects.filter(worker=one).update(worker=other)
    assert not kept(one)["has_account"]
    assert kept(other)["has_account"]
    BankAccount.objects.filter(worker=other).delete()
    assert not kept(other)["has_account"]


def test_what_the_program_writes_there_is_set_right(she: Worker, four: Four) -> None:
    """An object that was read before saves what it remembers: her row stays true."""
    remembered = Worker.objects.get(pk=she.pk)
    new_account(she, four.petugas)
    remembered.remark = "uji"
    remembered.save()
    assert kept(she)["account_active"]
    Worker.objects.update(**{name: True for name in KEPT if name != "way"}, way="arrived")
    assert kept(she) == {
        **NOTHING, "has_account": True, "account_active": True, "holder_same": True
    }  # fmt: skip
    invented = Worker.objects.get(pk=she.pk)
    invented.pk, invented.register_no, invented.nik, invented.nik_index = None, "X-1", None, None
    invented.pk = Worker._meta.pk.get_default()
    invented.save(force_insert=True)
    assert kept(invented) == {**NOTHING, "way": ""}


def test_her_history_tells_of_her_own_facts_only(she: Worker, four: Four) -> None:
    def told() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM cases_worker_event WHERE pgh_obj_id = %s", [she.pk]
            )
            return int(cursor.fetchone()[0])

    before = told()
    new_account(she, four.petugas)
    sign(she, four.petugas, "return")
    assert kept(she)["has_account"]
    assert told() == before
    Worker.objects.filter(pk=she.pk).update(remark="uji")
    assert told() == before + 1


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT cases_keep_readiness('{}')",
        "SELECT cases_readiness_anew()",
        "SELECT keep_cases_bankaccount()",
        "SELECT * FROM cases_readiness",
    ],
)
def test_the_program_reads_it_and_calls_none_of_it(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_both_leave_their_mark(four: Four) -> None:
    """Whoever comes second waits for the row and reads again: neither writes an old answer."""
    people = factories.register(6, by=four.petugas, account=False, home="35.09")
    for she in people:
        numbers = {"number": f"01{she.register_no[-4:]}", "number_index": she.pk.hex * 2}
        acts: list[Callable[[], object]] = [
            lambda she=she, numbers=numbers: new_account(she, four.petugas, **numbers),
            lambda she=she: sign(she, four.petugas, she.choice),
            lambda she=she: Journey.objects.filter(worker=she).update(
                state="in_batch", batch_code="R-1"
            ),
            lambda she=she: OriginConfirmation.objects.create(
                worker=she, regency_id=she.home_regency_id, answer="confirmed",
                answered_on=date(2017, 11, 1), recorded_by=four.petugas,
            ),
        ]  # fmt: skip
        outcomes = in_threads(acts)
        assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
        assert kept(she) == {**dict.fromkeys(KEPT, True), "reached": False, "way": "in_batch"}


@pytest.mark.django_db(transaction=True)
def test_what_went_wrong_is_named_and_set_right(four: Four) -> None:
    """A trigger set aside by the owner: the nightly look says so, and one command mends it."""
    [she] = factories.register(1, by=four.petugas)
    wrong = (
        "ALTER TABLE cases_bankaccount DISABLE TRIGGER keep_update",
        "UPDATE cases_bankaccount SET state = 'closed'",
        "ALTER TABLE cases_bankaccount ENABLE TRIGGER keep_update",
    )
    for statement in wrong:
        with owner_cursor() as cursor:
            cursor.execute(statement)
    assert Worker.objects.filter(Q(pk=she.pk) & Q(has_account=True)).exists()
    for command in ("self_check", "totals"):
        said = io.StringIO()
        with pytest.raises(SystemExit):
            call_command(command, stdout=said, stderr=said)
        assert str(she.pk) in said.getvalue()
        assert she.name not in said.getvalue()
    with owner_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_readiness_anew()")
        assert cursor.fetchone() == (1,)
    assert not kept(she)["has_account"]
