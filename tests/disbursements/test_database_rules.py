"""What the database itself refuses to somebody who has the program's own way in.

Every statement runs as the app role. A known limit: that role can write any user's id into a
row, so a forger who holds it could invent four different people; what is tested is that no list
moves, and no line is paid, without rows that name four different ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from disbursements.actions import lists
from disbursements.models import Entitlement, PaymentLine, PaymentList, Position
from kotim_social.lib.ids import uuid7
from tests.disbursements.hands import (
    BOOK_LINE,
    INSERT_DECISION,
    INSERT_LINE,
    PAIRS,
    ROLE_OF,
    STATE_OF,
    decision,
    first_hand,
)
from tests.factories import (
    Four,
    a_list,
    book,
    make_user,
    ready_people,
    walk_to,
)

pytestmark = pytest.mark.django_db
Denied = Callable[..., str]
ONE = 5_050_000
STATES = ("draft", "submitted", "verified", "approved", "ordered", "reconciled", "closed")
NO_RIGHT = "permission denied"


def right(kind: str = "TABUNGAN", n: int = 0) -> Entitlement:
    return Entitlement.objects.filter(kind=kind).order_by("worker__register_no")[n]


def a_line(payment_list: PaymentList, entitlement: Entitlement, four: Four, **other: Any) -> Any:
    values = {
        "id": uuid7(), "list": payment_list.pk, "number": 90, "entitlement": entitlement.pk,
        "amount": entitlement.rest, "state": "prepared", "by": four.petugas.pk,
    } | other  # fmt: skip
    return list(values.values())


# -- lines -------------------------------------------------------------------------------------


@pytest.fixture
def other_draft(four: Four) -> PaymentList:
    """A draft of the second of two people; the first is in no list."""
    workers = ready_people(2, four=four)
    return a_list(by=four.petugas, only=[f"{workers[1].pk}:TABUNGAN"])


def test_a_line_may_be_added_by_its_preparer(
    four: Four, other_draft: PaymentList, sql: Any
) -> None:
    """The statement that the tests below bend is a good one."""
    sql(INSERT_LINE, *a_line(other_draft, right(), four))
    assert Position.objects.sums()["in_process"] == 2 * ONE


def test_no_second_live_line(four: Four, other_draft: PaymentList, denied: Denied) -> None:
    first = a_list(by=four.petugas)
    assert first.lines.get().entitlement == right()
    words = denied(INSERT_LINE, *a_line(other_draft, right(), four))
    assert "line_one_live_attempt" in words


@pytest.mark.parametrize(
    "bend",
    [
        {"amount": ONE - 1}, {"amount": ONE + 1}, {"amount": 0}, {"amount": -ONE},
        {"state": "ordered"}, {"state": "paid"}, {"state": "cancelled"}, {"state": "raja"},
    ],
    ids=str,
)  # fmt: skip
def test_a_line_begins_prepared_and_whole(
    four: Four, other_draft: PaymentList, denied: Denied, bend: dict[str, Any]
) -> None:
    denied(INSERT_LINE, *a_line(other_draft, right(), four, **bend))


def test_a_line_is_of_a_kind_of_the_list(
    four: Four, other_draft: PaymentList, denied: Denied
) -> None:
    assert "kind" in denied(INSERT_LINE, *a_line(other_draft, right("MODAL"), four))


@pytest.mark.parametrize("who", ["petugas2", "verifikator", "pimpinan", "bendahara"])
def test_who_adds_a_line_is_its_preparer(
    four: Four, other_draft: PaymentList, denied: Denied, who: str
) -> None:
    row = a_line(other_draft, right(), four, by=getattr(four, who).pk)
    assert "preparer" in denied(INSERT_LINE, *row)


@pytest.mark.parametrize("state", [*STATES[1:], "cancelled"])
def test_no_line_is_added_after_the_draft(
    four: Four, other_draft: PaymentList, denied: Denied, state: str
) -> None:
    walk_to(other_draft, state, four=four)
    assert "draft" in denied(INSERT_LINE, *a_line(other_draft, right(), four))


@pytest.mark.parametrize("state", [*STATES, "cancelled"])
def test_lines_move_only_with_their_list(four: Four, denied: Denied, sql: Any, state: str) -> None:
    """Every step of a line in every state of the list; those of the table alone are taken."""
    ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), state, four=four)
    line = payment_list.lines.get()
    allowed = {"draft": {"cancelled"}, "ordered": {"paid", "returned"}}.get(state, set())
    for target in ("ordered", "paid", "returned", "cancelled", "prepared", "raja"):
        if target == line.state and line.state in ("prepared", "ordered"):
            continue
        if target in ("paid", "returned"):
            params = (BOOK_LINE, target, four.bendahara2.pk, line.pk)
        else:
            params = (
                "UPDATE disbursements_paymentline SET state = %s WHERE id = %s",
                target,
                line.pk,
            )
        if target in allowed:
            with transaction.atomic():
                sql(*params)
                transaction.set_rollback(True)
        else:
            denied(*params)


@pytest.mark.parametrize("who", ["petugas", "verifikator", "pimpinan"])
def test_no_result_by_another_hand(four: Four, denied: Denied, who: str) -> None:
    ready_people(1, four=four)
    line = walk_to(a_list(by=four.petugas), "ordered", four=four).lines.get()
    assert "another duty" in denied(BOOK_LINE, "paid", getattr(four, who).pk, line.pk)


@pytest.mark.parametrize("column", ["amount", "entitlement_id", "payment_list_id", "number", "id"])
def test_what_a_line_pays_is_out_of_reach(four: Four, denied: Denied, column: str) -> None:
    ready_people(1, four=four)
    a_list(by=four.petugas)
    words = denied(f"UPDATE disbursements_paymentline SET {column} = {column}")
    assert NO_RIGHT in words


@pytest.mark.parametrize("state", ["draft", "submitted", "approved", "ordered"])
def test_whom_a_line_pays_is_written_at_the_approval_alone(
    four: Four, denied: Denied, state: str
) -> None:
    ready_people(1, four=four)
    walk_to(a_list(by=four.petugas), state, four=four)
    for value in ("payee_mark = 'x'", "snapshot = '\\x01'"):
        assert "approval" in denied(f"UPDATE disbursements_paymentline SET {value}")


@pytest.mark.parametrize("outcome", ["paid", "returned"])
def test_a_settled_line_is_never_changed(four: Four, denied: Denied, outcome: str) -> None:
    ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    line = payment_list.lines.get()
    book(payment_list, by=four.bendahara, returned={line.pk: "other"} if outcome != "paid" else {})
    for change in (
        "state = 'prepared'", "state = 'ordered'", "state = 'paid'", "state = 'cancelled'",
        "result_on = current_date - 1", "result_by_id = NULL", "deposit_slip = 'X'",
        "payee_mark = 'X'", "result_reason = ''",
    ):  # fmt: skip
        if change == "result_reason = ''" and outcome == "paid":
            continue
        words = denied(f"UPDATE disbursements_paymentline SET {change}")
        assert "never changed" in words or "approval" in words, change
    assert NO_RIGHT in denied("DELETE FROM disbursements_paymentline")
    assert PaymentLine.objects.get().state == outcome


# -- entitlements and reversals ----------------------------------------------------------------


@pytest.mark.parametrize(
    "column", ["paid", "amount", "kind_id", "worker_id", "rate_id", "budget_year_id", "decree_id"]
)
def test_entitlements_are_frozen(four: Four, denied: Denied, column: str) -> None:
    ready_people(1, four=four)
    words = denied(f"UPDATE disbursements_entitlement SET {column} = {column}")
    assert NO_RIGHT in words


COPY = """
    INSERT INTO disbursements_entitlement
        (id, decree_id, worker_id, kind_id, budget_year_id, rate_id, amount, legal_basis, paid,
         state, recorded_at, recorded_by_id)
    SELECT %s, decree_id, %s, kind_id, budget_year_id, rate_id, amount + %s, legal_basis, %s,
           'determined', now(), recorded_by_id
    FROM disbursements_entitlement WHERE kind_id = 'MODAL' LIMIT 1
