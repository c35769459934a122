"""What the programme is made of: all data, so that another district runs the same program."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.models import DateRange, ForATime

_USER = settings.AUTH_USER_MODEL


class Funder(models.Model):
    """Who gives the money."""

    code = models.CharField(_("code"), max_length=20, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    source = models.CharField(_("source of funds"), max_length=40)
    order = models.PositiveSmallIntegerField(default=0)
    privacy: ClassVar[dict[str, str]] = {
        "code": "umum",
        "name": "umum",
        "source": "umum",
        "order": "umum",
    }

    class Meta:
        verbose_name = _("funder")
        verbose_name_plural = _("funders")
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name


class BudgetYear(models.Model):
    """A budget year: open until somebody closes it, whatever the clock says."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    cut_off = models.DateField(_("last day of payment"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "year": "umum",
        "cut_off": "umum",
        "closed_on": "umum",
        "closed_at": "umum",
        "closed_by": "umum",
    }

    class Meta:
        verbose_name = _("budget year")
        verbose_name_plural = _("budget years")
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_on__isnull=False, closed_at__isnull=False, closed_by__isnull=False),
                name="budget_year_closed_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return str(self.year)


class AssistanceKind(models.Model):
    """A kind of assistance. A component of another kind is paid in its place, as a part of it."""

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("transfer")
        CASH = "cash", _("cash")

    code = models.CharField(_("code"), max_length=20, primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    funder = models.ForeignKey(
        Funder, models.PROTECT, related_name="kinds", verbose_name=_("funder")
    )
    component_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="components",
        verbose_name=_("part of"),
    )
    method = models.CharField(_("paid by"), max_length=10, choices=Method.choices)
    order = models.PositiveSmallIntegerField(default=0)
    privacy: ClassVar[dict[str, str]] = {
        "code": "umum",
        "name": "umum",
        "funder": "umum",
        "component_of": "umum",
        "method": "umum",
        "order": "umum",
    }

    class Meta:
        verbose_name = _("kind of assistance")
        verbose_name_plural = _("kinds of assistance")
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(component_of=F("code")), name="kind_not_part_of_itself"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def payer(self) -> Funder:
        """Who gives its money: a part carries the funder of its package."""
        return self.component_of.funder if self.component_of else self.funder


class Rate(models.Model):
    """What one person gets of a kind, from one date until another, and by which decision."""

    kind = models.ForeignKey(
        AssistanceKind, models.PROTECT, related_name="rates", verbose_name=_("kind")
    )
    amount = models.BigIntegerField(_("amount"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=200)

    objects = ForATime.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "kind": "umum",
        "amount": "umum",
        "valid_from": "umum",
        "valid_until": "umum",
        "legal_basis": "umum",
    }

    class Meta:
        verbose_name = _("rate of assistance")
        verbose_name_plural = _("rates of assistance")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="rate_above_zero",
                violation_error_message=_("The amount must be above zero."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="rate_dates_in_order",
                violation_error_message=_("The end lies before the beginning."),
            ),
            ExclusionConstraint(
                name="rate_one_at_a_time",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Another rate already holds at that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_id} {self.amount}"


class Policy(models.Model):
    """Who gets a kind, and when it may be paid."""

    class Who(models.TextChoices):
        EVERYONE = "everyone", _("everyone")
        RETURNEES = "returnees", _("those who go home")
        STAYERS = "stayers", _("those who stay")

    class PayableWhen(models.TextChoices):
        ACCOUNT_ACTIVE = "account_active", _("her account is active")
        BATCH_APPROVED = "batch_approved", _("she is in an approved batch")
        ARRIVED = "arrived", _("her arrival is confirmed")

    kind = models.OneToOneField(
        AssistanceKind, models.PROTECT, related_name="policy", verbose_name=_("kind")
    )
    who = models.CharField(_("who gets it"), max_length=12, choices=Who.choices)
    payable_when = models.CharField(_("paid when"), max_length=16, choices=PayableWhen.choices)
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "kind": "umum",
        "who": "umum",
        "payable_when": "umum",
    }

    class Meta:
        verbose_name = _("who gets a kind of assistance")
        verbose_name_plural = _("who gets which assistance")
        constraints = [
            models.CheckConstraint(
                condition=Q(who__in=["everyone", "returnees", "stayers"]), name="policy_known_who"
            ),
            models.CheckConstraint(
                condition=Q(payable_when__in=["account_active", "batch_approved", "arrived"]),
                name="policy_known_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_id}: {self.who}"


class CeilingQuerySet(models.QuerySet["Ceiling"]):
    def drawn_on(self) -> CeilingQuerySet:
        """Those that money can draw on: a part draws on its package's and has none of its own."""
        return self.filter(kind__component_of=None)


class Ceiling(models.Model):
    """The most that may be spent on a kind in a budget year."""

    budget_year = models.ForeignKey(
        BudgetYear, models.PROTECT, related_name="ceilings", verbose_name=_("budget year")
    )
    kind = models.ForeignKey(
        AssistanceKind, models.PROTECT, related_name="ceilings", verbose_name=_("kind")
    )
    amount = models.BigIntegerField(_("ceiling"))

    objects = CeilingQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "budget_year": "umum",
        "kind": "umum",
        "amount": "umum",
    }

    class Meta:
        verbose_name = _("ceiling")
        verbose_name_plural = _("ceilings")
        constraints = [
            models.UniqueConstraint(fields=["budget_year", "kind"], name="ceiling_one_a_year"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="ceiling_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.budget_year_id} {self.kind_id}"


def rates_on(day: date) -> dict[str, Rate]:
    """Kind code → the rate that holds on a day."""
    return {rate.kind_id: rate for rate in Rate.objects.on(day)}  # type: ignore[attr-defined]
