"""Her way home as facts about her; batches read and move them through cases' own actions."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases import workflow
from cases.models.worker import Worker
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.regions.models import Regency
from kotim_social.workflow import known_states, road

_USER = settings.AUTH_USER_MODEL


@pghistory.track(
    pghistory.InsertEvent(level=pgtrigger.Statement),
    pghistory.UpdateEvent(level=pgtrigger.Statement),
    model_name="JourneyEvent",
    meta={"db_table": "cases_journey_event"},
)
class Journey(models.Model):
    """One attempt to bring her home. The current one counts; earlier ones stay."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(
        Worker, models.PROTECT, related_name="journeys", verbose_name=_("beneficiary")
    )
    current = models.BooleanField(_("current"), default=True)
    state = models.CharField(
        _("state"), max_length=20, choices=workflow.JOURNEY.choices, default="on_site"
    )
    batch_code = models.CharField(_("batch"), max_length=30, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    boarded_on = models.DateField(_("departed on"), null=True, blank=True)
    boarded_at = models.DateTimeField(null=True, blank=True)
    boarded_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    arrived_on = models.DateField(_("arrived on"), null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    arrived_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    handed_over_on = models.DateField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    handed_over_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    # What stands in the way of a proof on paper: evidence of going alone, reason of not boarding.
    note = EncryptedTextField(label="journey.note", null=True, blank=True)
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "current": "umum",
        "state": "spesifik",
        "batch_code": "umum",
        **{
            f"{step}_{kind}": "umum"
            for step in ("approved", "boarded", "arrived", "handed_over")
            for kind in ("on", "at", "by")
        },
        "note": "rahasia",
    }

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        indexes = [models.Index(fields=["batch_code"], name="journey_batch")]
        constraints = [
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(current=True),
                name="journey_one_current",
                violation_error_message=_("She is already on a journey."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["in_batch", "departed"]) | ~Q(batch_code=""),
                name="journey_names_its_batch",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(
                        **{
                            f"{s}_on__isnull": True,
                            f"{s}_at__isnull": True,
                            f"{s}_by__isnull": True,
                        }
                    )
                    | Q(
                        **{
                            f"{s}_on__isnull": False,
                            f"{s}_at__isnull": False,
                            f"{s}_by__isnull": False,
                        }
                    ),
                    name=f"journey_{s}_by_somebody",
                )
                for s in ("approved", "boarded", "arrived", "handed_over")
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["arrived", "handed_over"]) | Q(arrived_on__isnull=False),
                name="journey_arrived_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned_alone")
                | (Q(arrived_on__isnull=False) & Q(note__isnull=False)),
                name="journey_alone_has_proof",
                violation_error_message=_("Give the date and the proof."),
            ),
            known_states(workflow.JOURNEY),
        ]
        triggers = [road(workflow.JOURNEY)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> workflow.State:
        return workflow.JOURNEY.state(self.state)


class OriginConfirmation(models.Model):
    """The home office's answer whether she comes from there and will be received."""

    class Answer(models.TextChoices):
        ASKED = "asked", _("asked, no answer yet")
        CONFIRMED = "confirmed", _("confirmed")
        DENIED = "denied", _("not known there")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="origin_confirmations")
    regency = models.ForeignKey(Regency, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.ASKED)
    letter = models.CharField(_("letter number"), max_length=80, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    current = models.BooleanField(default=True)
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "regency": "spesifik",
        "answer": "spesifik",
        "letter": "umum",
        "answered_on": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "current": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker"], condition=Q(current=True), name="origin_one_current"
            ),
            models.CheckConstraint(
                condition=Q(answer="asked") | Q(answered_on__isnull=False),
                name="origin_answer_has_date",
                violation_error_message=_("Give the date of the answer."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
