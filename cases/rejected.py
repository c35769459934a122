"""The rows of an import that were not taken, as a workbook with a column of what is wrong."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from cases.models import StagedRow
from cases.register.columns import Field, recognise
from kotim_social.lib.nik import mask_account

# Indonesian whatever the language of the screen: the file goes to people in the field.
_SHEET, _ROW, _PLACE, _ERROR = "LEMBAR", "BARIS", "LOKALISASI", "KESALAHAN"
_MASKED = frozenset({Field.NIK, Field.ACCOUNT, Field.PHONE, Field.MOTHER})
_LONG_NUMBER = re.compile(r"\d(?:[ .'’-]?\d){8,}")
_WIDTH, _ERROR_WIDTH = 20, 70


def rejected_workbook(rows: Iterable[StagedRow]) -> bytes:
    """One sheet: where each row stood, its cells (long numbers masked), and the sentences."""
    rows = list(rows)
    titles = list(dict.fromkeys(title for row in rows for title in row.cells))
    heads = [_SHEET, _ROW, _PLACE, *titles, _ERROR]
    book = Workbook()
    sheet = book.active
    sheet.title = "Ditolak"
    sheet.freeze_panes = "A2"
    for column, head in enumerate(heads, start=1):
        _write(sheet, 1, column, head).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    sheet.column_dimensions[get_column_letter(len(heads))].width = _ERROR_WIDTH
    for line, row in enumerate(rows, start=2):
        place = row.place.label if row.place is not None else ""
        cells = [_masked(title, row.cells.get(title, "")) for title in titles]
        sentences = " ".join(problem["sentence"] for problem in row.problems)
        values: list[str | int] = [row.sheet, row.row_no, place, *cells, sentences]
        for column, value in enumerate(values, start=1):
            _write(sheet, line, column, value)
    sheet.auto_filter.ref = sheet.dimensions
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _masked(title: str, text: str) -> str:
    if recognise(title) in _MASKED and any(char.isalnum() for char in text):
        return mask_account(text)
    return _LONG_NUMBER.sub(lambda found: mask_account(found.group()), text)


def _write(sheet: Any, row: int, column: int, value: str | int) -> Any:
    """Text stays text: a cell that begins with "=" is no formula, a number loses no digit."""
    cell = sheet.cell(row, column)
    if isinstance(value, int):
        cell.value = value
        return cell
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = value[:1] in set("=+-@\t\r")
    return cell
