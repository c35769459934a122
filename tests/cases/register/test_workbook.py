"""Files that are no register: each is refused with a code and a sentence."""

import io
import random
import zipfile

import openpyxl
import pytest

from cases.register.package import MAX_ENTRIES
from cases.register.workbook import BrokenCell, WorkbookError, open_workbook
from tests.cases.register.truth import DEMO

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512)
ENCRYPTED = OLE + "EncryptedPackage".encode("utf-16-le") + bytes(512)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def book(*rows: list[object]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def changed(content: bytes, **parts: bytes) -> bytes:
    """The workbook with parts replaced or added, deflated."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.pop(name, old.read(name)))
        for name, data in parts.items():
            new.writestr(name, data)
    return buffer.getvalue()


def sheet_xml(cells: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def zipped(**parts: bytes) -> bytes:
    return changed(_empty_zip(), **parts)


def _empty_zip() -> bytes:
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
FAR_CELL = sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + sheet_xml('<row r="1"><c r="A1"/></row>')


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"No;Nama;NIK\n1;Siti;3509\n", "not_xlsx"),
        (PNG, "not_xlsx"),
        (OLE, "not_xlsx"),
        (ENCRYPTED, "encrypted"),
        (b"PK\x03\x04" + bytes(64), "broken"),
        (DEMO.read_bytes()[:20_000], "broken"),
        (b"PK" + bytes(3 * 1024 * 1024), "too_large"),
        (zipped(**{"word/document.xml": b"<x/>"}), "not_xlsx"),
        (zipped(**{"xl/big.bin": bytes(21 * 1024 * 1024)}), "bomb"),
        (zipped(**{f"a{n}": b"" for n in range(MAX_ENTRIES + 1)}), "bomb"),
        (changed(book(["a"]), **{SHEET: FAR_CELL}), "too_many_rows"),
        (changed(book(["a"]), **{SHEET: DOCTYPE}), "broken"),
        (changed(book(["a"]), **{SHEET: b"<worksheet>"}), "broken"),
        (changed(book(["a"]), **{"xl/workbook.xml": b"\xff\xfe nonsense"}), "broken"),
        (book(*([number] for number in range(6_000))), "too_many_rows"),
        (book(), "no_sheet"),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(WorkbookError) as refused:
        open_workbook(content)
    assert refused.value.code == code
    assert refused.value.sentence


def test_a_part_encrypted_within_the_zip_is_named_so() -> None:
    content = bytearray(book(["a"]))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    with pytest.raises(WorkbookError) as refused:
        open_workbook(bytes(content))
    assert refused.value.code == "encrypted"


def test_types_are_kept() -> None:
    content = book([3509014105900001, "3509014105900001", 12, 1.5, True, "  ", "=A1+1", None])
    row = open_workbook(content).sheets[0].rows[0]
    assert row[:6] == [3509014105900001.0, "3509014105900001", 12, 1.5, True, None]
    assert [type(cell) for cell in row[:3]] == [float, str, int]
    assert row[6] == BrokenCell("=")


def test_an_error_cell_is_not_taken_for_an_empty_one() -> None:
    xml = sheet_xml('<row r="2"><c r="C2" t="e"><v>#REF!</v></c><c r="D2"><v>4</v></c></row>')
    rows = open_workbook(changed(book(["a"]), **{SHEET: xml})).sheets[0].rows
    assert rows[1] == [None, None, BrokenCell("#REF!"), 4]


def test_a_hidden_sheet_is_named_and_not_read() -> None:
    made = openpyxl.Workbook()
    made.active.append(["shown"])
    hidden = made.create_sheet("Lama")
    hidden.append(["old"])
    hidden.sheet_state = "hidden"
    buffer = io.BytesIO()
    made.save(buffer)
    opened = open_workbook(buffer.getvalue())
    assert [sheet.name for sheet in opened.sheets] == ["Sheet"]
    assert opened.hidden == ["Lama"]


def test_damaged_bytes_give_a_sentence_or_a_workbook() -> None:
    chance = random.Random(2017)
    with zipfile.ZipFile(DEMO) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _round in range(60):
        name = chance.choice([n for n in parts if n.startswith(("xl/", "[", "_rels"))])
        damaged = bytearray(parts[name])
        for _hit in range(chance.randint(1, 8)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            open_workbook(changed(DEMO.read_bytes(), **{name: bytes(damaged)}))
        except WorkbookError as error:
            assert error.sentence
