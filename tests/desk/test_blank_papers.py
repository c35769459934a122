"""Blank forms: one of each kind, the questions of the screens in their order, nobody's data."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from cases.forms.workers import RegisterForm
from kotim_social.accounts.models import User
from kotim_social.desk.blank_papers import NOT_ON_PAPER, PAPERS, PEOPLE_A_SHEET, blank_pdf
from kotim_social.documents.layout import SIZES_MM
from tests.cases.people import client_of, petugas, register
from tests.documents.pdf_text import page_texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return petugas()


@pytest.fixture
def client(officer: User) -> Client:
    return client_of(officer)


@pytest.mark.parametrize("kind", list(PAPERS))
@pytest.mark.parametrize("size", ["F4", "A4"])
def test_each_fits_on_its_sheet(kind: str, size: str) -> None:
    content = blank_pdf(PAPERS[kind], size=size)
    pages = page_texts(content)
    assert len(pages) == 1
    assert PAPERS[kind].title.upper() in pages[0]
    text = " ".join(pages)
    assert "KONSEP" not in text
    assert "Dimasukkan ke program oleh" in pages[-1]
    with pikepdf.open(BytesIO(content)) as pdf:
        box = [float(edge) / 72 * 25.4 for edge in pdf.pages[0].MediaBox]
    assert (round(box[2]), round(box[3])) == SIZES_MM[size]


def test_registration_asks_what_its_screen_asks_in_order() -> None:
    text = " ".join(" ".join(page_texts(blank_pdf(PAPERS["pendataan"]))).split())
    labels = [
        str(RegisterForm.base_fields[name].label)
        for name in RegisterForm.order
        if name not in NOT_ON_PAPER
    ]
    assert len(labels) == len(RegisterForm.order)
    places = [text.find(label) for label in labels]
    assert -1 not in places, labels[places.index(-1)]


def test_roll_call_has_a_row_for_each_of_a_bus() -> None:
    text = " ".join(page_texts(blank_pdf(PAPERS["absen"])))
    assert f" {PEOPLE_A_SHEET} " in f" {' '.join(text.split())} "


def test_page_lists_them_and_they_hold_nobody(client: Client, officer: User) -> None:
    worker = register(officer, {"name": "Ani Rahayu"})[0]
    page = client.get(reverse("desk:blank_papers")).content.decode()
    for kind in PAPERS:
        address = reverse("desk:blank_paper", args=[kind])
        assert f"{address}?paper=A4" in page
        answer = client.get(f"{address}?paper=A4")
        assert answer["Content-Type"] == "application/pdf"
        assert "Ani" not in answer["Content-Disposition"]
        assert worker.name not in " ".join(page_texts(answer.content))
    assert client.get(reverse("desk:blank_paper", args=["lain"])).status_code == 404
    bad = reverse("desk:blank_paper", args=["verval"])
    assert client.get(f"{bad}?paper=A9").status_code == 404
