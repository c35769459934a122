"""Small workbooks: headers, places, footers, and each doubt about a cell."""

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest

from cases.register.columns import Field
from cases.register.layout import layout_at
from cases.register.parsed import Outcome, RowKey
from cases.register.reading import read_mended_row
from cases.register.template import template_workbook
from cases.register.workbook import Sheet, WorkbookError, open_workbook
from tests.cases.register.truth import DEMO

pytestmark = pytest.mark.django_db
HEAD = [
    "No",
    "Nama",
    "NIK",
    "TTL",
    "Alamat asal",
    "Ibu",
    "Rencana",
    "HP",
    "No Rekening",
    "Bank",
    "Ket",
]
GOOD = [1, "Siti Rukmini", "3509014505900001", "Jember, 5-5-1990", "Kab. Jember, Jatim", "Sumi",
        "pulang", "081234567890", "0123456789", "BNI", None]  # fmt: skip


def book(rows: list[list[object]], *, name: str = "Km 12", more: Callable | None = None) -> bytes:
    made = openpyxl.Workbook()
    made.active.title = name
    for row in rows:
        made.active.append(row)
    if more is not None:
        more(made)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def with_cell(field: str, value: object) -> list[object]:
    row = list(GOOD)
    row[HEAD.index(field)] = value
    return row


def one(read, field: str, value: object):
    (row,) = read(book([HEAD, with_cell(field, value)])).rows
    return row


def test_a_good_row_is_accepted(read) -> None:
    (row,) = read(book([HEAD, GOOD])).rows
    assert row.outcome is Outcome.ACCEPTED
    assert (row.name, row.regency_code, row.place_code) == ("Siti Rukmini", "35.09", "KM12")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("NIK", 3509014505900001, "nik_numeric"),
        ("NIK", 12, "nik_numeric"),
        ("NIK", "3,50901E+15", "nik_numeric"),
        ("NIK", "350901450590001", "nik_length"),
        ("NIK", "3509017205900001", "nik_date"),
        ("NIK", "3509014505900000", "nik_serial"),
        ("TTL", "Jember, 31-02-1995", "birth_impossible"),
        ("TTL", "Jember", "birth_empty"),
        ("TTL", None, "birth_missing"),
        ("TTL", "belum tahu", "birth_missing"),
        ("TTL", date(2018, 1, 5), "birth_future"),
        ("Nama", "-", "name_missing"),
        ("Nama", 12345, "name_form"),
        ("Nama", "=B1", "broken_cell"),
        ("Nama", "Siti_x0000_ Rukmini", "control_character"),
        ("Nama", "S" * 400, "too_long"),
    ],
)
def test_refused(read, field: str, value: object, code: str) -> None:
    row = one(read, field, value)
    assert row.outcome is Outcome.REFUSED
    (problem,) = [problem for problem in row.errors if problem.code == code]
    assert (problem.column, "2" in problem.sentence) == (field, True)
    assert "\x00" not in "".join(row.original.values())


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("NIK", "3509014605900001", "nik_differs"),
        ("NIK", "3509010505900001", "nik_differs"),
        ("NIK", "9909014505900001", "nik_differs"),
        ("Alamat asal", "Antah Berantah", "home_unknown"),
        ("Alamat asal", None, "home_missing"),
        ("Rencana", "entah", "choice_unknown"),
        ("Rencana", "tidak pulang", "choice_unknown"),
        ("HP", "12", "phone_form"),
        ("HP", "081234567890 / 085234567890", "phone_several"),
        ("No Rekening", 123456789, "account_number"),
        ("No Rekening", "rek bank", "account_form"),
        ("Bank", None, "bank_missing"),
        ("Ket", "bawa anak", "children_unclear"),
    ],
)
def test_accepted_with_a_warning(read, field: str, value: object, code: str) -> None:
    row = one(read, field, value)
    assert row.outcome is Outcome.WARNING
    assert code in {problem.code for problem in row.warnings}


@pytest.mark.parametrize("text", ["081234567890", "+62 812-3456-7890", "6281234567890", 81234567890,
                                  "0812.3456.7890", "81234567890"])  # fmt: skip
def test_phones_in_one_form(read, text: object) -> None:
    assert one(read, "HP", text).phone == "081234567890"


