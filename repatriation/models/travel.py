"""How a batch travels and who goes with it: officers, escorts, and the legs of the way."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kotim_social.lib.ids import uuid7
from repatriation.models.batch import Batch, seats_triggers

_USER = settings.AUTH_USER_MODEL


class Zone(models.TextChoices):
    """The three zones of Indonesia; a port's clock shows its own."""

    WIB = "WIB", "WIB"
    WITA = "WITA", "WITA"
    WIT = "WIT", "WIT"

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(
            {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}[self.value]
        )


class Officer(models.Model):
    """An officer who may be sent along."""

    class Sex(models.TextChoices):
        WOMAN = "woman", _("woman")
        MAN = "man", _("man")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=120)
    nip = models.CharField(_("NIP"), max_length=18, null=True, blank=True, unique=True)
    rank = models.CharField(_("rank"), max_length=80, blank=True)
    sex = models.CharField(_("sex"), max_length=5, choices=Sex.choices)
    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "name": "umum",
        "nip": "umum",
        "rank": "umum",
        "sex": "umum",
        "active": "umum",
        "created_at": "umum",
        "created_by": "umum",
    }

    class Meta:
        verbose_name = _("officer")
        verbose_name_plural = _("officers")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(nip__isnull=True) | Q(nip__regex=r"^[0-9]{18}$"),
                name="officer_nip_form",
                violation_error_message=_("A NIP is 18 digits."),
            ),
            models.CheckConstraint(
                condition=Q(sex__in=["woman", "man"]),
                name="officer_sex",
                violation_error_message=_("Choose woman or man."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="officer_has_a_name",
                violation_error_message=_("Write the name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Escort(models.Model):
    """An officer sent along with a batch; one of them is its head."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="escorts")
    officer = models.ForeignKey(
        Officer, models.PROTECT, related_name="escorts", verbose_name=_("officer")
    )
    is_head = models.BooleanField(_("head of the batch"), default=False)
    # The order that names her (surat tugas), and her own travel order (SPPD) under it.
    order_number = models.CharField(_("number of the escort order"), max_length=80, blank=True)
    travel_order = models.CharField(_("number of the travel order"), max_length=80, blank=True)
    active = models.BooleanField(default=True)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "batch": "umum",
        "officer": "umum",
        "is_head": "umum",
        "order_number": "umum",
        "travel_order": "umum",
        "active": "umum",
        "added_at": "umum",
        "added_by": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "officer"],
                condition=Q(active=True),
                name="escort_once_a_batch",
                violation_error_message=_("This officer already goes with the batch."),
            ),
            models.UniqueConstraint(
                fields=["batch"],
                condition=Q(active=True, is_head=True),
                name="escort_one_head",
                violation_error_message=_("A batch has one head."),
            ),
        ]
        triggers = seats_triggers()

    def __str__(self) -> str:
        return str(self.pk)


class Leg(models.Model):
    """One stretch of the way, with the times as the clocks of its two ends show them."""

    class Mode(models.TextChoices):
        SEA = "sea", _("by sea")
        ROAD = "road", _("by road")
        AIR = "air", _("by air")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="legs")
    number = models.PositiveSmallIntegerField(_("number"))
    mode = models.CharField(_("mode"), max_length=4, choices=Mode.choices, default=Mode.SEA)
    carrier = models.CharField(_("carrier"), max_length=120)
    vessel = models.CharField(_("ship, flight or vehicle number"), max_length=80, blank=True)
    origin = models.CharField(_("from"), max_length=120)
    target = models.CharField(_("to"), max_length=120)
    departure = models.DateTimeField(_("departure"), null=True, blank=True)
    departure_zone = models.CharField(
        _("time zone of the departure"), max_length=4, choices=Zone.choices, default=Zone.WIB
    )
    arrival = models.DateTimeField(_("arrival"), null=True, blank=True)
    arrival_zone = models.CharField(
        _("time zone of the arrival"), max_length=4, choices=Zone.choices, default=Zone.WIB
    )
    active = models.BooleanField(default=True)
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "batch": "umum",
        "number": "umum",
        "mode": "umum",
        "carrier": "umum",
        "vessel": "umum",
        "origin": "umum",
        "target": "umum",
        "departure": "umum",
        "departure_zone": "umum",
        "arrival": "umum",
        "arrival_zone": "umum",
        "active": "umum",
    }

    class Meta:
        ordering = ["number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"],
                condition=Q(active=True),
                name="leg_number_once",
                violation_error_message=_("There is already a leg with this number."),
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["sea", "road", "air"]),
                name="leg_known_mode",
                violation_error_message=_("Choose how they travel."),
            ),
            models.CheckConstraint(
                condition=Q(departure_zone__in=Zone.values, arrival_zone__in=Zone.values),
                name="leg_known_zone",
                violation_error_message=_("Choose the time zone."),
            ),
            models.CheckConstraint(
                condition=Q(departure__isnull=True)
                | Q(arrival__isnull=True)
                | Q(arrival__gt=F("departure")),
                name="leg_times_in_order",
                violation_error_message=_("The arrival lies before the departure."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def departure_shown(self) -> str:
        return shown_in(self.departure, self.departure_zone)

    @property
    def arrival_shown(self) -> str:
        return shown_in(self.arrival, self.arrival_zone)


def shown_in(moment: datetime | None, zone: str) -> str:
    """The time as the port's clock shows it: "05-12-2017 14.30 WITA"; empty without a time."""
    if moment is None:
        return ""
    return f"{moment.astimezone(Zone(zone).tz):%d-%m-%Y %H.%M} {zone}"