"""


def test_an_entitlement_is_its_rate_once_and_unpaid(four: Four, denied: Denied, sql: Any) -> None:
    ready_people(1, four=four)
    stranger = ready_people(1, four=four)[0]
    Entitlement.objects.filter(worker=stranger).update(
        state="lapsed", lapsed_on="2017-12-01", lapsed_at="2017-12-01T00:00Z",
        lapsed_by=four.pimpinan,
    )  # fmt: skip
    for more, paid in ((1, 0), (1_000_000_000, 0), (-1, 0), (0, 3_000_000), (0, 1)):
        assert "unpaid rate" in denied(COPY, uuid7(), stranger.pk, more, paid)
    with transaction.atomic():
        sql(COPY, uuid7(), stranger.pk, 0, 0)
        assert "entitlement_once" in denied(COPY, uuid7(), stranger.pk, 0, 0)
        transaction.set_rollback(True)


@pytest.mark.parametrize("state", ["draft", "ordered", "closed"])
def test_what_is_paid_or_on_its_way_does_not_lapse(four: Four, denied: Denied, state: str) -> None:
    ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), state, four=four)
    words = denied(
        "UPDATE disbursements_entitlement SET state = 'lapsed', lapsed_on = current_date,"
        " lapsed_at = now(), lapsed_by_id = %s WHERE id = %s",
        four.pimpinan.pk,
        payment_list.lines.get().entitlement_id,
    )
    assert "lapses" in words


REVERSE = """
    INSERT INTO disbursements_reversal
        (id, line_id, amount, happened_on, paper, reason, recorded_at, recorded_by_id)
    VALUES (%s, %s, %s, current_date, 'STS', '\\x00', now(), %s)
