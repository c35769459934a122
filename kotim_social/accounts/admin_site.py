"""The admin site: no log-in of its own, rights from roles, and no deleting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from django.contrib.admin import AdminSite, ModelAdmin, display
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.access import actor, signed_in
from kotim_social.accounts.roles import Perm
from kotim_social.lib.money import format_rupiah

OPENERS = (Perm.USER_ADMIN, Perm.CORRECTION_PROPOSE)


class OfficeAdminSite(AdminSite):
    site_title = site_header = _("Administration")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and any(user.can(perm) for perm in OPENERS)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """403 for whoever lacks the right; Django would send her round in circles."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        checked.perms = OPENERS  # type: ignore[attr-defined]
        return checked

    @signed_in
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one door, and whoever comes here has passed it already."""
        return redirect("admin:index")

    @signed_in
    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        get_adapter().logout(request)
        return redirect("account_login")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")


@dataclass(frozen=True)
class Titled:
    """What a page of Django's says instead of an object: its id for links, its words to read."""

    pk: Any
    words: str

    def __str__(self) -> str:
        return self.words


def column(name: str, label: Any, shown: Callable[[Any], Any] = str) -> Any:
    """A column with words of its own, in a list and on the page of an object."""

    @display(description=label, ordering=name)
    def read(obj: Any) -> Any:
        value = getattr(obj, name)
        return None if value is None else shown(value)

    read.__name__ = name
    return read


def rupiah(name: str, label: Any) -> Any:
    """A column of whole rupiah, written as people write them."""
    return column(name, label, format_rupiah)


class OfficeModelAdmin(ModelAdmin):
    """Rights of a model's pages come from one permission of roles.py; nothing is deleted here."""

    perm: ClassVar[Perm]

    def title_of(self, obj: Any) -> str:
        """What its pages are called. Most of our objects call themselves by their id alone, which
        keeps names out of logs."""
        return str(obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if (obj := context.get("original")) is not None:
            words = self.title_of(obj)
            context.update(subtitle=words, original=Titled(obj.pk, words))
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        about = {}
        if obj is not None:
            words = self.title_of(obj)
            title = _("Changes made here: %(what)s") % {"what": words}
            about = {"title": title, "object": Titled(obj.pk, words)}
        return super().history_view(request, object_id, {**about, **(extra_context or {})})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A ticked row whose id is no id at all is a bad request; Django lets it fail."""
        try:
            return super().changelist_view(request, extra_context)
        except (ValueError, ValidationError) as error:
            raise BadRequest from error

    def _may(self, request: HttpRequest) -> bool:
        return actor(request).can(self.perm)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
