"""The tables of the people."""

from cases.models.account import BankAccount
from cases.models.closing import CaseClosing, ClosingReason
from cases.models.correction import Correction
from cases.models.decision import ChoiceChange, EligibilityDecision, ReasonCode, SignedStatement
from cases.models.duplicates import DifferentPeople, Merge
from cases.models.journey import Journey, OriginConfirmation
from cases.models.register import ChildReferral, RegisterImport, RegisterNumber, StagedRow
from cases.models.worker import Alias, CaseHolder, Worker, WorkerQuerySet

__all__ = [
    "Alias",
    "BankAccount",
    "CaseClosing",
    "CaseHolder",
    "ChildReferral",
    "ChoiceChange",
    "ClosingReason",
    "Correction",
    "DifferentPeople",
    "EligibilityDecision",
    "Journey",
    "Merge",
    "OriginConfirmation",
    "ReasonCode",
    "RegisterImport",
    "RegisterNumber",
    "SignedStatement",
    "StagedRow",
    "Worker",
    "WorkerQuerySet",
]