"""


def test_a_reversal_is_whole_once_and_of_a_paid_line(four: Four, denied: Denied, sql: Any) -> None:
    ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    line, by = payment_list.lines.get(), four.bendahara.pk
    denied(REVERSE, uuid7(), line.pk, ONE, by)
    book(payment_list, by=four.bendahara)
    for amount in (1, ONE - 1, ONE + 1, 0, -ONE):
        denied(REVERSE, uuid7(), line.pk, amount, by)
    assert "another duty" in denied(REVERSE, uuid7(), line.pk, ONE, four.petugas.pk)
    sql(REVERSE, uuid7(), line.pk, ONE, by)
    denied(REVERSE, uuid7(), line.pk, ONE, by)
    for statement in (
        "UPDATE disbursements_reversal SET amount = 1",
        "DELETE FROM disbursements_reversal",
    ):
        assert NO_RIGHT in denied(statement)
    assert Position.objects.sums()["paid"] == 0


# -- lists and decisions -----------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_a_list_moves_only_by_a_decision(four: Four, denied: Denied, state: str) -> None:
    ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), state, four=four)
    for target in (*STATES, "cancelled", "raja"):
        if target != state:
            for revision in ("revision", "revision + 1"):
                denied(
                    f"UPDATE disbursements_paymentlist SET state = %s, revision = {revision}"
                    " WHERE id = %s",
                    target,
                    payment_list.pk,
                )
    denied("UPDATE disbursements_paymentlist SET revision = revision + 1")
    denied("UPDATE disbursements_paymentlist SET order_number = order_number || 'x'")
    assert NO_RIGHT in denied("UPDATE disbursements_paymentlist SET created_by_id = created_by_id")
    assert NO_RIGHT in denied("DELETE FROM disbursements_paymentlist")


def test_a_list_begins_as_a_draft(four: Four, denied: Denied) -> None:
    for state in STATES[1:]:
        denied(
            "INSERT INTO disbursements_paymentlist (id, number, funder_id, batch_code, method,"
            " budget_year_id, state, revision, order_number, ordered_on, created_at, created_by_id)"
            " VALUES (%s, 'X', 'KEMENSOS', '', 'transfer', 2017, %s, 1, 'SP2D', current_date,"
            " now(), %s)",
            uuid7(),
            state,
            four.petugas.pk,
        )


STEP = {
    "prepare": ("submit", "submitted"),
    "verify": ("verify", "verified"),
    "approve": ("approve", "approved"),
    "pay": ("order", "ordered"),
}


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=lambda pair: pair)
def test_decisions_of_one_person_have_one_duty(
    four: Four, denied: Denied, sql: Any, first: str, second: str
) -> None:
    """In all revisions, and whatever roles she holds by now."""
    ready_people(1, four=four)
    person, stranger = make_user(ROLE_OF[first]), make_user(ROLE_OF[second])
    payment_list = a_list(by=four.petugas)
    first_hand(first, payment_list, person, four)
    walk_to(payment_list, STATE_OF[second], four=four)
    act, target = STEP[second]
    words = denied(INSERT_DECISION, *decision(payment_list, act, second, target, person))
    assert "list_four_different_people" in words
    with transaction.atomic():
        sql(INSERT_DECISION, *decision(payment_list, act, second, target, stranger))
        transaction.set_rollback(True)


def test_decisions_are_never_changed(four: Four, denied: Denied) -> None:
    ready_people(1, four=four)
    walk_to(a_list(by=four.petugas), "approved", four=four)
    for statement in (
        "UPDATE disbursements_listdecision SET recorded_by_id = recorded_by_id",
        "DELETE FROM disbursements_listdecision",
        "UPDATE disbursements_decree SET number = number",
        "DELETE FROM disbursements_decree",
        "DELETE FROM disbursements_entitlement",
    ):
        assert NO_RIGHT in denied(statement)


def test_a_reconciled_list_waits_for_nothing(four: Four, denied: Denied, sql: Any) -> None:
    ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    sql(
        INSERT_DECISION,
        *decision(payment_list, "reconcile", "pay", "reconciled", four.bendahara),
    )
    assert "waits" in denied("UPDATE disbursements_paymentlist SET state = 'reconciled'")


def test_sending_back_needs_its_reason(four: Four, denied: Denied) -> None:
    ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "submitted", four=four)
    params = decision(payment_list, "send_back_submitted", "verify", "draft", four.verifikator)
    words = denied(INSERT_DECISION.replace("'\\x00'", "NULL"), *params)
    assert "decision_has_its_reason" in words
    assert lists.send_back(payment_list=payment_list, reason="x", by=four.verifikator)
