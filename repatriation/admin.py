"""Officers as master data; batches are moved by their own pages only."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from kotim_social.accounts.admin_site import OfficeModelAdmin
from kotim_social.accounts.roles import Perm
from repatriation.models import Officer


@admin.register(Officer)
class OfficerAdmin(OfficeModelAdmin):
    """Seen here, added from the page of a batch."""

    perm = Perm.USER_ADMIN
    list_display: ClassVar[tuple[str, ...]] = ("name", "nip", "rank", "sex", "active")
    fields = list_display
    search_fields: ClassVar[tuple[str, ...]] = ("name", "nip")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
