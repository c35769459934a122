"""What belongs to the plan of a batch: costs, letters, moves, revisions of the manifest."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.models import User
from kotim_social.audit.immutable import ImmutableModel
from kotim_social.lib.ids import uuid7
from kotim_social.regions.models import Regency
from repatriation.models.batch import Batch, together
from repatriation.models.member import Member
from repatriation.models.of_batch import OfBatchQuerySet

_USER = settings.AUTH_USER_MODEL


class Cost(models.Model):
    """One cost of the journey; a wrong one is struck out and stays."""

    class Category(models.TextChoices):
        TICKETS = "tickets", _("tickets")
        VEHICLE = "vehicle", _("vehicle")
        MEALS = "meals", _("meals")
        LODGING = "lodging", _("lodging")
        ALLOWANCE = "allowance", _("daily allowance of the escorts")
        HEALTH = "health", _("health")
        OTHER = "other", _("other")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="costs")
    category = models.CharField(_("kind of cost"), max_length=12, choices=Category.choices)
    what = models.CharField(_("what for"), max_length=160)
    amount = models.BigIntegerField(_("amount"))
    paper = models.CharField(_("number of the bill"), max_length=80, blank=True)
    spent_on = models.DateField(_("date"))
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = OfBatchQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "batch": "umum",
        "category": "umum",
        "what": "umum",
        "amount": "umum",
        "paper": "umum",
        "spent_on": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "struck_at": "umum",
        "struck_by": "umum",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="cost_above_zero",
                violation_error_message=_("The amount is above zero."),
            ),
            models.CheckConstraint(
                condition=together("struck_at", "struck_by"), name="cost_struck_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class OriginRequest(models.Model):
    """A letter that asks one home office about its people in a batch; see OriginConfirmation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="origin_requests")
    regency = models.ForeignKey(Regency, models.PROTECT, related_name="+")
    office = models.CharField(_("home office"), max_length=160)
    letter = models.CharField(_("number of the letter"), max_length=80)
    people = models.PositiveIntegerField()
    asked_on = models.DateField()
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")

    objects = OfBatchQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "batch": "umum",
        "regency": "umum",
        "office": "umum",
        "letter": "umum",
        "people": "umum",
        "asked_on": "umum",
        "asked_at": "umum",
        "asked_by": "umum",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(office="") & ~Q(letter=""), name="origin_request_is_addressed"
            ),
        ]

    def __str__(self) -> str:
        return self.letter


class ManifestRevision(ImmutableModel):
    """Why the manifest that was given out no longer holds; the first one has no row."""

    class Cause(models.TextChoices):
        NO_SHOW = "no_show", _("somebody did not board")
        REMOVED = "removed", _("somebody was taken out")
        ESCORTS = "escorts", _("the escorts changed")
        WAY = "way", _("the way changed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=10, choices=Cause.choices)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "batch": "umum",
        "number": "umum",
        "cause": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="manifest_revision_once"),
            models.CheckConstraint(condition=Q(number__gte=2), name="manifest_revision_from_two"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class RegroupingQuerySet(models.QuerySet["Regrouping"]):
    def visible_to(self, user: User) -> RegroupingQuerySet:
        """Whoever sees the batch to which the people went."""
        if user.sees_everything:
            return self
        return self.filter(target__in=Batch.objects.visible_to(user).values("pk"))


class Regrouping(models.Model):
    """People put into a batch by hand, or moved between batches; undone within a quarter hour."""

    class Kind(models.TextChoices):
        ADD = "add", _("added")
        MOVE = "move", _("moved")
        SPLIT = "split", _("split")
        MERGE = "merge", _("merged")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    source = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+")
    target = models.ForeignKey(Batch, models.PROTECT, related_name="regroupings")
    # The memberships that it made in the target.
    members = models.ManyToManyField(Member, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = RegroupingQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "kind": "umum",
        "source": "umum",
        "target": "umum",
        "members": "umum",
        "made_at": "umum",
        "made_by": "umum",
        "undone_at": "umum",
        "undone_by": "umum",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=together("undone_at", "undone_by"), name="regrouping_undone_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(kind="add", source__isnull=True)
                | Q(kind__in=["move", "split", "merge"], source__isnull=False),
                name="regrouping_has_its_source",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
