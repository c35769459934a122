"""The record of processing: what is done with personal data, why, and with which tables.

UU 27/2022 art. 31 asks for it. It is written here once; the page, the paper and her own data sheet
read it. A test holds that each table with personal data belongs to exactly one purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models import Worker
from kotim_social.desk.retention import Rule, rule

PERSONAL = ("spesifik", "rahasia")
# Forms for comparing and looking up: they hold nothing of their own.
_DERIVED = ("_folded", "_index", "_mark")
# What the facts of the smaller tables are called; the others are called as on her own page.
_CALLED = {
    name: label
    for label, names in (
        (
            _("reasons"),
            "asked_because cancel_reason decided_because lapsed_because lifted_because reason "
            "reason_code removal_reason reopened_because result_reason settled_because "
            "because shared_because undone_because withdrawn_because",
        ),
        (_("notes"), "check_note note notes remark result_note text nik_note"),
        (_("amounts"), "amount paid"),
        (_("answers"), "answer"),
        (_("attendance"), "active"),
        (_("the choice before"), "before"),
        (_("the row of the register as it was written"), "cells fields problems"),
        (_("fields that were changed"), "changes"),
        (_("condition and differences at the hand-over"), "condition differences"),
        (_("evidence"), "evidence"),
        (_("people whom it touches"), "worker"),
        (_("causes"), "cause"),
        (_("conclusions"), "conclusion"),
        (_("what is known of a child"), "facts"),
        (_("scans and files"), "file stored sha256 file_name"),
        (_("findings"), "finding"),
        (_("grounds of an objection"), "grounds"),
        (_("her side"), "her_side"),
        (_("her need"), "need"),
        (_("values before and after"), "new old taken"),
        (_("outcomes"), "outcome"),
        (_("provider of help"), "provider"),
        (_("who received her"), "received_by"),
        (_("copy of what was approved or printed"), "snapshot"),
        (_("states"), "state"),
        (_("whom a paper is about"), "subject_id"),
        (_("assessment"), "summary"),
        (_("what she asks for"), "wanted"),
        (_("steps of her plan"), "what"),
        (_("witnesses"), "witnesses"),
        (_("choice"), "choice"),
        (_("eligibility"), "eligibility"),
        (_("bank"), "bank"),
        (_("home region"), "regency"),
    )
    for name in names.split()
}


@dataclass(frozen=True)
class Purpose:
    """One reason to process personal data. `tables` are model labels; `rules` retention codes."""

    code: str
    label: Any
    basis: Any
    source: Any
    recipients: Any
    tables: tuple[str, ...]
    rules: tuple[str, ...] = ("paid", "unpaid")

    @property
    def retention(self) -> list[Rule]:
        return [rule(code) for code in self.rules]

    def fields(self, kind: str) -> list[str]:
        """Names of the stored facts of one privacy class, each once, in the order of the tables."""
        found: dict[str, None] = {}
        for label in self.tables:
            model = apps.get_model(label)
            if not model._meta.managed:  # a view computes, and stores nothing
                continue
            for name, its in privacy_of(model).items():
                if its == kind and not name.endswith(_DERIVED):
                    found[called(model, name)] = None
        return list(found)

    @property
    def ordinary(self) -> list[str]:
        return self.fields("spesifik")

    @property
    def secret(self) -> list[str]:
        return self.fields("rahasia")


def called(model: type[models.Model], name: str) -> str:
    """The word of a fact; KeyError where nobody gave it one."""
    return str(_own_name(model, name) or _CALLED[name])


def _own_name(model: type[models.Model], name: str) -> Any:
    """The name that the model gives it, or else her own record; none that Django made up."""
    for one in (model, Worker):
        field = next((f for f in one._meta.local_concrete_fields if f.name == name), None)
        if field is not None and str(field.verbose_name) != name.replace("_", " "):
            return field.verbose_name
    return None


def privacy_of(model: type[models.Model]) -> dict[str, str]:
    return getattr(model, "privacy", {})


def personal_models() -> list[type[models.Model]]:
    """Tables with personal data; the history of a table belongs to the table."""
    return [
        model
        for model in apps.get_models()
        if not hasattr(model, "pgh_tracked_model")
        and any(kind in PERSONAL for kind in privacy_of(model).values())
    ]


_TASK = _("public task of the office: Law 27/2022 art. 20 (2) e; decree that closes the places")
_INSIDE = _("nobody outside the office")
_HERSELF = _("she herself, and the register taken in the field")

PURPOSES = (
    Purpose(
        "registration",
        _("Registering who is to be helped"),
        _TASK,
        _HERSELF,
        _("civil registry office, for checking the NIK"),
        (
            "cases.Worker", "cases.Whereabouts", "cases.ReadinessDifference", "cases.Alias",
            "cases.RegisterImport", "cases.StagedRow", "cases.LateProposal",
            "cases.DifferentPeople", "cases.Merge", "cases.Correction", "cases.DataRequest",
            "drafts.Draft",
        ),
    ),
    Purpose(
        "verification",
        _("Verifying, and deciding who is eligible"),
        _TASK,
        _("the verification team, and she herself when she objects"),
        _("the regent who signs the decree; heads of village and district, numbers only"),
        (
            "cases.VerificationSession", "cases.StageFreeze", "cases.FrozenPerson",
            "cases.EligibilityDecision", "cases.Objection",
        ),
    ),
    Purpose(
        "choice",
        _("Her choice and her signed statement"),
        _("her own free will, signed: Law 27/2022 art. 20 (2) a"),
        _("she herself"),
        _INSIDE,
        ("cases.ChoiceChange", "cases.SignedStatement", "cases.Attendance"),
    ),
    Purpose(
        "payment",
        _("Paying the assistance and accounting for it"),
        _("legal duty: Law 27/2022 art. 20 (2) c; rules of state finance"),
        _("she herself, the decree, and the bank's answers"),
        _("her bank: name on the account, number, amount; auditors of the state"),
        (
            "cases.BankAccount", "cases.BookHandOver", "disbursements.Entitlement",
            "disbursements.ListDecision", "disbursements.PaymentLine", "disbursements.Reversal",
            "disbursements.Position", "disbursements.ResultFile", "disbursements.ResultRow",
            "disbursements.RefundDemand", "disbursements.ProgrammeChange",
            "desk.PersonGroup", "desk.Group", "desk.PeopleGroup", "desk.PositionGroup",
            "desk.GroupDifference",
        ),
        ("paid",),
    ),
    Purpose(
        "casework",
        _("Helping her: assessment, plan, referral, visits"),
        _("her consent for each layer: Law 27/2022 art. 20 (2) a"),
        _("she herself, visits, and answers of providers"),
        _("only the providers to whom she said yes, by letter"),
        (
            "cases.Consent", "cases.Assessment", "cases.AssessmentReview", "cases.PlanLine",
            "cases.Note", "cases.Visit", "cases.Referral", "cases.StayBreach", "cases.CaseOffer",
            "cases.CaseClosing", "cases.PersonFile", "cases.Portrait",
        ),
    ),
    Purpose(
        "children",
        _("Protecting children who were met"),
        _("protection of her vital interests: Law 27/2022 art. 20 (2) d; child protection law"),
        _("the register taken in the field"),
        _("the unit that protects women and children"),
        ("cases.ChildReferral", "cases.ChildStep"),
        ("child",),
    ),
    Purpose(
        "journey",
        _("Bringing her home and handing her over"),
        _TASK,
        _("she herself, her home office, and the escorts"),
        _("the home office: name and origin; the carrier: name, number of identity, age"),
        (
            "cases.Journey", "cases.OriginConfirmation", "repatriation.Batch",
            "repatriation.Member", "repatriation.Incident", "repatriation.HandOver",
        ),
    ),
    Purpose(
        "papers",
        _("Papers with a number, and files"),
        _("legal duty: Law 43/2009 on archives"),
        _("made by this program, or handed in"),
        _("whoever the paper is addressed to"),
        ("documents.IssuedPaper", "documents.PaperVoid", "files.StoredFile"),
    ),
    Purpose(
        "security",
        _("Accounts of the office and the trail"),
        _("legal duty: Law 27/2022 arts. 31, 35 and 39"),
        _("the acts of the office itself"),
        _("auditors"),
        (
            "accounts.User", "audit.Entry", "cases.DataBreach", "cases.BreachPerson",
            "cases.BreachNotice",
        ),
        ("office",),
    ),
)  # fmt: skip

# What guards the data, for the record; each is held by code and its tests.
MEASURES = (
    _("NIK, accounts, telephone numbers, addresses and free text are encrypted (AES-256-GCM)."),
    _("They are shown masked; each single showing needs a reason and leaves a row in the trail."),
    _("Everybody sees only the people of her task; everything else does not exist for her."),
    _("A second factor for whoever verifies, approves, pays or administers."),
    _("A trail of every look and every change, which nobody can edit and which is sealed."),
    _("Four different people on each payment; corrections and closings need two."),
    _("Papers are marked RAHASIA or TERBATAS; the carrier's copy holds name, identity and age."),
)


def purpose(code: str) -> Purpose:
    return next(one for one in PURPOSES if one.code == code)


def unassigned() -> list[str]:
    """Labels of personal tables that belong to no purpose; there must be none."""
    known = {label for one in PURPOSES for label in one.tables}
    return sorted({model._meta.label for model in personal_models()} - known)
