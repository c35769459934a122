"""Forged requests, over the whole URLconf: without the token, from another site, by GET."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import NoReverseMatch

from kotim_social.accounts.roles import Role
from tests import factories
from tests.hostile.targets import addresses
from tests.test_access import path_of

pytestmark = pytest.mark.django_db
TOKEN = "a" * 32


def paths() -> Iterator[tuple[str, str]]:
    for name, pattern in addresses():
        try:
            yield name, path_of(name, pattern)
        except NoReverseMatch:
            yield name, "/admin/accounts/user/1/change/"


@pytest.fixture
def victim() -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.make_user(Role.PETUGAS))
    client.cookies["csrftoken"] = TOKEN
    return client


def assert_forgeries_refused(client: Client) -> None:
    for name, path in paths():
        assert client.post(path).status_code == 403, f"{name} takes a POST without a token"
        foreign = client.post(
            path, {"csrfmiddlewaretoken": TOKEN}, headers={"origin": "https://evil.example"}
        )
        assert foreign.status_code == 403, f"{name} takes a POST from another site"


def test_forged_posts_are_refused_everywhere(victim: Client) -> None:
    assert_forgeries_refused(victim)


def test_another_token_and_an_unnamed_origin_are_refused(victim: Client) -> None:
    assert victim.post("/keluar/", {"csrfmiddlewaretoken": "b" * 32}).status_code == 403
    right = {"csrfmiddlewaretoken": TOKEN}
    assert victim.post("/keluar/", right, headers={"origin": "null"}).status_code == 403


def test_the_right_token_is_taken(victim: Client) -> None:
    """So that the test above does not pass for another reason."""
    answer = victim.post("/keluar/", {"csrfmiddlewaretoken": TOKEN})
    assert answer.status_code == 302
