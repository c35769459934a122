"""The decree: whom it names, who may record it, and that it freezes amounts once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cases.models import Worker
from disbursements.actions.decrees import issue_decree, waiting_for_decree
from disbursements.models import BudgetYear, Decree, Entitlement, Position
from kotim_social.audit.models import Entry
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests.factories import (
    DECIDED,
    FOUND_ELIGIBLE,
    Four,
    a_list,
    determine,
    find_eligible,
    ids,
    make_ready,
    ready_people,
    register,
)

pytestmark = pytest.mark.django_db


def nothing_was_determined() -> bool:
    return (
        not Decree.objects.exists()
        and not Entitlement.objects.exists()
        and not Worker.objects.filter(determined_on__isnull=False).exists()
    )


def test_four_rights_for_each_person_with_amounts_that_are_frozen(four: Four) -> None:
    workers = register(3, by=four.petugas)
    find_eligible(workers, by=four.verifikator)
    decree = determine(workers, by=four.pimpinan)
    rows = Entitlement.objects.filter(decree=decree)
    assert rows.count() == 12
    assert set(rows.values_list("kind", "amount")) == {
        ("TABUNGAN", 5_050_000), ("TRANSPORT", 250_000), ("JADUP", 1_800_000), ("MODAL", 3_000_000),
    }  # fmt: skip
    assert all(
        row.legal_basis and row.paid == 0 and row.recorded_by == four.pimpinan for row in rows
    )
    assert set(Worker.objects.values_list("determined_on", flat=True)) == {DECIDED}
    before = Position.objects.sums()
    assert before["open"] == 3 * 10_100_000
    assert Entry.objects.filter(act="decree.issue", user_id=four.pimpinan.pk).count() == 1


def test_who_stays_is_determined_too_and_her_district_money_withheld(four: Four) -> None:
    workers = register(1, by=four.petugas, choice="stay")
    find_eligible(workers, by=four.verifikator)
    determine(workers, by=four.pimpinan)
    assert Entitlement.objects.count() == 4
    assert Position.objects.sums()["withheld"] == 5_050_000


@pytest.mark.parametrize("who", ["petugas", "verifikator", "bendahara"])
def test_only_a_supervisor_records_a_decree(four: Four, who: str) -> None:
    workers = register(1, by=four.petugas)
    find_eligible(workers, by=four.verifikator)
    with pytest.raises(Refused):
        determine(workers, by=getattr(four, who))
    assert nothing_was_determined()


def test_one_who_is_not_eligible_stops_the_whole_decree(four: Four) -> None:
    workers = register(2, by=four.petugas)
    find_eligible(workers[:1], by=four.verifikator)
    with pytest.raises(Refused):
        determine(workers, by=four.pimpinan)
    assert nothing_was_determined()


def test_a_second_decree_over_the_same_people_adds_nothing(four: Four) -> None:
    workers = register(2, by=four.petugas)
    find_eligible(workers, by=four.verifikator)
    determine(workers, by=four.pimpinan)
    with pytest.raises(Refused):
        determine(workers, by=four.pimpinan, number="188.45/99/2017")
    assert (Decree.objects.count(), Entitlement.objects.count()) == (1, 8)
    later = register(1, by=four.petugas)
    find_eligible(later, by=four.verifikator)
    determine([*workers, *later], by=four.pimpinan, number="188.45/100/2017")
    assert Entitlement.objects.count() == 12
    assert Entitlement.objects.filter(decree__number="188.45/100/2017").count() == 4


@pytest.mark.parametrize("number", ["188.45/1/2017", " 188.45/1/2017 "])
def test_a_number_is_used_once(four: Four, number: str) -> None:
    workers = register(2, by=four.petugas)
    find_eligible(workers, by=four.verifikator)
    determine(workers[:1], by=four.pimpinan, number="188.45/1/2017")
    with pytest.raises(Refused):
        determine(workers[1:], by=four.pimpinan, number=number)
    assert Decree.objects.count() == 1


@pytest.mark.parametrize(
    "on", [today() + timedelta(days=1), FOUND_ELIGIBLE - timedelta(days=1)], ids=["future", "early"]
)
def test_a_date_that_cannot_be(four: Four, on: date) -> None:
    workers = register(1, by=four.petugas)
    find_eligible(workers, by=four.verifikator)
    with pytest.raises(Refused):
        determine(workers, by=four.pimpinan, on=on)
    assert nothing_was_determined()


@pytest.mark.parametrize("number", ["", "  "])
def test_a_decree_has_a_number(four: Four, number: str) -> None:
    workers = register(1, by=four.petugas)
    find_eligible(workers, by=four.verifikator)
    with pytest.raises(Refused):
        issue_decree(
            number=number, decided_on=DECIDED, signed_by_title="Kepala Dinas",
            budget_year=BudgetYear.objects.get(), workers=ids(workers), by=four.pimpinan,
        )  # fmt: skip
    assert nothing_was_determined()


def test_a_closed_year_takes_no_decree(four: Four) -> None:
    workers = register(1, by=four.petugas)
    find_eligible(workers, by=four.verifikator)
    BudgetYear.objects.update(
        closed_on=today(), closed_at=timezone.now(), closed_by=four.pimpinan.pk
    )
    with pytest.raises(Refused):
        determine(workers, by=four.pimpinan)
    assert nothing_was_determined()


def test_nobody_is_no_decree(four: Four) -> None:
    with pytest.raises(Refused):
        determine([], by=four.pimpinan)


def test_who_waits_for_a_decree(four: Four) -> None:
    workers = register(3, by=four.petugas)
    make_ready(workers[:2], four=four)
    assert set(waiting_for_decree(four.pimpinan)) == set(ids(workers[:2]))
    determine(workers[:1], by=four.pimpinan)
    assert waiting_for_decree(four.pimpinan) == ids(workers[1:2])


def test_without_a_decree_nobody_can_be_paid(four: Four) -> None:
    workers = register(1, by=four.petugas)
    make_ready(workers, four=four)
    with pytest.raises(Refused):
        a_list(by=four.petugas)
    determine(workers, by=four.pimpinan)
    assert a_list(by=four.petugas).lines.count() == 1
    assert ready_people(1, four=four)[0].determined_on == DECIDED
