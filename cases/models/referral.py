"""Referrals to other services, and reported breaches of the rules of staying."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases import casework_states
from cases.models.casework import OfACase
from cases.models.consent import Provider
from cases.models.worker import Worker
from kotim_social.documents.models import IssuedPaper
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL


class Referral(models.Model):
    """She is sent to a provider with a letter; the answer comes back, or does not."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="referrals")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    need = EncryptedTextField(label="referral.need")
    referred_on = models.DateField()
    letter = models.OneToOneField(IssuedPaper, models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        max_length=10, choices=casework_states.REFERRAL.choices, default="sent"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    answer = EncryptedTextField(label="referral.answer", null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = OfACase.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "provider": "spesifik",
        "need": "rahasia",
        "referred_on": "umum",
        "letter": "umum",
        "state": "spesifik",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "answer": "rahasia",
        "answered_on": "umum",
        "answered_at": "umum",
        "answered_by": "umum",
    }

    class Meta:
        constraints = [
            known_states(casework_states.REFERRAL),
            models.CheckConstraint(
                condition=Q(state="sent", answered_on__isnull=True, answered_by__isnull=True)
                | ~Q(state="sent") & Q(answered_on__isnull=False, answered_by__isnull=False),
                name="referral_answered_by_somebody",
            ),
        ]
        triggers = [road(casework_states.REFERRAL)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return casework_states.REFERRAL.state(self.state)


class StayBreach(models.Model):
    """A reported breach: evidence, her side, and a supervisor's finding. It cuts nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="stay_breaches")
    happened_on = models.DateField()
    evidence = EncryptedTextField(label="breach.evidence")
    state = models.CharField(
        max_length=10, choices=casework_states.BREACH.choices, default="reported"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    her_side = EncryptedTextField(label="breach.her_side", null=True, blank=True)
    heard_on = models.DateField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    heard_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    finding = EncryptedTextField(label="breach.finding", null=True, blank=True)
    found_at = models.DateTimeField(null=True, blank=True)
    found_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = OfACase.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "happened_on": "umum",
        "evidence": "rahasia",
        "state": "spesifik",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "her_side": "rahasia",
        "heard_on": "umum",
        "heard_at": "umum",
        "heard_by": "umum",
        "finding": "rahasia",
        "found_at": "umum",
        "found_by": "umum",
    }

    class Meta:
        constraints = [
            known_states(casework_states.BREACH),
            models.CheckConstraint(
                condition=Q(state="reported")
                | Q(her_side__isnull=False, heard_on__isnull=False, heard_by__isnull=False),
                name="breach_she_was_heard",
                violation_error_message=_("Hear her first: without her side there is no finding."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reported", "heard"])
                | Q(finding__isnull=False, found_at__isnull=False, found_by__isnull=False),
                name="breach_found_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(found_by__isnull=True)
                | ~Q(found_by=models.F("recorded_by")) & ~Q(found_by=models.F("heard_by")),
                name="breach_found_by_somebody_else",
                violation_error_message=_("Somebody else must find on it."),
            ),
        ]
        triggers = [road(casework_states.BREACH)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return casework_states.BREACH.state(self.state)
