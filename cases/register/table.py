"""Walks the rows under a header: people, section rows, repeated headers, footers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from django.utils.translation import gettext as _

from cases.register.columns import Field
from cases.register.layout import Column, Layout, cell_at, find_layout, layout_at
from cases.register.places import PlaceMatcher
from cases.register.workbook import Cell, Row, Sheet

_TOTAL = re.compile(r"\W*(?:sub\s*-?\s*)?(?:jumlah|total|jml|jlh)\b", re.I)
_SIGNATURE = re.compile(
    r"\W*(?:mengetahui|menyetujui|disetujui|nip\b|kepala\b|plt\b|plh\b|a\.?\s?n\.?\s|dibuat|pendata\b"
    r"|petugas|camat\b|lurah\b|tanda tangan|catatan\s*:|keterangan\s*:|sumber\b|dicetak)"
    r"|^[\s._()…-]{3,}$",
    re.I,
)
# "Sampit, 29 Oktober 2017": a birth cell looks the same, so it counts only without a name.
_PLACE_AND_DATE = re.compile(
    r"[a-z .]+,\s*(?:\d{1,2}|[._…]{2,})\s+[a-z._…]+\s+(?:\d{4}|[._…]{2,})\W*", re.I
)
_DWELLING = re.compile(r"\W*(?:wisma|blok|kamar|barak)\b", re.I)
_MARKER = re.compile(r"\W*(?:[ivx]+|[a-z]|\d+)\W*", re.I)
_IDENTITY = (Field.NIK, Field.BIRTH, Field.BIRTH_DATE, Field.HOME, Field.HOME_REGENCY, Field.MOTHER)
_SHARED = frozenset({Field.PLACE, Field.WISMA})
_UNTELLING = frozenset({Field.NUMBER, Field.AGE})


@dataclass(frozen=True)
class Note:
    """What was not read, for people to look at; never the text of a cell."""

    sheet: str
    row: int | None
    sentence: str


@dataclass(frozen=True)
class FieldCell:
    title: str
    value: Cell


@dataclass(frozen=True)
class RawRow:
    """One person's row as found: cells by field, all cells by title, and the places it may be."""

    sheet: str
    row_no: int
    cells: dict[Field, FieldCell]
    original: dict[str, Cell]
    places: frozenset[str]
    place_text: str
    place_doubted: bool = False
    section_wisma: str = ""


class _Kind(Enum):
    SKIP = "skip"
    FOOTER = "footer"
    SECTION = "section"
    DWELLING = "dwelling"
    PERSON = "person"
    UNREAD = "unread"


