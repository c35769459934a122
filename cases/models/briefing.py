"""Information sessions (sosialisasi): what was told where, by whom, and which women came."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.worker import Worker
from kotim_social.accounts.models import User
from kotim_social.audit.immutable import ImmutableModel, ImmutableQuerySet
from kotim_social.lib.ids import uuid7
from kotim_social.regions.models import Lokalisasi

_USER = settings.AUTH_USER_MODEL


class BriefingQuerySet(ImmutableQuerySet):
    def visible_to(self, user: User) -> BriefingQuerySet:
        if user.sees_everything:
            return self
        return self.filter(lokalisasi_id__in=user.lokalisasi_ids)


class Briefing(ImmutableModel):
    """One information session. Managers of the houses are a number, never names."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lokalisasi = models.ForeignKey(Lokalisasi, models.PROTECT, related_name="briefings")
    held_on = models.DateField(_("held on"))
    venue = models.CharField(_("where"), max_length=120)
    agencies = models.CharField(_("agencies taking part"), max_length=300)
    told = models.TextField(_("what was told"), max_length=1000)
    managers = models.PositiveSmallIntegerField(_("managers who came"), default=0)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")

    objects = BriefingQuerySet.as_manager()  # type: ignore[misc]
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "lokalisasi": "umum",
        "held_on": "umum",
        "venue": "umum",
        "agencies": "umum",
        "told": "umum",
        "managers": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    def __str__(self) -> str:
        return f"{self.lokalisasi_id} {self.held_on}"


class Attendance(models.Model):
    """She came to a session. A slip is taken out again by `active`; the row stays."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="attendances")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="attendances")
    active = models.BooleanField(default=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    taken_out_at = models.DateTimeField(null=True, blank=True)
    taken_out_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "briefing": "umum",
        "worker": "umum",
        "active": "spesifik",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "taken_out_at": "umum",
        "taken_out_by": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["briefing", "worker"], name="attendance_once"),
            models.CheckConstraint(
                condition=Q(active=True, taken_out_at=None, taken_out_by=None)
                | Q(active=False, taken_out_at__isnull=False, taken_out_by__isnull=False),
                name="attendance_taken_out_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
