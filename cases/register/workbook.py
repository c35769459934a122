"""Opens a workbook: sheets with their cell values, the types as the file has them."""

import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook

from cases.register.package import Package, SheetScan, WorkbookError, check_package

__all__ = ["BrokenCell", "Cell", "Row", "Sheet", "Workbook", "WorkbookError", "open_workbook"]

_LARGEST_EXACT = 10**15
_MOST_MERGES = 500


@dataclass(frozen=True)
class BrokenCell:
    """A cell without a usable value: an error (`#REF!`) or a formula never calculated (`=`)."""

    shown: str


Cell = str | int | float | bool | date | datetime | time | BrokenCell | None
Row = list[Cell]


@dataclass(frozen=True)
class Sheet:
    """Rows from row 1 of the sheet on, so that `rows[n - 1]` is row n of the file."""

    name: str
    rows: list[Row]
    # Merged cells of one column: first and last row and the column, counted from 0.
    merged_down: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class Workbook:
    sheets: list[Sheet]
    hidden: list[str]


def open_workbook(content: bytes) -> Workbook:
    """Raises WorkbookError for everything that is not a readable XLSX within the limits."""
    package = check_package(content)
    values = _read(package)
    shown = [scan for scan in package.sheets if not scan.hidden]
    if not any(scan.rows for scan in shown):
        raise WorkbookError("no_sheet", _("The workbook has no sheet with cells."))
    return Workbook(
        sheets=[
            Sheet(scan.name, _rows(values[scan.name][0], scan), values[scan.name][1])
            for scan in shown
        ],
        hidden=[scan.name for scan in package.sheets if scan.hidden and scan.rows],
    )


_Values = tuple[list[list[object]], tuple[tuple[int, int, int], ...]]


def _read(package: Package) -> dict[str, _Values]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(package.content))
        return {scan.name: _read_sheet(book, scan) for scan in package.sheets}
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic in the Rust reader is not an Exception
        raise WorkbookError(
            "broken", _("The file is damaged. Open it in Excel, save it as .xlsx and try again.")
        ) from error


def _read_sheet(book: CalamineWorkbook, scan: SheetScan) -> _Values:
    if not scan.rows:
        return [], ()
    sheet = book.get_sheet_by_name(scan.name)
    merged = tuple(
        (top, min(bottom, scan.rows - 1), left)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        if left == right and top < bottom
    )
    return [list(row) for row in sheet.to_python(skip_empty_area=False)], merged[:_MOST_MERGES]


def _rows(values: list[list[object]], scan: SheetScan) -> list[Row]:
    rows: list[Row] = [[_cell(value) for value in row] for row in values]
    for (row, column), shown in scan.broken.items():
        while len(rows) < row:
            rows.append([])
        line = rows[row - 1]
        line.extend([None] * (column - len(line)))
        line[column - 1] = BrokenCell(shown)
    return rows


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_EXACT:
        return int(value)
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, bool | int | float | date | datetime | time):
        return value
    return None
