"""One's own sessions, the idle warning, coming back after it, and the reset of a lost factor."""

from __future__ import annotations

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from kotim_social.accounts import actions
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.audit.models import Entry
from tests.accounts.helpers import PASSWORD, make_user, sign_in, sign_in_with_code

pytestmark = pytest.mark.django_db
START = 1_790_000_000
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PAGE = "accounts:sessions"


def test_the_page_lists_ones_own_sessions_only(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    make_user("rina", Role.PETUGAS)
    other = Client(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="10.0.0.7")
    sign_in(client, "siti")
    sign_in(other, "siti")
    sign_in(Client(), "rina")
    for browser in (other, client):
        answer = browser.get(reverse(PAGE))
    here, there = answer.context["sessions"]
    assert here.is_here and not there.is_here
    assert (there.device, there.address) == ("Firefox · Linux", "10.0.0.7")
    assert other.session.session_key not in answer.text
    assert answer.context["sign_ins"][0]["went_well"]


def test_failed_attempts_are_listed(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    sign_in(Client(), "siti", "salah sekali deh")
    sign_in(client, "siti")
    rows = client.get(reverse(PAGE)).context["sign_ins"]
    assert [row["went_well"] for row in rows] == [True, False]


def test_a_session_is_ended_and_not_revived(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    other = Client()
    sign_in(client, "siti")
    sign_in(other, "siti")
    other.get(reverse(PAGE))
    _here, there = client.get(reverse(PAGE)).context["sessions"]
    url = reverse("accounts:end_session", args=[there.mark])
    assert client.get(url).status_code == 405
    assert client.post(url).url == reverse(PAGE)
    assert other.get(reverse(PAGE)).url.startswith(reverse("account_login"))
    assert SESSION_KEY not in other.session
    assert client.get(reverse(PAGE)).status_code == 200
    assert Entry.objects.filter(act="session.ended").count() == 1
    assert client.post(url).status_code == 404


def test_nobody_ends_the_session_of_another(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    make_user("rina", Role.PETUGAS)
    other = Client()
    sign_in(client, "siti")
    sign_in(other, "rina")
    (hers,) = other.get(reverse(PAGE)).context["sessions"]
    assert client.post(reverse("accounts:end_session", args=[hers.mark])).status_code == 404
    assert other.get(reverse(PAGE)).status_code == 200


def test_ending_this_session_signs_out(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    sign_in(client, "siti")
    (here,) = client.get(reverse(PAGE)).context["sessions"]
    answer = client.post(reverse("accounts:end_session", args=[here.mark]))
    assert answer.url == reverse("account_login")
    assert client.get(reverse(PAGE)).status_code == 302


def test_the_warning_keeps_a_session_by_a_click_only(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    url = reverse("accounts:keep_alive")
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, "siti")
        page = client.get(reverse(PAGE)).text
        assert 'data-idle-seconds="1800"' in page and url in page
        clock.shift(28 * 60)
        assert client.get(url).status_code == 405
        assert client.post(url).status_code == 204
        clock.shift(28 * 60)
        assert client.get(reverse(PAGE)).status_code == 200
        clock.shift(30 * 60 + 1)
        assert client.post(url).status_code == 302


def test_after_an_ended_session_the_form_is_found_again(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    page = reverse("accounts:profile") + "?a=1"
    answer = client.post(
        reverse("accounts:keep_alive"), headers={"referer": f"http://testserver{page}"}
    )
    assert answer.url.startswith(reverse("account_login") + "?next=/akun/")
    assert (
        client.post(answer.url, {"login": "siti", "password": PASSWORD, "next": page}).url == page
    )
    for source in ("https://evil.example/akun/", "http://[::1", "//evil.example", "javascript:x"):
        answer = Client().post(reverse("accounts:keep_alive"), headers={"referer": source})
        assert answer.url == reverse("account_login"), source


def test_admin_resets_a_lost_factor_with_a_reason(client: Client) -> None:
    lost = make_user("rina", Role.VERIFIKATOR, factor=True)
    admin = make_user("atun", Role.ADMIN, factor=True)
    theirs = Client()
    sign_in_with_code(theirs, lost)
    sign_in_with_code(client, admin)
    url = reverse("accounts:reset_factor", args=[lost.pk])
    chosen = {"action": "reset_second_factor", "_selected_action": lost.pk}
    assert client.post(reverse("admin:accounts_user_changelist"), chosen).url == url
    assert client.post(url, {"reason": ""}).status_code == 422
    assert Authenticator.objects.filter(user=lost).exists()
    assert client.post(url, {"reason": "Telepon hilang, datang sendiri"}).status_code == 302
    assert not Authenticator.objects.filter(user=lost).exists()
    assert theirs.get(reverse("accounts:profile")).status_code == 302
    entry = Entry.objects.get(act="user.second_factor_reset")
    assert (entry.user_id, entry.object_id) == (admin.pk, str(lost.pk))
    assert entry.reason == "Telepon hilang, datang sendiri"
    sign_in(theirs, "rina")
    assert theirs.get(reverse("desk:home")).url == reverse("mfa_activate_totp")
    # A second time there is nothing left to reset.
    assert client.post(url, {"reason": "lagi"}).status_code == 422


def test_nobody_resets_her_own_factor(client: Client) -> None:
    admin = make_user("atun", Role.ADMIN, factor=True)
    with pytest.raises(ValidationError):
        actions.reset_second_factor(user=admin, by=User.objects.get(pk=admin.pk), reason="x")
    assert Authenticator.objects.filter(user=admin).exists()


def test_the_reset_asks_for_a_fresh_proof(client: Client) -> None:
    with time_machine.travel(START, tick=False) as clock:
        lost = make_user("rina", Role.VERIFIKATOR, factor=True)
        admin = make_user("atun", Role.ADMIN, factor=True)
        sign_in_with_code(client, admin)
        clock.shift(301)
        url = reverse("accounts:reset_factor", args=[lost.pk])
        assert client.post(url, {"reason": "x"}).url.startswith(reverse("mfa_reauthenticate"))
    assert Authenticator.objects.filter(user=lost).exists()
