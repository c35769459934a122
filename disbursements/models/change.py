"""Changes of the programme: proposed by one, accepted by another, and kept."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from disbursements import programme_workflow
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL


class ProgrammeChange(models.Model):
    """One change of the programme's data. No person is in it, so its values are plain."""

    class Subject(models.TextChoices):
        FUNDER = "funder", _("Funder")
        BUDGET_YEAR = "year", _("Budget year")
        KIND = "kind", _("Kind of assistance and its policy")
        PACKAGE = "package", _("Package and its parts")
        RATE = "rate", _("Rate")
        CEILING = "ceiling", _("Ceiling")
        CLOSING = "closing", _("Closing of a budget year")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.CharField(max_length=10, choices=Subject.choices)
    # Field → value as it will be, and as it was when it was proposed (null: nothing there).
    after = models.JSONField()
    before = models.JSONField(null=True)
    reason = EncryptedTextField(label="programme.reason", null=True, blank=True)
    state = models.CharField(
        max_length=10, choices=programme_workflow.PROGRAMME_CHANGE.choices, default="proposed"
    )
    proposed_at = models.DateTimeField(auto_now_add=True)
    proposed_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "subject": "umum",
        "after": "umum",
        "before": "umum",
        "reason": "rahasia",
        "state": "umum",
        "proposed_at": "umum",
        "proposed_by": "umum",
        "decided_at": "umum",
        "decided_by": "umum",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True, decided_by__isnull=True)
                | (
                    Q(state__in=["accepted", "declined"])
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                )
                | Q(state="withdrawn", decided_at__isnull=False, decided_by=F("proposed_by")),
                name="change_decided_by_another",
                violation_error_message=_("Somebody else must decide what you proposed."),
            ),
            known_states(programme_workflow.PROGRAMME_CHANGE),
        ]
        triggers = [road(programme_workflow.PROGRAMME_CHANGE)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return programme_workflow.PROGRAMME_CHANGE.state(self.state)
