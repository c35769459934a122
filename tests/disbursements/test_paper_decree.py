"""Paper 2, the decree with its annex: drawn, issued, issued again, copied."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from disbursements.actions.entitlements import determine_again
from disbursements.actions.lapsing import lapse_unpaid
from disbursements.models import Decree, Entitlement
from disbursements.papers.decree import decree_paper
from disbursements.wording import first_wording
from kotim_social.documents.models import IssuedPaper, Signatory
from kotim_social.lib.money import terbilang
from tests.disbursements.browsing import address, browser, post, text
from tests.documents.pdf_text import drawn_text, page_lines, page_texts
from tests.factories import Four, make_user, ready_people

pytestmark = pytest.mark.django_db
EACH = 10_100_000


def decree_of(n: int, four: Four, **about: Any) -> Decree:
    worker = ready_people(n, four=four, **about)[0]
    return Entitlement.objects.filter(worker=worker)[0].decree


def form(**more: str) -> dict[str, str]:
    return {
        "signer": "bupati",
        "considering": "bahwa satu;\nbahwa dua;",
        "recalling": "Undang-Undang Satu;\nUndang-Undang Dua;",
        "copies": "Arsip",
        "size": "A4",
        **more,
    }


def sizes(content: bytes) -> list[tuple[int, int]]:
    with pikepdf.open(BytesIO(content)) as pdf:
        return [tuple(round(float(side)) for side in list(page.mediabox)[2:]) for page in pdf.pages]


def test_the_text_stands_and_its_annex_lies(four: Four) -> None:
    decree = decree_of(30, four)
    for size, short, long in (("F4", 609, 935), ("A4", 595, 842)):
        paper = decree_paper(
            decree, first_wording(decree), by=four.pimpinan, whole=False, size=size
        )
        check_pages(paper.pdf(), short, long)


def check_pages(content: bytes, short: int, long: int) -> None:
    found = sizes(content)
    assert found[0] == (short, long)
    assert found[-1] == (long, short)
    turned = found.index((long, short))
    pages = page_texts(content)
    total = 30 * EACH
    for word in ("Menimbang", "Mengingat", "MEMUTUSKAN", "KESATU", "KELIMA", "Tembusan"):
        assert any(word in page for page in pages[:turned]), word
        assert not any(word in page for page in pages[turned:]), word
    flat = drawn_text(content)
    assert "30(tigapuluh)orangpenerima" in flat
    assert terbilang(total).replace(" ", "") in flat
    assert f"Halaman {len(pages)} dari" in pages[-1]
    rows = [line.split(" | ") for page in page_lines(content)[turned:] for line in page]
    sums = {label: [r for r in rows if r[0] == label] for label in
            ("Jumlah halaman ini", "Pindahan", "JUMLAH SELURUHNYA")}  # fmt: skip
    assert sums["JUMLAH SELURUHNYA"][0][-1] == "303.000.000"
    assert sum(int(r[-1].replace(".", "")) for r in sums["Jumlah halaman ini"]) == total
    assert len(sums["Pindahan"]) == len(sums["Jumlah halaman ini"]) - 1 > 0
    assert all("KONSEP" in page for page in pages)


def test_who_signs_is_the_official_of_the_decree_s_day(four: Four) -> None:
    decree = decree_of(1, four)
    Signatory.objects.create(
        function="bupati", title="Bupati Contoh", name="Uji Bupati", valid_from=date(2017, 1, 1),
        valid_until=decree.decided_on,
    )  # fmt: skip
    Signatory.objects.create(
        function="bupati", title="Bupati Lain", name="Uji Lain", valid_from=date(2018, 1, 1)
    )
    client = browser(four.pimpinan)
    post(client, address("decree_issue", decree.pk), **form())
    paper = IssuedPaper.objects.get()
    printed = "".join(page_texts(paper.file.read()))
    assert "KEPUTUSAN BUPATI CONTOH" in printed
    assert "UJI BUPATI" in printed
    assert "NIP" not in printed.replace("NOMINATIF", "").replace("Menetapkan", "")
    assert paper.snapshot["signature"]["name"] == "Uji Bupati"


def test_issued_copied_and_issued_again(four: Four) -> None:
    decree = decree_of(2, four)
    client, page = browser(four.pimpinan), address("decree_detail", decree.pk)
    issue = address("decree_issue", decree.pk)
    assert "KONSEP" in page_texts(client.get(address("decree_draft", decree.pk)).content)[0]
    assert client.get(issue).status_code == 200
    assert post(client, issue, **form()).url == page
    paper = IssuedPaper.objects.get()
    assert (paper.subject_id, paper.paper_size, paper.snapshot["total"]) == (
        str(decree.pk), "A4", 2 * EACH,
    )  # fmt: skip
    assert len(paper.snapshot["rows"]) == 2
    url = address("decree_print", decree.pk, paper.pk)
    pages = page_texts(client.get(url).content)
    assert paper.number in pages[0]
    assert "bahwa dua;" in pages[0]
    copies = page_texts(client.post(url).content)
    assert all("SALINAN ke-1" in page for page in copies)
    assert url in text(client.get(page))
    # A second paper of one decree says why, and the first no longer counts.
    assert post(client, issue, **form()).status_code == 422
    assert post(client, issue, **form(because="salah ketik")).status_code == 302
    assert [one.is_void for one in IssuedPaper.objects.order_by("created_at")] == [True, False]
    assert "DIBATALKAN" in page_texts(client.post(url).content)[-1]


def test_what_lapsed_since_still_stands_on_the_paper(four: Four) -> None:
    decree = decree_of(1, four)
    before = decree_paper(decree, first_wording(decree), by=four.pimpinan, whole=True)
    worker = Entitlement.objects.filter(decree=decree)[0].worker
    lapsed = lapse_unpaid(worker=worker, reason="uji", by=four.pimpinan)
    determine_again(entitlements=[row.pk for row in lapsed], by=four.pimpinan)
    after = decree_paper(decree, first_wording(decree), by=four.pimpinan, whole=True)
    assert after.snapshot() == before.snapshot()
    assert after.total == after.roll.total == EACH


def test_wrong_wording_gives_a_sentence(four: Four) -> None:
    decree = decree_of(1, four)
    client, url = browser(four.pimpinan), address("decree_issue", decree.pk)
    wrong = {
        "considering": "", "recalling": "x" * 801, "copies": "a\n" * 21, "size": "A0",
        "signer": "camat",
    }  # fmt: skip
    for field, value in wrong.items():
        response = post(client, url, **form(**{field: value}))
        assert response.status_code == 422
        assert field in response.context["form"].errors
    assert not IssuedPaper.objects.exists()


def test_long_wording_runs_over_pages_and_loses_nothing(four: Four) -> None:
    decree = decree_of(1, four)
    lines = [f"bahwa {n} " + "panjang " * 90 + f"akhir{n};" for n in range(20)]
    url = address("decree_issue", decree.pk)
    post(browser(four.pimpinan), url, **form(considering="\n".join(lines)))
    content = IssuedPaper.objects.get().file.read()
    flat = drawn_text(content)
    assert all(f"akhir{n};" in flat for n in range(20))
    assert len(sizes(content)) > 3


def test_a_caseworker_opens_no_decree_s_paper(four: Four) -> None:
    decree = decree_of(1, four)
    post(browser(four.pimpinan), address("decree_issue", decree.pk), **form())
    url = address("decree_print", decree.pk, IssuedPaper.objects.get().pk)
    assert browser(make_user("petugas")).get(url).status_code == 404
    assert browser(make_user("verifikator")).get(url).status_code == 200
    other = decree_of(1, four)
    paper = IssuedPaper.objects.get().pk
    assert browser(four.pimpinan).get(address("decree_print", other.pk, paper)).status_code == 404
