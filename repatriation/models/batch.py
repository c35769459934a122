"""A batch: the group that travels together, its seats, its office of arrival, and its road."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.models import User
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.regions.models import Province
from kotim_social.workflow import State, known_states, road
from repatriation import workflow

_USER = settings.AUTH_USER_MODEL
STEPS = ("submitted", "confirmed", "departed", "arrived", "handed_over", "finished", "cancelled")
# State → the step without which it cannot be.
_NEEDS = {
    "awaiting_origin": "submitted",
    "approved": "confirmed",
    "departed": "departed",
    "arrived": "arrived",
    "handed_over": "handed_over",
    "finished": "finished",
    "cancelled": "cancelled",
}

# Women, their children and the escorts sit on the seats; see repatriation/migrations/0005.
_COUNT_SEATS = "PERFORM repatriation_count_seats({batches}); RETURN NULL;"
SEATS_CHANGED = pgtrigger.Trigger(
    name="within_seats",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("seats"),
    func=_COUNT_SEATS.format(batches="ARRAY[NEW.id]"),
)


def seats_triggers() -> list[pgtrigger.Trigger]:
    """No table lets more people travel than there are seats: all rows of a statement at once."""
    return [
        pgtrigger.Trigger(
            name=f"within_seats_{name}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(new="rows"),
            func=_COUNT_SEATS.format(batches="ARRAY(SELECT DISTINCT batch_id FROM rows)"),
        )
        for name, operation in (("insert", pgtrigger.Insert), ("update", pgtrigger.Update))
    ]


def together(*fields: str) -> Q:
    """All of these columns are filled, or none is."""
    return Q(**{f"{name}__isnull": True for name in fields}) | Q(
        **{f"{name}__isnull": False for name in fields}
    )


class BatchQuerySet(models.QuerySet["Batch"]):
    """Sets of batches."""

    def visible_to(self, user: User) -> BatchQuerySet:
        """Everybody's, or for a caseworker: what she made, and what holds somebody she may see.

        Whoever sees a batch sees the names of its whole manifest: the group travels as one and
        is called as one. Links lead only to the people whom she may see.
        """
        if user.sees_everything:
            return self
        workers = apps.get_model("cases.Worker").objects.visible_to(user)
        members = apps.get_model("repatriation.Member").objects.filter(
            batch=OuterRef("pk"), removed_at__isnull=True, worker__in=workers.values("pk")
        )
        return self.filter(Q(created_by=user) | Q(Exists(members)))

    def not_ended(self) -> BatchQuerySet:
        return self.exclude(state__in=["finished", "cancelled"])


class BatchNumber(models.Model):
    """The last number given to a batch of a year; the row is locked while one is taken."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)
    privacy: ClassVar[dict[str, str]] = {"year": "umum", "last": "umum"}

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Batch(models.Model):
    """A group that goes home together to one province, on the road of repatriation/workflow.py."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Says neither where from, where to, nor why: it stands on tickets and in payment lists.
    code = models.CharField(_("code"), max_length=30, unique=True)
    seats = models.PositiveIntegerField(_("seats"))
    destination = models.ForeignKey(
        Province, models.PROTECT, related_name="batches", verbose_name=_("destination")
    )
    receiving_office = models.CharField(_("receiving office"), max_length=160, blank=True)
    receiving_contact = models.CharField(_("contact there"), max_length=120, blank=True)
    receiving_phone = EncryptedTextField(
        label="batch.receiving_phone", verbose_name=_("telephone"), null=True, blank=True
    )
    planned_departure = models.DateField(_("planned departure"), null=True, blank=True)
    planned_arrival = models.DateField(_("planned arrival"), null=True, blank=True)
    escort_order = models.CharField(_("number of the escort order"), max_length=80, blank=True)
    escort_order_on = models.DateField(_("date of the escort order"), null=True, blank=True)
    # Where those get off who do not go to the end; in the order of the way.
    drop_offs = models.CharField(_("drop-off points"), max_length=300, blank=True)
    emergency_contacts = EncryptedTextField(
        label="batch.emergency_contacts",
        verbose_name=_("emergency contacts"),
        null=True,
        blank=True,
    )
    state = models.CharField(max_length=20, choices=workflow.BATCH.choices, default="draft")
    # The manifest is issued anew, under the next revision, when somebody in it changes.
    revision = models.PositiveSmallIntegerField(_("revision of the manifest"), default=1)
    notes = EncryptedTextField(label="batch.notes", verbose_name=_("notes"), null=True, blank=True)
    cancel_reason = EncryptedTextField(label="batch.cancel_reason", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    submitted_on = models.DateField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    confirmed_on = models.DateField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    departed_on = models.DateField(null=True, blank=True)
    departed_at = models.DateTimeField(null=True, blank=True)
    departed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    arrived_on = models.DateField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    arrived_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    handed_over_on = models.DateField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    handed_over_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    finished_on = models.DateField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    cancelled_on = models.DateField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = BatchQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "code": "umum",
        "seats": "umum",
        "destination": "umum",
        "receiving_office": "umum",
        "receiving_contact": "spesifik",
        "receiving_phone": "rahasia",
        "planned_departure": "umum",
        "planned_arrival": "umum",
        "escort_order": "umum",
        "escort_order_on": "umum",
        "drop_offs": "umum",
        "emergency_contacts": "rahasia",
        "state": "umum",
        "revision": "umum",
        "notes": "rahasia",
        "cancel_reason": "rahasia",
        "created_at": "umum",
        "created_by": "umum",
        **{f"{step}_{kind}": "umum" for step in STEPS for kind in ("on", "at", "by")},
    }

    class Meta:
        indexes = [models.Index(fields=["state", "code"], name="batch_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(seats__gte=1, seats__lte=5000),
                name="batch_has_seats",
                violation_error_message=_("A batch has between 1 and 5,000 seats."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (~Q(confirmed_by=F("created_by")) & ~Q(confirmed_by=F("submitted_by"))),
                name="batch_confirmed_by_another",
                violation_error_message=_(
                    "Somebody else must do this: you already had a hand in it."
                ),
            ),
            models.CheckConstraint(
                condition=Q(planned_departure__isnull=True)
                | Q(planned_arrival__isnull=True)
                | Q(planned_arrival__gte=F("planned_departure")),
                name="batch_plan_in_order",
                violation_error_message=_("The arrival lies before the departure."),
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{later}_on__isnull": True})
                    | Q(**{f"{later}_on__gte": F(f"{earlier}_on")}),
                    name=f"batch_{later}_after_{earlier}",
                    violation_error_message=_(
                        "The date lies before the step that comes before it."
                    ),
                )
                for earlier, later in pairwise(STEPS[:-1])
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancel_reason__isnull=False),
                name="batch_cancelled_for_a_reason",
                violation_error_message=_("Give a reason."),
            ),
            *(
                models.CheckConstraint(
                    condition=together(f"{step}_on", f"{step}_at", f"{step}_by"),
                    name=f"batch_{step}_by_somebody",
                )
                for step in STEPS
            ),
            *(
                models.CheckConstraint(
                    condition=~Q(state=state) | Q(**{f"{step}_on__isnull": False}),
                    name=f"batch_state_{state}",
                )
                for state, step in _NEEDS.items()
            ),
            known_states(workflow.BATCH),
        ]
        triggers = [
            road(workflow.BATCH),
            SEATS_CHANGED,
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def state_shown(self) -> State:
        return workflow.BATCH.state(self.state)
