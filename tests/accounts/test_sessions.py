"""Sessions end: by idleness, by age, by a change of the account; and what has ended stays ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from kotim_social.accounts import actions
from kotim_social.accounts.middleware import SignInRequiredMiddleware
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.audit.models import Entry
from kotim_social.lib.dates import today
from tests.accounts.helpers import PASSWORD, make_user, sign_in, sign_in_with_code

pytestmark = pytest.mark.django_db
START = 1_790_000_000
PAGE = "accounts:profile"


def opens(client: Client) -> bool:
    return client.get(reverse(PAGE)).status_code == 200


def test_idle_session_ends_and_leads_back(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, "siti")
        for _click in range(3):
            clock.shift(29 * 60)
            assert opens(client)
        clock.shift(30 * 60 + 1)
        answer = client.get(reverse(PAGE))
        assert answer.url == f"{reverse('account_login')}?next={reverse(PAGE)}"
        assert list(client.get(answer.url).context["messages"])
        assert not opens(client)
    assert Entry.objects.get(act="session.expired").reason == "idle"


def test_old_session_ends_however_busy(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, "siti")
        clock.shift(1)
        assert opens(client)
        for _quarter in range(47):
            clock.shift(15 * 60)
            assert opens(client)
        clock.shift(15 * 60 + 1)
        assert not opens(client)
    assert Entry.objects.get(act="session.expired").reason == "absolute"


def test_role_change_ends_the_session(client: Client) -> None:
    user = make_user("siti", Role.PETUGAS)
    sign_in(client, "siti")
    assert opens(client)
    actions.end_role(grant=user.role_grants.get(), by=None, last_day=today() - timedelta(days=1))
    assert not opens(client)
    assert SESSION_KEY not in client.session


def test_role_that_runs_out_ends_the_session(client: Client) -> None:
    user = make_user("siti")
    with time_machine.travel("2026-03-01T16:30:00+00:00", tick=False) as clock:  # 23.30 in Jakarta
        actions.grant_role(user=user, role=Role.PETUGAS, by=None, valid_until=today())
        sign_in(client, "siti")
        assert opens(client)
        clock.shift(25 * 60)
        assert opens(client)
        clock.shift(6 * 60)
        assert not opens(client)


def test_reactivation_revives_nothing(client: Client) -> None:
    user = make_user("siti", Role.PETUGAS)
    sign_in(client, "siti")
    actions.set_active(user=user, active=False, by=None, reason="cuti")
    actions.set_active(user=User.objects.get(pk=user.pk), active=True, by=None)
    assert not opens(client)


def test_password_change_ends_the_other_sessions_only(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    other = Client()
    sign_in(client, "siti")
    sign_in(other, "siti")
    new = "tujuh perahu kertas hijau"
    answer = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert answer.url == reverse(PAGE)
    assert opens(client)
    assert not opens(other)
    assert Entry.objects.filter(act="user.password_changed").exists()


def test_sign_out_everywhere(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    other = Client()
    sign_in(client, "siti")
    sign_in(other, "siti")
    assert client.get(reverse("accounts:sign_out_everywhere")).status_code == 405
    assert opens(other)
    assert client.post(reverse("accounts:sign_out_everywhere")).url == reverse("account_login")
    assert not opens(client)
    assert not opens(other)


def test_fresh_proof_is_asked_after_five_minutes_and_returns(client: Client) -> None:
    user = make_user("rina", Role.VERIFIKATOR, factor=True)
    page = reverse("mfa_view_recovery_codes")
    with time_machine.travel(START, tick=False) as clock:
        sign_in_with_code(client, user)
        assert client.get(page).status_code == 200
        clock.shift(301)
        proof = client.get(page).url
        assert proof == f"{reverse('mfa_reauthenticate')}?next={page}"
        # The password alone is no proof for whoever has a second factor.
        answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert answer.url.startswith(reverse("mfa_reauthenticate"))
        assert client.get(page).status_code == 302
        assert client.post(proof, {"code": "nonono", "next": page}).status_code == 200
        assert Entry.objects.filter(act="session.proof_failed").count() == 1
        answer = client.post(proof, {"code": actions.current_totp_code(user), "next": page})
        assert answer.url == page
        assert client.get(page).status_code == 200


def test_proof_by_password_without_second_factor(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    page = reverse("mfa_activate_totp")
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, "siti")
        clock.shift(301)
        # A POST is not kept: it comes back to the page by GET.
        proof = client.post(page, {"code": "123456"}).url
        assert proof == f"{reverse('account_reauthenticate')}?next={page}"
        assert client.post(proof, {"password": "salah", "next": page}).status_code == 200
        assert client.post(proof, {"password": PASSWORD, "next": page}).url == page
        assert client.get(page).status_code == 200
        assert "123456" not in str(dict(client.session))


def test_every_view_is_closed_unless_public(rf: RequestFactory) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("inside")

    guard = SignInRequiredMiddleware(view)
    for request in (rf.get("/x/?a=1"), rf.post("/x/")):
        request.user = AnonymousUser()
        answer = guard.process_view(request, view, (), {})
        assert answer is not None and answer.url.startswith(reverse("account_login"))
