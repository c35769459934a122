"""Records that are of different people although they are alike, and records that were merged."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.worker import OfAPerson, Worker
from kotim_social.audit.immutable import ImmutableModel
from kotim_social.lib.encrypted import EncryptedJSONField, EncryptedTextField
from kotim_social.lib.ids import uuid7

_USER = settings.AUTH_USER_MODEL


class DifferentPeople(ImmutableModel):
    """Two records that somebody looked at and found to be of two people; never asked again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # The smaller id stands first. An undone import takes the rows of its people with it.
    first = models.ForeignKey(Worker, models.CASCADE, related_name="+")
    second = models.ForeignKey(Worker, models.CASCADE, related_name="+")
    reason = EncryptedTextField(label="different.reason")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "first": "umum",
        "second": "umum",
        "reason": "rahasia",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="different_people_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="different_people_in_order"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class MergeQuerySet(OfAPerson):
    person = "kept"

    def standing(self) -> MergeQuerySet:
        return self.filter(undone_at__isnull=True)


class Merge(models.Model):
    """Two records of one person: one leads on, the other keeps its number and its history."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kept = models.ForeignKey(Worker, models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Worker, models.PROTECT, related_name="merged_away")
    reason = EncryptedTextField(label="merge.reason")
    # What the act took over and put aside, so that it can be taken back.
    taken = EncryptedJSONField(label="merge.taken")
    merged_at = models.DateTimeField(auto_now_add=True)
    merged_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    undone_because = EncryptedTextField(label="merge.undone", null=True, blank=True)

    objects = MergeQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "kept": "umum",
        "gone": "umum",
        "reason": "rahasia",
        "taken": "rahasia",
        "merged_at": "umum",
        "merged_by": "umum",
        "undone_at": "umum",
        "undone_by": "umum",
        "undone_because": "rahasia",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gone"],
                condition=Q(undone_at__isnull=True),
                name="merge_goes_once",
                violation_error_message=_("This record is merged into another one already."),
            ),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="merge_of_two_records"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="merge_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
