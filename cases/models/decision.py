"""What was decided about her, what she chose, and what she signed: rows that are never changed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases import workflow
from cases.models.of_age import Named
from cases.models.verification import VerificationSession
from cases.models.worker import Worker
from kotim_social.audit.immutable import ImmutableModel, ImmutableQuerySet
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7


class ReasonCode(models.TextChoices):
    """Why somebody is not eligible or on hold; the codes are the ministry's."""

    NO_ID_CARD = "TIDAK_PUNYA_KTPEL", _("has no electronic identity card")
    NEWCOMER = "PENGHUNI_BARU", _("newcomer")
    NIK_UNMATCHED = "NIK_TIDAK_PADAN", _("NIK does not match")
    DUPLICATE = "GANDA", _("recorded twice")
    NOT_RESIDENT = "BUKAN_PENGHUNI", _("not a resident")
    MINOR = "DI_BAWAH_UMUR", _("under 18")
    WENT_HOME_ALONE = "PULANG_MANDIRI", _("went home by herself")
    REFUSED = "MENOLAK", _("refuses the assistance")
    OTHER = "LAINNYA", _("other, see the note")


class Explained(models.TextChoices):
    """What is explained to her before she chooses."""

    FREE = "free", _("the choice is hers, and nobody may press her")
    RETURN = "return", _("going home: the journey, the escort, what she gets and when")
    STAY = "stay", _("staying: what she gets, and the rules for those who stay")
    HELP = "help", _("other help: shelter, training, health, for her children")
    CHANGE = "change", _("she may change her choice until the decree, afterwards by a supervisor")
    DATA = "data", _("what is written down about her, and who sees it")
    COMPLAINT = "complaint", _("where she can object or complain")


_PRIVACY: dict[str, str] = {
    "id": "umum",
    "worker": "umum",
    "decided_on": "umum",
    "recorded_at": "umum",
    "recorded_by": "umum",
    "note": "rahasia",
}


class DecisionQuerySet(Named, ImmutableQuerySet):
    """Decisions, as a session lists them."""


class EligibilityDecision(ImmutableModel):
    """One dated decision on her eligibility; the newest one is the state on her record."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="eligibility_decisions")
    state = models.CharField(max_length=20, choices=workflow.ELIGIBILITY.choices)
    reason_code = models.CharField(max_length=20, choices=ReasonCode.choices, blank=True)
    note = EncryptedTextField(label="eligibility.note", null=True, blank=True)
    session = models.ForeignKey(
        VerificationSession, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    decided_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    privacy: ClassVar[dict[str, str]] = _PRIVACY | {
        "state": "spesifik",
        "reason_code": "spesifik",
        "session": "umum",
    }
    objects: ClassVar[Any] = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["not_eligible", "on_hold"]) | ~Q(reason_code=""),
                name="eligibility_refusal_has_reason",
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                condition=Q(reason_code="") | Q(reason_code__in=ReasonCode.values),
                name="eligibility_known_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ChoiceChange(ImmutableModel):
    """One change of what she chooses, with who took it down and why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="choice_changes")
    before = models.CharField(max_length=20, choices=workflow.CHOICE.choices)
    choice = models.CharField(max_length=20, choices=workflow.CHOICE.choices)
    note = EncryptedTextField(label="choice.note", null=True, blank=True)
    # When and what was explained to her first; empty where a register named the choice.
    informed_on = models.DateField(null=True, blank=True)
    explained = ArrayField(
        models.CharField(max_length=10, choices=Explained.choices), default=list, blank=True
    )
    decided_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    privacy: ClassVar[dict[str, str]] = _PRIVACY | {
        "before": "spesifik",
        "choice": "spesifik",
        "informed_on": "umum",
        "explained": "umum",
    }

    def __str__(self) -> str:
        return str(self.pk)


class SignedStatement(ImmutableModel):
    """The statement she signed (or put her thumb to) before two witnesses."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="statements")
    choice = models.CharField(max_length=20, choices=workflow.CHOICE.choices)
    signed_on = models.DateField()
    witnesses = models.CharField(max_length=200, blank=True)
    by_thumb = models.BooleanField(_("by thumb"), default=False)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "choice": "spesifik",
        "signed_on": "umum",
        "witnesses": "spesifik",
        "by_thumb": "spesifik",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    def __str__(self) -> str:
        return str(self.pk)
