"""The rows of an import that were not taken, as a workbook with a column of what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from cases.models import RegisterImport, StagedRow
from cases.register.columns import Field, recognise
from kotim_social.accounts.access import get_visible_or_404
from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.documents.exports import XLSX, finish, saved, write_cell
from kotim_social.jobs.made_files import Arguments, Made
from kotim_social.jobs.models import MadeFile
from kotim_social.lib.nik import mask_account
from kotim_social.lib.progress import told

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
    for column, head in enumerate(heads, start=1):
        write_cell(sheet, 1, column, head).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    sheet.column_dimensions[get_column_letter(len(heads))].width = _ERROR_WIDTH
    for line, row in enumerate(told(rows), start=2):
        place = row.place.label if row.place is not None else ""
        cells = [_masked(title, row.cells.get(title, "")) for title in titles]
        sentences = " ".join(problem["sentence"] for problem in row.problems)
        values: list[str | int] = [row.sheet, row.row_no, place, *cells, sentences]
        for column, value in enumerate(values, start=1):
            write_cell(sheet, line, column, value)
    finish(sheet)
    return saved(book)


def _masked(title: str, text: str) -> str:
    if recognise(title) in _MASKED and any(char.isalnum() for char in text):
        return mask_account(text)
    return _LONG_NUMBER.sub(lambda found: mask_account(found.group()), text)


# -- as a file: at once, or by a worker ---------------------------------------------------------


def rejected_count(by: User, arguments: Arguments) -> int:
    return _rejected(by, arguments)[1].count()


def make_rejected(by: User, arguments: Arguments) -> Made:
    source, rows = _rejected(by, arguments)
    record("register_import.download_rejected", by=by, obj=source)
    found = list(rows)
    return Made(
        rejected_workbook(found),
        XLSX,
        "baris-ditolak.xlsx",
        people=lambda: [row.pk for row in found],
    )


def rejected_still_hers(user: User, made: MadeFile) -> bool:
    """Whether she yet sees every row of it: those of others' places are not hers."""
    seen = StagedRow.objects.visible_to(user).filter(pk__in=made.people)
    return seen.count() == len(made.people)


def _rejected(by: User, arguments: Arguments) -> tuple[RegisterImport, Any]:
    source = get_visible_or_404(RegisterImport, by, arguments["import"])
    rows = StagedRow.objects.visible_to(by).filter(
        source=source, outcome__in=("refused", "duplicate"), worker__isnull=True
    )
    return source, rows.select_related("place").order_by("position")
