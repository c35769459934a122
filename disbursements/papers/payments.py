"""Payments as their papers and the bank's files show them: from the snapshot of the approval."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from disbursements.models import PaymentLine, PaymentList, StampDuty
from kotim_social.documents.table import Section, Subtotal
from kotim_social.lib.dates import today
from kotim_social.lib.nik import mask_account


@dataclass(frozen=True)
class Payment:
    """One line, as it was frozen at the approval."""

    line_id: str
    list: str
    line: int
    register_no: str
    name: str
    nik: str  # masked
    bank: str
    account: str
    holder: str
    amount: int
    kind: str
    legal_basis: str
    on: date  # the date of business: of its result, or of the order while there is none

    @property
    def masked_account(self) -> str:
        return f"{self.bank} {mask_account(self.account)}".strip() if self.account else ""


@dataclass(frozen=True)
class Payments:
    """Payments in the order of their lists and lines: of one list, or of several."""

    payment_list: PaymentList | None  # None: drawn from whatever lists they stand in
    rows: Sequence[Payment]
    # List → who pays it, and on which budget year.
    sources: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def lists(self) -> list[str]:
        """The numbers of the lists they are drawn from."""
        if self.payment_list is not None:
            return [self.payment_list.number]
        return sorted({row.list for row in self.rows})

    @property
    def lists_in_words(self) -> str:
        return ", ".join(self.lists) or "–"

    @property
    def total(self) -> int:
        return sum(row.amount for row in self.rows)

    @property
    def check_sum(self) -> str:
        """Says whether two files of the bank list hold the same payments."""
        digest = hashlib.sha256()
        several = len(self.lists) > 1
        for row in self.rows:
            line = f"{row.list}|{row.line}" if several else str(row.line)
            digest.update(f"{line}|{row.bank}|{row.account}|{row.amount}\n".encode())
        return digest.hexdigest()[:12].upper()

    def message(self, row: Payment) -> str:
        """What the receiver's statement says: list and line, and no word more."""
        return f"{row.list}-{row.line:04d}"

    def by_kind(self) -> dict[str, Sequence[int]]:
        """Kind of assistance → the amounts that are paid of it."""
        found: dict[str, list[int]] = {}
        for row in self.rows:
            found.setdefault(row.kind, []).append(row.amount)
        return dict(found)

    def snapshot(self) -> dict[str, Any]:
        return {
            "list": self.lists_in_words,
            "total": self.total,
            "check_sum": self.check_sum,
            "rows": [{**asdict(row), "on": row.on.isoformat()} for row in self.rows],
        }


def payments_of(payment_list: PaymentList) -> Payments:
    """Every line of a list that was not taken out and did not come back."""
    return payments_from(payment_list.lines.all(), payment_list)


def payments_from(lines: Any, payment_list: PaymentList | None = None) -> Payments:
    """Those of these lines that stand, in one query."""
    standing = (
        lines.filter(snapshot__isnull=False)
        .exclude(state__in=["cancelled", "returned"])
        .exclude(reversal__isnull=False)
        .select_related("entitlement__kind", "payment_list__funder")
        .order_by("payment_list__number", "number")
    )
    found = list(standing)
    return Payments(
        payment_list,
        [_payment(line) for line in found],
        {
            line.payment_list.number: (
                line.payment_list.funder.name,
                line.payment_list.budget_year_id,
            )
            for line in found
        },
    )


def payments_in_snapshot(snapshot: dict[str, Any]) -> Payments:
    """Those that an issued paper was printed of."""
    rows = [
        Payment(
            **{
                "line_id": "",
                "list": snapshot["list"],
                **row,
                "on": date.fromisoformat(row["on"]),
            }
        )
        for row in snapshot["rows"]
    ]
    return Payments(None, rows)


def _payment(line: PaymentLine) -> Payment:
    frozen: dict[str, Any] = line.snapshot or {}
    return Payment(
        line_id=str(line.pk),
        list=line.payment_list.number,
        line=line.number,
        register_no=frozen["register_no"],
        name=frozen["name"],
        nik=frozen["nik"],
        bank=frozen["bank"] or "",
        account=frozen["account"] or "",
        holder=frozen["holder"] or "",
        amount=line.amount,
        kind=line.entitlement.kind.name,
        legal_basis=frozen["legal_basis"],
        on=line.result_on or line.payment_list.ordered_on or today(),
    )


def by_list(payments: Payments) -> Iterator[Payment | Section | Subtotal]:
    """For a table: where they are drawn from several lists, each with its heading and its sum."""
    several = len(payments.lists) > 1
    for number, rows in groupby(payments.rows, key=lambda row: row.list):
        if several:
            yield Section(f"Daftar bayar {number}")
        yield from rows
        if several:
            yield Subtotal(f"Jumlah {number}")


class Stamps:
    """The table of stamp duties as it stands on a day, read once."""

    def __init__(self, document: str, day: date) -> None:
        rows = StampDuty.objects.filter(document=document, valid_from__lte=day).exclude(
            valid_until__lt=day
        )
        self._steps = sorted(((row.above, row.duty) for row in rows), reverse=True)

    def on(self, amount: int) -> int:
        """The duty on a paper of this amount; 0 when none is due."""
        return next((duty for above, duty in self._steps if amount > above), 0)
