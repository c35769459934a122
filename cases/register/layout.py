"""Finds the header of a table by its words: one or two rows, at any height, in any order."""

from dataclasses import dataclass

from cases.register.columns import Field, recognise_pair, title_words
from cases.register.values import clean
from cases.register.workbook import Cell, Row, Sheet

# A header has a name, one field that tells a person apart, and one more.
_TELLING = frozenset({Field.NIK, Field.BIRTH, Field.BIRTH_DATE, Field.HOME, Field.HOME_REGENCY})
_LEAST_FIELDS = 3
_SUB_TITLE_KNOWN = 0.5
# A title may hold a year; dates, NIK and phone numbers side by side make a row of data.
_LONG_NUMBER = 4
_TITLES_WITH_NUMBERS = 2


@dataclass(frozen=True)
class Column:
    index: int
    title: str
    field: Field | None


@dataclass(frozen=True)
class Layout:
    """One header: `first_row` counts from 1, `height` is one or two rows."""

    first_row: int
    height: int
    columns: tuple[Column, ...]

    @property
    def fields(self) -> dict[Field, Column]:
        return {column.field: column for column in self.columns if column.field is not None}

    def repeats(self, other: "Layout") -> bool:
        """The same columns again, perhaps not all of them."""
        known = {field: column.index for field, column in other.fields.items()}
        return all(known.get(field) == column.index for field, column in self.fields.items())


def find_layout(sheet: Sheet) -> Layout | None:
    """The first header of the sheet, or None where no row is one."""
    for at in range(len(sheet.rows)):
        layout = layout_at(sheet, at)
        if layout is not None:
            return layout
    return None


def layout_at(sheet: Sheet, at: int) -> Layout | None:
    """The header that begins in `sheet.rows[at]`, if one does."""
    top = _titles(sheet.rows[at])
    if sum(1 for title in top if title) < 2 or _has_data(sheet.rows[at]):
        return None
    lower_row = sheet.rows[at + 1] if at + 1 < len(sheet.rows) else []
    lower = _titles(lower_row)
    if _is_sub_header(top, lower, lower_row):
        two = _columns(top, lower)
        if _is_header(two):
            return Layout(at + 1, 2, two)
    one = _columns(top, [])
    return Layout(at + 1, 1, one) if _is_header(one) else None


def _titles(row: Row) -> list[str]:
    return [clean(cell) if isinstance(cell, str) else "" for cell in row]


def _has_data(row: Row) -> bool:
    """Numbers and dates, or several texts with long numbers: no row of titles."""
    if any(cell is not None and not isinstance(cell, str) for cell in row):
        return True
    numbers = sum(
        isinstance(cell, str) and sum(map(str.isdigit, cell)) >= _LONG_NUMBER for cell in row
    )
    return numbers > _TITLES_WITH_NUMBERS


def _is_sub_header(top: list[str], lower: list[str], lower_row: Row) -> bool:
    filled = [title for title in lower if title]
    if not filled or _has_data(lower_row) or any(char.isdigit() for char in "".join(filled)):
        return False
    if any(title_words(title).known_part < _SUB_TITLE_KNOWN for title in filled):
        return False
    # A whole header below is the lower half only where the upper row holds titles too: not under
    # a title of the sheet, and not when a header is simply repeated.
    upper = _columns(top, [])
    has_titles = any(column.field is not None for column in upper)
    return not _is_header(_columns(lower, [])) or (has_titles and not _is_header(upper))


def _columns(top: list[str], lower: list[str]) -> tuple[Column, ...]:
    width = max(len(top), len(lower))
    top = top + [""] * (width - len(top))
    lower = lower + [""] * (width - len(lower))
    columns: list[Column] = []
    taken: set[Field] = set()
    group = ""
    for index in range(width):
        opens = bool(top[index])
        group = top[index] if opens else (group if lower[index] else "")
        spans = not opens or (
            index + 1 < width and not top[index + 1] and bool(lower[index] and lower[index + 1])
        )
        field = recognise_pair(group, lower[index], is_group=spans)
        if field in taken:
            field = None
        if field is not None:
            taken.add(field)
        title = " ".join(part for part in (group, lower[index]) if part)
        # A title above nothing in its group belongs to no column to its right.
        group = group if lower[index] else ""
        if title:
            columns.append(Column(index, title, field))
    return tuple(columns)


def _is_header(columns: tuple[Column, ...]) -> bool:
    fields = {column.field for column in columns if column.field is not None}
    fields.discard(Field.NUMBER)
    return Field.NAME in fields and bool(fields & _TELLING) and len(fields) >= _LEAST_FIELDS


def cell_at(row: Row, index: int) -> Cell:
    return row[index] if index < len(row) else None