class SheetReader:
    """Reads one sheet; `notes` fills while `rows()` is walked."""

    def __init__(self, sheet: Sheet, matcher: PlaceMatcher) -> None:
        self.sheet = sheet
        self.matcher = matcher
        self.notes: list[Note] = []
        self._section: tuple[frozenset[str], str] | None = None
        self._wisma = ""
        self._footer = False

    def rows(self) -> Iterator[RawRow]:
        layout = find_layout(self.sheet)
        if layout is None:
            self._note_without_header()
            return
        around = self._places_around(layout)
        at = layout.first_row - 1
        while at < len(self.sheet.rows):
            again = layout_at(self.sheet, at)
            if again is not None:
                layout = layout if again.repeats(layout) else again
                self._footer = False
                at += again.height
                continue
            row = self.sheet.rows[at]
            if self._take(row, at + 1, layout) is _Kind.PERSON:
                yield self._raw(row, at + 1, layout, around)
            at += 1

    def _note_without_header(self) -> None:
        filled = sum(any(cell is not None for cell in row) for row in self.sheet.rows)
        if filled:
            sentence = _("No header row with names was found; %(count)s rows were not read.")
            self.notes.append(Note(self.sheet.name, None, sentence % {"count": filled}))

    def _places_around(self, layout: Layout) -> list[tuple[frozenset[str], str]]:
        titles = self.sheet.rows[: layout.first_row - 1]
        text = " | ".join(cell for row in titles for cell in row if isinstance(cell, str))
        name = self.sheet.name
        return [(self.matcher.match(name), name), (self.matcher.match(text), text)]

    def _take(self, row: Row, row_no: int, layout: Layout) -> _Kind:
        kind = self._kind(row, layout)
        if kind is _Kind.FOOTER:
            self._footer = True
        elif kind is _Kind.PERSON:
            self._footer = False
        elif kind is _Kind.SECTION:
            text = _longest_text(row)
            self._section = (self.matcher.match(text), text)
            self._footer, self._wisma = False, ""
        elif kind is _Kind.DWELLING:
            self._wisma = " ".join(_longest_text(row).split())
        elif kind is _Kind.UNREAD:
            sentence = _("Row %(row)s was not read: it looks like no person.") % {"row": row_no}
            self.notes.append(Note(self.sheet.name, row_no, sentence))
        return kind

    def _kind(self, row: Row, layout: Layout) -> _Kind:
        filled = {index: cell for index, cell in enumerate(row) if cell is not None}
        if not filled or _is_number_row(filled):
            return _Kind.SKIP
        if _starts_total(row, layout):
            return _Kind.FOOTER
        identity = _filled_identity(row, layout)
        if identity <= 1 and len(filled) <= 3 and _is_signature(row, filled, layout):
            return _Kind.FOOTER
        if not identity or len(filled) == 1:
            special = self._special(filled)
            if special is not None:
                return special
        if _has_name(row, layout):
            return self._named(identity, filled)
        return self._nameless(identity, filled, layout)

    def _special(self, filled: Mapping[int, Cell]) -> _Kind | None:
        """A heading for the rows below: one text, perhaps with a number or letter before it."""
        texts = [cell for cell in filled.values() if isinstance(cell, str)]
        long_texts = [text for text in texts if not _MARKER.fullmatch(text)]
        if len(long_texts) != 1 or len(filled) > 2:
            return None
        text = long_texts[0]
        if self.matcher.looks_like_section(text) or self.matcher.match(text):
            return _Kind.SECTION
        return _Kind.DWELLING if _DWELLING.match(text) else None

    def _named(self, identity: int, filled: Mapping[int, Cell]) -> _Kind:
        counted = any(not isinstance(cell, str) for cell in filled.values())
        if not self._footer or identity >= 2 or (identity and counted):
            return _Kind.PERSON
        # Names under signatures stand alone; anything beside one is worth a look.
        return _Kind.UNREAD if identity or counted else _Kind.SKIP

    def _nameless(self, identity: int, filled: Mapping[int, Cell], layout: Layout) -> _Kind:
        if identity and (not self._footer or identity >= 2):
            return _Kind.PERSON
        fields = {column.index: column.field for column in layout.columns}
        if self._footer or all(fields.get(index) in _UNTELLING for index in filled):
            return _Kind.SKIP
        return _Kind.UNREAD

    def _raw(
        self, row: Row, row_no: int, layout: Layout, around: list[tuple[frozenset[str], str]]
    ) -> RawRow:
        cells = {
            field: FieldCell(column.title, self._value(row, row_no, column, field))
            for field, column in layout.fields.items()
        }
        written = cells.get(Field.PLACE)
        named = (
            self.matcher.match(written.value)
            if written is not None and isinstance(written.value, str)
            else None
        )
        places, text = self._place(named, written, around)
        return RawRow(
            sheet=self.sheet.name,
            row_no=row_no,
            cells=cells,
            original=_original(row, layout.columns),
            places=places,
            place_text=text,
            place_doubted=named is not None and not places & named,
            section_wisma=self._wisma,
        )

    def _value(self, row: Row, row_no: int, column: Column, field: Field) -> Cell:
        """The cell, or for a place or dwelling the cell merged over several people."""
        value = cell_at(row, column.index)
        if value is None and field in _SHARED:
            for top, bottom, index in self.sheet.merged_down:
                if index == column.index and top < row_no <= bottom + 1:
                    return cell_at(self.sheet.rows[top], index)
        return value

    def _place(
        self,
        named: frozenset[str] | None,
        written: FieldCell | None,
        around: list[tuple[frozenset[str], str]],
    ) -> tuple[frozenset[str], str]:
        """Section row, else place column, else sheet name, else titles: the first that says one.

        A section row that names no known place decides too: its rows are not put elsewhere.
        """
        if self._section is not None:
            return self._section
        sources = list(around)
        if named is not None and written is not None:
            sources.insert(0, (named, str(written.value)))
        for places, text in sources:
            if len(places) == 1:
                return places, text
        return next((source for source in sources if source[0]), (frozenset(), ""))


def _original(row: Row, columns: tuple[Column, ...]) -> dict[str, Cell]:
    """Every filled cell by its title; a column without one is called by its letter."""
    titles = {column.index: column.title for column in columns}
    original: dict[str, Cell] = {}
    for index, cell in enumerate(row):
        title = titles.get(index) or column_letter(index)
        if cell is not None or index in titles:
            original[title if title not in original else f"{title} ({column_letter(index)})"] = cell
    return original


def column_letter(index: int) -> str:
    """0 → "A", 26 → "AA"."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _longest_text(row: Row) -> str:
    return max((cell for cell in row if isinstance(cell, str)), key=len, default="")


def _is_number_row(filled: Mapping[int, Cell]) -> bool:
    """The row that counts the columns: 1, 2, 3 … or (1), (2), (3) …"""
    numbers = [re.sub(r"\D", "", str(cell)) for cell in filled.values()]
    whole = all(re.fullmatch(r"\W*\d{1,2}\W*", str(cell)) for cell in filled.values())
    if len(numbers) < 3 or not whole:
        return False
    return all(int(b) - int(a) in {0, 1} for a, b in pairwise(numbers))


def _starts_total(row: Row, layout: Layout) -> bool:
    name = layout.fields[Field.NAME].index
    return any(isinstance(cell, str) and _TOTAL.match(cell) for cell in row[: name + 1])


def _filled_identity(row: Row, layout: Layout) -> int:
    fields = layout.fields
    indexes = {fields[field].index for field in _IDENTITY if field in fields}
    return sum(1 for index in indexes if cell_at(row, index) is not None)


def _is_signature(row: Row, filled: Mapping[int, Cell], layout: Layout) -> bool:
    name = cell_at(row, layout.fields[Field.NAME].index)
    if name is not None:
        return isinstance(name, str) and _SIGNATURE.match(name) is not None
    texts = [" ".join(cell.split()) for cell in filled.values() if isinstance(cell, str)]
    return any(_SIGNATURE.match(text) or _PLACE_AND_DATE.fullmatch(text) for text in texts)


def _has_name(row: Row, layout: Layout) -> bool:
    cell = cell_at(row, layout.fields[Field.NAME].index)
    return cell is not None
