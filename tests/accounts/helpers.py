"""People of the office and the way in, for the tests of this folder."""

from __future__ import annotations

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from kotim_social.accounts import actions
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role

PASSWORD = "kuda laut biru menari"


def make_user(username: str, role: Role | None = None, *, factor: bool = False) -> User:
    user = actions.create_user(
        username=username, full_name=f"Uji {username}", by=None, role=role, is_demo=True
    )
    actions.choose_password(user=user, password=PASSWORD)
    if factor:
        actions.enrol_demo_totp(user)
    return User.objects.get(pk=user.pk)


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post(reverse("account_login"), {"login": username, "password": password, **more})


def sign_in_with_code(client: Client, user: User) -> HttpResponse:
    sign_in(client, user.username)
    return client.post(reverse("mfa_authenticate"), {"code": actions.current_totp_code(user)})


def code_of(secret: str) -> str:
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))
