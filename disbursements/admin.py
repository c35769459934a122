"""The programme in the admin, to look at. Lists, lines and entitlements are not shown there:
whoever administers has no right to people's money."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from disbursements.models import AssistanceKind, BudgetYear, Ceiling, Funder, Policy, Rate
from kotim_social.accounts.admin_site import OfficeModelAdmin
from kotim_social.accounts.roles import Perm


class ShownOnlyAdmin(OfficeModelAdmin):
    perm = Perm.USER_ADMIN

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Funder)
class FunderAdmin(ShownOnlyAdmin):
    list_display = ("code", "name", "source")


@admin.register(BudgetYear)
class BudgetYearAdmin(ShownOnlyAdmin):
    list_display = ("year", "cut_off", "closed_on")


@admin.register(AssistanceKind)
class AssistanceKindAdmin(ShownOnlyAdmin):
    list_display = ("code", "name", "funder", "component_of", "method")


@admin.register(Rate)
class RateAdmin(ShownOnlyAdmin):
    list_display = ("kind", "amount", "valid_from", "valid_until", "legal_basis")


@admin.register(Policy)
class PolicyAdmin(ShownOnlyAdmin):
    list_display = ("kind", "who", "payable_when")


@admin.register(Ceiling)
class CeilingAdmin(ShownOnlyAdmin):
    list_display = ("budget_year", "kind", "amount")
