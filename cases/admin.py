"""A look at the people in the admin: read only, restricted columns masked or left out."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cases.masks import masked_of
from cases.models import Worker
from kotim_social.accounts.roles import Perm


@admin.register(Worker)
class WorkerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("register_no", "name", "place", "choice", "eligibility")
    list_select_related = ("place",)
    fields = (
        "register_no", "name", "masked_nik", "place", "home_regency", "choice", "eligibility",
        "case_state", "registered_on", "determined_on",
    )  # fmt: skip
    readonly_fields = fields
    actions = None

    @admin.display(description=_("NIK"))
    def masked_nik(self, worker: Worker) -> str:
        return masked_of(worker)["nik"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Worker]:
        return Worker.objects.visible_to(request.user)  # type: ignore[arg-type]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.can(Perm.WORKER_VIEW)  # type: ignore[union-attr]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
