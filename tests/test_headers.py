"""Headers on every answer, whatever its status and whoever gives it; production has no warning."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from kotim_social.accounts.roles import Role
from kotim_social.audit.models import Entry
from kotim_social.desk.views import more as page
from tests import factories
from tests.hostile.the_log import the_log

pytestmark = pytest.mark.django_db
EXACTLY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
EVIL = "evil.example"


@pytest.fixture
def client() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(factories.make_user(Role.PETUGAS))
    return client


def test_pages_go_out_packed_and_files_as_they_are(client: Client) -> None:
    packed = {"accept-encoding": "gzip"}
    page = client.get(reverse("cases:search"), headers=packed)
    assert page["Content-Encoding"] == "gzip" and "Accept-Encoding" in page["Vary"]
    assert len(page.content) < len(client.get(reverse("cases:search")).content) / 2
    template = client.get(reverse("cases:import_template"), headers=packed)
    assert template.status_code == 200 and not template.has_header("Content-Encoding")


def assert_guarded(response: HttpResponse) -> None:
    for name, value in EXACTLY.items():
        assert response.headers.get(name) == value, f"{name} on {response.status_code}"
    policy = response.headers["Content-Security-Policy"]
    rules = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == "'self'"
    assert "unsafe" not in policy and "*" not in policy and "http" not in policy
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert "Server" not in response.headers and "X-Powered-By" not in response.headers


def answers(client: Client, monkeypatch: Any) -> Iterator[tuple[int, HttpResponse]]:
    strict = Client(enforce_csrf_checks=True)
    yield 200, client.get(reverse("desk:home"))
    yield 302, Client().get(reverse("desk:home"))
    yield 400, client.get(reverse("desk:home"), headers={"host": EVIL})
    yield 403, client.get(reverse("desk:trail"))
    yield 403, strict.post(reverse("account_login"))
    yield 404, client.get("/tidak-ada/")
    yield 404, client.get("/static/tidak-ada.js")
    yield 405, client.delete(reverse("desk:home"))
    yield 405, client.get(reverse("account_logout"))
    monkeypatch.setattr(page, "more_for", lambda _user: 1 // 0)
    yield 500, client.get(reverse("desk:more"))


def test_every_answer_carries_the_headers(client: Client, monkeypatch: Any) -> None:
    for expected, response in answers(client, monkeypatch):
        assert response.status_code == expected
        assert_guarded(response)


def test_an_unknown_host_is_refused_on_https_as_well(client: Client) -> None:
    with override_settings(SECURE_SSL_REDIRECT=True):
        response = client.get(reverse("account_login"), headers={"host": EVIL})
        assert response.status_code == 400
        assert_guarded(response)
        assert EVIL not in response.headers.get("Location", "")


def test_error_pages_name_nobody(client: Client, monkeypatch: Any) -> None:
    name = "Zqxpenanda Rahasia"

    def fail(_user: object) -> None:
        raise RuntimeError(name)

    monkeypatch.setattr(page, "more_for", fail)
    response = client.get(reverse("desk:more"))
    assert response.status_code == 500
    assert name not in response.text and "Traceback" not in response.text
    assert 'lang="id"' in response.text


def test_the_log_of_an_error_names_nobody(client: Client, monkeypatch: Any) -> None:
    name = "Zqxpenanda Rahasia"

    def fail(_user: object) -> None:
        raise RuntimeError(name)

    monkeypatch.setattr(page, "more_for", fail)
    with the_log() as log:
        client.get(reverse("desk:more"))
    assert "RuntimeError" in log.getvalue() and name not in log.getvalue()


def test_a_refusal_leaves_its_row(client: Client) -> None:
    assert client.get(reverse("desk:trail")).status_code == 403
    entry = Entry.objects.get(act="request.refused")
    assert entry.object_id == "desk:trail" and entry.user_id


def test_a_proxy_that_is_not_ours_is_not_believed() -> None:
    """Without HTTPS=on and TRUSTED_PROXIES no forwarded header counts."""
    client = Client()
    forwarded = {"x-forwarded-proto": "https", "x-forwarded-host": EVIL}
    response = client.get(reverse("desk:home"), headers=forwarded)
    assert response.status_code == 302
    assert EVIL not in response.url
    assert not response.wsgi_request.is_secure()


def test_cookies_are_closed(client: Client) -> None:
    client.get(reverse("desk:home"))
    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["samesite"] == "Lax"
    response = Client().get(reverse("account_login"))
    assert response.cookies["csrftoken"]["httponly"]
    assert settings.SESSION_COOKIE_HTTPONLY


PRODUCTION = {
    "HTTPS": "on",
    "SECRET_KEY": "a-key-of-a-test-that-is-long-enough-and-has-many-different-letters-0123456789",
    "ALLOWED_HOSTS": "sosial.example",
}


def production() -> dict[str, str]:
    """The environment of a real server; what a browser test set for itself is not its."""
    around = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return {**around, **PRODUCTION}


def test_production_settings_have_nothing_to_warn_of() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=settings.BASE_DIR,
        env=production(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "(0 silenced)" in done.stdout


def test_production_cookies_and_transport() -> None:
    asked = (
        "SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS DEBUG"
        " SESSION_COOKIE_NAME CSRF_COOKIE_NAME"
    )
    code = (
        f"from kotim_social import settings as s; print(*(getattr(s, n) for n in {asked.split()}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=production(),
        capture_output=True,
        text=True,
        check=True,
    )
    shown = done.stdout.split()
    assert shown[:5] == ["True", "True", "True", "31536000", "False"]
    assert shown[5:] == ["__Host-sessionid", "__Host-csrftoken"]
