"""The tables of the people."""

from cases.models.account import BankAccount
from cases.models.anonymising import AnonymisedPerson, Anonymising
from cases.models.book import BookHandOver
from cases.models.briefing import Attendance, Briefing
from cases.models.caseload import CaseOffer, OfferedCase
from cases.models.casework import Assessment, AssessmentReview, Note, PlanLine, Visit
from cases.models.child import ChildReferral, ChildStep
from cases.models.closing import CaseClosing, ClosingReason
from cases.models.consent import Consent, Layer, Provider
from cases.models.correction import Correction
from cases.models.data_breach import BreachNotice, BreachPerson, DataBreach
from cases.models.data_request import DataRequest
from cases.models.decision import (
    ChoiceChange,
    EligibilityDecision,
    Explained,
    ReasonCode,
    SignedStatement,
)
from cases.models.duplicates import DifferentPeople, Merge
from cases.models.journey import Journey, OriginConfirmation
from cases.models.of_age import Named, of_age, under_age
from cases.models.person_file import PersonFile, Portrait
from cases.models.proposal import LateProposal
from cases.models.referral import Referral, StayBreach
from cases.models.register import RegisterImport, RegisterNumber, StagedRow
from cases.models.verification import (
    FrozenPerson,
    Objection,
    Stage,
    StageFreeze,
    VerificationSession,
)
from cases.models.whereabouts import ReadinessDifference, Whereabouts, children_among
from cases.models.worker import Alias, CaseHolder, OfAPerson, Worker, WorkerQuerySet

__all__ = [
    "Alias",
    "AnonymisedPerson",
    "Anonymising",
    "Assessment",
    "AssessmentReview",
    "Attendance",
    "BankAccount",
    "BookHandOver",
    "BreachNotice",
    "BreachPerson",
    "Briefing",
    "CaseClosing",
    "CaseHolder",
    "CaseOffer",
    "ChildReferral",
    "ChildStep",
    "ChoiceChange",
    "ClosingReason",
    "Consent",
    "Correction",
    "DataBreach",
    "DataRequest",
    "DifferentPeople",
    "EligibilityDecision",
    "Explained",
    "FrozenPerson",
    "Journey",
    "LateProposal",
    "Layer",
    "Merge",
    "Named",
    "Note",
    "Objection",
    "OfAPerson",
    "OfferedCase",
    "OriginConfirmation",
    "PersonFile",
    "PlanLine",
    "Portrait",
    "Provider",
    "ReadinessDifference",
    "ReasonCode",
    "Referral",
    "RegisterImport",
    "RegisterNumber",
    "SignedStatement",
    "Stage",
    "StageFreeze",
    "StagedRow",
    "StayBreach",
    "VerificationSession",
    "Visit",
    "Whereabouts",
    "Worker",
    "WorkerQuerySet",
    "children_among",
    "of_age",
    "under_age",
]
