"""The tables of the money."""

from disbursements.models.bank_file import ResultFile, ResultFileQuerySet, ResultRow
from disbursements.models.cash import CashMovement, RefundDemand, StampDuty
from disbursements.models.change import ProgrammeChange
from disbursements.models.entitlement import Decree, Entitlement
from disbursements.models.paper import PaperLine
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
    "CashMovement",
    "Ceiling",
    "Decree",
    "Entitlement",
    "Funder",
    "ListDecision",
    "PaperLine",
    "PaymentLine",
    "PaymentList",
    "PaymentListQuerySet",
    "Policy",
    "Position",
    "PositionQuerySet",
    "ProgrammeChange",
    "Rate",
    "RefundDemand",
    "ResultFile",
    "ResultFileQuerySet",
    "ResultRow",
    "Reversal",
    "StampDuty",
]
