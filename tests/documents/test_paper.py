"""A drawn paper, read back: totals, pages, fonts, odd names, empty lists."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from shutil import which

import pikepdf
import pytest

from kotim_social.documents.blocks import Facts, Gap, Paragraph, Title
from kotim_social.documents.layout import page_for
from kotim_social.documents.paper import (
    CONFIDENTIAL,
    Paper,
    PaperNumber,
    build_paper,
    printed_line,
)
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.documents.table import Column, Row, Section, Subtotal, Summary, Table
from tests.documents.pdf_text import drawn_text, fonts_of, page_lines, page_texts

NUMBER = PaperNumber("460/12/DINSOS/XII/2017", "ABCD-EFGH-JKMN")
LONG_NAME = "Sri Wahyuningsih Kusumawardhani Prawirodirdjo Hadiningrat Ra"
COLUMNS = [
    Column("No", 3, "center"),
    Column("Nama", 12),
    Column("Tabungan", 8, "money", group="Bantuan (Rp)"),
    Column("Transport", 8, "money", group="Bantuan (Rp)"),
    Column("Ket.", 5),
]


def people(count: int) -> Iterator[Row]:
    for index in range(count):
        yield (index + 1, f"Nama {index + 1}", 5_050_000, 250_000, "")


def paper(*blocks: object, number: PaperNumber | None = NUMBER, **more: object) -> bytes:
    return build_paper(Paper(list(blocks), number=number, **more))  # type: ignore[arg-type]


def cells(content: bytes, label: str) -> list[list[str]]:
    """The figures after a label, one list for each time that it stands on the paper."""
    rows = [line.split(" | ") for page in page_lines(content) for line in page]
    return [row[1:] for row in rows if row[0] == label]


def test_totals_run_over_the_pages_and_agree() -> None:
    content = paper(Table(COLUMNS, people(239), terbilang=2))
    assert cells(content, "JUMLAH SELURUHNYA") == [["1.206.950.000", "59.750.000"]]
    assert "Terbilang: Satu miliar dua ratus enam juta" in "".join(page_texts(content))

    page_totals = [int(row[0].replace(".", "")) for row in cells(content, "Jumlah halaman ini")]
    carried = [int(row[0].replace(".", "")) for row in cells(content, "Pindahan")]
    assert len(page_totals) > 3
    assert sum(page_totals) == 1_206_950_000
    running = [sum(page_totals[: i + 1]) for i in range(len(page_totals))]
    assert carried == running[: len(carried)]


def test_every_row_is_printed_once_and_in_order() -> None:
    content = paper(Table(COLUMNS, people(500)), orientation="landscape", size="A4")
    rows = [line.split(" | ") for page in page_lines(content) for line in page]
    printed = [int(row[0]) for row in rows if len(row) == 4 and row[1].startswith("Nama ")]
    assert printed == list(range(1, 501))


def test_each_page_has_heading_counter_number_and_classification() -> None:
    content = paper(
        Table(COLUMNS, people(200)),
        classification=CONFIDENTIAL,
        printed=printed_line("Rina Contoh", datetime(2017, 12, 5, 14, 30)),
    )
    pages = page_texts(content)
    assert len(pages) > 2
    for number, text in enumerate(pages, start=1):
        assert f"Halaman {number} dari  | {len(pages)} | " in text
        assert "Bantuan (Rp)" in text
        assert "Tabungan | Transport" in text
        assert "RAHASIA" in text
        assert "Nomor 460/12/DINSOS/XII/2017" in text
        assert "Kode periksa ABCD-EFGH-JKMN" in text
        assert "Dicetak oleh Rina Contoh pada 5 Desember 2017 pukul 14.30 WIB" in text
        assert "KONSEP" not in text


def test_without_a_number_every_page_says_konsep() -> None:
    pages = page_texts(paper(Table(COLUMNS, people(100)), number=None))
    assert len(pages) > 1
    assert all("KONSEP – belum bernomor" in text for text in pages)
    assert not any("Kode periksa" in text for text in pages)


def test_an_empty_table_says_nihil_and_no_totals() -> None:
    text = page_texts(paper(Table(COLUMNS, [], terbilang=2)))[0]
    assert "NIHIL" in text
    assert "JUMLAH" not in text
    assert "Terbilang" not in text


def test_a_single_page_has_a_grand_total_but_no_page_total() -> None:
    content = paper(Table(COLUMNS, people(3)))
    assert cells(content, "JUMLAH SELURUHNYA") == [["15.150.000", "750.000"]]
    assert not cells(content, "Jumlah halaman ini")
    assert not cells(content, "Pindahan")


@pytest.mark.parametrize(
    "name", ["<siti>", "A&B", "(a) \\ b)", "Çelik Ąę Ñandú", "<img src='/etc/passwd'/>", "&amp;"]
)
def test_odd_names_are_printed_exactly(name: str) -> None:
    wide = [Column("No", 1, "center"), Column("Nama", 9)]
    content = paper(
        Title([name]),
        Facts([("Nama", name)]),
        Table(wide, [(1, name)]),
        Paragraph(f"{name}\n{name}"),
        Signatures([SignatureBlock(name, name)]),
    )
    text = page_texts(content)[0]
    assert f"1 | {name}" in text
    assert f"Nama | : | {name}" in text
    assert text.count(name) >= 5
    assert name.upper() in text


def test_control_and_format_characters_do_not_reach_the_paper() -> None:
    dirty = "Siti\u202e\x00\u200b Ami\u0000nah\ud800"
    text = page_texts(paper(Table(COLUMNS, [(1, dirty, 1, 1, "")]), Paragraph(dirty)))[0]
    assert text.count("Siti Aminah") == 2


def test_decomposed_letters_are_composed() -> None:
    text = page_texts(paper(Table(COLUMNS, [(1, "Rene\u0301e", 1, 1, "")])))[0]
    assert "Renée" in text


@pytest.mark.parametrize("size", ["A4", "F4", "F4_210"])
@pytest.mark.parametrize("name", [LONG_NAME, "W" * 60, "Wahyuni " * 12])
def test_long_names_are_whole_and_stay_in_their_column(name: str, size: str) -> None:
    assert len(LONG_NAME) == 60
    content = paper(
        Table(COLUMNS, [(1, name, 1, 1, ""), (2, "Wati", 1, 1, "")]),
        Signatures([SignatureBlock("Kepala", name), SignatureBlock("Kabid", name)]),
        size=size,
    )
    drawn = drawn_text(content)
    assert f"12{name.replace(' ', '')}Wati" in drawn
    assert drawn.count(name.upper().replace(" ", "")) >= 2


@pytest.mark.parametrize("remark", ["x" * 2000, "kata " * 400, "\n" * 500 + "akhir"])
def test_an_endless_remark_ends_in_dots_and_fits_the_page(remark: str) -> None:
    rows = [(1, "Siti", 1, 1, remark), (2, "Wati", 1, 1, "")]
    content = paper(Table(COLUMNS, rows), size="A4", orientation="landscape")
    assert cells(content, "JUMLAH SELURUHNYA") == [["2", "2"]]
    assert "Wati" in drawn_text(content)
    assert "…" in drawn_text(content) or "akhir" in drawn_text(content)
    assert len(page_texts(content)) <= 2


def test_ticks_and_boxes_are_in_the_font() -> None:
    text = page_texts(paper(Table(COLUMNS, [(1, "✓ ☐ ☑ – … é", 1, 1, "")])))[0]
    assert "✓ ☐ ☑ – … é" in text


def test_every_font_is_carried_and_none_is_helvetica() -> None:
    content = paper(
        Title(["Judul"]),
        Table(COLUMNS, people(3)),
        Paragraph("Isi", bold=True),
        Signatures([SignatureBlock("Kepala")]),
        number=None,
    )
    fonts = fonts_of(content)
    assert len(fonts) == 2
    assert all(fonts.values())
    assert b"Helvetica" not in content


def test_equal_input_gives_equal_bytes() -> None:
    assert paper(Table(COLUMNS, people(50))) == paper(Table(COLUMNS, people(50)))


def test_properties_name_no_person_place_or_programme() -> None:
    content = paper(Title(["Daftar bantuan"]), Paragraph("Siti Aminah, Tangar"))
    with pikepdf.open(BytesIO(content)) as pdf:
        shown = {str(value) for value in pdf.docinfo.values()}
        assert "/Metadata" not in pdf.Root
    assert {value for value in shown if not value.startswith("D:2000")} <= {
        "Dokumen dinas",
        "",
        "/False",
    }


@pytest.mark.parametrize(
    ("size", "points"), [("F4", (609, 935)), ("F4_210", (595, 935)), ("A4", (595, 842))]
)
def test_page_sizes(size: str, points: tuple[int, int]) -> None:
    with pikepdf.open(BytesIO(paper(Gap(1), size=size))) as pdf:
        box = [round(float(v)) for v in pdf.pages[0].mediabox]
    assert tuple(box[2:]) == points
    wide = page_for(size, "landscape")
    assert (round(wide.width), round(wide.height)) == points[::-1]


def test_an_unknown_size_is_an_error() -> None:
    with pytest.raises(ValueError, match="paper size"):
        page_for("A5")


def test_subtotals_of_two_levels_and_sections() -> None:
    rows: list[Row] = [
        Section("PARENGGEAN"),
        (1, "Siti", 100, 1, ""),
        (2, "Wati", 200, 2, ""),
        Subtotal("Jumlah Mekar Jaya"),
        (3, "Puji", 400, 4, ""),
        Subtotal("Jumlah Bukit Harapan"),
        Subtotal("Jumlah Parenggean", level=2),
        (4, "Ayu", 1_000, 8, ""),
        Subtotal("Jumlah Tangar", level=2),
    ]
    content = paper(Table(COLUMNS, rows))
    assert cells(content, "Jumlah Mekar Jaya") == [["300", "3"]]
    assert cells(content, "Jumlah Bukit Harapan") == [["400", "4"]]
    assert cells(content, "Jumlah Parenggean") == [["700", "7"]]
    assert cells(content, "Jumlah Tangar") == [["1.000", "8"]]
    assert cells(content, "JUMLAH SELURUHNYA") == [["1.700", "15"]]


def test_subtotals_are_right_across_page_breaks() -> None:
    def rows() -> Iterator[Row]:
        for place in range(4):
            yield from people(70)
            yield Subtotal(f"Jumlah desa {place}")

    content = paper(Table(COLUMNS, rows()))
    assert len(page_texts(content)) > 4
    for place in range(4):
        assert cells(content, f"Jumlah desa {place}") == [["353.500.000", "17.500.000"]]
    assert cells(content, "JUMLAH SELURUHNYA") == [["1.414.000.000", "70.000.000"]]


def test_derived_columns_and_summary_rows() -> None:
    columns = [
        Column("Tempat", 5),
        Column("Sasaran", 3, "number", total=True),
        Column("Dibayar", 3, "number", total=True),
        Column("%", 2, "center", derive=lambda sums: f"{100 * sums[2] // sums[1]}%"),
        Column("Rp", 4, "money", cents=True),
    ]
    rows: list[Row] = [
        ("Km 12", 165, 33, "20%", 5_050_000),
        ("Tangar", 20, 4, "20%", 250_000),
        Summary(["Catatan", 9, 9, "–", 9]),
    ]
    content = paper(Table(columns, rows))
    assert cells(content, "Km 12") == [["165", "33", "20%", "5.050.000,00"]]
    assert cells(content, "Catatan") == [["9", "9", "–", "9,00"]]
    assert cells(content, "JUMLAH SELURUHNYA") == [["185", "37", "20%", "5.300.000,00"]]


def test_a_row_of_the_wrong_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        paper(Table(COLUMNS, [(1, "Siti", 1)]))


def test_signatures_stay_with_the_total_row() -> None:
    for count in range(38, 62):
        signatures = Signatures([SignatureBlock("Kepala Dinas")], "Sampit, 5 Desember 2017")
        pages = page_texts(paper(Table(COLUMNS, people(count)), signatures))
        with_total = [i for i, text in enumerate(pages) if "JUMLAH SELURUHNYA" in text]
        with_sign = [i for i, text in enumerate(pages) if "Kepala Dinas," in text]
        assert with_total == with_sign == [len(pages) - 1]


SIGNED = Signatures([SignatureBlock("Kepala Dinas")], "Sampit, 5 Desember 2017")


@pytest.mark.parametrize("count", [1, *range(30, 66)])
def test_the_sum_of_all_stands_under_a_row_and_page_sums_stay_right(count: int) -> None:
    content = paper(Table(COLUMNS, people(count)), SIGNED)
    last = page_lines(content)[-1]
    at = next(n for n, line in enumerate(last) if line.startswith("JUMLAH SELURUHNYA"))
    assert any(line.startswith(f"{count} | Nama {count} |") for line in last[:at])
    sums = [int(row[0].replace(".", "")) for row in cells(content, "Jumlah halaman ini")]
    assert sum(sums) in (0, count * 5_050_000)


@pytest.mark.parametrize("count", range(30, 66))
def test_a_table_without_a_sum_leaves_no_heading_alone_and_no_name_alone(count: int) -> None:
    table = Table(COLUMNS, people(count), page_totals=False, grand_total="")
    for text in page_texts(paper(table, Paragraph("Demikian."), SIGNED)):
        assert "Tabungan" not in text or "5.050.000" in text
        assert "Kepala Dinas," not in text or "Demikian." in text


def test_nobody_appointed_prints_dotted_lines() -> None:
    text = page_texts(paper(Signatures([SignatureBlock("Kepala Dinas Sosial")])))[0]
    assert "Kepala Dinas Sosial," in text
    assert "....................................." in text
    assert "NIP ......" in text


def test_signature_forms_keep_degrees_as_written() -> None:
    text = page_texts(
        paper(
            Signatures(
                [
                    SignatureBlock("Bendahara", "Rina Contoh", nip="198001012005012001"),
                    SignatureBlock(
                        "Kepala Dinas Sosial",
                        "Drs. Bambang Contoh, M.Si.",
                        "Pembina",
                        form="a.n.",
                        acting_title="Sekretaris",
                        lead="Mengetahui,",
                    ),
                    SignatureBlock("Saksi", "Puji", official=False),
                ],
                "Sampit, 5 Desember 2017",
            )
        )
    )[0]
    assert "Drs. BAMBANG CONTOH, M.Si." in text
    assert "a.n. Kepala Dinas Sosial" in text
    assert "Sekretaris," in text
    assert "NIP 198001012005012001" in text
    assert "Sampit, 5 Desember 2017" in text


def test_the_last_sentence_goes_with_the_names_under_it() -> None:
    sentence = " ".join(["Barang siapa menerima lembar ini menyimpannya di tempat yang aman."] * 6)
    counts = set()
    for room in range(300, 800, 20):
        pages = page_texts(paper(Gap(room), Paragraph(sentence), SIGNED))
        assert "menerima lembar" in pages[-1] and "Sampit, 5 Desember" in pages[-1], room
        counts.add(len(pages))
    assert counts == {1, 2}


def test_a_long_paragraph_runs_over_pages_without_loss() -> None:
    words = [f"kata{i}" for i in range(900)]
    pages = page_texts(paper(Gap(300), Paragraph(" ".join(words), size=14)))
    assert len(pages) > 1
    printed = re.findall(r"kata\d+", " ".join(pages))
    assert printed == words


def test_many_blocks_of_signatures_take_several_pages() -> None:
    blocks = [SignatureBlock(f"Saksi {i}", official=False) for i in range(24)]
    pages = page_texts(paper(Signatures(blocks)))
    assert len(pages) > 1
    assert all(f"Saksi {i}," in "\n".join(pages) for i in range(24))


@pytest.mark.skipif(which("pdftotext") is None, reason="poppler's pdftotext is not installed")
def test_another_reader_sees_the_same() -> None:
    content = paper(Table(COLUMNS, people(239), terbilang=2), orientation="landscape")
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
    ).stdout.decode()
    pages = text.count("\f")
    assert f"Halaman {pages} dari {pages}" in text
    assert "1.206.950.000" in text
    assert "Satu miliar dua ratus enam juta sembilan ratus lima puluh ribu rupiah" in text
