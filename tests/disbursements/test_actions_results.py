"""What became of the money: paid, returned, paid again, and money that came back later."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from disbursements.actions import lists
from disbursements.actions.results import Result, book_results, reverse_line
from disbursements.models import Entitlement, PaymentLine, PaymentList, Position, Reversal
from kotim_social.audit.models import Entry
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests.factories import (
    Four,
    a_list,
    arrive,
    book,
    into_batch,
    line_of,
    ready_people,
    walk_to,
)

pytestmark = pytest.mark.django_db
ONE = 5_050_000


@pytest.fixture
def ordered(four: Four) -> PaymentList:
    ready_people(3, four=four)
    return walk_to(a_list(by=four.petugas), "ordered", four=four)


def line(payment_list: PaymentList, number: int) -> PaymentLine:
    return payment_list.lines.get(number=number)


def tabungan() -> dict[str, int]:
    return Position.objects.filter(kind="TABUNGAN").sums()


def states(payment_list: PaymentList) -> list[str]:
    return list(payment_list.lines.order_by("number").values_list("state", flat=True))


def reverse(row: PaymentLine, four: Four, **other: Any) -> Reversal:
    values: dict[str, Any] = {
        "happened_on": today(), "paper": "STS-7", "reason": "rekening ditutup",
        "by": four.bendahara,
    }  # fmt: skip
    return reverse_line(line=row, **(values | other))


def test_paid_and_returned(four: Four, ordered: PaymentList) -> None:
    back = line(ordered, 2)
    assert book(ordered, by=four.bendahara, returned={back.pk: "account_closed"}) == (2, 1)
    assert states(ordered) == ["paid", "returned", "paid"]
    back.refresh_from_db()
    assert (back.result_reason, back.result_by, back.result_on) == (
        "account_closed", four.bendahara, today(),
    )  # fmt: skip
    assert tabungan() == {
        "entitled": 3 * ONE, "paid": 2 * ONE, "in_process": 0, "returned": ONE, "withheld": 0,
        "open": 0,
    }  # fmt: skip
    assert Entitlement.objects.get(pk=back.entitlement_id).paid == 0
    assert Entry.objects.filter(act="paymentline.pay").count() == 2
    assert Entry.objects.filter(act="paymentline.return").count() == 1


def test_some_now_and_the_rest_later(four: Four, ordered: PaymentList) -> None:
    def result(number: int) -> Result:
        return Result(line(ordered, number).pk, paid=True)

    book_results(payment_list=ordered, results=[result(1)], on=today(), by=four.bendahara)
    assert states(ordered) == ["paid", "ordered", "ordered"]
    with pytest.raises(Refused):
        lists.reconcile(payment_list=ordered, by=four.bendahara)
    assert book(ordered, by=four.bendahara2) == (2, 0)
    assert lists.reconcile(payment_list=ordered, by=four.bendahara).state == "reconciled"


BAD = {
    "nothing": lambda it, other: [],
    "foreign line": lambda it, other: [Result(line(other, 1).pk, paid=True)],
    "unknown line": lambda it, other: [Result(uuid4(), paid=True)],
    "twice": lambda it, other: [Result(line(it, 1).pk, paid=True)] * 2,
    "paid and returned": lambda it, other: [
        Result(line(it, 1).pk, paid=True), Result(line(it, 1).pk, paid=False, reason="other"),
    ],
    "no reason": lambda it, other: [Result(line(it, 1).pk, paid=False)],
    "strange reason": lambda it, other: [Result(line(it, 1).pk, paid=False, reason="bosan")],
    "one good, one bad": lambda it, other: [
        Result(line(it, 1).pk, paid=True), Result(line(it, 2).pk, paid=False),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", list(BAD))
def test_results_that_cannot_be_book_nothing(four: Four, ordered: PaymentList, name: str) -> None:
    ready_people(1, four=four)
    other = walk_to(a_list(by=four.petugas), "ordered", four=four)
    rows = BAD[name](ordered, other)
    with pytest.raises(Refused) as caught:
        book_results(payment_list=ordered, results=rows, on=today(), by=four.bendahara)
    assert all(caught.value.sentences)
    assert {*states(ordered), *states(other)} == {"ordered"}
    assert tabungan()["paid"] == 0


@pytest.mark.parametrize("days", [1, -1], ids=["future", "before the order"])
def test_a_result_has_a_possible_date(four: Four, ordered: PaymentList, days: int) -> None:
    with pytest.raises(Refused):
        book(ordered, by=four.bendahara, on=today() + timedelta(days=days))
    assert set(states(ordered)) == {"ordered"}


def test_the_same_results_twice_change_nothing(four: Four, ordered: PaymentList) -> None:
    rows = [Result(row.pk, paid=True) for row in ordered.lines.all()]
    book_results(payment_list=ordered, results=rows, on=today(), by=four.bendahara)
    with pytest.raises(Refused):
        book_results(payment_list=ordered, results=rows, on=today(), by=four.bendahara)
    assert tabungan()["paid"] == 3 * ONE
    assert Entry.objects.filter(act="paymentline.pay").count() == 3


def test_cash_that_was_not_fetched_has_its_deposit_slip(four: Four) -> None:
    workers = ready_people(2, four=four)
    into_batch(workers, four=four)
    travel = walk_to(a_list(by=four.petugas, kinds=("TRANSPORT",)), "ordered", four=four)
    missing = line_of(travel, workers[0])

    def result(slip: str) -> list[Result]:
        return [Result(missing.pk, paid=False, reason="not_fetched", deposit_slip=slip)]

    for slip in ("", "  "):
        with pytest.raises(Refused):
            book_results(payment_list=travel, results=result(slip), on=today(), by=four.bendahara)
    book_results(payment_list=travel, results=result("STS-12"), on=today(), by=four.bendahara)
    missing.refresh_from_db()
    assert (missing.state, missing.deposit_slip) == ("returned", "STS-12")
    assert book(travel, by=four.bendahara) == (1, 0)
    assert Position.objects.filter(kind="TRANSPORT").sums()["returned"] == 250_000


def test_ten_with_one_return_are_paid_ten_times_in_the_end(four: Four) -> None:
    workers = ready_people(10, four=four)
    arrive(workers, four=four)
    first = walk_to(a_list(by=four.petugas, kinds=("MODAL",)), "ordered", four=four)
    back = line_of(first, workers[4])
    assert book(first, by=four.bendahara, returned={back.pk: "wrong_number"}) == (9, 1)
    modal = Position.objects.filter(kind="MODAL")
    assert (modal.sums()["paid"], modal.sums()["returned"]) == (27_000_000, 3_000_000)
    lists.reconcile(payment_list=first, by=four.bendahara)

    second = a_list(by=four.petugas, kinds=("MODAL",))
    again = second.lines.get()
    assert (again.previous, again.amount) == (back, 3_000_000)
    assert (modal.sums()["in_process"], modal.sums()["returned"]) == (3_000_000, 0)
    with pytest.raises(Refused):
        a_list(by=four.petugas2, kinds=("MODAL",))
    walk_to(second, "closed", four=four)
    assert modal.sums() == {
        "entitled": 30_000_000, "paid": 30_000_000, "in_process": 0, "returned": 0,
        "withheld": 0, "open": 0,
    }  # fmt: skip
    with pytest.raises(Refused):
        a_list(by=four.petugas, kinds=("MODAL",))


def test_a_repeat_that_was_cancelled_may_be_repeated(four: Four, ordered: PaymentList) -> None:
    back = line(ordered, 1)
    book(ordered, by=four.bendahara, returned={back.pk: "other"})
    lists.cancel(payment_list=a_list(by=four.petugas), reason="salah", by=four.pimpinan)
    assert tabungan()["returned"] == ONE
    assert a_list(by=four.petugas).lines.get().previous == back


def test_reversal_is_a_counter_entry(four: Four, ordered: PaymentList) -> None:
    book(ordered, by=four.bendahara)
    row = line(ordered, 1)
    reversal = reverse(row, four)
    row.refresh_from_db()
    assert (row.state, reversal.amount) == ("paid", ONE)
    assert (tabungan()["paid"], tabungan()["returned"]) == (2 * ONE, ONE)
    assert Entry.objects.filter(act="paymentline.reverse", user_id=four.bendahara.pk).exists()
    again = a_list(by=four.petugas)
    assert again.lines.get().previous == row
    walk_to(again, "closed", four=four)
    assert tabungan()["paid"] == 3 * ONE


def test_a_line_is_reversed_once(four: Four, ordered: PaymentList) -> None:
    book(ordered, by=four.bendahara)
    reverse(line(ordered, 1), four)
    with pytest.raises(Refused):
        reverse(line(ordered, 1), four, by=four.bendahara2)
    assert tabungan()["paid"] == 2 * ONE
    # Not even when she was paid again meanwhile.
    walk_to(a_list(by=four.petugas), "closed", four=four)
    with pytest.raises(Refused):
        reverse(line(ordered, 1), four)
    assert tabungan()["paid"] == 3 * ONE


@pytest.mark.parametrize(
    "bad",
    [
        {"paper": " "},
        {"reason": ""},
        {"happened_on": today() + timedelta(days=1)},
        {"happened_on": date(2017, 12, 1)},
    ],
    ids=["no paper", "no reason", "future", "before the payment"],
)
def test_a_reversal_has_paper_reason_and_date(
    four: Four, ordered: PaymentList, bad: dict[str, Any]
) -> None:
    book(ordered, by=four.bendahara)
    with pytest.raises(Refused):
        reverse(line(ordered, 1), four, **bad)
    assert not Reversal.objects.exists()
    assert tabungan()["paid"] == 3 * ONE


@pytest.mark.parametrize("who", ["petugas", "verifikator", "pimpinan"])
def test_only_a_treasurer_reverses(four: Four, ordered: PaymentList, who: str) -> None:
    book(ordered, by=four.bendahara)
    with pytest.raises(Refused):
        reverse(line(ordered, 1), four, by=getattr(four, who))


def test_what_was_not_paid_is_not_reversed(four: Four, ordered: PaymentList) -> None:
    with pytest.raises(Refused):
        reverse(line(ordered, 1), four)
    book(ordered, by=four.bendahara, returned={line(ordered, 1).pk: "other"})
    with pytest.raises(Refused):
        reverse(line(ordered, 1), four)
    assert not Reversal.objects.exists()