@pytest.mark.parametrize(
    ("text", "count"),
    [("anak 2", 2), ("2 anak", 2), ("bawa anak 1 org", 1), ("2 orang anak", 2), ("anak dua", 2),
     ("anak ke-3", 0), ("tidak punya anak", 0), ("hamil", 0), ("Anak: 3, sakit", 3)],
)  # fmt: skip
def test_children_in_the_remark(read, text: str, count: int) -> None:
    row = one(read, "Ket", text)
    assert (row.children, row.remark, row.outcome) == (count, text, Outcome.ACCEPTED)


@pytest.mark.parametrize(
    ("text", "choice"),
    [("PULANG", "return"), ("kembali", "return"), ("pulkam", "return"), ("Menetap", "stay"),
     ("tinggal", "stay"), ("tetap", "stay"), ("?", None), ("belum", None), (None, None)],
)  # fmt: skip
def test_choices(read, text: str | None, choice: str | None) -> None:
    row = one(read, "Rencana", text)
    assert (row.choice, row.outcome) == (choice, Outcome.ACCEPTED)


def test_account_typed_as_number_keeps_its_digits(read) -> None:
    assert one(read, "No Rekening", 123456789).account == "123456789"


def test_a_child_is_referred_even_with_a_bad_nik(read) -> None:
    row = one(read, "TTL", "Jember, 29-11-1999")
    assert row.outcome is Outcome.REFERRAL
    adult = with_cell("TTL", "Jember, 28-11-1999")
    adult[HEAD.index("NIK")] = None
    (row,) = read(book([HEAD, adult])).rows
    assert row.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    "head",
    [
        ["No", "NAMA LNGKAP", "NOMER KTP", "TEMPAT TANGGAL LAHR", "ALAMT ASAL"],
        ["Nama Penerima", "No. KTP-el", "Tempat/Tgl. Lahir", "Daerah asal", "NO"],
        ["NIK", "Nama\nLengkap", "T.T.L", "Asal", "Tahap 1", "Tahap 2", "Tahap 3", "TA 2017"],
    ],
)
def test_headers_in_other_words(head: list[str]) -> None:
    layout = layout_at(Sheet("x", [head]), 0)
    assert layout is not None
    assert {Field.NAME, Field.NIK, Field.BIRTH, Field.HOME} <= layout.fields.keys()


@pytest.mark.parametrize(
    ("top", "lower", "expected"),
    [
        (
            ["", "IDENTITAS", "", "", "LAHIR", "", "REKENING", "", ""],
            ["NO", "NAMA", "NIK", "NAMA IBU", "TEMPAT", "TANGGAL", "NAMA BANK", "NOMOR", "A.N."],
            ["number", "name", "nik", "mother", "birth_place", "birth_date", "bank", "account",
             "account_holder"],
        ),
        (
            ["NO", "NAMA", "NO.", "TEMPAT/", "NAMA", "RENCANA"],
            ["", "LENGKAP", "KTP", "TGL LAHIR", "IBU KANDUNG", "PULANG / MENETAP"],
            ["number", "name", "nik", "birth", "mother", "choice"],
        ),
    ],
)  # fmt: skip
def test_headers_of_two_rows(top: list[str], lower: list[str], expected: list[str]) -> None:
    layout = layout_at(Sheet("x", [list(top), list(lower)]), 0)
    assert layout is not None
    assert layout.height == 2
    assert [column.field for column in layout.columns] == expected


def test_no_header_anywhere_is_an_error(read) -> None:
    with pytest.raises(WorkbookError) as refused:
        read(book([["NO", "NAMA BARANG", "JUMLAH"], [1, "Kursi", 4]]))
    assert refused.value.code == "no_header"
    assert "NAMA" in refused.value.sentence


def test_place_from_title_section_and_nowhere(read) -> None:
    titled = read(book([["LOKALISASI DESA TANGAR"], HEAD, GOOD], name="Sheet1"))
    assert [row.place_code for row in titled.rows] == ["TANGAR"]
    sections = [["DESA MEKAR JAYA DAN BUKIT HARAPAN"], HEAD, ["II", "DESA BUKIT HARPAN"], GOOD,
                ["DESA ENTAH"], with_cell("NIK", "3509014505900002")]  # fmt: skip
    rows = read(book(sections, name="Parenggean")).rows
    assert [row.place_code for row in rows] == ["BUKIT_HARAPAN", None]
    assert [problem.code for problem in rows[1].errors] == ["place_unknown"]
    both = read(book([sections[0], HEAD, GOOD], name="Parenggean")).rows
    assert [problem.code for problem in both[0].errors] == ["place_ambiguous"]
    nowhere = read(book([HEAD, GOOD], name="Sheet1")).rows
    assert [problem.code for problem in nowhere[0].errors] == ["place_unknown"]


