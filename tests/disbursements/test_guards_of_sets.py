"""Guards that look once at all rows of a statement: one wrong row refuses all, and nobody slips by.

Every statement is raw SQL as the app role; those at the same time have connections of their own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from cases.models import Worker
from disbursements.actions import lists
from disbursements.actions.results import Result, book_results, waiting_lines
from disbursements.models import (
    BudgetYear,
    Decree,
    Entitlement,
    PaymentLine,
    PaymentList,
    Position,
    Rate,
)
from kotim_social.lib.dates import today
from kotim_social.lib.ids import uuid7
from tests.disbursements.hands import BOOK_LINE, INSERT_LINE
from tests.factories import (
    DECIDED,
    Four,
    a_list,
    book,
    ready_people,
    register,
    the_four,
    walk_to,
)
from tests.reset import owner_cursor

pytestmark = pytest.mark.django_db
Denied = Callable[..., str]
ONE = 5_050_000
ADD = """
    INSERT INTO disbursements_paymentline
        (id, payment_list_id, number, entitlement_id, amount, state, added_at, added_by_id,
         payee_mark, result_reason, deposit_slip)
    SELECT gen_random_uuid(), %s, 50 + row_number() OVER (ORDER BY e.id), e.id, {amount}, {state},
           now(), {by}, '', '', ''
    FROM disbursements_entitlement e
    WHERE e.kind_id = ANY(%s) AND NOT EXISTS (
        SELECT 1 FROM disbursements_paymentline l WHERE l.entitlement_id = e.id)
"""
PAY = """
    UPDATE disbursements_paymentline SET state = 'paid', result_on = current_date,
        result_at = now(), result_by_id = %s WHERE payment_list_id = ANY(%s)
"""
# True for one of the rows and false for the others.
LAST = """
    e.id = (SELECT max(m.id::text)::uuid FROM disbursements_entitlement m
            WHERE m.kind_id = 'TABUNGAN')
