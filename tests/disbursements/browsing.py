"""A browser of somebody of the office, and what the tests of the pages ask of an answer."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from kotim_social.accounts import actions
from kotim_social.accounts.access import has_second_factor
from kotim_social.accounts.models import User

AUTHENTICATED = "account_authentication_methods"  # allauth's own key in the session


def browser(user: User, *, proof: bool = True) -> Client:
    """Signed in, with a second factor where the role needs one, and a fresh proof of it."""
    if user.needs_second_factor and not has_second_factor(user):
        User.objects.filter(pk=user.pk).update(is_demo=True)
        actions.enrol_demo_totp(User.objects.get(pk=user.pk))
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    session = client.session
    session[f"{AUTHENTICATED}_user"] = str(user.pk)
    session[AUTHENTICATED] = (
        [
            {"method": "password", "at": time.time()},
            {"method": "mfa", "type": "totp", "at": time.time()},
        ]
        if proof
        else []
    )
    session.save()
    return client


def address(name: str, *args: Any) -> str:
    return reverse(f"disbursements:{name}", args=args)


def post(client: Client, url: str, key: str = "", **data: Any) -> HttpResponse:
    """A POST as the form sends it, with the key of a form that was just shown."""
    return client.post(url, {"idempotency_key": key or str(uuid4()), **data})


def text(response: HttpResponse) -> str:
    return response.content.decode()


def sentences(response: Any) -> list[str]:
    """What the page says stands against the act."""
    return [str(sentence) for sentence in response.context["form"].non_field_errors()]
