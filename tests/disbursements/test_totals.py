"""What everybody would get, is entitled to, and has: the positions, in every turn of the road."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.actions.choices import change_choice
from cases.actions.verification import Finding, decide_eligibility
from cases.models import ReasonCode, Worker
from disbursements import workflow
from disbursements.actions import lists, results
from disbursements.models import (
    AssistanceKind,
    Ceiling,
    Entitlement,
    Funder,
    PaymentLine,
    PaymentList,
    Position,
    Rate,
    Reversal,
)
from disbursements.models.position import MEASURES
from disbursements.rules import payable_kinds, remainders
from kotim_social.accounts.models import User
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests.factories import (
    Four,
    a_list,
    arrive,
    book,
    determine,
    into_batch,
    make_ready,
    make_user,
    place_order,
    ready_people,
    register,
    walk_to,
)

pytestmark = pytest.mark.django_db
PER_HEAD = 10_100_000
DISTRICT = 5_050_000


def sums(**only: object) -> dict[str, int]:
    return Position.objects.filter(**only).sums()


def lapse(entitlement: Entitlement, *, by: User) -> None:
    workflow.ENTITLEMENT.apply(
        entitlement,
        "lapse",
        by=by,
        reason="meninggal",
        lapsed_on=today(),
        lapsed_at=timezone.now(),
        lapsed_by=by,
        lapsed_because="meninggal",
    )


# -- before a decree ---------------------------------------------------------------------------


def test_three_registered_people_would_get_everything(four: Four) -> None:
    register(3, by=four.petugas)
    assert sums() == {
        "entitled": 3 * PER_HEAD, "paid": 0, "in_process": 0, "returned": 0, "withheld": 0,
        "open": 3 * PER_HEAD,
    }  # fmt: skip
    assert sums(kind="TABUNGAN")["entitled"] == 15_150_000
    assert sums(kind="TRANSPORT")["entitled"] == 750_000
    assert sums(kind="JADUP")["entitled"] == 5_400_000
    assert sums(kind="MODAL")["entitled"] == 9_000_000
    assert sums(funder="PEMKAB")["entitled"] == 15_150_000
    assert not Position.objects.filter(determined=True).exists()
    assert not Entitlement.objects.exists()


@pytest.mark.parametrize("choice", ["stay", "undecided", "referred"])
def test_district_money_is_withheld_from_whoever_does_not_return(four: Four, choice: str) -> None:
    register(2, by=four.petugas)
    register(1, by=four.petugas, choice=choice)
    total = sums()
    assert total["entitled"] == 3 * PER_HEAD
    assert total["withheld"] == DISTRICT
    assert total["open"] == 3 * PER_HEAD - DISTRICT
    assert sums(held=True)["withheld"] == DISTRICT


def test_missing_nik_and_account_do_not_withhold(four: Four) -> None:
    register(1, by=four.petugas, nik=False, account=False)
    assert sums()["open"] == PER_HEAD


def test_who_is_found_not_eligible_leaves_the_totals(four: Four) -> None:
    workers = register(3, by=four.petugas)
    decide_eligibility(
        workers=[workers[0].pk],
        finding=Finding(
            act="find_not_eligible", decided_on=date(2017, 11, 6), reason_code=ReasonCode.NEWCOMER
        ),
        by=four.verifikator,
    )
    assert sums()["entitled"] == 2 * PER_HEAD
    assert not Position.objects.filter(worker=workers[0]).exists()


def test_choice_changed_moves_money_between_open_and_withheld(four: Four) -> None:
    worker = register(1, by=four.petugas)[0]
    change_choice(
        worker=worker, choice="stay", note="ingin tinggal", decided_on=date(2017, 11, 3),
        by=four.petugas,
    )  # fmt: skip
    assert (sums()["withheld"], sums()["open"]) == (DISTRICT, DISTRICT)


def test_caseworker_sums_her_own_places_only(four: Four) -> None:
    register(2, by=four.petugas)
    register(1, by=four.petugas, place="TANGAR")
    tangar = make_user("petugas", lokalisasi="TANGAR")
    assert Position.objects.visible_to(tangar).sums()["entitled"] == PER_HEAD
    assert Position.objects.visible_to(four.petugas).sums()["entitled"] == 3 * PER_HEAD
    assert Position.objects.visible_to(make_user("petugas", lokalisasi=[])).sums()["open"] == 0


# -- after it ----------------------------------------------------------------------------------


def test_lapsed_money_is_in_no_total(four: Four) -> None:
    workers = ready_people(2, four=four)
    gone = Entitlement.objects.get(worker=workers[0], kind="MODAL")
    lapse(gone, by=four.pimpinan)
    assert sums()["entitled"] == 2 * PER_HEAD - 3_000_000
    assert not Position.objects.filter(worker=workers[0], kind="MODAL").exists()


def test_new_rate_makes_new_rights_and_leaves_old_ones(four: Four) -> None:
    ready_people(1, four=four)
    Rate.objects.filter(kind="JADUP").update(valid_until=date(2017, 11, 23))
    Rate.objects.create(
        kind_id="JADUP", amount=2_250_000, valid_from=date(2017, 11, 24), legal_basis="SK 2"
    )
    later = register(2, by=four.petugas)
    assert sums(kind="JADUP")["entitled"] == 1_800_000 + 2 * 2_250_000
    make_ready(later, four=four)
    determine(later[:1], by=four.pimpinan, on=date(2017, 11, 22))
    determine(later[1:], by=four.pimpinan, on=date(2017, 11, 24))
    amounts = Entitlement.objects.filter(kind="JADUP").order_by("worker__register_no")
    assert list(amounts.values_list("amount", flat=True)) == [1_800_000, 1_800_000, 2_250_000]
    assert list(amounts.values_list("legal_basis", flat=True))[2] == "SK 2"


def as_package() -> None:
    """The three district kinds become parts of the ministry's."""
    AssistanceKind.objects.filter(pk__in=["TRANSPORT", "JADUP", "MODAL"]).update(
        component_of="TABUNGAN"
    )