def test_footers_are_nobody_and_people_after_them_are_somebody(read) -> None:
    rows = [HEAD, GOOD, [None, "JUMLAH", None, "1 orang"], [None, "Mengetahui,"],
            [None, "Drs. FULAN"], [None, "NIP. 19700101"], [None, None, None, "Sampit, 2 Mei 2017"],
            [None, "Titin Sumarni", None, "Malang, 2-2-1980", "Kota Malang"]]  # fmt: skip
    assert [row.name for row in read(book(rows)).rows] == ["Siti Rukmini", "Titin Sumarni"]


def test_a_signature_without_a_total_is_nobody(read) -> None:
    rows = [HEAD, GOOD, [], [None, None, None, "Sampit, 29 Oktober 2017"],
            [None, "Kepala Bidang"], [None, "(....................)"]]  # fmt: skip
    reading = read(book(rows))
    assert (len(reading.rows), reading.notes) == (1, [])


def test_a_name_alone_is_not_lost(read) -> None:
    rows = read(book([HEAD, GOOD, [2, "Sri Tanpa Data"], [3]])).rows
    assert [(row.name, row.outcome) for row in rows][1:] == [("Sri Tanpa Data", Outcome.REFUSED)]


def test_a_line_that_is_no_person_is_noted(read) -> None:
    reading = read(book([HEAD, GOOD, [None] * 10 + ["sambungan keterangan"]]))
    assert [(note.sheet, note.row) for note in reading.notes] == [("Km 12", 3)]


def test_a_place_merged_over_several_people(read) -> None:
    rows = [[*HEAD, "Desa"], [*GOOD, "Mekar Jaya"], [*with_cell("NIK", None), None]]
    rows[2][1] = "Lain Orang"
    merged = book(rows, name="Sheet1", more=lambda made: made.active.merge_cells("L2:L3"))
    assert [row.place_code for row in read(merged).rows] == ["MEKAR_JAYA", "MEKAR_JAYA"]


def test_one_account_in_two_rows_warns_on_the_later(read) -> None:
    other = [2, "Yayuk Lestari", None, "Malang, 2-2-1980", "Kota Malang", "Ani", None, None,
             "0123456789", "BNI", None]  # fmt: skip
    first, second = read(book([HEAD, GOOD, other])).rows
    assert (first.warnings, [problem.code for problem in second.warnings]) == (
        [],
        ["same_account"],
    )


def test_a_mended_row_is_judged_anew(read, regions, places) -> None:
    broken = one(read, "TTL", "Jember, 31-02-1990")
    cells = broken.cells | {Field.BIRTH: "Jember, 5-5-1990"}
    mended = read_mended_row(
        cells,
        key=RowKey("Km 12", 2),
        place_code="KM12",
        regions=regions,
        ref_dates=dict.fromkeys(places, date(2017, 11, 28)),
    )
    assert (broken.outcome, mended.outcome) == (Outcome.REFUSED, Outcome.ACCEPTED)
    assert mended.birth_date == date(1990, 5, 5)


def test_the_template_is_read_back(read) -> None:
    made = openpyxl.load_workbook(io.BytesIO(template_workbook()))
    assert made.active["D2"].number_format == "@"
    made.active.append([])
    values = [1, "Siti Rukmini", "", "3509014505900001", "Jember", "5-5-1990", "Ambulu", "Jember",
              "Jawa Timur", "Sumi", "Tangar", "Wisma Melati", "BNI", "0123456789", "Siti R",
              "081234567890", "MENETAP", 2, "sehat"]  # fmt: skip
    for index, value in enumerate(values, start=1):
        made.active.cell(2, index, value)
    buffer = io.BytesIO()
    made.save(buffer)
    (row,) = read(buffer.getvalue()).rows
    assert (row.outcome, row.problems) == (Outcome.ACCEPTED, [])
    assert (row.regency_code, row.district_code[:5], row.place_code) == ("35.09", "35.09", "TANGAR")
    assert (row.children, row.choice, row.account_holder) == (2, "stay", "Siti R")
    assert read(template_workbook()).rows == []


def test_rows_keep_the_numbers_of_the_file() -> None:
    rows = open_workbook(DEMO.read_bytes()).sheets[0].rows
    assert rows[176][1] == "RUBIYATUN LESTARI"
