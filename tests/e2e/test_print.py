"""What a page leaves on paper: who printed it, and nothing that only a screen can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from kotim_social.accounts.models import User
from kotim_social.lib.dates import format_date, today
from tests import busy

pytestmark = pytest.mark.django_db(transaction=True)
SHEET = 680  # 180 mm
PAGES = ("desk:home", "cases:worker_list", "disbursements:report_index", "desk:totals")


def test_a_printed_page_says_who_printed_it_and_leaves_the_screens_words_away(
    live_server: Any, people: dict[str, User], sign_in: Callable[..., Page]
) -> None:
    who = people["pimpinan"]
    page = sign_in(who)
    printed = f"Dicetak oleh {who.full_name}, {format_date(today())}"
    for name in PAGES:
        page.emulate_media(media="screen")
        page.goto(f"{live_server.url}{reverse(name)}")
        assert printed not in page.inner_text("body"), name
        page.emulate_media(media="print")
        left = page.inner_text("body")
        assert printed in left, name
        for word in ("Anda dikeluarkan", "Keluar", "Cari", "Sampul SPJ", "Seluruh pekerjaan"):
            assert word not in left, f"{name}: {word}"
        over = page.evaluate("document.documentElement.scrollWidth") - 1366
        assert over <= 0, name


def test_no_table_is_cut_off_on_a_sheet(
    live_server: Any, people: dict[str, User], sign_in: Callable[..., Page]
) -> None:
    """A4 has 180 mm between its margins; what lies beyond them is not printed."""
    busy.fill_office(people["petugas"])
    page = sign_in(people["pimpinan"], width=SHEET)
    page.emulate_media(media="print")
    for name in (*PAGES, "disbursements:list_index", "disbursements:reconciliation"):
        page.goto(f"{live_server.url}{reverse(name)}")
        tables = page.evaluate(
            "[...document.querySelectorAll('table')].filter((one) => one.checkVisibility())"
            ".map((one) => one.getBoundingClientRect().right)"
        )
        assert tables or name == "desk:home", name
        assert max(tables, default=0) <= SHEET, name
    page.goto(f"{live_server.url}{reverse('disbursements:sheet_page', args=['realisasi'])}")
    assert page.evaluate("document.documentElement.scrollWidth") <= SHEET
