"""The tables of the money."""

from disbursements.models.entitlement import Decree, Entitlement, EntitlementQuerySet
from disbursements.models.payment import (
    ListDecision,
    PaymentLine,
    PaymentList,
    PaymentListQuerySet,
    Reversal,
)
from disbursements.models.position import Position, PositionQuerySet
from disbursements.models.programme import (
    AssistanceKind,
    BudgetYear,
    Ceiling,
    Funder,
    Policy,
    Rate,
)

__all__ = [
    "AssistanceKind",
    "BudgetYear",
    "Ceiling",
    "Decree",
    "Entitlement",
    "EntitlementQuerySet",
    "Funder",
    "ListDecision",
    "PaymentLine",
    "PaymentList",
    "PaymentListQuerySet",
    "Policy",
    "Position",
    "PositionQuerySet",
    "Rate",
    "Reversal",
]
