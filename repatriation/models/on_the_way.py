"""What happens on the way: roll-calls at each leg, incidents, and the hand-over of each person."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models import Named
from kotim_social.accounts.models import User
from kotim_social.audit.immutable import ImmutableModel, ImmutableQuerySet
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from repatriation.models.batch import Batch, together
from repatriation.models.member import Member
from repatriation.models.of_batch import OfBatchQuerySet
from repatriation.models.travel import Leg

_USER = settings.AUTH_USER_MODEL


class LegCall(ImmutableModel):
    """A roll-call at the beginning of a leg; the absent have an incident each."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="leg_calls")
    leg = models.ForeignKey(Leg, models.PROTECT, related_name="calls")
    called_on = models.DateField()
    present = models.PositiveIntegerField()
    absent = models.PositiveIntegerField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "batch": "umum",
        "leg": "umum",
        "called_on": "umum",
        "present": "umum",
        "absent": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.pk)


class IncidentQuerySet(Named, OfBatchQuerySet):
    person = "member__worker"

    def open(self) -> IncidentQuerySet:
        return self.filter(settled_on__isnull=True)


class Incident(models.Model):
    """What went otherwise with one person; somebody clears it up by a date."""

    class Kind(models.TextChoices):
        ILL = "ill", _("fell ill")
        LEFT = "left", _("left the group")
        REFUSED = "refused", _("refuses")
        OTHER = "other", _("other")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="incidents")
    member = models.ForeignKey(Member, models.PROTECT, related_name="incidents")
    kind = models.CharField(_("what happened"), max_length=10, choices=Kind.choices)
    note = EncryptedTextField(label="incident.note", verbose_name=_("note"))
    happened_on = models.DateField(_("date"))
    owner = models.ForeignKey(
        _USER, models.PROTECT, related_name="+", verbose_name=_("who clears it up")
    )
    due_on = models.DateField(_("to be cleared up by"))
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    outcome = EncryptedTextField(label="incident.outcome", null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = IncidentQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "batch": "umum",
        "member": "umum",
        "kind": "spesifik",
        "note": "rahasia",
        "happened_on": "umum",
        "owner": "umum",
        "due_on": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "outcome": "rahasia",
        "settled_on": "umum",
        "settled_at": "umum",
        "settled_by": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(settled_on__isnull=True),
                name="incident_one_open",
                violation_error_message=_("An incident of hers is open already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["ill", "left", "refused", "other"]),
                name="incident_known_kind",
                violation_error_message=_("Choose what happened."),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("happened_on")),
                name="incident_due_after",
                violation_error_message=_("The due date lies before the day it happened."),
            ),
            models.CheckConstraint(
                condition=together("settled_on", "settled_at", "settled_by", "outcome"),
                name="incident_settled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class HandOverQuerySet(ImmutableQuerySet):
    def visible_to(self, user: User) -> HandOverQuerySet:
        return self.filter(member__in=Member.objects.visible_to(user).values("pk"))


class HandOver(ImmutableModel):
    """One person handed over: by whom received, how she was, which documents went with her."""

    class Condition(models.TextChoices):
        WELL = "well", _("well")
        ILL = "ill", _("ill")
        CARE = "care", _("needs care")

    class Document(models.TextChoices):
        ID_CARD = "id_card", _("identity card")
        FAMILY_CARD = "family_card", _("family card")
        TRANSFER = "transfer", _("letter of transfer")
        SAVINGS_BOOK = "savings_book", _("savings book")
        BANK_CARD = "bank_card", _("bank card")
        HEALTH = "health", _("health papers")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.OneToOneField(Member, models.PROTECT, related_name="received")
    handed_on = models.DateField()
    received_by = models.CharField(max_length=120, blank=True)
    condition = models.CharField(max_length=5, choices=Condition.choices, default="well")
    # Codes of Document, with a comma between them.
    documents = models.CharField(max_length=120, blank=True)
    differences = EncryptedTextField(label="handover.differences", null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")

    objects: ClassVar[Any] = HandOverQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "member": "umum",
        "handed_on": "umum",
        "received_by": "spesifik",
        "condition": "spesifik",
        "documents": "umum",
        "differences": "rahasia",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(condition__in=["well", "ill", "care"]), name="handover_known_condition"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def documents_shown(self) -> list[str]:
        labels = dict(self.Document.choices)
        return [str(labels[code]) for code in self.documents.split(",") if code in labels]
