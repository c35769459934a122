"""People who work here, the roles they hold for a time, and the places they are assigned to."""

from __future__ import annotations

from datetime import date
from functools import cache, cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.roles import (
    SCOPED_ROLES,
    SECOND_FACTOR_ROLES,
    Perm,
    Role,
    permissions_of,
)
from kotim_social.lib.dates import today
from kotim_social.lib.prepared import Prepared, gap
from kotim_social.regions.models import Lokalisasi


class DateRange(Func):
    """daterange(from, until, '[]') for exclusion constraints; an empty end means "for ever"."""

    function = "daterange"
    template = "daterange(%(expressions)s, '[]')"
    output_field = DateRangeField()


class ForATime(models.QuerySet[Any]):
    """Rows that hold from one date until another, both included."""

    def on(self, day: date) -> ForATime:
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day
        )


def refuse_backwards(row: Any) -> None:
    """The end before the beginning: said before the database is asked, which breaks over it."""
    if row.valid_from and row.valid_until and row.valid_until < row.valid_from:
        raise ValidationError({"valid_until": _("The end lies before the beginning.")})


class User(AbstractUser):
    """A member of the office. Rights come from roles, never from Django's permission tables."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(_("full name"), max_length=120)
    # One more ends every session of this person, for good.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    is_demo = models.BooleanField(_("demo log-in"), default=False, editable=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "password": "rahasia",
        "last_login": "umum",
        "is_superuser": "umum",
        "username": "umum",
        "email": "umum",
        "is_staff": "umum",
        "is_active": "umum",
        "date_joined": "umum",
        "full_name": "umum",
        "session_epoch": "umum",
        "is_demo": "umum",
        "groups": "umum",
        "user_permissions": "umum",
    }

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_in_any_case",
                violation_error_message=_("This user name is taken."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django ends a session whose hash differs: other password, roles, activation or epoch."""
        roles = sorted(role.value for role in self.roles)
        facts = (self.password, self.is_active, self.session_epoch, roles)
        return salted_hmac(
            "kotim_social.accounts.session", repr(facts), secret=secret, algorithm="sha256"
        ).hexdigest()

    @cached_property
    def roles(self) -> set[Role]:
        if not self.is_active:
            return set()
        return {Role(role) for (role,) in _roles_on().rows(user=self.pk, day=today())}

    @cached_property
    def permissions(self) -> frozenset[Perm]:
        return permissions_of(self.roles)

    def can(self, perm: Perm) -> bool:
        """A superuser has no rights of money or people either: only roles give them."""
        return perm in self.permissions

    @property
    def sees_everything(self) -> bool:
        return bool(self.roles - SCOPED_ROLES)

    @property
    def sees_everyone(self) -> bool:
        """Every person of the office, the children under protection among them (R19)."""
        return self.sees_everything and self.can(Perm.CHILD_VIEW)

    @cached_property
    def lokalisasi_ids(self) -> list[str]:
        return [place for (place,) in _places_on().rows(user=self.pk, day=today())]

    @property
    def needs_second_factor(self) -> bool:
        return bool(self.roles & SECOND_FACTOR_ROLES)

    @property
    def role_names(self) -> str:
        return ", ".join(str(role.label) for role in sorted(self.roles))


class RoleGrant(models.Model):
    """A role held from one date until another."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="role_grants", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)
    granted_at = models.DateTimeField(_("given at"), auto_now_add=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given by"),
    )

    objects = ForATime.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "user": "umum",
        "role": "umum",
        "valid_from": "umum",
        "valid_until": "umum",
        "granted_at": "umum",
        "granted_by": "umum",
    }

    class Meta:
        verbose_name = _("role held")
        verbose_name_plural = _("roles held")
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=Role.values),
                name="role_grant_known_role",
                violation_error_message=_("This role does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="role_grant_dates_in_order",
                violation_error_message=_("The end lies before the beginning."),
            ),
            # Every two roles are incompatible (roles.py; a test holds the two together), so a
            # person holds one at a time, whichever it is.
            ExclusionConstraint(
                name="role_grant_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person already holds a role at that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

    def clean(self) -> None:
        refuse_backwards(self)


class Assignment(models.Model):
    """A caseworker's lokalisasi, from one date until another."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="assignments", verbose_name=_("person")
    )
    lokalisasi = models.ForeignKey(
        Lokalisasi, models.PROTECT, related_name="assignments", verbose_name=_("place")
    )
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)
    assigned_at = models.DateTimeField(_("given at"), auto_now_add=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given by"),
    )

    objects = ForATime.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "user": "umum",
        "lokalisasi": "umum",
        "valid_from": "umum",
        "valid_until": "umum",
        "assigned_at": "umum",
        "assigned_by": "umum",
    }

    class Meta:
        verbose_name = _("place of work")
        verbose_name_plural = _("places of work")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="assignment_dates_in_order",
                violation_error_message=_("The end lies before the beginning."),
            ),
            ExclusionConstraint(
                name="assignment_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("lokalisasi", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person is already assigned there at that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.lokalisasi}"

    def clean(self) -> None:
        refuse_backwards(self)


class CachedValue(models.Model):
    """The table of Django's cache (settings.CACHES): counts of failed sign-ins, used codes."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    privacy: ClassVar[dict[str, str]] = {"cache_key": "umum", "value": "umum", "expires": "umum"}

    class Meta:
        db_table = "kotim_cache"

    def __str__(self) -> str:
        return self.cache_key


# Every request asks these two.
@cache
def _roles_on() -> Prepared:
    held = RoleGrant.objects.filter(user=gap("user")).on(gap("day"))
    return Prepared(held.values_list("role"))


@cache
def _places_on() -> Prepared:
    given = Assignment.objects.filter(user=gap("user")).on(gap("day"))
    return Prepared(given.values_list("lokalisasi"))
