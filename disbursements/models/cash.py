"""Cash of a list: drawn by cheque, and what went back to the treasury by deposit slip."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Named
from disbursements.models.payment import PaymentLine, PaymentList
from kotim_social.audit.immutable import ImmutableModel, ImmutableQuerySet
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7

_USER = settings.AUTH_USER_MODEL


class CashMovement(ImmutableModel):
    """Money that the treasurer drew for a list, or took back to the bank, with its paper."""

    class Direction(models.TextChoices):
        DRAWN = "drawn", _("drawn")
        DEPOSITED = "deposited", _("returned by deposit slip")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment_list = models.ForeignKey(PaymentList, models.PROTECT, related_name="cash")
    direction = models.CharField(max_length=10, choices=Direction.choices)
    amount = models.BigIntegerField(_("amount"))
    paper = models.CharField(_("cheque or deposit slip"), max_length=80)
    happened_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "payment_list": "umum",
        "direction": "umum",
        "amount": "umum",
        "paper": "umum",
        "happened_on": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    class Meta:
        indexes = [models.Index(fields=["payment_list", "id"], name="cash_of_list")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="cash_above_zero",
                violation_error_message=_("The amount must be above zero."),
            ),
            models.CheckConstraint(
                condition=~Q(paper=""),
                name="cash_has_its_paper",
                violation_error_message=_("Give the number of the paper."),
            ),
            models.CheckConstraint(
                condition=Q(direction__in=["drawn", "deposited"]), name="cash_known_direction"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DemandQuerySet(Named, ImmutableQuerySet):
    person = "line__entitlement__worker"


class RefundDemand(ImmutableModel):
    """A paid line whose money must come back: found to be paid twice, after a merge for instance.

    It is settled when the line is reversed; nothing is written here then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    line = models.OneToOneField(PaymentLine, models.PROTECT, related_name="refund_demand")
    amount = models.BigIntegerField(_("amount"))
    demanded_on = models.DateField()
    reason = EncryptedTextField(label="refund.reason")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "line": "umum",
        "amount": "spesifik",
        "demanded_on": "umum",
        "reason": "rahasia",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }
    objects: ClassVar[Any] = DemandQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_above_zero"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class StampDuty(models.Model):
    """Materai: what a paper above an amount carries, from one date until another."""

    class Document(models.TextChoices):
        RECEIPT = "receipt", _("receipt")
        STATEMENT = "statement", _("signed statement")

    document = models.CharField(max_length=10, choices=Document.choices)
    above = models.BigIntegerField(_("for amounts above"))
    duty = models.BigIntegerField(_("duty"))
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "document": "umum",
        "above": "umum",
        "duty": "umum",
        "valid_from": "umum",
        "valid_until": "umum",
        "legal_basis": "umum",
    }

    class Meta:
        ordering = ["document", "valid_from", "above"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "above", "valid_from"], name="stamp_duty_once"
            ),
            models.CheckConstraint(
                condition=Q(above__gte=0) & Q(duty__gte=0), name="stamp_duty_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} > {self.above}: {self.duty}"