"""


# -- one statement for many rows ---------------------------------------------------------------


@pytest.fixture
def draft(four: Four) -> PaymentList:
    """A draft of one of four people; the other three are in no list."""
    workers = ready_people(4, four=four)
    first = Entitlement.objects.filter(kind="TABUNGAN").order_by("pk")[0].worker_id
    assert first in {worker.pk for worker in workers}
    return a_list(by=four.petugas, only=[f"{first}:TABUNGAN"])


def adding(four: Four, **bent: str) -> str:
    good = {"amount": "e.amount", "state": "'prepared'", "by": str(four.petugas.pk)}
    return ADD.format(**(good | bent))


def test_many_lines_are_added_by_one_statement(four: Four, draft: PaymentList, sql: Any) -> None:
    """The statement that the test below bends is a good one."""
    sql(adding(four), draft.pk, ["TABUNGAN"])
    assert draft.lines.count() == 4


@pytest.mark.parametrize(
    ("bent", "words"),
    [
        ({"amount": f"e.amount - ({LAST})::int"}, "whole unpaid rest"),
        ({"state": f"CASE WHEN {LAST} THEN 'cancelled' ELSE 'prepared' END"}, "in a draft"),
        ({"by": f"CASE WHEN {LAST} THEN {{other}} ELSE {{by}} END"}, "preparer"),
        ({}, "not one of the list"),
    ],
    ids=["amount", "state", "hand", "kind"],
)
def test_one_wrong_line_refuses_all_that_are_added(
    four: Four, draft: PaymentList, denied: Denied, bent: dict[str, str], words: str
) -> None:
    hands = {"other": four.verifikator.pk, "by": four.petugas.pk}
    bent = {name: text.format(**hands) for name, text in bent.items()}
    kinds = ["TABUNGAN"] if bent else ["TABUNGAN", "MODAL"]
    assert words in denied(adding(four, **bent), draft.pk, kinds)
    assert draft.lines.count() == 1


def test_a_list_is_paid_by_one_statement_and_each_right_rises_once(four: Four, sql: Any) -> None:
    ready_people(4, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    sql(PAY, four.bendahara.pk, [payment_list.pk])
    paid = Entitlement.objects.filter(kind="TABUNGAN").values_list("paid", flat=True)
    assert list(paid) == [ONE] * 4
    [(rose,)] = sql("SELECT count(*) FROM disbursements_entitlement_event WHERE paid > 0")
    assert rose == 4
    assert Position.objects.sums()["paid"] == 4 * ONE


def test_two_parts_of_one_statement_pay_their_lines_and_the_same_line_once(
    four: Four, sql: Any
) -> None:
    ready_people(2, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    one, other = payment_list.lines.order_by("number")
    part = BOOK_LINE + " RETURNING id"
    sql(
        f"WITH a AS ({part}), b AS ({part}), c AS ({part}) SELECT 1",
        *("paid", four.bendahara.pk, one.pk),
        *("paid", four.bendahara.pk, other.pk),
        *("paid", four.bendahara.pk, other.pk),
    )
    paid = Entitlement.objects.filter(kind="TABUNGAN").values_list("paid", flat=True)
    assert list(paid) == [ONE, ONE]


def test_one_list_that_is_not_so_far_holds_up_all(four: Four, denied: Denied) -> None:
    one, other = ready_people(2, four=four)
    made = [a_list(by=four.petugas, only=[f"{w.pk}:TABUNGAN"]) for w in (one, other)]
    walk_to(made[1], "submitted", four=four)
    words = denied("UPDATE disbursements_paymentline SET state = 'cancelled'")
    assert "not so far" in words
    assert set(PaymentLine.objects.values_list("state", flat=True)) == {"prepared"}


def test_one_hand_too_many_holds_up_all(four: Four, denied: Denied) -> None:
    """Who has no hand in one list and is a preparer of the other."""
    hers = [(ready_people(1, four=four)[0], by) for by in (four.petugas, four.petugas2)]
    made = [a_list(by=by, only=[f"{worker.pk}:TABUNGAN"]) for worker, by in hers]
    for payment_list in made:
        walk_to(payment_list, "ordered", four=four)
    assert "another duty" in denied(PAY, four.petugas2.pk, [it.pk for it in made])
    assert Position.objects.sums()["paid"] == 0


def test_one_late_result_holds_up_all(four: Four, denied: Denied) -> None:
    ready_people(2, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    BudgetYear.objects.update(cut_off=today())
    last = payment_list.lines.order_by("number")[1]
    late = PAY.replace("current_date", "current_date + (number = %s)::int")
    words = denied(late, last.number, four.bendahara.pk, [payment_list.pk])
    assert "after its last day" in words


def test_no_step_is_skipped_beside_others_that_are_taken(
    four: Four, denied: Denied, sql: Any
) -> None:
    one, other = ready_people(2, four=four)
    made = [a_list(by=four.petugas, only=[f"{w.pk}:TABUNGAN"]) for w in (one, other)]
    walk_to(made[0], "ordered", four=four)
    [(road,)] = sql("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_state_road%%'"
                    " AND tgrelid = 'disbursements_paymentline'::regclass")  # fmt: skip
    sql("SELECT set_config('pgtrigger.ignore', %s, true)", f"{{{road}}}")
    assert "not so far" in denied(PAY, four.bendahara.pk, [it.pk for it in made])
    assert Position.objects.sums()["paid"] == 0


def test_one_wrong_right_refuses_all(four: Four, denied: Denied) -> None:
    workers = register(3, by=four.petugas)
    decree, rate = a_decree(four), the_rate()
    wrong = "CASE WHEN w.id = (SELECT max(id::text)::uuid FROM cases_worker) THEN 1 ELSE 0 END"
    statement = RIGHT.replace("%(amount)s", f"%(amount)s + {wrong}")
    values = of_right(decree, rate, [worker.pk for worker in workers], four)
    with pytest.raises(DatabaseError, match="unpaid rate"), transaction.atomic():
        connection.cursor().execute(statement, values)
    assert Entitlement.objects.count() == 0
    connection.cursor().execute(RIGHT, values)
    assert Entitlement.objects.count() == 3


def test_a_right_of_another_year_is_in_no_list_and_a_closed_year_takes_no_line(
    four: Four, denied: Denied, sql: Any
) -> None:
    ready_people(1, four=four)
    draft = a_list(by=four.petugas)
    BudgetYear.objects.create(year=2018, cut_off=date(2018, 12, 20))
    worker = register(1, by=four.petugas)[0]
    values = of_right(a_decree(four, 2018), the_rate(), [worker.pk], four)
    connection.cursor().execute(RIGHT, values)
    right = Entitlement.objects.get(worker=worker)
    assert "another budget year" in denied(INSERT_LINE, *a_new_line(draft, right, four))
    sql("UPDATE disbursements_paymentline SET state = 'cancelled'")
    lapsing = {"state": "lapsed", "lapsed_on": DECIDED, "lapsed_at": timezone.now()}
    Entitlement.objects.filter(budget_year=2017).update(**lapsing, lapsed_by=four.pimpinan)
    closing = {"closed_on": date(2017, 12, 31), "closed_at": timezone.now()}
    BudgetYear.objects.filter(pk=2017).update(**closing, closed_by=four.pimpinan)
    assert "2017 is closed" in denied(INSERT_LINE, *a_new_line(draft, right, four))


RIGHT = """
    INSERT INTO disbursements_entitlement
        (id, decree_id, worker_id, kind_id, budget_year_id, rate_id, amount, legal_basis, paid,
         state, recorded_at, recorded_by_id)
    SELECT gen_random_uuid(), %(decree)s, w.id, 'TABUNGAN', d.budget_year_id, %(rate)s,
           %(amount)s, '', 0, 'determined', now(), %(by)s
    FROM cases_worker w, disbursements_decree d
    WHERE w.id = ANY(%(workers)s) AND d.id = %(decree)s
