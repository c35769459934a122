"""What is done to accounts, and by whom: each act writes the trail.

An act that may not be done raises ValidationError with a sentence, which forms and the admin show.
"""

from __future__ import annotations

from datetime import date

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from kotim_social.accounts.models import Assignment, RoleGrant, User
from kotim_social.accounts.roles import INCOMPATIBLE, Role
from kotim_social.audit.trail import record
from kotim_social.lib.dates import today
from kotim_social.regions.models import Lokalisasi


@transaction.atomic
def create_user(
    *,
    username: str,
    full_name: str,
    by: User | None,
    role: Role | None = None,
    is_demo: bool = False,
) -> User:
    """A new account without a password: `activation_link` lets its owner choose one."""
    user = User(username=username.strip().lower(), full_name=full_name.strip(), is_demo=is_demo)
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save(force_insert=True)
    record("user.created", by=by, obj=user, changes={"username": [None, user.username]})
    if role is not None:
        grant_role(user=user, role=role, by=by)
    return user


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: Role,
    by: User | None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> RoleGrant:
    """Gives a role from a day on (today, if none is named)."""
    if by is not None and by.pk == user.pk:
        raise ValidationError(_("You cannot give a role to yourself."))
    _lock(user)
    grant = RoleGrant(
        user=user,
        role=role,
        valid_from=valid_from or today(),
        valid_until=valid_until,
        granted_by=by,
    )
    refuse_incompatible(grant)
    grant.full_clean()
    grant.save(force_insert=True)
    record("user.role_granted", by=by, obj=user, changes=_period(grant.role, grant))
    return grant


def refuse_incompatible(grant: RoleGrant) -> None:
    """Raises ValidationError if the person holds another role that does not go with this one."""
    others = RoleGrant.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=grant.valid_from), user_id=grant.user_id
    ).exclude(pk=grant.pk)
    if grant.valid_until is not None:
        others = others.filter(valid_from__lte=grant.valid_until)
    for other in others:
        if frozenset({Role(other.role), Role(grant.role)}) in INCOMPATIBLE:
            raise ValidationError(
                _("One person cannot be %(one)s and %(other)s at the same time.")
                % {"one": Role(grant.role).label, "other": Role(other.role).label}
            )


@transaction.atomic
def end_role(*, grant: RoleGrant, by: User | None, last_day: date) -> None:
    """The role is held until that day. To take it away at once, name yesterday."""
    _lock(grant.user)
    grant = RoleGrant.objects.select_for_update().get(pk=grant.pk)
    changes = {
        "role": [grant.role, grant.role],
        "valid_until": [_day(grant.valid_until), _day(last_day)],
    }
    record("user.role_ended", by=by, obj=grant.user, changes=changes)
    if last_day < grant.valid_from:
        # It was never held, or only since this morning: the trail alone remembers it.
        grant.delete()
        return
    grant.valid_until = last_day
    grant.save(update_fields=["valid_until"])


@transaction.atomic
def assign(
    *,
    user: User,
    lokalisasi: Lokalisasi,
    by: User | None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Assignment:
    """Makes a lokalisasi part of what a caseworker sees."""
    _lock(user)
    assignment = Assignment(
        user=user,
        lokalisasi=lokalisasi,
        valid_from=valid_from or today(),
        valid_until=valid_until,
        assigned_by=by,
    )
    assignment.full_clean()
    assignment.save(force_insert=True)
    record("user.assigned", by=by, obj=user, changes=_period(str(lokalisasi.pk), assignment))
    return assignment


@transaction.atomic
def end_assignment(*, assignment: Assignment, by: User | None, last_day: date) -> None:
    """The lokalisasi is hers until that day; yesterday takes it away at once."""
    record(
        "user.unassigned",
        by=by,
        obj=assignment.user,
        changes={
            "what": [str(assignment.lokalisasi_id), None],
            "valid_until": [None, _day(last_day)],
        },
    )
    if last_day < assignment.valid_from:
        assignment.delete()
        return
    assignment.valid_until = last_day
    assignment.save(update_fields=["valid_until"])


@transaction.atomic
def rename(*, user: User, full_name: str, by: User | None) -> None:
    """Another name on screen and on papers made from now on."""
    before, user.full_name = _lock(user).full_name, full_name.strip()
    user.save(update_fields=["full_name"])
    record("user.renamed", by=by, obj=user, changes={"full_name": [before, user.full_name]})


@transaction.atomic
def set_active(*, user: User, active: bool, by: User | None, reason: str = "") -> User:
    """Closes or reopens an account; sessions from before never come back."""
    locked = _lock(user)
    if by is not None and by.pk == locked.pk:
        raise ValidationError(_("You cannot close your own account."))
    if locked.is_active == active:
        return locked
    locked.is_active = active
    locked.session_epoch += 1
    locked.save(update_fields=["is_active", "session_epoch"])
    act = "user.activated" if active else "user.deactivated"
    record(act, by=by, obj=locked, reason=reason, changes={"is_active": [not active, active]})
    return locked


@transaction.atomic
def end_sessions(*, user: User, by: User | None) -> None:
    """Signs a person out everywhere, at the next click."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    record("user.sessions_ended", by=by, obj=user)


@transaction.atomic
def reset_second_factor(*, user: User, by: User, reason: str) -> None:
    """For a lost telephone: factor and spare codes go, sessions end, the next sign-in enrols."""
    locked = _lock(user)
    if by.pk == locked.pk:
        raise ValidationError(_("Somebody else must reset your second factor."))
    factors = Authenticator.objects.filter(user=locked)
    if not factors.exists():
        raise ValidationError(_("This person has no second factor."))
    factors.delete()
    locked.session_epoch += 1
    locked.save(update_fields=["session_epoch"])
    record("user.second_factor_reset", by=by, obj=locked, reason=reason)


@transaction.atomic
def activation_link(*, user: User, by: User | None) -> str:
    """The path, good for three days and one use, where this person chooses a new password."""
    if not user.is_active:
        raise ValidationError(_("This account is closed. Open it first."))
    record("user.activation_link", by=by, obj=user)
    return reverse(
        "accounts:activate",
        args=[
            urlsafe_base64_encode(force_bytes(user.pk)),
            default_token_generator.make_token(user),
        ],
    )


@transaction.atomic
def choose_password(*, user: User, password: str) -> None:
    """The owner of an activation link has chosen; the link and older sessions are void now."""
    locked = _lock(user)
    locked.set_password(password)
    locked.save(update_fields=["password"])
    record("user.password_chosen", by=locked, obj=locked)


@transaction.atomic
def enrol_demo_totp(user: User) -> None:
    """Gives a demo user a second factor whose codes `manage.py totp_code` prints."""
    if not user.is_demo:
        raise ValueError("only demo users are enrolled by the machine")
    if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        return
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    record("user.second_factor_set", by=None, obj=user)


def current_totp_code(user: User) -> str:
    """The code that a demo user's telephone would show now."""
    if not user.is_demo:
        raise ValueError("codes are shown for demo users only")
    authenticator = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    counters = list(yield_hotp_counters_from_time())
    now = counters[len(counters) // 2]
    return format_hotp_value(hotp_value(decrypt(authenticator.data["secret"]), now))


def _lock(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _period(what: str, row: RoleGrant | Assignment) -> dict[str, list[str | None]]:
    return {
        "what": [None, what],
        "valid_from": [None, _day(row.valid_from)],
        "valid_until": [None, _day(row.valid_until)],
    }