def test_package_is_paid_by_its_parts_and_never_twice(four: Four) -> None:
    as_package()
    workers = ready_people(3, four=four)
    assert sums()["entitled"] == 3 * DISTRICT
    assert sums(funder="KEMENSOS")["entitled"] == 3 * DISTRICT
    assert not Position.objects.filter(kind="TABUNGAN").exists()
    assert not Entitlement.objects.filter(kind="TABUNGAN").exists()
    assert payable_kinds("PEMKAB") == []
    assert [k.pk for k in payable_kinds("KEMENSOS")] == ["TRANSPORT", "JADUP", "MODAL"]
    with pytest.raises(Refused):
        a_list(by=four.petugas, kinds=("TABUNGAN",))
    arrive(workers, four=four)
    payment_list = a_list(by=four.petugas, kinds=("JADUP", "MODAL"))
    assert payment_list.funder_id == "KEMENSOS"
    assert [(r.kind.pk, r.wanted) for r in remainders(payment_list)] == [("TABUNGAN", 14_400_000)]


def test_parts_draw_on_the_ceiling_of_their_package(four: Four) -> None:
    as_package()
    arrive(ready_people(1, four=four), four=four)
    payment_list = walk_to(a_list(by=four.petugas, kinds=("JADUP", "MODAL")), "verified", four=four)
    Ceiling.objects.filter(kind="TABUNGAN").update(amount=4_799_999)
    with pytest.raises(Refused):
        lists.approve(payment_list=payment_list, by=four.pimpinan)
    Ceiling.objects.filter(kind="TABUNGAN").update(amount=4_800_000)
    lists.approve(payment_list=payment_list, by=four.pimpinan)


def test_kinds_of_another_funder_are_refused(four: Four) -> None:
    into_batch(ready_people(1, four=four), four=four)
    kind = AssistanceKind.objects.get(pk="TRANSPORT")
    with pytest.raises(Refused):
        lists.create_list(
            funder=Funder.objects.get(pk="KEMENSOS"),
            kinds=[kind],
            places=[],
            budget_year=Ceiling.objects.first().budget_year,
            by=four.petugas,
        )


# -- the sum holds wherever one goes -----------------------------------------------------------


