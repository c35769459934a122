"""Two people at once: real connections, real commits, and never a rupiah twice."""

from __future__ import annotations

import contextlib
import os
import time
from typing import Any

import pytest

from disbursements.actions import approving, lists, results
from disbursements.actions.decrees import issue_decree
from disbursements.models import (
    BudgetYear,
    Ceiling,
    Decree,
    Entitlement,
    PaymentLine,
    PaymentList,
    Position,
    Reversal,
)
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests.disbursements.hands import count, in_threads
from tests.factories import (
    DECIDED,
    Four,
    a_list,
    book,
    find_eligible,
    ids,
    place_order,
    ready_people,
    register,
    the_four,
    walk_to,
)

pytestmark = pytest.mark.django_db(transaction=True)
ONE = 5_050_000


@pytest.fixture
def four(transactional_db: None) -> Four:
    return the_four()


@pytest.fixture
def rounds() -> int:
    return 25 if os.environ.get("KOTIM_FULL") else 2


def test_two_approvals_cannot_both_pass_the_ceiling(
    four: Four, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = ready_people(2, four=four)
    made = [a_list(by=four.petugas, only=[f"{w.pk}:TABUNGAN"]) for w in (one, other)]
    for payment_list in made:
        walk_to(payment_list, "verified", four=four)
    Ceiling.objects.filter(kind="TABUNGAN").update(amount=ONE)
    ask = approving.remainders

    def slowly(payment_list: PaymentList) -> Any:
        answer = ask(payment_list)
        time.sleep(0.4)
        return answer

    monkeypatch.setattr(approving, "remainders", slowly)
    outcomes = in_threads(
        [lambda it=it: lists.approve(payment_list=it, by=four.pimpinan) for it in made]
    )
    assert count(outcomes) == (1, 1)
    assert PaymentList.objects.filter(state="approved").count() == 1


def test_two_treasurers_book_one_list(four: Four) -> None:
    ready_people(3, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    outcomes = in_threads(
        [lambda by=by: book(payment_list, by=by) for by in (four.bendahara, four.bendahara2)]
    )
    assert count(outcomes) == (1, 1)
    assert Position.objects.sums()["paid"] == 3 * ONE


def test_two_treasurers_order_one_list(four: Four) -> None:
    ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "approved", four=four)
    outcomes = in_threads(
        [lambda by=by: place_order(payment_list, by=by) for by in (four.bendahara, four.bendahara2)]
    )
    assert count(outcomes) == (1, 1)
    assert payment_list.decisions.filter(act="order").count() == 1


def test_one_line_is_reversed_once(four: Four) -> None:
    ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "closed", four=four)
    line = payment_list.lines.get()
    outcomes = in_threads(
        [
            lambda by=by: results.reverse_line(
                line=line, happened_on=today(), paper="STS", reason="kembali", by=by
            )
            for by in (four.bendahara, four.bendahara2)
        ]
    )
    assert count(outcomes) == (1, 1)
    assert Reversal.objects.count() == 1
    assert Entitlement.objects.get(pk=line.entitlement_id).paid == 0


def test_one_person_is_in_one_list(four: Four) -> None:
    ready_people(2, four=four)
    outcomes = in_threads(
        [lambda by=by: a_list(by=by) for by in (four.petugas, four.petugas2, four.petugas)]
    )
    assert count(outcomes) == (1, 2)
    assert PaymentLine.objects.count() == 2


def test_numbers_of_lists_are_one_after_the_other(four: Four) -> None:
    workers = ready_people(6, four=four)
    outcomes = in_threads(
        [lambda w=w: a_list(by=four.petugas, only=[f"{w.pk}:TABUNGAN"]) for w in workers]
    )
    assert count(outcomes) == (6, 0)
    assert sorted(it.number for it in outcomes) == [f"DB-2017-{n:04d}" for n in range(1, 7)]


def test_two_decrees_over_the_same_people(four: Four) -> None:
    workers = register(3, by=four.petugas)
    find_eligible(workers, by=four.verifikator)
    year = BudgetYear.objects.get()

    def decree(number: str) -> Decree:
        return issue_decree(
            number=number, decided_on=DECIDED, signed_by_title="Kepala Dinas", budget_year=year,
            workers=ids(workers), by=four.pimpinan,
        )  # fmt: skip

    outcomes = in_threads([lambda: decree("SK-1"), lambda: decree("SK-2")])
    assert count(outcomes) == (1, 1)
    assert Entitlement.objects.count() == 12


@pytest.mark.slow
def test_eight_at_once_never_pay_twice(four: Four, rounds: int) -> None:
    """Eight treasurers and caseworkers run at one list after another, on every step."""
    for number in range(rounds):
        ready_people(2, four=four)
        payment_list = walk_to(a_list(by=four.petugas), "approved", four=four)
        hands = [four.bendahara, four.bendahara2] * 4

        def run(by: Any, it: PaymentList = payment_list) -> bool:
            with contextlib.suppress(Refused):
                place_order(it, by=by)
            try:
                book(it, by=by)
                return True
            except Refused:
                return False

        outcomes = in_threads([lambda by=by: run(by) for by in hands])
        assert [o for o in outcomes if isinstance(o, Exception)] == []
        assert sum(outcomes) <= 1
        paid = (number + 1) * 2 * ONE
        if not any(outcomes):
            book(PaymentList.objects.get(pk=payment_list.pk), by=four.bendahara)
        assert Position.objects.sums()["paid"] == paid
        assert not PaymentLine.objects.exclude(state="paid").exists()
