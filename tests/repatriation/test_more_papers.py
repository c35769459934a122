"""Papers 9, 10, 12, 13 and the report: what they say, and what their names must not."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cases.actions.consents import withdraw_consent
from cases.consents import home_office, page_of
from cases.models import Consent, OriginConfirmation
from kotim_social.documents.models import IssuedPaper
from kotim_social.lib.dates import today
from kotim_social.regions.models import Regency
from repatriation import rules
from repatriation.actions import costs, road
from repatriation.listing import home_offices
from repatriation.models import Batch, OriginRequest
from repatriation.papers.handover import handover_data
from tests.documents.pdf_text import drawn_text, page_texts
from tests.factories import Four
from tests.repatriation.test_papers import TELLING
from tests.repatriation.travellers import (
    ASKED,
    LEFT,
    RECEIVED,
    a_batch,
    agree_to,
    key,
    people,
    prepare,
    ready_batch,
    signed_in,
)

pytestmark = pytest.mark.django_db


def addresses(batch: Batch, name: str) -> list[str]:
    papers: list[tuple[object, ...]] = [
        ("manifes-kantor",),
        ("manifes-pengangkut",),
        ("surat-tugas",),
        ("sppd", batch.escorts.get().pk),
        ("berita-acara",),
        ("laporan-perjalanan",),
    ]
    return [reverse(f"repatriation:{name}", args=[batch.pk, *paper]) for paper in papers]


def text_of(kind: str) -> str:
    return "\n".join(page_texts(IssuedPaper.objects.get(kind=kind).file.read()))


def test_no_file_name_tells_anything(four: Four) -> None:
    batch = ready_batch(2, four, state="handed_over")
    client = signed_in(four.petugas)
    for address in addresses(batch, "paper_draft"):
        draft = client.get(address)
        assert "KONSEP" in "\n".join(page_texts(draft.content)), address
    for address in addresses(batch, "paper_issue"):
        assert client.get(address).status_code == 405, address
        assert client.post(address, key()).status_code == 302, address
    names = []
    for paper in IssuedPaper.objects.all():
        answer = client.get(reverse("repatriation:paper_file", args=[batch.pk, paper.pk]))
        names.append(answer["Content-Disposition"].casefold())
        assert answer["Content-Type"] == "application/pdf"
    assert len(names) == 6
    persons = [member.worker.name.casefold() for member in batch.members.select_related("worker")]
    for name in names:
        for word in (*TELLING, *persons, batch.code.casefold()):
            assert word not in name


def test_the_order_of_the_escorts_becomes_that_of_the_batch(four: Four) -> None:
    batch = a_batch(people(1, four), four)
    prepare(batch, four)
    Batch.objects.update(escort_order="", escort_order_on=None)
    client = signed_in(four.petugas)
    client.post(reverse("repatriation:paper_issue", args=[batch.pk, "surat-tugas"]), key())
    batch.refresh_from_db()
    paper = IssuedPaper.objects.get(kind="assignment_order")
    assert (batch.escort_order, batch.escort_order_on) == (paper.number, paper.issued_on)
    escort = batch.escorts.get()
    assert escort.order_number == paper.number
    text = text_of("assignment_order")
    assert "MEMERINTAHKAN" in text
    assert escort.officer.name in text
    client.post(reverse("repatriation:paper_issue", args=[batch.pk, "sppd", escort.pk]), key())
    escort.refresh_from_db()
    assert escort.travel_order == IssuedPaper.objects.get(kind="travel_order").number
    pages = page_texts(IssuedPaper.objects.get(kind="travel_order").file.read())
    assert len(pages) == 2
    assert "Maksud perjalanan dinas" in pages[0]
    assert "Tiba di Surabaya" in pages[1]
    for word in TELLING:
        assert word not in "\n".join(pages).casefold()


def test_a_home_office_is_asked_by_letter_and_answers_for_its_own(four: Four) -> None:
    asked = people(2, four)
    batch = a_batch([*asked, *people(1, four, home="35.10")], four)
    agree_to(asked, home_office(Regency.objects.get(pk="35.09")), four)
    client = signed_in(four.petugas)
    ask = reverse("repatriation:origin_ask", args=[batch.pk, "35.09"])
    assert client.get(ask).status_code == 200
    body = {"office": "Kepala Dinas Sosial Jember", **key()}
    for _twice in range(2):
        assert client.post(ask, body).status_code == 302
    letter = OriginRequest.objects.get()
    assert (letter.people, letter.letter) == (2, IssuedPaper.objects.get().number)
    content = IssuedPaper.objects.get().file.read()
    inside = batch.members.filter(worker__home_regency="35.09").select_related("worker")
    for member in inside:
        assert member.worker.nik in drawn_text(content)
    assert "RAHASIA" in "\n".join(page_texts(content))
    other, jember = home_offices(batch)
    assert (jember.asked, jember.not_asked, other.not_asked) == (2, 0, 1)

    answer = reverse("repatriation:origin_answer", args=[batch.pk, "35.09"])
    told = {"letter": "470/1", "on": str(ASKED), **key()}
    for member in inside:
        told[f"present-{member.pk}"] = "on"
    assert client.post(answer, told).status_code == 302
    other, jember = home_offices(batch)
    assert (jember.confirmed, jember.asked, other.confirmed) == (2, 0, 0)
    origin = [one for one in rules.gate(batch) if "/konfirmasi/" in one.url]
    assert len(origin) == 1
    client.post(ask, {**body, **key()})
    assert OriginConfirmation.objects.filter(current=True, answer="confirmed").count() == 2
    nobody = reverse("repatriation:origin_ask", args=[batch.pk, "35.11"])
    assert client.get(nobody).status_code == 404
    assert client.get(reverse("repatriation:offices", args=[batch.pk])).status_code == 200


def test_the_letter_leaves_out_who_has_not_agreed_and_names_the_missing_consent(
    four: Four,
) -> None:
    yes, no = people(2, four)
    batch, office = a_batch([yes, no], four), home_office(Regency.objects.get(pk="35.09"))
    client = signed_in(four.petugas)
    ask = reverse("repatriation:origin_ask", args=[batch.pk, "35.09"])
    body = {"office": "Kepala Dinas Sosial Jember"}
    assert client.post(ask, {**body, **key()}).status_code == 422
    assert not IssuedPaper.objects.exists()
    agree_to([yes], office, four)
    page = client.get(ask).content.decode()
    assert page_of(no.pk, "sharing:home") in page
    assert str(yes.pk) not in page
    assert office in page
    assert client.post(ask, {**body, **key()}).status_code == 302
    paper = IssuedPaper.objects.get()
    content = drawn_text(paper.file.read())
    assert (yes.nik in content, no.nik in content) == (True, False)
    assert OriginConfirmation.objects.get().worker == yes
    opened = reverse("repatriation:paper_file", args=[batch.pk, paper.pk])
    assert client.get(opened).status_code == 200
    consent = Consent.objects.get()
    withdraw_consent(consent=consent, withdrawn_on=today(), by=four.petugas)
    assert client.get(opened).status_code == 302
    assert signed_in(four.pimpinan).get(opened).status_code == 200


def test_how_she_is_stays_here_unless_she_agreed(four: Four) -> None:
    batch = ready_batch(2, four, state="arrived")
    first, second = batch.members.select_related("worker").order_by("pk")
    agree_to([first.worker], batch.receiving_office, four)
    conditions = {first.pk: "care", second.pk: "care"}
    terms = road.HandOverTerms(
        received_by="Bu Penerima", documents=["id_card"], differences={}, conditions=conditions
    )
    road.hand_over(batch=batch, on=RECEIVED, missing={}, terms=terms, by=four.petugas)
    rows = {row["name"]: row for row in handover_data(batch, day=RECEIVED)["rows"]}
    assert rows[first.worker.name]["condition"] == "perlu perawatan"
    assert rows[second.worker.name]["condition"] == "–"
    assert rows[second.worker.name]["documents"] == "KTP"


def test_the_report_counts_and_sums(four: Four) -> None:
    batch = ready_batch(3, four)
    absent = batch.members.first()
    road.depart(batch=batch, on=LEFT, stayed={absent.pk: "sakit"}, by=four.petugas)
    for amount in (1_500_000, 250_000):
        cost = costs.NewCost(category="tickets", what="Tiket", amount=amount, spent_on=LEFT)
        costs.add_cost(batch=batch, cost=cost, by=four.petugas)
    issue = reverse("repatriation:paper_issue", args=[batch.pk, "laporan-perjalanan"])
    signed_in(four.petugas).post(issue, key())
    text = text_of("trip_report")
    assert "1.750.000" in text
    assert "tidak naik 1 orang" in text
