"""Payment lists, their lines, who decided what, and money that came back."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Named, Whereabouts
from disbursements import workflow
from disbursements.models.entitlement import Entitlement
from disbursements.models.programme import AssistanceKind, BudgetYear, Funder
from kotim_social.accounts.models import User
from kotim_social.audit.immutable import ImmutableModel
from kotim_social.lib.encrypted import EncryptedJSONField, EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.regions.models import Place
from kotim_social.workflow import known_states, road

_USER = settings.AUTH_USER_MODEL


class PaymentListQuerySet(models.QuerySet["PaymentList"]):
    def visible_to(self, user: User) -> PaymentListQuerySet:
        """A caseworker sees the lists that touch only her own places, and those she made."""
        if user.sees_everything:
            return self
        foreign = Place.objects.exclude(lokalisasi__in=user.lokalisasi_ids)
        # Of everybody: whom the database hides from her would stand on every list unseen.
        away = Whereabouts.objects.filter(place__in=foreign).values("worker")
        elsewhere = PaymentList.objects.filter(lines__entitlement__worker_id__in=away)
        return self.filter(Q(created_by=user) | ~Q(pk__in=elsewhere.values("pk")))


class PaymentList(models.Model):
    """A list of payments of one funder, paid in one way, on its road through four pairs of eyes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True)
    funder = models.ForeignKey(
        Funder, models.PROTECT, related_name="payment_lists", verbose_name=_("funder")
    )
    kinds = models.ManyToManyField(AssistanceKind, related_name="payment_lists")
    places = models.ManyToManyField(Place, related_name="payment_lists", blank=True)
    batch_code = models.CharField(_("batch"), max_length=30, blank=True)
    # The list whose returned lines this one pays again.
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    method = models.CharField(_("paid by"), max_length=10, choices=AssistanceKind.Method.choices)
    budget_year = models.ForeignKey(BudgetYear, models.PROTECT, related_name="payment_lists")
    state = models.CharField(
        _("state"), max_length=12, choices=workflow.PAYMENT_LIST.choices, default="draft"
    )
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    order_number = models.CharField(_("SP2D or cheque number"), max_length=80, blank=True)
    ordered_on = models.DateField(_("date of the order"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")

    objects = PaymentListQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "number": "umum",
        "funder": "umum",
        "batch_code": "umum",
        "follows": "umum",
        "method": "umum",
        "budget_year": "umum",
        "state": "umum",
        "revision": "umum",
        "order_number": "umum",
        "ordered_on": "umum",
        "created_at": "umum",
        "created_by": "umum",
        "kinds": "umum",
        "places": "umum",
    }

    class Meta:
        verbose_name = _("payment list")
        verbose_name_plural = _("payment lists")
        indexes = [models.Index(fields=["state", "number"], name="list_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["ordered", "reconciled", "closed"])
                | (Q(ordered_on__isnull=False) & ~Q(order_number="")),
                name="list_ordered_has_number",
                violation_error_message=_("Give the number and date of the order."),
            ),
            known_states(workflow.PAYMENT_LIST),
        ]
        triggers = [road(workflow.PAYMENT_LIST)]

    def __str__(self) -> str:
        return self.number

    @property
    def state_shown(self) -> workflow.State:
        return workflow.PAYMENT_LIST.state(self.state)


class ListDecision(ImmutableModel):
    """One hand on a list. The database lets nobody have two duties on the same list."""

    payment_list = models.ForeignKey(PaymentList, models.PROTECT, related_name="decisions")
    revision = models.PositiveSmallIntegerField()
    act = models.CharField(max_length=24)
    duty = models.CharField(max_length=8, choices=[(d.value, d.value) for d in workflow.Duty])
    target = models.CharField(max_length=12)
    decided_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    reason = EncryptedTextField(label="list.reason", null=True, blank=True)
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "payment_list": "umum",
        "revision": "umum",
        "act": "umum",
        "duty": "umum",
        "target": "umum",
        "decided_on": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "reason": "rahasia",
    }
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        indexes = [models.Index(fields=["payment_list", "id"], name="decision_of_list")]
        constraints = [
            ExclusionConstraint(
                name="list_four_different_people",
                expressions=[
                    ("payment_list", RangeOperators.EQUAL),
                    ("recorded_by", RangeOperators.EQUAL),
                    ("duty", RangeOperators.NOT_EQUAL),
                ],
                violation_error_message=_(
                    "Somebody else must do this: you already had a hand in this list."
                ),
            ),
            models.CheckConstraint(
                condition=Q(duty__in=[d.value for d in workflow.Duty]), name="decision_known_duty"
            ),
            models.CheckConstraint(
                condition=~(Q(act__startswith="send_back") | Q(act__startswith="cancel"))
                | Q(reason__isnull=False),
                name="decision_has_its_reason",
                violation_error_message=_("Give a reason."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PaymentLineQuerySet(Named, models.QuerySet["PaymentLine"]):
    person = "entitlement__worker"

    def visible_to(self, user: User) -> PaymentLineQuerySet:
        if user.sees_everything:
            return self
        return self.filter(payment_list__in=PaymentList.objects.visible_to(user))


@pghistory.track(
    pghistory.InsertEvent(level=pgtrigger.Statement),
    pghistory.UpdateEvent(level=pgtrigger.Statement),
    model_name="PaymentLineEvent",
    meta={"db_table": "disbursements_paymentline_event"},
)
class PaymentLine(models.Model):
    """One attempt to pay the whole unpaid rest of one entitlement."""

    class Reason(models.TextChoices):
        NAME_DIFFERS = "name_differs", _("name differs")
        WRONG_NUMBER = "wrong_number", _("wrong account number")
        ACCOUNT_CLOSED = "account_closed", _("account closed or not active")
        WRONG_BANK = "wrong_bank", _("wrong bank")
        NOT_FETCHED = "not_fetched", _("not fetched")
        REFUSED = "refused", _("refused by her")
        OTHER = "other", _("other")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment_list = models.ForeignKey(
        PaymentList, models.PROTECT, related_name="lines", verbose_name=_("payment list")
    )
    number = models.PositiveIntegerField(_("number"))
    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="lines")
    amount = models.BigIntegerField(_("amount"))
    state = models.CharField(
        _("state"), max_length=12, choices=workflow.LINE.choices, default="prepared"
    )
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    # Name, masked NIK, bank, account, holder, kind and rate as they stood at approval, and a
    # keyed mark of them, by which a change of payee shows at every later step.
    snapshot = EncryptedJSONField(label="line.snapshot", null=True, blank=True)
    payee_mark = models.CharField(max_length=64, blank=True)
    result_on = models.DateField(_("date of the result"), null=True, blank=True)
    result_at = models.DateTimeField(null=True, blank=True)
    result_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    result_reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    result_note = EncryptedTextField(label="line.note", null=True, blank=True)
    deposit_slip = models.CharField(_("deposit slip"), max_length=80, blank=True)

    objects = PaymentLineQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "payment_list": "umum",
        "number": "umum",
        "entitlement": "umum",
        "amount": "spesifik",
        "state": "spesifik",
        "previous": "umum",
        "added_at": "umum",
        "added_by": "umum",
        "snapshot": "rahasia",
        "payee_mark": "rahasia",
        "result_on": "umum",
        "result_at": "umum",
        "result_by": "umum",
        "result_reason": "spesifik",
        "result_note": "rahasia",
        "deposit_slip": "umum",
    }

    class Meta:
        verbose_name = _("payment line")
        verbose_name_plural = _("payment lines")
        indexes = [models.Index(fields=["entitlement", "id"], name="line_of_entitlement")]
        constraints = [
            models.UniqueConstraint(fields=["payment_list", "number"], name="line_number_once"),
            models.UniqueConstraint(
                fields=["entitlement"],
                condition=Q(state__in=workflow.LIVE),
                name="line_one_live_attempt",
                violation_error_message=_("This is already being paid in another list."),
            ),
            models.UniqueConstraint(
                fields=["previous"],
                condition=Q(previous__isnull=False) & ~Q(state="cancelled"),
                name="line_repeated_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="line_above_zero"),
            models.CheckConstraint(
                condition=(
                    Q(state__in=["paid", "returned"])
                    & Q(result_on__isnull=False, result_at__isnull=False, result_by__isnull=False)
                )
                | (
                    ~Q(state__in=["paid", "returned"])
                    & Q(result_on__isnull=True, result_at__isnull=True, result_by__isnull=True)
                ),
                name="line_result_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(result_reason=""),
                name="line_return_has_reason",
                violation_error_message=_("Say why the money came back."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ordered", "paid", "returned"]) | ~Q(payee_mark=""),
                name="line_ordered_is_marked",
            ),
            known_states(workflow.LINE),
        ]
        triggers = [road(workflow.LINE)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def payee_name(self) -> str:
        """The name that was approved, or hers as it stands; a child stands without it (R19)."""
        worker = self.entitlement.worker
        if self.snapshot is None or worker.is_child:
            return worker.name_in_lists
        return str(self.snapshot["name"])

    @property
    def state_shown(self) -> workflow.State:
        return workflow.LINE.state(self.state)


class Reversal(ImmutableModel):
    """Money that came back after it was booked: a row of its own with its paper, once a line."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    line = models.OneToOneField(PaymentLine, models.PROTECT, related_name="reversal")
    amount = models.BigIntegerField()
    happened_on = models.DateField()
    paper = models.CharField(_("number of the paper"), max_length=80)
    # The budget year whose books it is in: the list's own (filled in by the database), or, after
    # that was closed, the one that is open when the money comes.
    booked_in = models.ForeignKey(BudgetYear, models.PROTECT, null=True, related_name="+")
    reason = EncryptedTextField(label="reversal.reason")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "line": "umum",
        "amount": "spesifik",
        "happened_on": "umum",
        "paper": "umum",
        "booked_in": "umum",
        "reason": "rahasia",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="reversal_above_zero"),
            models.CheckConstraint(
                condition=~Q(paper=""),
                name="reversal_has_its_paper",
                violation_error_message=_("Give the number of the paper."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
