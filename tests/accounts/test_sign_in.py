"""The door: password, second factor, one answer to every wrong try, growing delay, the trail."""

from __future__ import annotations

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.utils import decrypt
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from kotim_social.accounts import actions
from kotim_social.accounts.adapters import TOO_MANY, WRONG
from kotim_social.accounts.roles import Role
from kotim_social.audit.models import Entry
from tests.accounts.helpers import PASSWORD, code_of, make_user, sign_in, sign_in_with_code

pytestmark = pytest.mark.django_db


def is_signed_in(client: Client) -> bool:
    return SESSION_KEY in client.session


def acts() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("act", flat=True))


def test_password_and_code_open_the_door(client: Client) -> None:
    user = make_user("rina", Role.VERIFIKATOR, factor=True)
    answer = sign_in(client, "rina")
    assert answer.url == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    assert client.get(reverse("accounts:profile")).status_code == 302
    answer = client.post(reverse("mfa_authenticate"), {"code": actions.current_totp_code(user)})
    assert answer.status_code == 302
    assert is_signed_in(client)
    page = client.get(reverse("accounts:profile"))
    assert "Uji rina" in page.text
    entry = Entry.objects.get(act="session.signed_in")
    assert entry.user_id == user.pk
    assert entry.changes["proof"][1] == ["password", "totp"]


