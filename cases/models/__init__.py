"""The tables of the people."""

from cases.models.account import BankAccount
from cases.models.decision import ChoiceChange, EligibilityDecision, ReasonCode, SignedStatement
from cases.models.journey import Journey, OriginConfirmation
from cases.models.register import ChildReferral, RegisterImport, RegisterNumber, StagedRow
from cases.models.worker import Alias, CaseHolder, Worker, WorkerQuerySet

__all__ = [
    "Alias",
    "BankAccount",
    "CaseHolder",
    "ChildReferral",
    "ChoiceChange",
    "EligibilityDecision",
    "Journey",
    "OriginConfirmation",
    "ReasonCode",
    "RegisterImport",
    "RegisterNumber",
    "SignedStatement",
    "StagedRow",
    "Worker",
    "WorkerQuerySet",
]
