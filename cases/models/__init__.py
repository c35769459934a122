"""The tables of the people."""

from cases.models.account import BankAccount
from cases.models.caseload import CaseOffer, OfferedCase
from cases.models.casework import Assessment, AssessmentReview, Note, PlanLine, Visit
from cases.models.consent import Consent, Layer, Provider
from cases.models.decision import ChoiceChange, EligibilityDecision, ReasonCode, SignedStatement
from cases.models.journey import Journey, OriginConfirmation
from cases.models.referral import Referral, StayBreach
from cases.models.register import ChildReferral, RegisterImport, RegisterNumber, StagedRow
from cases.models.worker import Alias, CaseHolder, Worker, WorkerQuerySet

__all__ = [
    "Alias",
    "Assessment",
    "AssessmentReview",
    "BankAccount",
    "CaseHolder",
    "CaseOffer",
    "ChildReferral",
    "ChoiceChange",
    "Consent",
    "EligibilityDecision",
    "Journey",
    "Layer",
    "Note",
    "OfferedCase",
    "OriginConfirmation",
    "PlanLine",
    "Provider",
    "ReasonCode",
    "Referral",
    "RegisterImport",
    "RegisterNumber",
    "SignedStatement",
    "StagedRow",
    "StayBreach",
    "Visit",
    "Worker",
    "WorkerQuerySet",
]
