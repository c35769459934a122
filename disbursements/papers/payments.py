"""The payments of a list as its papers and the bank's files show them: from the snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from disbursements.models import PaymentLine, PaymentList, StampDuty
from kotim_social.lib.dates import today
from kotim_social.lib.nik import mask_account


@dataclass(frozen=True)
class Payment:
    """One line, as it was frozen at the approval."""

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
    """The payments of one list in the order of their lines."""

    payment_list: PaymentList
    rows: Sequence[Payment]

    @property
    def total(self) -> int:
        return sum(row.amount for row in self.rows)

    @property
    def check_sum(self) -> str:
        """Says whether two files of the bank list hold the same payments."""
        digest = hashlib.sha256()
        for row in self.rows:
            digest.update(f"{row.line}|{row.bank}|{row.account}|{row.amount}\n".encode())
        return digest.hexdigest()[:12].upper()

    def message(self, row: Payment) -> str:
        """What the receiver's statement says: list and line, and no word more."""
        return f"{self.payment_list.number}-{row.line:04d}"

    def snapshot(self) -> dict[str, Any]:
        return {
            "list": self.payment_list.number,
            "total": self.total,
            "check_sum": self.check_sum,
            "rows": [{**asdict(row), "on": row.on.isoformat()} for row in self.rows],
        }


def payments_of(payment_list: PaymentList) -> Payments:
    """Every line that was not taken out and did not come back; two queries."""
    lines = (
        payment_list.lines.filter(snapshot__isnull=False)
        .exclude(state__in=["cancelled", "returned"])
        .exclude(reversal__isnull=False)
        .select_related("entitlement__kind")
        .order_by("number")
    )
    ordered_on = payment_list.ordered_on or today()
    return Payments(payment_list, [_payment(line, ordered_on) for line in lines])


def _payment(line: PaymentLine, ordered_on: date) -> Payment:
    frozen: dict[str, Any] = line.snapshot or {}
    return Payment(
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
        on=line.result_on or ordered_on,
    )


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
