"""The road of one batch in a browser: a phone of 360 px without JavaScript, from plan to end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from cases.models import Journey
from kotim_social.accounts.actions import current_totp_code
from kotim_social.accounts.models import User
from kotim_social.lib.dates import today
from repatriation.models import Batch, HandOver, Incident, LegCall
from tests import factories
from tests.e2e.journeys.walk import Walk, Way, budgets

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]
WIDTH = 360


def press(page: Page, selector: str = "main .form-buttons button[type=submit]") -> None:
    page.locator(selector).last.click()
    page.wait_for_load_state()
    over = page.evaluate("document.documentElement.scrollWidth") - WIDTH
    assert over <= 0, f"{page.url} is {over} px too wide"


def do(page: Page, address: str, filled: dict[str, str] | None = None) -> None:
    page.goto(address)
    for name, value in (filled or {}).items():
        field = page.locator(f"[name={name}]").first
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "checkbox":
            field.check()
        else:
            field.fill(value)
    press(page)
    assert page.url.rstrip("/") != address.rstrip("/"), page.locator("main").inner_text()


def absent(page: Page, number: int, reason: str, kind: str = "") -> None:
    """Takes the tick away from one of the list and says why; the buttons are big enough."""
    row = page.locator(".roll-call > li").nth(number)
    label = row.locator(".form-check-label")
    assert label.bounding_box()["height"] >= 44  # type: ignore[index]
    row.locator("input[name^=present]").uncheck()
    row.locator("summary").click()
    row.locator("input[name^=reason]").fill(reason)
    if kind:
        row.locator("select[name^=kind]").select_option(kind)


def spent(walk: Walk, journey: str) -> None:
    allowed = budgets()[journey]
    assert walk.cost.fits(allowed), f"{journey}: {walk.cost}, allowed {allowed}"


def field_of(page: Page, kind: str) -> str:
    """The name of the first person's field on a roll-call."""
    field = page.locator(f".roll-call > li:first-child [name^={kind}]")
    return field.get_attribute("name") or ""


def test_the_road_of_a_batch_on_a_phone(
    live_server: Any, people: dict[str, User], sign_in: Callable[..., Page]
) -> None:
    factories.register(5, by=people["petugas"])
    desk = sign_in(people["petugas"], width=WIDTH, height=740, script=False)
    head = sign_in(people["pimpinan"], width=WIDTH, height=740, script=False)
    base, day = f"{live_server.url}/rombongan", str(today())

    walk = Walk(desk, Way.PHONE)
    walk.begin(live_server.url)
    walk.follow("/rombongan/usulan/")
    walk.fill("seats", "8")
    walk.fill("destination", "35")
    walk.press("main form.filter-bar button[type=submit]")
    walk.submit()
    spent(walk, "batch-for-jawa-timur")
    batch = Batch.objects.get()
    road = f"{base}/{batch.pk}/"

    do(desk, f"{road}ubah/", {
        "receiving_office": "Dinas Sosial Jember", "receiving_contact": "Bu Terima",
        "receiving_phone": "081200000001", "escort_order": "094/1", "escort_order_on": day,
        "emergency_contacts": "Posko 0812",
    })  # fmt: skip
    desk.goto(f"{road}pendamping/")
    desk.fill("[name=new-name]", "Contoh Ketua")
    desk.select_option("[name=new-sex]", "woman")
    desk.check("[name=new-is_head]")
    press(desk, "form[action$='pendamping/baru/'] button[type=submit]")
    for mode, begins, ends in (("sea", "Sampit", "Surabaya"), ("road", "Surabaya", "Jember")):
        do(desk, f"{road}perjalanan/baru/", {
            "mode": mode, "carrier": "Contoh", "vessel": "KM Contoh", "origin": begins,
            "target": ends, "departure": f"{day}T08:00", "departure_zone": "WIB",
            "arrival": f"{day}T18:00", "arrival_zone": "WIB",
        })  # fmt: skip
    do(desk, f"{road}konfirmasi/", {"letter": "470/1"})
    do(desk, f"{road}ajukan/")
    head.goto(f"{road}setujui/")
    head.fill("[name=code]", current_totp_code(people["pimpinan"]))
    press(head)
    press(head)

    walk.begin(road)
    walk.press("form[action$='/manifes-kantor/terbitkan/'] button[type=submit]")
    assert walk.download("main a[href*='/surat/']").startswith(b"%PDF")
    spent(walk, "manifest")
    # One who stays behind costs at departure what she costs at arrival.
    walk.begin(road)
    walk.press("main a[href$='/berangkat/']")
    walk.tick(".roll-call > li:first-child [name^=present]")
    walk.fill(field_of(desk, "reason"), "sakit")
    walk.submit()
    spent(walk, "arrive-one-missing")
    second = batch.legs.get(number=2)
    desk.goto(f"{road}perjalanan/{second.pk}/panggil/")
    absent(desk, 1, "demam", "ill")
    press(desk)
    assert Incident.objects.open().get().kind == "ill"
    walk.begin(road)
    walk.press("main a.btn-primary[href$='/tiba/']")
    walk.submit()
    spent(walk, "depart")  # all are there: as little as at departure
    desk.goto(f"{road}serah-terima/")
    desk.check("[name=documents][value=transfer]")
    absent(desk, 2, "tidak mau", "refused")
    press(desk)
    assert HandOver.objects.filter(documents="id_card,transfer").count() == 3

    desk.goto(f"{road}selesai/")
    press(desk)
    assert Batch.objects.get().state == "handed_over"
    left = Incident.objects.open().get()
    desk.goto(f"{road}anggota/{left.member_id}/penyelesaian/")
    desk.check("[name=how][value=alone]")
    desk.fill("[name=reason]", "dijemput keluarga")
    press(desk)
    do(desk, f"{road}selesai/")

    batch.refresh_from_db()
    assert (batch.state, batch.revision) == ("finished", 2)
    assert [(call.present, call.absent) for call in LegCall.objects.all()] == [(4, 1), (3, 1)]
    states = Journey.objects.filter(current=True).values_list("state", flat=True)
    assert sorted(states) == [
        "handed_over", "handed_over", "handed_over", "on_site", "returned_alone",
    ]  # fmt: skip
    press(desk, "form[action$='/berita-acara/terbitkan/'] button[type=submit]")
    assert desk.locator("a[href*='/surat/']").count() == 2  # the manifest, the minutes
