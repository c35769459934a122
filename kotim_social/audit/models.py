"""Who did or saw what, when; and the seals that show whether a row was changed or cut off."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Now

from kotim_social.audit.immutable import ImmutableModel


class CurrentTransaction(Func):
    """The id of the running transaction: the sealer waits until all below it have ended."""

    function = "pg_current_xact_id"
    template = "(%(function)s()::text)::bigint"
    output_field = models.BigIntegerField()


class Entry(ImmutableModel):
    """One act or one look. No foreign keys: the trail outlives what it speaks of."""

    at = models.DateTimeField(db_default=Now())
    transaction = models.BigIntegerField(db_default=CurrentTransaction())
    user_id = models.BigIntegerField(null=True)
    username = models.CharField(max_length=150, blank=True)
    act = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    # Field name → [before, after]; restricted fields are masked by whoever records them.
    changes = models.JSONField(default=dict)
    request_id = models.CharField(max_length=36, blank=True)

    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "at": "umum",
        "transaction": "umum",
        "user_id": "umum",
        "username": "umum",
        "act": "umum",
        "object_type": "umum",
        "object_id": "umum",
        "reason": "spesifik",
        "changes": "spesifik",
        "request_id": "umum",
    }

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="entry_object"),
            models.Index(fields=["user_id", "id"], name="entry_user"),
            models.Index(fields=["act", "id"], name="entry_act"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(act=Value("")),
                name="entry_names_its_act",
                violation_error_message="A trail row must name its act.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} #{self.pk}"


class Redaction(ImmutableModel):
    """Personal text that was taken out of a sealed row when its person was anonymised.

    The seal of the row stands as it was; `rest` is the sum of what the row holds since, so that a
    later change of it is found. Only the owner role writes these rows.
    """

    entry_id = models.BigIntegerField(unique=True)
    rest = models.CharField(max_length=64)
    redacted_at = models.DateTimeField(db_default=Now())

    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "entry_id": "umum",
        "rest": "umum",
        "redacted_at": "umum",
    }
    acts_of_the_machine: ClassVar[set[str]] = {"redacted_at"}

    def __str__(self) -> str:
        return f"#{self.entry_id}"


class Seal(ImmutableModel):
    """Chains one trail row to the one sealed before it."""

    sequence = models.BigIntegerField(unique=True)
    entry_id = models.BigIntegerField(unique=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(db_default=Now())

    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "sequence": "umum",
        "entry_id": "umum",
        "digest": "umum",
        "sealed_at": "umum",
    }
    # Sealed by the machine, not by a person.
    acts_of_the_machine: ClassVar[set[str]] = {"sealed_at"}

    def __str__(self) -> str:
        return f"{self.sequence}: {self.digest[:12]}"