def test_user_name_in_any_case_and_with_blanks(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    sign_in(client, " SITI ")
    assert is_signed_in(client)


def test_sign_in_leads_where_she_wanted_to_go_but_never_outside(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    profile = reverse("accounts:profile")
    assert client.get(profile).url == f"{reverse('account_login')}?next={profile}"
    assert sign_in(client, "siti", next=profile).url == profile
    client.logout()
    assert "evil" not in sign_in(client, "siti", next="https://evil.example/").url


def test_a_code_opens_once(client: Client) -> None:
    user = make_user("rina", Role.VERIFIKATOR, factor=True)
    with time_machine.travel(1_790_000_010, tick=False) as clock:
        sign_in_with_code(client, user)
        code = actions.current_totp_code(user)
        # 1, 31 and 59 seconds later: the clock tolerance keeps it good for a minute.
        for seconds in (1, 30, 28):
            clock.shift(seconds)
            other = Client()
            sign_in(other, "rina")
            other.post(reverse("mfa_authenticate"), {"code": code})
            assert not is_signed_in(other)


def test_wrong_code_is_refused_recorded_and_throttled(client: Client) -> None:
    user = make_user("rina", Role.VERIFIKATOR, factor=True)
    sign_in(client, "rina")
    for _try in range(5):
        page = client.post(reverse("mfa_authenticate"), {"code": "abc123"})
        assert page.status_code == 200
    assert not is_signed_in(client)
    assert acts().count("session.second_factor_failed") == 5
    failed = Entry.objects.filter(act="session.second_factor_failed")
    assert {entry.object_id for entry in failed} == {str(user.pk)}
    page = client.post(reverse("mfa_authenticate"), {"code": actions.current_totp_code(user)})
    assert escape(str(TOO_MANY)) in page.text
    assert not is_signed_in(client)


def test_a_post_without_a_code_is_a_sentence(client: Client) -> None:
    make_user("rina", Role.VERIFIKATOR, factor=True)
    sign_in(client, "rina")
    assert client.post(reverse("mfa_authenticate"), {"credential": "{}"}).status_code == 200


def test_wrong_unknown_and_inactive_get_the_same_answer() -> None:
    make_user("siti", Role.PETUGAS)
    closed = make_user("budi", Role.PETUGAS)
    actions.set_active(user=closed, active=False, by=None)
    pages = []
    for name, password in (("siti", "x" * 12), ("nobody", PASSWORD), ("budi", PASSWORD)):
        client = Client()
        answer = sign_in(client, name, password)
        assert answer.status_code == 200
        assert escape(str(WRONG)) in answer.text
        assert not is_signed_in(client)
        token = client.cookies["csrftoken"].value
        form_token = answer.context["csrf_token"]
        pages.append(answer.text.replace(name, "").replace(str(form_token), "").replace(token, ""))
    assert pages[0] == pages[1] == pages[2]


def test_the_trail_names_a_known_person_and_never_what_was_typed(client: Client) -> None:
    user = make_user("siti", Role.PETUGAS)
    sign_in(client, "siti", "salah sekali deh")
    sign_in(client, "kata sandi saya", "salah sekali deh")
    known, unknown = Entry.objects.filter(act="session.sign_in_failed").order_by("pk")
    assert known.object_id == str(user.pk)
    assert unknown.object_id == ""
    for entry in (known, unknown):
        assert "kata sandi" not in str(vars(entry))
        assert entry.user_id is None


def test_the_delay_grows_and_ends() -> None:
    make_user("siti", Role.PETUGAS)

    def tries_until_refused() -> int:
        for count in range(1, 12):
            if escape(str(TOO_MANY)) in sign_in(Client(), "siti", "x" * 12).text:
                return count - 1
        raise AssertionError("never refused")

    with time_machine.travel(1_790_000_000, tick=False) as clock:
        assert tries_until_refused() == 5
        client = Client()
        sign_in(client, "siti")
        assert not is_signed_in(client), "the right password must wait as well"
        clock.shift(61)
        assert tries_until_refused() == 5
        clock.shift(61)
        assert tries_until_refused() == 0, "ten in ten minutes: one minute is not enough now"
        clock.shift(600)
        client = Client()
        sign_in(client, "siti")
        assert is_signed_in(client)
    assert "session.throttled" in acts()


def test_another_place_is_not_locked_out_by_a_stranger() -> None:
    make_user("siti", Role.PETUGAS)
    stranger, client = Client(REMOTE_ADDR="10.0.0.9"), Client(REMOTE_ADDR="10.0.0.7")
    for _try in range(8):
        sign_in(stranger, "siti", "x" * 12)
    sign_in(client, "siti")
    assert is_signed_in(client)


def test_no_door_but_these(client: Client) -> None:
    for path in ("/accounts/signup/", "/signup/", "/daftar/", "/accounts/password/reset/"):
        assert client.get(path).status_code == 404
    answer = client.get("/admin/login/")
    assert answer.url.startswith(reverse("account_login"))


def test_sign_out_only_by_post(client: Client) -> None:
    make_user("siti", Role.PETUGAS)
    sign_in(client, "siti")
    assert client.get(reverse("account_logout")).status_code == 405
    assert is_signed_in(client)
    assert client.post(reverse("account_logout")).url == reverse("account_login")
    assert not is_signed_in(client)
    assert acts()[-1] == "session.signed_out"


def test_whoever_needs_a_second_factor_sets_it_up_first(client: Client) -> None:
    user = make_user("rina", Role.PIMPINAN)
    sign_in(client, "rina")
    enrol = reverse("mfa_activate_totp")
    assert client.get(reverse("account_change_password")).url == enrol
    page = client.get(enrol)
    assert page.status_code == 200, "the sign-in just now is proof enough"
    secret = page.context["form"].secret
    assert secret in page.text
    waiting = client.session[SECRET_SESSION_KEY]
    assert secret not in waiting and decrypt(waiting) == secret
    assert client.post(enrol, {"code": "abcdef"}).status_code == 200
    client.get(enrol)
    secret = decrypt(client.session[SECRET_SESSION_KEY])
    answer = client.post(enrol, {"code": code_of(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    assert client.get(answer.url).status_code == 200
    assert client.get(reverse("account_change_password")).status_code == 200
    assert SECRET_SESSION_KEY not in client.session
    stored = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert secret not in stored and decrypt(stored) == secret
    assert "user.second_factor_set" in acts()


def test_a_spare_code_opens_once(client: Client) -> None:
    user = make_user("rina", Role.VERIFIKATOR, factor=True)
    code = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]
    sign_in(client, "rina")
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert is_signed_in(client)
    other = Client()
    sign_in(other, "rina")
    other.post(reverse("mfa_authenticate"), {"code": code})
    assert not is_signed_in(other)


def test_without_a_role_there_is_a_sentence(client: Client) -> None:
    make_user("baru")
    sign_in(client, "baru")
    page = client.get(reverse("account_change_password"))
    assert page.status_code == 403
    assert "accounts/no_role.html" in [template.name for template in page.templates]
    assert client.get(reverse("accounts:profile")).status_code == 200
