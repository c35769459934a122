"""A long form in a browser: Enter sends it, typing keeps it, and it works without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from cases.models import VerificationSession
from kotim_social.accounts.models import User
from kotim_social.drafts.models import Draft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]


def test_enter_sends_and_typing_keeps(
    live_server: Any, people: dict[str, User], sign_in: Callable[..., Page]
) -> None:
    page = sign_in(people["verifikator"])
    page.clock.install()
    page.goto(live_server.url + reverse("cases:session_create"))
    page.fill("[name=venue]", "Balai desa")
    page.clock.fast_forward(31_000)
    expect(page.locator("[data-draft-status]")).to_contain_text("202")
    assert Draft.objects.get().content["venue"] == ["Balai desa"]
    page.select_option("[name=place]", "KM12")
    page.fill("[name=team]", "Contoh Satu – Ketua tim")
    page.fill("[name=venue]", "Balai desa baru")
    page.press("[name=venue]", "Enter")
    page.wait_for_url("**/sesi/**")
    expect(page.locator("h1")).to_be_visible()
    assert VerificationSession.objects.get().venue == "Balai desa baru"
    assert not Draft.objects.exists()


def test_without_javascript_on_a_telephone(
    live_server: Any, people: dict[str, User], sign_in: Callable[..., Page]
) -> None:
    page = sign_in(people["verifikator"], width=360, height=740, script=False)
    here = live_server.url + reverse("cases:session_create")
    page.goto(here)
    page.fill("[name=venue]", "Balai desa")
    page.click("[name=draft][value=save]")
    page.goto(here)
    assert page.input_value("[name=venue]") == ""
    page.click("a[href*='draft=open']")
    assert page.input_value("[name=venue]") == "Balai desa"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.click("[name=draft][value=discard]")
    assert page.input_value("[name=venue]") == ""
    assert not Draft.objects.exists()
