"""Tables as files: CSV and XLSX that open well in a spreadsheet and run nothing there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from kotim_social.lib.progress import told

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES = {"csv": CSV, "xlsx": XLSX}

Value = str | int | date | None
TEXT, NUMBER, MONEY, DAY = "text", "number", "money", "date"
_FORMATS = {NUMBER: "0", MONEY: "#,##0", DAY: "dd-mm-yyyy", TEXT: "@"}
# What a spreadsheet would take for the beginning of a formula.
_DANGEROUS = set("=+-@\t\r\n")
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NARROW, _WIDE, _TEXT_MAX = 8, 60, 32_000


@dataclass(frozen=True)
class Column:
    """A heading and what stands under it: text, number, money (whole rupiah) or date."""

    title: str
    kind: str = TEXT


@dataclass(frozen=True)
class Sheet:
    """A table as it is shown: heading, rows, and what it covers (filter, order, day)."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    about: Sequence[tuple[str, str]] = field(default=())

    def total(self, column: int) -> int:
        """The sum of a column of numbers: the same in the file, on screen and on paper."""
        return sum(row[column] for row in self.rows if isinstance(row[column], int))  # type: ignore[misc]


def as_file(sheet: Sheet, kind: str) -> bytes:
    """The file of a kind in CONTENT_TYPES."""
    return as_csv(sheet) if kind == "csv" else as_xlsx(sheet)


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with its mark, semicolons, plain digits; under the rows what the table covers."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe_text(column.title) for column in sheet.columns])
    for row in told(sheet.rows):
        writer.writerow([_csv_cell(value) for value in row])
    if sheet.about:
        writer.writerow([])
        for label, value in sheet.about:
            writer.writerow([safe_text(label), safe_text(value)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if isinstance(value, int):
        return str(value)
    text = safe_text(value)
    # Digits in a row would be read as a number and lose their end.
    return f"'{text}" if text.isdigit() and len(text) > 11 else text


def safe_text(text: str) -> str:
    """Without control and hidden characters; an apostrophe before what would be a formula."""
    plain = clean_text(text)
    return f"'{plain}" if plain[:1] in _DANGEROUS or plain.lstrip()[:1] in set("=+-@") else plain


def clean_text(text: str) -> str:
    """What a spreadsheet can hold of a text."""
    plain = _UNSEEN.sub("", ILLEGAL_CHARACTERS_RE.sub("", text))
    return plain.encode("utf-8", "replace").decode()[:_TEXT_MAX]


def as_xlsx(sheet: Sheet) -> bytes:
    """One sheet with a frozen, filtered heading, and one that says what it covers.

    Written row by row: 100.000 rows take no more memory than a thousand.
    """
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.title[:31])
    page.freeze_panes = "A2"
    for index in range(len(sheet.columns)):
        page.column_dimensions[get_column_letter(index + 1)].width = _width(sheet, index)
    head = [_cell(page, column.title) for column in sheet.columns]
    for cell in head:
        cell.font = Font(bold=True)
    page.append(head)
    kinds = [column.kind for column in sheet.columns]
    for row in told(sheet.rows):
        page.append([_cell(page, value, kind) for value, kind in zip(row, kinds, strict=True)])
    page.auto_filter.ref = f"A1:{get_column_letter(len(kinds))}{len(sheet.rows) + 1}"
    if sheet.about:
        cover = book.create_sheet("Keterangan")
        cover.column_dimensions["A"].width, cover.column_dimensions["B"].width = 24, _WIDE
        for label, value in sheet.about:
            cover.append([_cell(cover, label), _cell(cover, value)])
    return saved(book)


def finish(page: Any) -> None:
    """The heading stays in sight and filters."""
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(page: Any, value: Value, kind: str = "") -> Any:
    return _filled(WriteOnlyCell(page), value, kind)


def write_cell(page: Any, line: int, column: int, value: Value, *, kind: str = "") -> Any:
    """Text stays text: what begins with "=" is no formula, and a number in words loses no digit."""
    return _filled(page.cell(line, column), value, kind)


def _filled(cell: Any, value: Value, kind: str) -> Any:
    if value is None:
        return cell
    if isinstance(value, int | date):
        cell.value = value
        cell.number_format = _FORMATS.get(kind, "0" if isinstance(value, int) else _FORMATS[DAY])
        return cell
    text = clean_text(value)
    cell.value = text
    cell.data_type = "s"
    cell.number_format = _FORMATS[TEXT]
    if text[:1] in _DANGEROUS:
        cell.quotePrefix = True
    return cell


def _width(sheet: Sheet, index: int) -> int:
    longest = max((len(str(row[index])) for row in sheet.rows[:200]), default=0)
    return min(max(longest, len(sheet.columns[index].title), _NARROW) + 2, _WIDE)
