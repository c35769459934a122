"""The tables of the people."""

from cases.models.account import BankAccount
from cases.models.briefing import Attendance, Briefing
from cases.models.decision import (
    ChoiceChange,
    EligibilityDecision,
    Explained,
    ReasonCode,
    SignedStatement,
)
from cases.models.journey import Journey, OriginConfirmation
from cases.models.proposal import LateProposal
from cases.models.register import ChildReferral, RegisterImport, RegisterNumber, StagedRow
from cases.models.verification import (
    FrozenPerson,
    Objection,
    Stage,
    StageFreeze,
    VerificationSession,
)
from cases.models.worker import Alias, CaseHolder, Worker, WorkerQuerySet

__all__ = [
    "Alias",
    "Attendance",
    "BankAccount",
    "Briefing",
    "CaseHolder",
    "ChildReferral",
    "ChoiceChange",
    "EligibilityDecision",
    "Explained",
    "FrozenPerson",
    "Journey",
    "LateProposal",
    "Objection",
    "OriginConfirmation",
    "ReasonCode",
    "RegisterImport",
    "RegisterNumber",
    "SignedStatement",
    "Stage",
    "StageFreeze",
    "StagedRow",
    "VerificationSession",
    "Worker",
    "WorkerQuerySet",
]