"""


def of_right(decree: Decree, rate: Rate, workers: list[Any], four: Four) -> dict[str, Any]:
    return {
        "decree": decree.pk, "rate": rate.pk, "amount": rate.amount, "by": four.pimpinan.pk,
        "workers": workers,
    }  # fmt: skip


def a_decree(four: Four, year: int = 2017) -> Decree:
    return Decree.objects.create(
        number=f"SK-{year}", decided_on=DECIDED, signed_by_title="Kepala Dinas",
        budget_year=BudgetYear.objects.get(pk=year), recorded_by=four.pimpinan,
    )  # fmt: skip


def the_rate() -> Rate:
    return Rate.objects.get(kind="TABUNGAN", valid_until=None)


# -- at the same time --------------------------------------------------------------------------

ISOLATIONS = ("READ COMMITTED", "REPEATABLE READ")
together = pytest.mark.django_db(transaction=True)


@pytest.fixture
def quartet(transactional_db: None) -> Four:
    return the_four()


class Second:
    """A statement in a transaction of its own that has to wait for the first one."""

    def __init__(self, isolation: str, statement: str, values: Any) -> None:
        self.isolation, self.statement, self.values = isolation, statement, values
        self.words = ""
        self.pid = 0
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {self.isolation}")
                cursor.execute("SELECT pg_backend_pid()")
                self.pid = cursor.fetchone()[0]
                cursor.execute(self.statement, self.values)
        except DatabaseError as error:
            self.words = str(error)
        finally:
            connections.close_all()

    def start_and_wait_until_it_waits(self) -> None:
        self.thread.start()
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted", [self.pid])
                if cursor.fetchone():
                    return
            time.sleep(0.02)
        pytest.fail("the second statement does not wait for the first")


def second(first: Callable[[], Any], isolation: str, statement: str, values: Any) -> str:
    """What the database says to the statement that waited until `first` was committed."""
    other = Second(isolation, statement, values)
    with transaction.atomic():
        first()
        other.start_and_wait_until_it_waits()
    other.thread.join(20)
    return other.words


def expected(isolation: str, words: str) -> str:
    return words if isolation == "READ COMMITTED" else "could not serialize"


def a_new_line(payment_list: PaymentList, right: Entitlement, four: Four) -> list[Any]:
    return [uuid7(), payment_list.pk, 90, right.pk, right.amount, "prepared", four.petugas.pk]


@together
@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_a_list_that_goes_on_meanwhile_takes_no_line(quartet: Four, isolation: str) -> None:
    one, other = ready_people(2, four=quartet)
    made = a_list(by=quartet.petugas, only=[f"{one.pk}:TABUNGAN"])
    right = Entitlement.objects.get(kind="TABUNGAN", worker=other)
    words = second(
        lambda: lists.submit(payment_list=made, by=quartet.petugas),
        isolation, INSERT_LINE, a_new_line(made, right, quartet),
    )  # fmt: skip
    assert expected(isolation, "in a draft") in words
    assert made.lines.count() == 1


@together
@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_a_right_that_lapses_meanwhile_gets_no_line(quartet: Four, isolation: str) -> None:
    one, other = ready_people(2, four=quartet)
    made = a_list(by=quartet.petugas, only=[f"{one.pk}:TABUNGAN"])
    right = Entitlement.objects.get(kind="TABUNGAN", worker=other)
    lapsing = {"state": "lapsed", "lapsed_on": DECIDED, "lapsed_at": timezone.now()}
    words = second(
        lambda: Entitlement.objects.filter(pk=right.pk).update(
            **lapsing, lapsed_by=quartet.pimpinan
        ),
        isolation, INSERT_LINE, a_new_line(made, right, quartet),
    )  # fmt: skip
    assert expected(isolation, "whole unpaid rest") in words
    assert not PaymentLine.objects.filter(entitlement=right).exists()


@together
@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_a_line_is_paid_once_whoever_comes_second(quartet: Four, isolation: str) -> None:
    ready_people(2, four=quartet)
    made = walk_to(a_list(by=quartet.petugas), "ordered", four=quartet)
    words = second(
        lambda: book(made, by=quartet.bendahara),
        isolation, PAY, [quartet.bendahara2.pk, [made.pk]],
    )  # fmt: skip
    assert expected(isolation, "never changed") in words
    assert Position.objects.sums()["paid"] == 2 * ONE


@together
@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_a_rate_that_changes_meanwhile_is_not_determined(quartet: Four, isolation: str) -> None:
    [worker] = register(1, by=quartet.petugas)
    rate = the_rate()
    words = second(
        lambda: Rate.objects.filter(pk=rate.pk).update(amount=rate.amount + 1),
        isolation, RIGHT, of_right(a_decree(quartet), rate, [worker.pk], quartet),
    )  # fmt: skip
    assert expected(isolation, "unpaid rate") in words
    assert Entitlement.objects.count() == 0


@together
def test_a_year_that_closes_meanwhile_determines_nothing(quartet: Four) -> None:
    [worker] = register(1, by=quartet.petugas)
    values = of_right(a_decree(quartet), the_rate(), [worker.pk], quartet)
    closing = {"closed_on": date(2017, 12, 31), "closed_at": timezone.now()}
    words = second(
        lambda: BudgetYear.objects.update(**closing, closed_by=quartet.pimpinan),
        "READ COMMITTED", RIGHT, values,
    )  # fmt: skip
    assert "the budget year 2017 is closed" in words
    assert Entitlement.objects.count() == 0
    assert Worker.objects.count() == 1


# -- the owner rotates keys --------------------------------------------------------------------


@together
def test_what_the_owner_seals_anew_is_not_paid_anew(quartet: Four) -> None:
    ready_people(2, four=quartet)
    made = walk_to(a_list(by=quartet.petugas), "ordered", four=quartet)
    book(made, by=quartet.bendahara)
    with owner_cursor() as cursor:
        cursor.execute("UPDATE disbursements_paymentline SET snapshot = '\\x02'")
        assert cursor.rowcount == 2
    assert Position.objects.sums()["paid"] == 2 * ONE


def test_booking_asks_the_same_number_of_questions_for_one_line_and_for_many(
    four: Four, django_assert_num_queries: Any
) -> None:
    """The list with its year, the hands on it, the lines; one UPDATE, one trail; a savepoint."""
    ready_people(4, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    first, *rest = (Result(line_id=line.pk, paid=True) for line in waiting_lines(payment_list))
    for results in ([first], rest):
        with django_assert_num_queries(7):
            book_results(payment_list=payment_list, results=results, on=today(), by=four.bendahara)
    assert Position.objects.sums()["paid"] == 4 * ONE
