"""What stops money on its way: ceilings, changed payees, people who cannot be paid, the year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cases.actions.choices import change_choice
from cases.models import BankAccount, Worker
from disbursements.actions import lists
from disbursements.actions.results import reverse_line
from disbursements.lines_now import changed_payees, lines_now
from disbursements.models import BudgetYear, Ceiling, PaymentList, Position
from disbursements.rules import find_candidates, payable_kinds, remainders
from kotim_social.lib.dates import today
from kotim_social.lib.money import format_rupiah
from kotim_social.workflow import Refused
from tests.factories import (
    Four,
    a_list,
    arrive,
    book,
    confirm_accounts,
    correct,
    into_batch,
    line_of,
    make_user,
    nik_of,
    place_order,
    ready_people,
    register,
    walk_to,
)

pytestmark = pytest.mark.django_db
ONE = 5_050_000
TOMORROW = today() + timedelta(days=1)


def key(worker: Worker, kind: str = "TABUNGAN") -> str:
    return f"{worker.pk}:{kind}"


def two_lists(four: Four) -> tuple[PaymentList, PaymentList]:
    one, other = ready_people(2, four=four)
    first = a_list(by=four.petugas, only=[key(one)])
    return first, a_list(by=four.petugas, only=[key(other)])


# -- building ----------------------------------------------------------------------------------


def test_everybody_is_in_or_left_out_with_her_reasons(four: Four) -> None:
    ready_people(2, four=four)
    register(1, by=four.petugas)
    ready_people(1, four=four, nik=False)
    ready_people(1, four=four, account=False)
    ready_people(1, four=four, choice="undecided")
    found = find_candidates(four.petugas, kinds=payable_kinds("KEMENSOS"))
    assert len(found.included) == 2
    assert found.total == 2 * ONE
    assert len(found.left_out) == 4
    assert all(left.reasons and left.kinds for left in found.left_out)


def test_who_is_in_a_list_is_left_out_of_the_next_which_names_it(four: Four) -> None:
    ready_people(1, four=four)
    payment_list = a_list(by=four.petugas)
    found = find_candidates(four.petugas, kinds=payable_kinds("KEMENSOS"))
    assert not found.included
    reason = found.left_out[0].reasons[0]
    assert reason.hard
    assert payment_list.number in reason.sentence
    with pytest.raises(Refused):
        a_list(by=four.petugas)


def test_people_of_other_places_are_nobodys_business(four: Four) -> None:
    ready_people(1, four=four)
    stranger = make_user("petugas", lokalisasi="TANGAR")
    with pytest.raises(Refused):
        a_list(by=stranger)
    found = find_candidates(stranger, kinds=payable_kinds("KEMENSOS"))
    assert not found.included and not found.left_out


def test_cash_and_transfer_do_not_go_together(four: Four) -> None:
    arrive(ready_people(1, four=four), four=four)
    with pytest.raises(Refused):
        a_list(by=four.petugas, kinds=("TRANSPORT", "JADUP"))
    assert a_list(by=four.petugas, kinds=("JADUP", "MODAL")).lines.count() == 2


def test_each_kind_waits_for_its_own_event(four: Four) -> None:
    workers = ready_people(2, four=four)
    for kind in ("TRANSPORT", "JADUP", "MODAL"):
        with pytest.raises(Refused):
            a_list(by=four.petugas, kinds=(kind,))
    into_batch(workers[:1], four=four)
    travel = a_list(by=four.petugas, kinds=("TRANSPORT",), batch_code="R-01")
    assert [line.entitlement.worker for line in travel.lines.all()] == workers[:1]
    with pytest.raises(Refused):
        a_list(by=four.petugas, kinds=("JADUP",))


# -- ceilings ----------------------------------------------------------------------------------


def test_an_approval_over_the_ceiling_says_what_is_left(four: Four) -> None:
    first, second = two_lists(four)
    Ceiling.objects.filter(kind="TABUNGAN").update(amount=2 * ONE - 1)
    walk_to(first, "approved", four=four)
    walk_to(second, "verified", four=four)
    with pytest.raises(Refused) as caught:
        lists.approve(payment_list=second, by=four.pimpinan)
    assert format_rupiah(ONE - 1) in str(caught.value)
    assert format_rupiah(ONE) in str(caught.value)
    second.refresh_from_db()
    assert second.state == "verified"
    assert not second.lines.exclude(payee_mark="").exists()
    Ceiling.objects.filter(kind="TABUNGAN").update(amount=2 * ONE)
    assert lists.approve(payment_list=second, by=four.pimpinan).state == "approved"


@pytest.mark.parametrize("way", ["cancelled", "sent back", "returned", "reversed"])
def test_what_is_not_paid_frees_the_ceiling(four: Four, way: str) -> None:
    first, second = two_lists(four)
    Ceiling.objects.filter(kind="TABUNGAN").update(amount=ONE)
    walk_to(second, "verified", four=four)
    walk_to(first, "approved", four=four)
    assert remainders(second)[0].left == 0
    if way == "cancelled":
        lists.cancel(payment_list=first, reason="batal", by=four.pimpinan)
    elif way == "sent back":
        lists.send_back(payment_list=first, reason="periksa", by=four.bendahara)
    else:
        walk_to(first, "ordered", four=four)
        line = first.lines.get()
        book(first, by=four.bendahara, returned={line.pk: "other"} if way == "returned" else {})
        if way == "reversed":
            assert remainders(second)[0].left == 0
            reverse_line(
                line=line, happened_on=today(), paper="STS-1", reason="kembali", by=four.bendahara
            )
    assert remainders(second)[0].left == ONE
    assert lists.approve(payment_list=second, by=four.pimpinan).state == "approved"


def test_without_a_ceiling_nothing_is_approved(four: Four) -> None:
    first, _second = two_lists(four)
    Ceiling.objects.filter(kind="TABUNGAN").update(amount=0)
    walk_to(first, "verified", four=four)
    with pytest.raises(Refused):
        lists.approve(payment_list=first, by=four.pimpinan)


# -- the payee ---------------------------------------------------------------------------------


def new_account(worker: Worker, four: Four) -> None:
    correct(worker, "number", "8111222333", by=four.pimpinan)
    confirm_accounts([worker.pk], by=four.petugas, on=today())


def new_holder(worker: Worker, four: Four) -> None:
    correct(worker, "holder", f"{worker.name}.", by=four.pimpinan)


def new_name(worker: Worker, four: Four) -> None:
    correct(worker, "name", f"{worker.name}.", by=four.pimpinan)


def new_nik(worker: Worker, four: Four) -> None:
    correct(worker, "nik", nik_of(4000, worker.birth_date), by=four.pimpinan)


@pytest.mark.parametrize("change", [new_account, new_holder, new_name, new_nik])
def test_a_payee_changed_after_approval_is_not_paid(four: Four, change: object) -> None:
    workers = ready_people(3, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "approved", four=four)
    change(workers[1], four)  # type: ignore[operator]
    assert changed_payees(lines_now(payment_list)) == [workers[1].register_no]
    with pytest.raises(Refused) as caught:
        place_order(payment_list, by=four.bendahara)
    assert workers[1].register_no in str(caught.value)
    assert workers[0].register_no not in str(caught.value)
    payment_list.refresh_from_db()
    assert payment_list.state == "approved"
    assert set(payment_list.lines.values_list("state", flat=True)) == {"prepared"}
    lists.send_back(payment_list=payment_list, reason="rekening", by=four.bendahara)
    assert walk_to(payment_list, "ordered", four=four).state == "ordered"


def test_snapshot_says_whom_the_approval_was_for(four: Four) -> None:
    worker = ready_people(1, four=four)[0]
    payment_list = walk_to(a_list(by=four.petugas), "approved", four=four)
    snapshot = line_of(payment_list, worker).snapshot
    assert snapshot["name"] == worker.name
    assert snapshot["amount"] == ONE
    assert snapshot["account"] == BankAccount.objects.get(worker=worker).number
    assert worker.nik not in str(snapshot)


def test_who_lost_her_right_meanwhile_stops_approval_and_order(four: Four) -> None:
    workers = ready_people(2, four=four)
    arrive(workers, four=four)
    payment_list = walk_to(a_list(by=four.petugas, kinds=("MODAL",)), "verified", four=four)
    Worker.objects.filter(pk=workers[0].pk).update(nik_status="deceased")
    with pytest.raises(Refused) as caught:
        lists.approve(payment_list=payment_list, by=four.pimpinan)
    assert workers[0].register_no in str(caught.value)
    Worker.objects.filter(pk=workers[0].pk).update(nik_status="unchecked")
    payment_list = walk_to(payment_list, "approved", four=four)
    Worker.objects.filter(pk=workers[1].pk).update(nik_status="deceased")
    with pytest.raises(Refused) as caught:
        place_order(payment_list, by=four.bendahara)
    assert workers[1].register_no in str(caught.value)


def test_choice_changed_to_stay_stops_travel_money(four: Four) -> None:
    worker = ready_people(1, four=four)[0]
    arrive([worker], four=four)
    payment_list = walk_to(a_list(by=four.petugas, kinds=("JADUP",)), "approved", four=four)
    with pytest.raises(Refused):
        change_choice(
            worker=worker, choice="stay", note="tinggal", decided_on=today(), by=four.petugas
        )
    Worker.objects.filter(pk=worker.pk).update(choice="stay")
    with pytest.raises(Refused):
        place_order(payment_list, by=four.bendahara)


# -- cancelling, sending back, the year --------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "submitted", "verified", "approved"])
def test_cancelling_frees_the_money_for_another_list(four: Four, state: str) -> None:
    ready_people(2, four=four)
    payment_list = walk_to(a_list(by=four.petugas), state, four=four)
    assert Position.objects.sums()["in_process"] == 2 * ONE
    lists.cancel(payment_list=payment_list, reason="salah", by=four.pimpinan)
    assert Position.objects.sums()["in_process"] == 0
    assert Position.objects.filter(kind="TABUNGAN").sums()["open"] == 2 * ONE
    again = a_list(by=four.petugas)
    assert again.number != payment_list.number
    assert again.lines.filter(previous__isnull=True).count() == 2


def test_a_line_taken_out_is_open_again_and_may_come_back(four: Four) -> None:
    workers = ready_people(2, four=four)
    payment_list = a_list(by=four.petugas)
    line = line_of(payment_list, workers[0])
    assert lists.take_out(payment_list=payment_list, lines=[line.pk], by=four.petugas2) == 1
    assert Position.objects.get(pk=key(workers[0])).open == ONE
    assert lists.add_people(payment_list=payment_list, by=four.petugas) == 1
    assert sorted(payment_list.lines.values_list("number", "state")) == [
        (1, "cancelled"), (2, "prepared"), (3, "prepared"),
    ]  # fmt: skip


def test_a_list_without_lines_goes_nowhere(four: Four) -> None:
    ready_people(1, four=four)
    payment_list = a_list(by=four.petugas)
    lists.take_out(payment_list=payment_list, lines=[payment_list.lines.get().pk], by=four.petugas)
    with pytest.raises(Refused):
        lists.submit(payment_list=payment_list, by=four.petugas)


@pytest.mark.parametrize(
    ("number", "on"),
    [("", today()), ("  ", today()), ("SP2D-1", TOMORROW), ("SP2D-1", date(2017, 12, 5))],
    ids=["no number", "blank number", "future", "before the approval"],
)
def test_an_order_has_a_number_and_a_possible_date(four: Four, number: str, on: date) -> None:
    ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "approved", four=four)
    with pytest.raises(Refused):
        lists.order(
            payment_list=payment_list, order_number=number, ordered_on=on, by=four.bendahara
        )
    payment_list.refresh_from_db()
    assert payment_list.state == "approved"


def test_after_the_cut_off_nothing_is_built_ordered_or_booked(four: Four) -> None:
    first, second = two_lists(four)
    walk_to(first, "ordered", four=four)
    walk_to(second, "approved", four=four)
    ready_people(1, four=four)
    BudgetYear.objects.update(cut_off=today() - timedelta(days=1))
    with pytest.raises(Refused):
        a_list(by=four.petugas)
    with pytest.raises(Refused):
        place_order(second, by=four.bendahara)
    with pytest.raises(Refused):
        book(first, by=four.bendahara)
    assert Position.objects.sums()["paid"] == 0


def test_on_the_last_day_money_is_still_paid(four: Four) -> None:
    ready_people(1, four=four)
    BudgetYear.objects.update(cut_off=today())
    walk_to(a_list(by=four.petugas), "closed", four=four)
    assert Position.objects.sums()["paid"] == ONE
