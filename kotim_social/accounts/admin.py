"""Accounts in the admin: people, the roles they hold and the places they are assigned to.

A grant is never edited: it is given, and ended. Every save goes through actions.py.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kotim_social.accounts import actions
from kotim_social.accounts.access import actor
from kotim_social.accounts.admin_site import OfficeModelAdmin
from kotim_social.accounts.models import Assignment, RoleGrant, User
from kotim_social.accounts.roles import Perm, Role
from kotim_social.lib.dates import today


class UserForm(forms.ModelForm):
    by: ClassVar[User]

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["username", "full_name", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("full_name", "is_active"):
            # The form carries what its author saw: what she left alone is not written back.
            if self.instance.pk and name in self.fields:
                self.fields[name].show_hidden_initial = True

    def clean_full_name(self) -> str:
        """Over a name that somebody else wrote meanwhile only when it was seen."""
        name: str = self.cleaned_data["full_name"]
        seen = self.data.get(self.add_initial_prefix("full_name"), "")
        stored = self.initial.get("full_name", "")
        if self.instance.pk and name != seen and stored not in (seen, name):
            # The next sending has seen it.
            self.data = {**self.data.dict(), self.add_initial_prefix("full_name"): stored}  # type: ignore[attr-defined]
            raise ValidationError(
                _("Somebody else changed the name meanwhile; stored now: %(name)s.")
                % {"name": stored}
            )
        return name

    def clean(self) -> dict[str, Any]:
        if self.instance.pk == self.by.pk and not self.cleaned_data.get("is_active", True):
            raise ValidationError(_("You cannot close your own account."))
        return self.cleaned_data


class RoleGrantForm(forms.ModelForm):
    by: ClassVar[User]

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("user") == self.by:
            raise ValidationError(_("You cannot give a role to yourself."))
        return self.cleaned_data


class KnowsWhoActs(OfficeModelAdmin):
    perm = Perm.USER_ADMIN

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"by": actor(request)})


class ShownOnly(admin.TabularInline):
    """Rows under a person; they are given and ended on pages of their own."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor(request).can(Perm.USER_ADMIN)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RoleGrantInline(ShownOnly):
    model = RoleGrant
    fk_name = "user"
    fields = ("role", "valid_from", "valid_until", "granted_by", "granted_at")
    readonly_fields = fields


class AssignmentInline(ShownOnly):
    model = Assignment
    fk_name = "user"
    fields = ("lokalisasi", "valid_from", "valid_until", "assigned_by", "assigned_at")
    readonly_fields = fields


@admin.register(User)
class UserAdmin(KnowsWhoActs):
    form = UserForm
    list_display = ("username", "full_name", "roles_held", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("username", "full_name")
    readonly_fields = ("last_login",)
    fields = ("username", "full_name", "is_active", "last_login")
    inlines = (RoleGrantInline, AssignmentInline)
    actions = ("make_activation_link", "reset_second_factor")

    @admin.display(description=gettext_lazy("Roles"))
    def roles_held(self, user: User) -> str:
        return user.role_names

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("username", "last_login") if obj else ("is_active", "last_login")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            created = actions.create_user(
                username=obj.username, full_name=obj.full_name, by=actor(request)
            )
            obj.__dict__.update(created.__dict__)
            return
        if "full_name" in form.changed_data:
            actions.rename(user=obj, full_name=obj.full_name, by=actor(request))
        if "is_active" in form.changed_data:
            actions.set_active(user=obj, active=obj.is_active, by=actor(request))

    @admin.action(description=gettext_lazy("Make a link for choosing a password"))
    def make_activation_link(
        self, request: HttpRequest, chosen: models.QuerySet[User]
    ) -> HttpResponse | None:
        if chosen.count() != 1:
            self.message_user(request, _("Choose one person."), messages.ERROR)
            return None
        user = chosen.get()
        try:
            path = actions.activation_link(user=user, by=actor(request))
        except ValidationError as error:
            self.message_user(request, error.messages[0], messages.ERROR)
            return None
        context = {"link": request.build_absolute_uri(path), "owner": user}
        return render(request, "accounts/activation_link.html", context)

    @admin.action(description=gettext_lazy("Reset the second factor"))
    def reset_second_factor(
        self, request: HttpRequest, chosen: models.QuerySet[User]
    ) -> HttpResponse | None:
        if chosen.count() != 1:
            self.message_user(request, _("Choose one person."), messages.ERROR)
            return None
        return redirect("accounts:reset_factor", pk=chosen.get().pk)


class GivenAndEnded(KnowsWhoActs):
    """Add and end; nothing in between."""

    actions = ("end_now",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Without an object this opens the list and its action; a row itself is shown only.
        return obj is None and super().has_change_permission(request)

    def end(self, row: Any, by: User) -> None:
        raise NotImplementedError

    @admin.action(description=gettext_lazy("End now"))
    def end_now(self, request: HttpRequest, chosen: models.QuerySet[Any]) -> None:
        for row in chosen:
            self.end(row, actor(request))
        self.message_user(request, _("Ended."), messages.SUCCESS)


@admin.register(RoleGrant)
class RoleGrantAdmin(GivenAndEnded):
    form = RoleGrantForm
    list_display = ("user", "role", "valid_from", "valid_until", "granted_by")
    list_filter = ("role",)
    list_select_related = ("user", "granted_by")
    fields = ("user", "role", "valid_from", "valid_until")

    def save_model(self, request: HttpRequest, obj: RoleGrant, form: Any, change: bool) -> None:
        given = actions.grant_role(
            user=obj.user,
            role=Role(obj.role),
            by=actor(request),
            valid_from=obj.valid_from,
            valid_until=obj.valid_until,
        )
        obj.__dict__.update(given.__dict__)

    def end(self, row: RoleGrant, by: User) -> None:
        actions.end_role(grant=row, by=by, last_day=today() - timedelta(days=1))


@admin.register(Assignment)
class AssignmentAdmin(GivenAndEnded):
    list_display = ("user", "lokalisasi", "valid_from", "valid_until", "assigned_by")
    list_filter = ("lokalisasi",)
    list_select_related = ("user", "lokalisasi", "assigned_by")
    fields = ("user", "lokalisasi", "valid_from", "valid_until")

    def save_model(self, request: HttpRequest, obj: Assignment, form: Any, change: bool) -> None:
        given = actions.assign(
            user=obj.user,
            lokalisasi=obj.lokalisasi,
            by=actor(request),
            valid_from=obj.valid_from,
            valid_until=obj.valid_until,
        )
        obj.__dict__.update(given.__dict__)

    def end(self, row: Assignment, by: User) -> None:
        actions.end_assignment(assignment=row, by=by, last_day=today() - timedelta(days=1))
