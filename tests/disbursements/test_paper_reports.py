"""The two papers read back: totals, carried rows, words of the sum, NIHIL, odd names, sizes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.models import Worker
from disbursements.models import Position
from disbursements.papers.issuing import Scope, make_report
from disbursements.reports import nominatif_rows, percent, rekap_rows
from kotim_social.lib.money import terbilang
from tests.documents.pdf_text import drawn_text, page_lines, page_texts
from tests.factories import Four, a_list, book, correct, line_of, ready_people, register, walk_to

pytestmark = pytest.mark.django_db


def dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def grand_total(content: bytes) -> list[str]:
    """The cells of the first row of all, without its label."""
    lines = [line for page in page_lines(content) for line in page]
    return next(line for line in lines if line.startswith("JUMLAH SELURUHNYA")).split(" | ")[1:]


@pytest.fixture
def register_of_70(four: Four) -> None:
    register(30, by=four.petugas)
    register(20, by=four.petugas, place="MEKAR_JAYA", choice="stay")
    register(15, by=four.petugas, place="BUKIT_HARAPAN", choice="undecided", account=False)
    register(5, by=four.petugas, place="TANGAR", nik=False, account=False, home=None)


@pytest.mark.usefixtures("register_of_70")
@pytest.mark.parametrize("size", ["F4", "A4", "F4_210"])
def test_nominatif_totals_are_those_of_the_positions(size: str) -> None:
    content = make_report("nominatif", Scope(), size=size).pdf()
    total = Position.objects.sums()["entitled"]
    assert total == 70 * 10_100_000
    assert grand_total(content)[-1] == dotted(total)
    assert grand_total(content)[0] == dotted(70 * 5_050_000)
    said = drawn_text(content)
    assert terbilang(total).replace(" ", "") in said
    pages = page_texts(content)
    assert len(pages) > 1
    assert all("Pindahan" in page for page in pages[1:])
    assert all("Jumlah halaman ini" in page for page in pages[:-1])
    assert "JumlahParenggean" in said
    assert dotted(35 * 10_100_000) in said
    assert "belumada" in said


@pytest.mark.usefixtures("register_of_70")
@pytest.mark.parametrize("size", ["F4", "A4"])
def test_rekap_totals_are_those_of_the_positions(size: str) -> None:
    content = make_report("rekap", Scope(), size=size).pdf()
    sums = Position.objects.sums()
    figures = grand_total(content)
    for name in ("entitled", "paid", "returned", "in_process", "withheld", "open"):
        assert dotted(sums[name]) in figures, name
    said = drawn_text(content)
    assert "JumlahParenggean" in said
    assert "JawaTimur" in said and "Belumdiketahui" in said
    assert re.search(r"Kepalajejakaudit:[0-9a-f]{64}", said)


def test_rekap_after_payments_adds_up_in_every_row(four: Four) -> None:
    workers = ready_people(4, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    lines = [line_of(payment_list, worker) for worker in workers]
    book(payment_list, by=four.bendahara, returned={lines[0].pk: "wrong_bank"})
    register(2, by=four.petugas, choice="stay", place="TANGAR")
    rekap = rekap_rows(Position.objects.all())
    km12 = rekap.lokalisasi[0]
    saving = km12.places[0].rows[0]
    assert (saving.people, saving.people_paid, saving.people_returned) == (4, 3, 1)
    assert (saving.paid, saving.returned, saving.percent) == (15_150_000, 5_050_000, "75,0")
    rows = [row for one in rekap.lokalisasi for place in one.places for row in place.rows]
    for row in [*rows, *rekap.kinds, rekap.total, *(share.total for share in rekap.provinces)]:
        assert row.entitled == row.paid + row.returned + row.in_process + row.withheld + row.open
    assert (rekap.total.people, rekap.total.people_paid) == (6, 3)
    assert sum(row.paid for row in rekap.kinds) == rekap.total.paid
    assert not rekap.is_determined
    assert dotted(rekap.total.paid) in grand_total(make_report("rekap", Scope()).pdf())


@pytest.mark.parametrize("kind", ["rekap", "nominatif"])
def test_nothing_to_report_says_nihil(db: None, kind: str) -> None:
    said = drawn_text(make_report(kind, Scope()).pdf())
    assert "NIHIL" in said
    assert "KONSEP" in said


def test_odd_names_are_printed_as_they_are(four: Four) -> None:
    workers = register(2, by=four.petugas)
    Worker.objects.filter(pk=workers[0].pk).update(name="<siti> A&B")
    Worker.objects.filter(pk=workers[1].pk).update(name='<img src="/etc/passwd"/>')
    said = drawn_text(make_report("nominatif", Scope()).pdf())
    assert "<siti>A&B" in said
    assert '<imgsrc="/etc/passwd"/>' in said


def test_nominatif_of_a_list_prints_the_frozen_facts(four: Four) -> None:
    (worker,) = ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "approved", four=four)
    correct(worker, "name", "Nama Baru", by=four.pimpinan)
    said = drawn_text(make_report("nominatif", Scope(payment_list=payment_list)).pdf())
    assert worker.name.replace(" ", "") in said
    assert "NamaBaru" not in said
    assert worker.nik in said
    assert "TabunganKemensos" in said and "Modalusaha" not in said
    assert payment_list.number in said
    assert grand_total(make_report("nominatif", Scope(payment_list=payment_list)).pdf()) == [
        "5.050.000", "5.050.000",
    ]  # fmt: skip


def test_kinds_that_nobody_gets_are_no_column(four: Four) -> None:
    register(1, by=four.petugas)
    roll = nominatif_rows(Position.objects.filter(funder="PEMKAB"))
    assert [kind.code for kind in roll.kinds] == ["TRANSPORT", "JADUP", "MODAL"]
    assert roll.total == 5_050_000


def test_percent_is_never_rounded_up_to_all() -> None:
    assert percent(999_999, 1_000_000) == "99,9"
    assert percent(0, 0) == "0,0"
    assert percent(7, 7) == "100,0"


def test_the_command_writes_the_paper(four: Four, tmp_path: Path) -> None:
    register(3, by=four.petugas)
    register(2, by=four.petugas, place="TANGAR")
    for kind in ("rekap", "nominatif"):
        out = tmp_path / f"{kind}.pdf"
        call_command("paper", kind, "--out", str(out), "--paper", "A4", verbosity=0)
        assert dotted(5 * 10_100_000) in grand_total(out.read_bytes())
    call_command("paper", "nominatif", "--out", str(out), "--place", "TANGAR")
    assert grand_total(out.read_bytes())[-1] == dotted(2 * 10_100_000)


@pytest.mark.parametrize(
    "more", [["--list", "DB-2017-9999"], ["--place", "NOWHERE"], ["--paper", "A3"]]
)
def test_the_command_says_what_is_wrong(db: None, tmp_path: Path, more: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("paper", "nominatif", "--out", str(tmp_path / "x.pdf"), *more)
    with pytest.raises(CommandError):
        call_command("paper", "rekap", "--out", str(tmp_path / "no" / "x.pdf"))


@pytest.mark.usefixtures("register_of_70")
def test_poppler_reads_the_same_totals(tmp_path: Path) -> None:
    """The reader that offices use; skipped in words where it is not installed."""
    out = tmp_path / "nominatif.pdf"
    out.write_bytes(make_report("nominatif", Scope()).pdf())
    try:
        said = subprocess.run(
            ["pdftotext", "-layout", str(out), "-"], capture_output=True, text=True, check=True
        ).stdout
    except FileNotFoundError:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    row = next(line for line in said.splitlines() if "JUMLAH SELURUHNYA" in line)
    assert row.split()[-1] == dotted(70 * 10_100_000)
