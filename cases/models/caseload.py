"""Cases offered by one caseworker to another: all of them change hands, or none."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases import casework_states
from cases.models.worker import Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.immutable import ImmutableModel
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL


class CaseOfferQuerySet(models.QuerySet["CaseOffer"]):
    def visible_to(self, user: User) -> CaseOfferQuerySet:
        """Whoever offered, whoever is to accept, and supervisors."""
        if user.can(Perm.CASEWORK_REVIEW):
            return self
        return self.filter(Q(offered_by=user) | Q(receiver=user))


class CaseOffer(models.Model):
    """A set of cases on their way from one pair of hands to another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    receiver = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    reason = EncryptedTextField(label="offer.reason")
    state = models.CharField(
        max_length=10, choices=casework_states.CASE_OFFER.choices, default="offered"
    )
    offered_at = models.DateTimeField(auto_now_add=True)
    offered_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = CaseOfferQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "receiver": "umum",
        "reason": "rahasia",
        "state": "umum",
        "offered_at": "umum",
        "offered_by": "umum",
        "answered_at": "umum",
        "answered_by": "umum",
    }

    class Meta:
        constraints = [
            known_states(casework_states.CASE_OFFER),
            models.CheckConstraint(
                condition=~Q(receiver=models.F("offered_by")),
                name="offer_to_somebody_else",
                violation_error_message=_("Choose somebody else."),
            ),
            models.CheckConstraint(
                condition=Q(state="offered", answered_at__isnull=True, answered_by__isnull=True)
                | ~Q(state="offered") & Q(answered_at__isnull=False, answered_by__isnull=False),
                name="offer_answered_by_somebody",
            ),
        ]
        triggers = [road(casework_states.CASE_OFFER)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return casework_states.CASE_OFFER.state(self.state)


class OfferedCase(ImmutableModel):
    """One case of an offer, and who held it when it was offered (nobody: nobody held it)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    offer = models.ForeignKey(CaseOffer, models.PROTECT, related_name="cases")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="offers")
    held_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "offer": "umum",
        "worker": "umum",
        "held_by": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "worker"], name="offered_case_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)
