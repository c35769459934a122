"""The main job in a browser: from the workbook to the printed report."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page

from disbursements.models import PaymentList, Position
from kotim_social.accounts.actions import current_totp_code
from kotim_social.accounts.models import User
from kotim_social.desk.totals import totals
from kotim_social.lib.dates import format_date, today
from kotim_social.lib.money import format_rupiah
from tests.documents.pdf_text import page_texts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]

# Who sits before which page.
WHO: dict[Page, User] = {}
REGISTER = settings.BASE_DIR / "cases" / "data" / "register-demo.xlsx"


def press(page: Page, selector: str = "main .form-buttons button[type=submit]") -> None:
    """Presses the one button of the page that does its act."""
    page.locator(selector).last.click()
    page.wait_for_load_state()


def import_the_register(page: Page, base: str) -> None:
    page.goto(f"{base}/impor/baru/")
    page.set_input_files("input[name=workbook]", str(REGISTER))
    page.fill("input[name=registered_on]", "29 Oktober 2017")
    press(page)
    assert page.locator("main").inner_text().count("239") >= 1
    page.goto(page.url.rstrip("/") + "/setuju/")
    press(page)


def mark_everybody(page: Page, base: str, act: str, filled: dict[str, str], query: str) -> None:
    """A bulk act for all people of a filter: choose, fill, check, confirm."""
    page.goto(f"{base}/penerima/?{query}")
    page.check("#everyone")
    page.click(f"button[name=act][value={act}]")
    for name, value in filled.items():
        field = page.locator(f"[name={name}]")
        if field.first.get_attribute("type") == "radio":
            page.check(f"[name={name}][value={value}]")
        elif field.first.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    press(page)
    press(page)


def open_page(page: Page, address: str) -> None:
    """Goes to an act, and gives the fresh proof where the act asks for one."""
    page.goto(address)
    if "/akun/bukti/" in page.url:
        page.fill("[name=code]", current_totp_code(WHO[page]))
        press(page)


def do(page: Page, payment_list: str, act: str, filled: dict[str, str] | None = None) -> None:
    open_page(page, f"{payment_list}{act}/")
    for name, value in (filled or {}).items():
        page.fill(f"[name={name}]", value)
    press(page)
    assert page.url == payment_list, page.locator("main").inner_text()


def test_the_whole_road(
    live_server: Any, people: dict[str, User], sign_in: Callable[..., Page]
) -> None:
    base = live_server.url
    seats = {name: sign_in(user) for name, user in people.items()}
    WHO.update({seats[name]: user for name, user in people.items()})
    petugas, verifikator = seats["petugas"], seats["verifikator"]
    pimpinan, bendahara = seats["pimpinan"], seats["bendahara"]

    import_the_register(petugas, base)
    fresh = totals().total
    assert fresh["entitled"] == 2_413_900_000
    assert (fresh["withheld"], fresh["open"]) == (308_050_000, 2_105_850_000)
    pimpinan.goto(f"{base}/total/")
    for measure in ("entitled", "withheld", "open"):
        assert format_rupiah(fresh[measure]) in pimpinan.locator("main").inner_text()

    mark_everybody(
        verifikator, base, "verification",
        {"act": "find_eligible", "decided_on": "1 November 2017"}, "",
    )  # fmt: skip
    mark_everybody(
        petugas, base, "statement", {"signed_on": "3 November 2017", "witnesses": "RT, RW"}, ""
    )
    mark_everybody(
        petugas, base, "bank_check",
        {"act": "confirm_active", "checked_on": "6 November 2017", "evidence": "BNI/1"}, "",
    )  # fmt: skip
    pimpinan.goto(f"{base}/sk/baru/")
    pimpinan.fill("[name=number]", "188.45/1/2017")
    pimpinan.fill("[name=decided_on]", "8 November 2017")
    pimpinan.fill("[name=signed_by_title]", "Bupati Kotawaringin Timur")
    press(pimpinan)
    press(pimpinan)
    assert Position.objects.filter(determined=True).count() == 4 * 239

    petugas.goto(f"{base}/daftar-bayar/baru/")
    petugas.check("[name=kinds][value=TABUNGAN]")
    petugas.check("[name=places][value=KM12]")
    press(petugas)
    left_out = petugas.locator("#left-out-title")
    assert left_out.count() == 1
    press(petugas)
    road = petugas.url
    payment_list = PaymentList.objects.get()
    lines = payment_list.lines.count()
    assert 0 < lines < 165
    total = lines * 5_050_000
    assert format_rupiah(total) in petugas.locator("main").inner_text()

    do(petugas, road, "ajukan")
    do(verifikator, road, "kembalikan", {"reason": "periksa ulang nama"})
    do(petugas, road, "ajukan")
    do(verifikator, road, "verifikasi")
    do(pimpinan, road, "setujui")
    do(
        bendahara,
        road,
        "perintah-bayar",
        {"order_number": "SP2D-1", "ordered_on": format_date(today())},
    )
    open_page(bendahara, f"{road}hasil/")
    first = bendahara.locator("input[type=radio][value=returned]").first
    first.check()
    bendahara.locator("select").first.select_option("account_closed")
    press(bendahara)
    do(bendahara, road, "rekonsiliasi")
    do(bendahara, road, "tutup")

    after = totals().total
    assert after["paid"] == total - 5_050_000
    assert after["returned"] == 5_050_000
    assert after["in_process"] == 0
    assert after["entitled"] == 2_413_900_000
    report = printed(pimpinan, f"{base}/laporan/rekap.pdf")
    assert dotted(after["paid"]) in report
    assert dotted(after["entitled"]) in report


def dotted(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")


def printed(page: Page, address: str) -> str:
    """The words of a PDF as the browser fetches it."""
    response = page.request.get(address)
    assert response.ok
    assert response.headers["content-type"] == "application/pdf"
    return re.sub(r"\s+", " ", " ".join(page_texts(response.body())))
