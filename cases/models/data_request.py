"""What she asks about her own data, by when it is answered, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.data_terms import RequestKind
from cases.data_workflow import DATA_REQUEST
from cases.models.casework import OfACase
from cases.models.worker import Worker
from kotim_social.documents.models import IssuedPaper
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL


class DataRequest(models.Model):
    """One request; the hours run from the moment of its receipt."""

    class Channel(models.TextChoices):
        SPOKEN = "spoken", _("spoken, at the office or on a visit")
        LETTER = "letter", _("letter")
        PHONE = "phone", _("telephone or message")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="data_requests")
    kind = models.CharField(_("what she asks for"), max_length=12, choices=RequestKind.choices)
    channel = models.CharField(_("how it came"), max_length=8, choices=Channel.choices)
    wanted = EncryptedTextField(label="data_request.wanted")
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    deadline = models.DateTimeField()
    owner = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=DATA_REQUEST.choices, default="open")
    outcome = EncryptedTextField(label="data_request.outcome", null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    letter = models.OneToOneField(IssuedPaper, models.PROTECT, null=True, related_name="+")

    objects = OfACase.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "kind": "spesifik",
        "channel": "umum",
        "wanted": "rahasia",
        "received_at": "umum",
        "received_by": "umum",
        "deadline": "umum",
        "owner": "umum",
        "state": "umum",
        "outcome": "rahasia",
        "answered_at": "umum",
        "answered_by": "umum",
        "letter": "umum",
    }

    class Meta:
        indexes = [
            models.Index(fields=["deadline"], condition=Q(state="open"), name="data_request_open")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state="open",
                    outcome__isnull=True,
                    answered_at__isnull=True,
                    answered_by__isnull=True,
                )
                | ~Q(state="open")
                & Q(outcome__isnull=False, answered_at__isnull=False, answered_by__isnull=False),
                name="data_request_answered_by_somebody",
                violation_error_message=_("Write the answer and why."),
            ),
            models.CheckConstraint(
                condition=Q(deadline__gt=F("received_at")), name="data_request_has_time"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RequestKind.values), name="data_request_known_kind"
            ),
            known_states(DATA_REQUEST),
        ]
        triggers = [road(DATA_REQUEST)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return DATA_REQUEST.state(self.state)

    @property
    def is_late(self) -> bool:
        return self.state == "open" and self.deadline < timezone.now()
