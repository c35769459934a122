"""Two people open one form: the second sees before, stored and hers, and nothing is lost."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.actions import notes
from cases.models import Note
from repatriation.actions import incidents, preparing
from repatriation.models import Batch, Incident
from tests.factories import Four
from tests.repatriation.travellers import (
    a_batch,
    key,
    member_of,
    people,
    prepare,
    ready_batch,
    signed_in,
)

pytestmark = pytest.mark.django_db


def opened(client: Client, url: str) -> dict[str, Any]:
    """What a browser would send back at once: the stored values and the seal of what was seen."""
    page = client.get(url)
    assert page.status_code == 200, page.status_code
    form = page.context["form"]
    data = {}
    for bound in form:
        value = bound.field.widget.format_value(bound.value())
        first = value[0] if isinstance(value, list) and value else value
        data[bound.html_name] = "" if first in (None, []) else str(first)
    assert f'name="seen" value="{form.seen}"' in page.content.decode()
    return {**data, "seen": form.seen}


def send(client: Client, url: str, data: dict[str, Any], **change: Any) -> Any:
    return client.post(url, {**data, **change, **key()})


def again(page: Any, **chosen: str) -> dict[str, Any]:
    """The form of the page of two editors, with one of the two chosen for each field."""
    rows = {row["name"]: row[f"{chosen.get(row['name'], 'stored')}_value"] for row in
            page.context["rows"]}  # fmt: skip
    return {**dict(page.context["kept"]), **rows}


def text(page: Any) -> str:
    return unescape(page.content.decode())


@pytest.fixture
def batch(four: Four) -> Batch:
    made = a_batch(people(2, four), four)
    prepare(made, four)
    return made


@pytest.fixture
def one(four: Four) -> tuple[Client, Client]:
    """Two windows of one officer."""
    return signed_in(four.petugas), signed_in(four.petugas)


def test_what_each_of_two_changed_alone_is_kept(batch: Batch, one: Any) -> None:
    url = reverse("repatriation:batch_edit", args=[batch.pk])
    hers, mine = opened(one[0], url), opened(one[1], url)
    assert send(one[0], url, hers, receiving_contact="Pak Lain").status_code == 302
    assert send(one[1], url, mine, seats="25", notes="bus besar").status_code == 302
    batch.refresh_from_db()
    assert (batch.receiving_contact, batch.seats, batch.notes) == ("Pak Lain", 25, "bus besar")


def test_the_same_fact_of_a_batch(batch: Batch, one: Any, four: Four) -> None:
    url = reverse("repatriation:batch_edit", args=[batch.pk])
    hers, mine = opened(one[0], url), opened(one[1], url)
    send(one[0], url, hers, receiving_contact="Pak Lain", planned_departure="30-11-2017")
    change = {"receiving_contact": "Bu Baru", "planned_departure": "1-12-2017", "seats": "31"}
    page = send(one[1], url, mine, **change)
    assert page.status_code == 409
    assert "Bu Penerima" in text(page)
    assert "Pak Lain" in text(page)
    assert four.petugas.full_name in text(page)
    batch.refresh_from_db()
    assert (batch.receiving_contact, batch.seats) == ("Pak Lain", 20)
    sent = again(page, receiving_contact="mine")
    assert send(one[1], url, sent).status_code == 302
    batch.refresh_from_db()
    assert (batch.receiving_contact, batch.seats) == ("Bu Baru", 31)
    assert f"{batch.planned_departure:%d-%m-%Y}" == "30-11-2017"


def test_a_form_with_an_error_still_meets_the_other(batch: Batch, one: Any) -> None:
    url = reverse("repatriation:batch_edit", args=[batch.pk])
    hers, mine = opened(one[0], url), opened(one[1], url)
    send(one[0], url, hers, notes="lewat Semarang")
    wrong = send(one[1], url, mine, notes="lewat Solo", seats="banyak")
    assert wrong.status_code == 422
    assert "lewat Solo" in text(wrong)
    mended = {**mine, "notes": "lewat Solo", "seats": "20", "seen": wrong.context["form"].seen}
    assert send(one[1], url, mended).status_code == 409


@pytest.mark.parametrize("seal", ["", "palsu", "e30:1:x"])
def test_without_the_seal_nothing_is_overwritten(batch: Batch, one: Any, seal: str) -> None:
    url = reverse("repatriation:emergency", args=[batch.pk])
    send(one[0], url, opened(one[0], url), contacts="Bu RT 0812")
    page = send(one[1], url, {"contacts": "Pak Lurah 0813", "seen": seal})
    assert page.status_code == 409
    batch.refresh_from_db()
    assert batch.emergency_contacts == "Bu RT 0812"


def _leg(batch: Batch) -> str:
    return reverse("repatriation:leg_edit", args=[batch.pk, batch.legs.get().pk])


def test_a_leg_of_the_way(batch: Batch, one: Any) -> None:
    url = _leg(batch)
    hers, mine = opened(one[0], url), opened(one[1], url)
    assert (
        send(one[0], url, hers, vessel="KM Lain", departure="2017-11-29T12:00").status_code == 302
    )
    page = send(one[1], url, mine, vessel="KM Baru", departure="2017-11-29T13:00", carrier="DLU")
    assert {row["name"] for row in page.context["rows"]} == {"vessel", "departure"}
    assert "29-11-2017 12.00" in text(page)
    assert page.context["who"] is not None
    assert send(one[1], url, again(page, vessel="mine")).status_code == 302
    leg = batch.legs.get()
    assert (leg.vessel, leg.carrier) == ("KM Baru", "DLU")


def test_the_head_of_the_batch(batch: Batch, one: Any, four: Four) -> None:
    for name in ("Contoh Dua", "Contoh Tiga"):
        preparing.send_new_officer(
            batch=batch, name=name, sex="woman", nip=None, rank="", is_head=False, by=four.petugas
        )
    second, third = batch.escorts.filter(is_head=False).order_by("officer__name")
    urls = [reverse("repatriation:escort_head", args=[batch.pk, e.pk]) for e in (second, third)]
    hers, mine = opened(one[0], urls[0]), opened(one[1], urls[1])
    assert send(one[0], urls[0], hers).status_code == 302
    page = send(one[1], urls[1], mine)
    assert page.status_code == 409
    assert all(name in text(page) for name in ("Contoh Ketua", "Contoh Dua", "Contoh Tiga"))
    assert batch.escorts.get(is_head=True) == second
    assert send(one[1], urls[1], again(page, head="mine")).status_code == 302
    assert batch.escorts.get(is_head=True) == third


def test_who_clears_an_incident_up(four: Four, one: Any) -> None:
    batch = ready_batch(2, four, state="departed")
    report = incidents.Report("other", "tertinggal", batch.departed_on)
    member = batch.members.get(pk=member_of(batch))
    incidents.report_incident(batch=batch, member=member, report=report, by=four.petugas)
    incident = Incident.objects.get()
    url = reverse("repatriation:hand_on", args=[batch.pk, incident.pk])
    hers, mine = opened(one[0], url), opened(one[1], url)
    assert send(one[0], url, hers, due_on="20-12-2017").status_code == 302
    page = send(one[1], url, mine, due_on="24-12-2017")
    assert page.status_code == 409
    assert "20-12-2017" in text(page)


def test_the_closing_dates(four: Four) -> None:
    place = people(1, four)[0].place.lokalisasi
    first, second = signed_in(four.pimpinan), signed_in(four.pimpinan)
    url = reverse("cases:closing_edit", args=[place.pk])
    hers, mine = opened(first, url), opened(second, url)
    assert send(first, url, hers, planned_closing="1-2-2018", because="surat").status_code == 302
    page = send(second, url, mine, planned_closing="1-3-2018", because="rapat")
    assert page.status_code == 409
    assert "01-02-2018" in text(page)
    sent = again(page, planned_closing="mine")
    assert sent["because"] == "rapat"
    assert send(second, url, sent).status_code == 302
    place.refresh_from_db()
    assert f"{place.planned_closing:%d-%m-%Y}" == "01-03-2018"


def test_a_note_in_two_windows(four: Four, one: Any) -> None:
    worker = people(1, four)[0]
    note = notes.add_note(worker=worker, text="Datang pagi.\nSehat.", by=four.petugas)
    url = reverse("cases:note_edit", args=[note.pk])
    hers, mine = opened(one[0], url), opened(one[1], url)
    send(one[0], url, hers, text="Datang siang.")
    page = send(one[1], url, mine, text="Datang malam.")
    assert page.status_code == 409
    assert Note.objects.get(pk=note.pk).text == "Datang siang."
    assert send(one[1], url, again(page, text="mine")).status_code == 302
    assert Note.objects.get(pk=note.pk).text == "Datang malam."
