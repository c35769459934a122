"""Closing a case: asked for by one person, decided by another, and opened again."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases import closing_workflow as workflow
from cases.models.worker import OfAPerson, Worker
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL


class ClosingReason(models.TextChoices):
    """Why the office's work with her has ended."""

    FOLLOWED_UP = "followed_up", _("followed up after her return")
    WENT_HOME_ALONE = "went_home_alone", _("went home by herself")
    STAYS = "stays", _("stays and stands on her own feet")
    REFERRED = "referred", _("referred")
    OWN_REQUEST = "own_request", _("at her own request")
    UNREACHABLE = "unreachable", _("cannot be reached")
    DECEASED = "deceased", _("deceased")
    NOT_TARGET = "not_target", _("not meant for the programme, or recorded twice")


class CaseClosing(models.Model):
    """One request to close her case and what became of it; earlier ones stay."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="closings")
    reason = models.CharField(_("reason"), max_length=20, choices=ClosingReason.choices)
    note = EncryptedTextField(label="closing.note", null=True, blank=True)
    state = models.CharField(max_length=12, choices=workflow.CLOSING.choices, default="requested")
    requested_at = models.DateTimeField(auto_now_add=True)
    requested_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    decided_because = EncryptedTextField(label="closing.decided", null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    reopened_because = EncryptedTextField(label="closing.reopened", null=True, blank=True)

    objects = OfAPerson.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "reason": "spesifik",
        "note": "rahasia",
        "state": "spesifik",
        "requested_at": "umum",
        "requested_by": "umum",
        "decided_at": "umum",
        "decided_by": "umum",
        "decided_because": "rahasia",
        "reopened_at": "umum",
        "reopened_by": "umum",
        "reopened_because": "rahasia",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(state__in=["requested", "closed"]),
                name="closing_one_a_person",
                violation_error_message=_("Closing this case was asked for already."),
            ),
            models.CheckConstraint(
                condition=Q(reason__in=ClosingReason.values), name="closing_known_reason"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="closing_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["closed", "reopened"])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("requested_by"))),
                name="closing_by_a_second_person",
                violation_error_message=_("A second person closes a case."),
            ),
            models.CheckConstraint(
                condition=~Q(state="reopened")
                | Q(reopened_at__isnull=False, reopened_by__isnull=False),
                name="closing_reopened_by_somebody",
            ),
            known_states(workflow.CLOSING),
        ]
        triggers = [road(workflow.CLOSING)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return workflow.CLOSING.state(self.state)
