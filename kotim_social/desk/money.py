"""What one person is owed, per funder and kind."""

from __future__ import annotations

from dataclasses import dataclass, field

from cases.models import Worker
from disbursements.models import PaymentLine, Position


@dataclass
class FunderShare:
    """Her money from one funder: one position a kind."""

    funder_name: str
    positions: list[Position] = field(default_factory=list)

    @property
    def owed(self) -> int:
        return sum(p.entitled - p.paid for p in self.positions)

    @property
    def paid(self) -> int:
        return sum(p.paid for p in self.positions)

    @property
    def entitled(self) -> int:
        return sum(p.entitled for p in self.positions)


def shares_of(worker: Worker) -> list[FunderShare]:
    """Her positions by funder, in one query."""
    shares: dict[str, FunderShare] = {}
    positions = (
        Position.objects.filter(worker=worker)
        .select_related("funder", "kind", "entitlement", "last_line__payment_list")
        .order_by("funder__order", "kind__order")
    )
    for position in positions:
        share = shares.setdefault(position.funder_id, FunderShare(position.funder.name))
        share.positions.append(position)
    return list(shares.values())


def lines_of(worker: Worker) -> list[PaymentLine]:
    """Every attempt to pay her, newest first."""
    return list(
        PaymentLine.objects.filter(entitlement__worker=worker)
        .select_related("payment_list", "entitlement__kind", "reversal")
        .order_by("-pk")
    )
