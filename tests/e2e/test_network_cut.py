"""With every other host cut off, everything works and looks as it should."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Error, Page, Request

from cases.models import Worker
from disbursements.models import PaymentList
from kotim_social.accounts import actions
from kotim_social.accounts.models import User
from tests import busy
from tests.accounts.helpers import PASSWORD
from tests.e2e.conftest import FLAGS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]

# No name but the server's resolves, and no address but this machine's is reached.
CUT = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
    "--proxy-server=direct://",
]


@pytest.fixture
def cut_off(browser: Browser) -> Iterator[Page]:
    """A browser of its own on a machine without a network."""
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    alone = browser.browser_type.launch(executable_path=chromium, args=[*FLAGS, *CUT])
    yield alone.new_context(viewport={"width": 1366, "height": 900}).new_page()
    alone.close()


def main_pages() -> list[str]:
    worker = Worker.objects.order_by("register_no")[0]
    payment_list = PaymentList.objects.order_by("-pk")[0]
    return [
        "/",
        reverse("cases:worker_list"),
        reverse("desk:worker_page", args=[worker.pk]),
        reverse("cases:worker_edit", args=[worker.pk]),
        reverse("cases:import_list"),
        reverse("disbursements:list_index"),
        reverse("disbursements:list_detail", args=[payment_list.pk]),
        reverse("disbursements:report_index"),
        reverse("desk:totals"),
        reverse("repatriation:batch_list"),
        reverse("jobs:job_list"),
    ]


def test_everything_works_with_the_network_cut(
    live_server: Any, people: dict[str, User], cut_off: Page
) -> None:
    petugas = people["petugas"]
    busy.fill_office(petugas)
    actions.choose_password(user=petugas, password=PASSWORD)
    page, failed = cut_off, []

    def note(request: Request) -> None:
        if "Download" not in (request.failure or ""):
            failed.append(request.url)

    page.on("requestfailed", note)
    nowhere = page.context.new_page()
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        nowhere.goto("http://example.com/")
    nowhere.close()
    page.goto(f"{live_server.url}/")
    page.fill("[name=login]", petugas.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{live_server.url}/")
    for path in main_pages():
        answer = page.goto(f"{live_server.url}{path}")
        assert answer is not None and answer.status == 200, path
        looks = page.evaluate(
            "getComputedStyle(document.querySelector('.site-header')).backgroundColor"
        )
        assert looks == "rgb(8, 67, 62)", path
    # The script is there as well, and a search finds somebody.
    page.keyboard.press("/")
    name = Worker.objects.order_by("register_no")[0].name
    page.keyboard.type(name.split()[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/cari/**")
    assert name in page.inner_text("main")
    assert failed == []
