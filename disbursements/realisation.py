"""Figures of papers 15 and 16: what became of each ceiling, and the evidence of each payment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from cases.models import SignedStatement
from disbursements.models import AssistanceKind, Ceiling, Entitlement, PaymentLine, Reversal
from disbursements.reports import percent
from kotim_social.documents.models import IssuedPaper

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
    """One ceiling: ordered, paid (net), refused by the bank, come back or deposited, and the rest.

    `paid` is gross; `back` are reversals and what was deposited back at the end of the year.
    """

    funder: str
    kind: str
    year: int
    ceiling: int
    ordered: int
    gross: int
    returned: int
    reversed: int
    deposited: int

    @property
    def paid(self) -> int:
        return self.gross - self.reversed

    @property
    def rest(self) -> int:
        return self.ceiling - self.paid

    @property
    def percent(self) -> str:
        return percent(self.paid, self.ceiling)


@dataclass(frozen=True)
class Realisation:
    """Rows by funder and kind; every total is summed from them."""

    rows: list[RealisationRow]
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
    """The ceilings of all years with what happened on these lines in the period; six queries."""
    ordered = Q(payment_list__ordered_on__isnull=False)
    orders = lines.filter(ordered, period.on("payment_list__ordered_on"))
    booked = lines.filter(period.on("result_on"))
    back = Reversal.objects.filter(period.on("happened_on"), line__in=lines.values("pk"))
    gone = Entitlement.objects.filter(
        period.on("lapsed_on"), lapse_kind="deposited", lines__in=lines.values("pk")
    ).distinct()
    sums = {
        "ordered": _sums(orders.exclude(state="cancelled"), "entitlement__", "payment_list__"),
        "gross": _sums(booked.filter(state="paid"), "entitlement__", "payment_list__"),
        "returned": _sums(booked.filter(state="returned"), "entitlement__", "payment_list__"),
        "reversed": _sums(back, "line__entitlement__", "line__payment_list__"),
        "deposited": _sums(Entitlement.objects.filter(pk__in=gone.values("pk")), "", ""),
    }
    ceilings = Ceiling.objects.select_related("kind__funder").order_by(
        "budget_year", "kind__funder__order", "kind__order"
    )
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
        ]
    )


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


def evidence(lines: Lines, period: Period) -> Evidence:
    """Every payment that stands, by list and line, in a constant number of queries."""
    signed = SignedStatement.objects.filter(
        worker=OuterRef("entitlement__worker"), choice=OuterRef("entitlement__worker__choice")
    )
    found = (
        lines.filter(period.on("result_on"), state="paid", reversal__isnull=True)
        .select_related(
            "payment_list", "entitlement__worker__place__lokalisasi", "entitlement__kind__policy"
        )
        .annotate(statement=Exists(signed))
        .order_by("payment_list__number", "number")
    )
    rows = list(found)
    receipts = _receipts(rows)
    return Evidence([_evidence_row(line, receipts) for line in rows])


def _receipts(lines: Sequence[PaymentLine]) -> set[str]:
    """Ids of lines and lists for which a receipt was issued and not voided."""
    ids = {str(line.pk) for line in lines} | {str(line.payment_list_id) for line in lines}
    papers = IssuedPaper.objects.filter(
        kind__in=["receipt", "collective_receipt"], subject_id__in=ids, void__isnull=True
    )
    return set(papers.values_list("subject_id", flat=True))


def _evidence_row(line: PaymentLine, receipts: set[str]) -> EvidenceRow:
    worker, kind = line.entitlement.worker, line.entitlement.kind
    transfer = kind.method == AssistanceKind.Method.TRANSFER
    travels = kind.policy.payable_when == "batch_approved"
    has_receipt = bool(receipts & {str(line.pk), str(line.payment_list_id)})
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
