"""The programme and the money in the admin, to look at: nothing there is written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from disbursements.models import (
    AssistanceKind,
    BudgetYear,
    Ceiling,
    Entitlement,
    Funder,
    PaymentLine,
    PaymentList,
    Policy,
    Rate,
)
from kotim_social.accounts.access import actor
from kotim_social.accounts.admin_site import OfficeModelAdmin, rupiah
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.lib.money import format_rupiah

AMOUNT = rupiah("amount", _("Amount"))


class ShownOnlyAdmin(OfficeModelAdmin):
    perm = Perm.USER_ADMIN

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Funder)
class FunderAdmin(ShownOnlyAdmin):
    list_display = ("code", "name", "source")
    fields = list_display


@admin.register(BudgetYear)
class BudgetYearAdmin(ShownOnlyAdmin):
    list_display = ("year", "cut_off", "closed_on")
    fields = list_display


@admin.register(AssistanceKind)
class AssistanceKindAdmin(ShownOnlyAdmin):
    list_display = ("code", "name", "funder", "component_of", "method")
    fields = list_display


@admin.register(Rate)
class RateAdmin(ShownOnlyAdmin):
    list_display = ("kind", AMOUNT, "valid_from", "valid_until", "legal_basis")
    list_select_related = ("kind",)
    fields = list_display
    readonly_fields = list_display

    def title_of(self, obj: Rate) -> str:
        return f"{obj.kind}: {format_rupiah(obj.amount)}"


@admin.register(Policy)
class PolicyAdmin(ShownOnlyAdmin):
    list_display = ("kind", "who", "payable_when")
    list_select_related = ("kind",)
    fields = list_display

    def title_of(self, obj: Policy) -> str:
        return f"{obj.kind}: {obj.get_who_display()}"  # type: ignore[attr-defined]


@admin.register(Ceiling)
class CeilingAdmin(ShownOnlyAdmin):
    list_display = ("budget_year", "kind", AMOUNT)
    list_select_related = ("budget_year", "kind")
    fields = list_display
    readonly_fields = list_display

    def title_of(self, obj: Ceiling) -> str:
        return f"{obj.kind} {obj.budget_year_id}"


class MoneyAdmin(ShownOnlyAdmin):
    """Amounts and states of people's money: no act, no form, and a row in the trail."""

    actions = None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        record(f"{self.opts.model_name}.list", by=actor(request), object_type=self.opts.label_lower)
        return super().changelist_view(request, extra_context)


@admin.register(PaymentList)
class PaymentListAdmin(MoneyAdmin):
    list_display = ("number", "funder", "method", "state", "revision", "ordered_on")
    list_filter = ("state", "funder")
    fields = list_display
    readonly_fields = list_display


@admin.register(PaymentLine)
class PaymentLineAdmin(MoneyAdmin):
    list_display = ("payment_list", "number", AMOUNT, "state", "result_on")
    list_select_related = ("payment_list",)
    list_filter = ("state",)
    fields = list_display
    readonly_fields = list_display

    def title_of(self, obj: PaymentLine) -> str:
        return f"{obj.payment_list}: {obj.number}"


@admin.register(Entitlement)
class EntitlementAdmin(MoneyAdmin):
    list_display = ("worker", "kind", AMOUNT, rupiah("paid", _("Paid")), "state")
    list_select_related = ("worker", "kind")
    list_filter = ("state", "kind")
    fields = list_display
    readonly_fields = list_display

    def title_of(self, obj: Entitlement) -> str:
        return f"{obj.worker}: {obj.kind}"