def check_sums() -> None:
    """entitled = the five others in each row; `paid` is what lines say, less what came back."""
    for row in Position.objects.all():
        parts = [getattr(row, name) for name in MEASURES[1:]]
        assert row.entitled == sum(parts), row.key
        assert all(part >= 0 for part in parts)
        assert sum(part > 0 for part in parts) == 1, "an amount is in one measure, whole"
    booked = PaymentLine.objects.filter(state="paid").aggregate(t=Sum("amount"))["t"] or 0
    back = Reversal.objects.aggregate(t=Sum("amount"))["t"] or 0
    assert sums()["paid"] == booked - back
    assert Entitlement.objects.aggregate(t=Sum("paid"))["t"] == booked - back


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Walk:
    """Acts that a number steers; what is refused changes nothing."""

    KINDS = (("TABUNGAN",), ("TRANSPORT",), ("JADUP", "MODAL"), ("MODAL",))

    def __init__(self, four: Four) -> None:
        self.four = four

    def _list(self, n: int) -> PaymentList | None:
        rows = list(PaymentList.objects.order_by("number"))
        return rows[n % len(rows)] if rows else None

    def build(self, n: int) -> None:
        a_list(by=self.four.petugas, kinds=self.KINDS[n % len(self.KINDS)])

    def forward(self, n: int) -> None:
        row = self._list(n)
        if row is None or row.state in ("closed", "cancelled"):
            return
        acts = {
            "draft": lambda: lists.submit(payment_list=row, by=self.four.petugas),
            "submitted": lambda: lists.verify(payment_list=row, by=self.four.verifikator),
            "verified": lambda: lists.approve(payment_list=row, by=self.four.pimpinan),
            "approved": lambda: place_order(row, by=self.four.bendahara),
            "ordered": lambda: self.results(n),
            "reconciled": lambda: lists.close_list(payment_list=row, by=self.four.bendahara),
        }
        acts[row.state]()

    def results(self, n: int) -> None:
        row = self._list(n)
        if row is None:
            return
        waiting = results.waiting_lines(row)
        if not waiting:
            lists.reconcile(payment_list=row, by=self.four.bendahara)
            return
        back = {line.pk: "other" for i, line in enumerate(waiting) if (n >> i) & 1}
        book(row, by=self.four.bendahara, returned=back)

    def back(self, n: int) -> None:
        if row := self._list(n):
            by = (self.four.verifikator, self.four.pimpinan, self.four.bendahara)[n % 3]
            lists.send_back(payment_list=row, reason="periksa lagi", by=by)

    def cancel(self, n: int) -> None:
        if row := self._list(n):
            lists.cancel(payment_list=row, reason="batal", by=self.four.pimpinan)

    def take_out(self, n: int) -> None:
        if row := self._list(n):
            some = row.lines.filter(state="prepared").values_list("pk", flat=True)[: n % 3]
            lists.take_out(payment_list=row, lines=list(some), by=self.four.petugas)

    def reverse(self, n: int) -> None:
        lines = list(PaymentLine.objects.filter(state="paid").order_by("pk"))
        if lines:
            results.reverse_line(
                line=lines[n % len(lines)], happened_on=today(), paper="STS-9",
                reason="dikembalikan", by=self.four.bendahara,
            )  # fmt: skip

    def choose(self, n: int) -> None:
        worker = Worker.objects.order_by("register_no")[n % Worker.objects.count()]
        change_choice(
            worker=worker, choice=("stay", "return", "referred")[n % 3], note="berubah",
            decided_on=today(), by=self.four.pimpinan,
        )  # fmt: skip

    def lapse(self, n: int) -> None:
        # Not by id: the database gives the ids of one decree in any order.
        rows = Entitlement.objects.order_by("worker__register_no", "kind_id")
        row = rows[n % rows.count()]
        try:
            with transaction.atomic():
                lapse(row, by=self.four.pimpinan)
        except DatabaseError:
            # What is paid or on its way does not lapse: the database says so.
            live = PaymentLine.objects.filter(entitlement=row, state__in=workflow.LIVE)
            assert row.paid or live.exists()


ACTS = ("build", "forward", "results", "back", "cancel", "take_out", "reverse", "choose", "lapse")


@pytest.fixture
def walk(four: Four) -> Walk:
    workers = ready_people(3, four=four)
    arrive(workers[:2], four=four)
    register(1, by=four.petugas, choice="undecided")
    return Walk(four)


STEPS = st.lists(
    st.tuples(
        st.sampled_from((*ACTS, "build", "forward", "forward", "forward", "forward")),
        st.integers(0, 63),
    ),
    min_size=6,
    max_size=22,
)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_sums_hold_on_any_road(walk: Walk, steps: list[tuple[str, int]]) -> None:
    with undone():
        for name, n in steps:
            try:
                with transaction.atomic():
                    getattr(walk, name)(n)
            except Refused:
                pass
            check_sums()


def test_a_straight_road_with_a_return_holds(walk: Walk) -> None:
    """The walk above by hand, so that each measure is surely met."""
    seen: set[str] = set()
    for name, n in [
        ("build", 0), ("forward", 0), ("forward", 0), ("forward", 0), ("forward", 0),
        ("results", 1), ("reverse", 0), ("build", 0), ("build", 2), ("cancel", 1),
    ]:  # fmt: skip
        getattr(walk, name)(n)
        check_sums()
        seen |= {measure for measure, value in sums().items() if value}
    assert seen == set(MEASURES)
