"""Figures of papers 15 and 16: what became of each ceiling, and the evidence of each payment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from cases.models import SignedStatement
from disbursements.models import (
    AssistanceKind,
    Ceiling,
    Entitlement,
    PaperLine,
    PaymentLine,
    Reversal,
)
from disbursements.reports import percent
from kotim_social.lib.money import format_rupiah

Lines = QuerySet[PaymentLine]


@dataclass(frozen=True)
class Period:
    """From one day until another, both included; an open end has none."""

    first: date | None = None
    last: date | None = None

    def on(self, field: str) -> Q:
        """The condition that a date lies within."""
        found = Q()
        if self.first is not None:
            found &= Q(**{f"{field}__gte": self.first})
        if self.last is not None:
            found &= Q(**{f"{field}__lte": self.last})
        return found

    @property
    def is_open(self) -> bool:
        return self.first is None and self.last is None


ALWAYS = Period()


@dataclass(frozen=True)
class RealisationRow:
    """One ceiling: ordered, paid (net), come back and not paid again, deposited back, the rest.

    A rupiah stands in one of these at a time: what came back and is on its way again is neither
    paid nor returned. What ever came back is told apart (`History`), and adds to nothing.
    """

    funder: str
    kind: str
    year: int
    ceiling: int
    ordered: int
    paid: int
    returned: int
    deposited: int

    @property
    def rest(self) -> int:
        return self.ceiling - self.paid

    @property
    def percent(self) -> str:
        return percent(self.paid, self.ceiling)


@dataclass(frozen=True)
class History:
    """Payments that ever came back in the period, whatever became of them since."""

    payments: int
    amount: int
    settled: int
    settled_amount: int

    def in_words(self) -> str:
        """For the paper and the screen; nothing of it is part of a column."""
        if not self.payments:
            return "Tidak ada pembayaran yang pernah kembali."
        ever = (
            f"Riwayat: {self.payments} pembayaran pernah kembali (retur atau jurnal balik), "
            f"seluruhnya {format_rupiah(self.amount)}"
        )
        if not self.settled:
            return f"{ever}; semuanya masih retur."
        return (
            f"{ever}; {self.settled} di antaranya ({format_rupiah(self.settled_amount)}) sudah "
            "dibayar atau diproses lagi, disetor kembali, atau gugur."
        )


@dataclass(frozen=True)
class Realisation:
    """Rows by funder and kind; every total is summed from them."""

    rows: list[RealisationRow]
    history: History
    is_determined: bool = True

    def of_funder(self, funder: str) -> list[RealisationRow]:
        return [row for row in self.rows if row.funder == funder]

    @property
    def total(self) -> int:
        return sum(row.paid for row in self.rows)

    @property
    def funders(self) -> list[str]:
        return list(dict.fromkeys(row.funder for row in self.rows))


def realisation(lines: Lines, period: Period, *, funder: str = "") -> Realisation:
    """The ceilings of all years with what happened on these lines in the period; seven queries."""
    booked = lines.filter(period.on("result_on"), state="paid")
    reversals = Reversal.objects.filter(period.on("happened_on"), line__in=lines.values("pk"))
    back = came_back(lines, period)
    gone = Entitlement.objects.filter(
        period.on("lapsed_on"),
        lapse_kind__in=["deposited", "refunded"],
        lines__in=lines.values("pk"),
    ).distinct()
    reversed_ = _sums(reversals, "line__entitlement__", "line__payment_list__")
    paid = _sums(booked, "entitlement__", "payment_list__")
    for key, amount in reversed_.items():
        paid[key] = paid.get(key, 0) - amount
    sums = {
        "ordered": _sums(_orders(lines, period), "entitlement__", "payment_list__"),
        "paid": paid,
        "returned": _sums(back.filter(stands=True), "entitlement__", "payment_list__"),
        "deposited": _sums(Entitlement.objects.filter(pk__in=gone.values("pk")), "", ""),
    }
    ceilings = Ceiling.objects.drawn_on().select_related("kind__funder")
    ceilings = ceilings.order_by("budget_year", "kind__funder__order", "kind__order")
    if funder:
        ceilings = ceilings.filter(kind__funder=funder)
    return Realisation(
        [
            RealisationRow(
                funder=ceiling.kind.funder.name,
                kind=ceiling.kind.name,
                year=ceiling.budget_year_id,
                ceiling=ceiling.amount,
                **{
                    name: found.get((ceiling.budget_year_id, ceiling.kind_id), 0)
                    for name, found in sums.items()
                },
            )
            for ceiling in ceilings
        ],
        _history(back),
    )


def _orders(lines: Lines, period: Period) -> Lines:
    """Each right once, by its last order in the period, however often it is tried."""
    within = Q(payment_list__ordered_on__isnull=False) & period.on("payment_list__ordered_on")
    again = PaymentLine.objects.filter(
        within, entitlement=OuterRef("entitlement"), pk__gt=OuterRef("pk")
    )
    return lines.filter(within & ~Exists(again.exclude(state="cancelled"))).exclude(
        state="cancelled"
    )


def came_back(lines: Lines, period: Period) -> Any:
    """Lines whose money came back in the period; `stands` says that it is still so: no later line
    tries again, and the right has not ended."""
    later = PaymentLine.objects.filter(entitlement=OuterRef("entitlement"), pk__gt=OuterRef("pk"))
    refused = Q(state="returned") & period.on("result_on")
    reversed_ = Q(reversal__isnull=False) & period.on("reversal__happened_on")
    return lines.filter(refused | reversed_).annotate(
        stands=Case(
            When(
                ~Exists(later.exclude(state="cancelled")) & Q(entitlement__state="determined"),
                then=True,
            ),
            default=False,
        )
    )


def _history(back: Any) -> History:
    settled = Q(stands=False)
    found = back.order_by().aggregate(
        payments=Count("pk"),
        sum=Coalesce(Sum("amount"), 0),
        settled=Count("pk", filter=settled),
        settled_sum=Coalesce(Sum("amount", filter=settled), 0),
    )
    return History(found["payments"], found["sum"], found["settled"], found["settled_sum"])


def _sums(rows: QuerySet[Any], right: str, payment_list: str) -> dict[tuple[int, str], int]:
    drawn = Coalesce(F(f"{right}kind__component_of"), F(f"{right}kind"))
    found = (
        rows.annotate(drawn=drawn)
        .values_list(f"{payment_list}budget_year", "drawn")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    return {(year, code): total for year, code, total in found}


# -- the evidence of each payment --------------------------------------------------------------

HELD, MISSING, NOT_NEEDED = "✓", "☐", "–"
EVIDENCE = (
    "SK", "Kwitansi", "Bukti bayar", "Fotokopi KTP", "BAST", "Pernyataan", "Visa SPPD", "Tiket",
)  # fmt: skip


@dataclass(frozen=True)
class EvidenceRow:
    """One paid line; each mark says: held by the program, to be attached, or not needed."""

    payment_list: str
    number: int
    name: str
    register_no: str
    kind: str
    paid_on: date
    amount: int
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    rows: list[EvidenceRow]

    @property
    def is_determined(self) -> bool:
        return bool(self.rows)

    @property
    def total(self) -> int:
        return sum(row.amount for row in self.rows)

    @property
    def missing(self) -> int:
        return sum(mark == MISSING for row in self.rows for mark in row.marks)


def standing_payments(lines: Lines, period: Period) -> Any:
    """What was paid and stands."""
    return lines.filter(period.on("result_on"), state="paid", reversal__isnull=True)


def evidence_lines(lines: Lines, period: Period) -> Any:
    """Every payment that stands, by list and line."""
    signed = SignedStatement.objects.filter(
        worker=OuterRef("entitlement__worker"), choice=OuterRef("entitlement__worker__choice")
    )
    return (
        standing_payments(lines, period)
        .named()
        .select_related("payment_list", "entitlement__kind__policy")
        .annotate(statement=Exists(signed))
        .order_by("payment_list__number", "number")
    )


def evidence_of(rows: Sequence[PaymentLine]) -> Evidence:
    """Of these `evidence_lines`, in a constant number of queries."""
    receipts = _receipts(rows)
    return Evidence([_evidence_row(line, receipts) for line in rows])


def evidence(lines: Lines, period: Period) -> Evidence:
    return evidence_of(list(evidence_lines(lines, period)))


def _receipts(lines: Sequence[PaymentLine]) -> set[UUID]:
    """Ids of the lines for which a receipt was issued and not voided."""
    papers = PaperLine.objects.filter(
        line__in=[line.pk for line in lines],
        paper__kind__in=["receipt", "collective_receipt"],
        paper__void__isnull=True,
    )
    return set(papers.values_list("line", flat=True))


def _evidence_row(line: PaymentLine, receipts: set[UUID]) -> EvidenceRow:
    worker, kind = line.entitlement.worker, line.entitlement.kind
    transfer = kind.method == AssistanceKind.Method.TRANSFER
    travels = kind.policy.payable_when == "batch_approved"
    has_receipt = line.pk in receipts
    marks = (
        HELD,  # without a decree there is no right
        HELD if has_receipt else MISSING,
        HELD if transfer and line.payment_list.order_number else MISSING,
        MISSING,
        MISSING,
        HELD if line.statement else MISSING,  # type: ignore[attr-defined]
        MISSING if travels else NOT_NEEDED,
        MISSING if travels else NOT_NEEDED,
    )
    return EvidenceRow(
        line.payment_list.number,
        line.number,
        line.payee_name,
        worker.register_no,
        kind.name,
        line.result_on,  # type: ignore[arg-type]
        line.amount,
        marks,
    )
