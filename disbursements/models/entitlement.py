"""The decree that determines, and what each person is entitled to by it."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models import OfAPerson, Worker
from disbursements import workflow
from disbursements.models.programme import AssistanceKind, BudgetYear, Rate
from kotim_social.audit.immutable import ImmutableModel
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import known_states, road

_USER = settings.AUTH_USER_MODEL


class Decree(ImmutableModel):
    """An SK: it turns what people would get into what they are entitled to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("number of the decree"), max_length=80, unique=True)
    decided_on = models.DateField(_("date of the decree"))
    signed_by_title = models.CharField(_("signed by"), max_length=120)
    budget_year = models.ForeignKey(BudgetYear, models.PROTECT, related_name="decrees")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "number": "umum",
        "decided_on": "umum",
        "signed_by_title": "umum",
        "budget_year": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(number=""), name="decree_has_number")]

    def __str__(self) -> str:
        return self.number


@pghistory.track(
    pghistory.InsertEvent(level=pgtrigger.Statement),
    pghistory.UpdateEvent(level=pgtrigger.Statement),
    model_name="EntitlementEvent",
    meta={"db_table": "disbursements_entitlement_event"},
)
class Entitlement(models.Model):
    """One kind for one person, frozen by a decree. `paid` is moved by the database alone."""

    class LapseKind(models.TextChoices):
        """Why a right ended, where it is more than a reason of its own."""

        CHANGED = "changed", _("replaced by a later decree")
        DEPOSITED = "deposited", _("deposited back at the end of the year")
        UNCLAIMED = "unclaimed", _("never claimed by the end of the year")
        REFUNDED = "refunded", _("refunded after the year was closed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    decree = models.ForeignKey(Decree, models.PROTECT, related_name="entitlements")
    worker = models.ForeignKey(
        Worker, models.PROTECT, related_name="entitlements", verbose_name=_("beneficiary")
    )
    kind = models.ForeignKey(
        AssistanceKind, models.PROTECT, related_name="entitlements", verbose_name=_("kind")
    )
    budget_year = models.ForeignKey(BudgetYear, models.PROTECT, related_name="entitlements")
    rate = models.ForeignKey(Rate, models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount"))
    legal_basis = models.CharField(max_length=200)
    paid = models.BigIntegerField(_("paid"), default=0, editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=workflow.ENTITLEMENT.choices, default="determined"
    )
    lapsed_on = models.DateField(null=True, blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)
    lapsed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    lapsed_because = EncryptedTextField(label="entitlement.lapsed", null=True, blank=True)
    # Both have their default in the database: rights are also written by one statement for a set.
    lapse_kind = models.CharField(
        max_length=10, choices=LapseKind.choices, blank=True, default="", db_default=""
    )
    deposit_number = models.CharField(
        _("number of the deposit"), max_length=80, blank=True, default="", db_default=""
    )
    # The lapsed right in whose place this one stands: by a decree that changes the amount, or
    # because a later year pays what an earlier one did not.
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")

    objects = OfAPerson.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "decree": "umum",
        "worker": "umum",
        "kind": "umum",
        "budget_year": "umum",
        "rate": "umum",
        "amount": "spesifik",
        "legal_basis": "umum",
        "paid": "spesifik",
        "state": "spesifik",
        "lapsed_on": "umum",
        "lapsed_at": "umum",
        "lapsed_by": "umum",
        "lapsed_because": "rahasia",
        "lapse_kind": "umum",
        "deposit_number": "umum",
        "replaces": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    class Meta:
        verbose_name = _("right to assistance")
        verbose_name_plural = _("rights to assistance")
        indexes = [models.Index(fields=["worker", "kind"], name="entitlement_of_worker")]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "kind"],
                condition=Q(state="determined"),
                name="entitlement_once",
                violation_error_message=_("She is already entitled to this kind."),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="entitlement_above_zero"),
            models.CheckConstraint(
                condition=Q(paid__gte=0) & Q(paid__lte=F("amount")),
                name="entitlement_paid_within_amount",
                violation_error_message=_("More would be paid than she is entitled to."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state="determined",
                    lapsed_on__isnull=True,
                    lapsed_at__isnull=True,
                    lapsed_by__isnull=True,
                )
                | Q(
                    state="lapsed",
                    lapsed_on__isnull=False,
                    lapsed_at__isnull=False,
                    lapsed_by__isnull=False,
                ),
                name="entitlement_lapsed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="lapsed") | Q(lapse_kind="", deposit_number=""),
                name="entitlement_lapse_kind_when_lapsed",
            ),
            models.CheckConstraint(
                condition=Q(lapse_kind__in=["deposited", "refunded"]) & ~Q(deposit_number="")
                | Q(lapse_kind__in=["", "changed", "unclaimed"], deposit_number=""),
                name="entitlement_deposit_has_number",
                violation_error_message=_("Give the number of the deposit."),
            ),
            known_states(workflow.ENTITLEMENT),
        ]
        triggers = [road(workflow.ENTITLEMENT)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def rest(self) -> int:
        return self.amount - self.paid
