"""From the bytes of a workbook to every row with its outcome."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from cases.register.columns import Field
from cases.register.duplicates import (
    DuplicateOf,
    Duplicates,
    KeyMakers,
    Likeness,
    Person,
    find_duplicates,
)
from cases.register.layout import find_layout
from cases.register.parsed import Outcome, ParsedRow, RowKey
from cases.register.places import PlaceMatcher
from cases.register.rows import Surroundings, read_row
from cases.register.table import FieldCell, Note, RawRow, SheetReader
from cases.register.workbook import Workbook, WorkbookError, open_workbook
from kotim_social.regions.matching import RegionIndex


@dataclass(frozen=True)
class RegisterReading:
    """`rows` in workbook order; `notes` say what was not read."""

    rows: list[ParsedRow]
    notes: list[Note]

    def counts(self) -> dict[str, int]:
        """Rows by outcome; those with warnings count as accepted."""
        counted = {"accepted": 0, "duplicate": 0, "refused": 0, "referral": 0}
        for row in self.rows:
            name = "accepted" if row.outcome is Outcome.WARNING else row.outcome.value
            counted[name] += 1
        return counted


def read_register(
    content: bytes,
    *,
    places: Mapping[str, Iterable[str]],
    regions: RegionIndex,
    ref_dates: Mapping[str, date],
    existing: Iterable[Person] = (),
    keys: KeyMakers | None = None,
    apart: Collection[frozenset[Hashable]] = (),
) -> RegisterReading:
    """Read a workbook; raises WorkbookError when no sheet of it is a register.

    `places`: place code → words that name it. `ref_dates`: place code → its closing date, on
    which ages are taken. `existing` may be a generator, it is walked once.
    """
    raws, notes = _raw_rows(open_workbook(content), PlaceMatcher(places))
    around = Surroundings(regions, ref_dates)
    rows = [read_row(raw, around) for raw in raws]
    # A refused row is nobody's record yet; a child's row is one.
    records = [row for row in rows if row.outcome is not Outcome.REFUSED]
    mark_duplicates(rows, find_duplicates(records, existing, keys=keys, apart=apart))
    return RegisterReading(rows, notes)


def read_mended_row(
    cells: Mapping[Field, str],
    *,
    key: RowKey,
    place_code: str | None,
    regions: RegionIndex,
    ref_dates: Mapping[str, date],
) -> ParsedRow:
    """Judge a row anew after people corrected its cells; duplicates are looked for apart.

    `cells` as in `ParsedRow.cells`, all as text; `place_code` is the place chosen for her.
    """
    raw = RawRow(
        sheet=key.sheet,
        row_no=key.row_no,
        cells={field: FieldCell(field.value, text or None) for field, text in cells.items()},
        original={field.value: text for field, text in cells.items()},
        places=frozenset({place_code} if place_code else ()),
        place_text="",
    )
    return read_row(raw, Surroundings(regions, ref_dates))


def _raw_rows(workbook: Workbook, matcher: PlaceMatcher) -> tuple[list[RawRow], list[Note]]:
    if all(find_layout(sheet) is None for sheet in workbook.sheets):
        raise WorkbookError(
            "no_header",
            _(
                "No row was found that names the columns. A register needs at least the columns "
                "NAMA, one of NIK, TEMPAT/TGL LAHIR or ALAMAT ASAL, and one more."
            ),
        )
    hidden = _("The sheet is hidden and was not read. Unhide it to have it read.")
    notes = [Note(name, None, hidden) for name in workbook.hidden]
    raws: list[RawRow] = []
    for sheet in workbook.sheets:
        reader = SheetReader(sheet, matcher)
        raws.extend(reader.rows())
        notes.extend(reader.notes)
    return raws, notes


def mark_duplicates(rows: Iterable[ParsedRow], duplicates: Duplicates) -> None:
    """Writes what was found into the rows: a decision that is needed, or a warning."""
    for row in rows:
        row.duplicate_of = duplicates.decisions.get(row.key)
        for hint in duplicates.hints.get(row.key, ()):
            if row.duplicate_of is None or hint.other != row.duplicate_of.other:
                row.warn(hint.likeness.value, _column_of(hint), _hint_sentence(hint))


def _column_of(hint: DuplicateOf) -> str:
    return {
        Likeness.SAME_ACCOUNT: _("account"),
        Likeness.SAME_PHONE: _("phone"),
    }.get(hint.likeness, _("name"))


def _hint_sentence(hint: DuplicateOf) -> str:
    if hint.existing:
        sentences = {
            Likeness.SAME_ACCOUNT: _("the account number is that of somebody already registered."),
            Likeness.SAME_PHONE: _("the phone number is that of somebody already registered."),
        }
        similar = _("somebody with a similar name and the same birth date is registered.")
        return sentences.get(hint.likeness, similar)
    words = {"other": _row_words(hint)}
    sentences = {
        Likeness.SAME_ACCOUNT: _("the account number stands in %(other)s too."),
        Likeness.SAME_PHONE: _("the phone number stands in %(other)s too."),
    }
    similar = _("a similar name with the same birth date stands in %(other)s.")
    return sentences.get(hint.likeness, similar) % words


def _row_words(hint: DuplicateOf) -> str:
    key = hint.other
    if not isinstance(key, RowKey):
        raise TypeError("a likeness within a workbook points to a row")
    return _("sheet %(sheet)s, row %(row)s") % {"sheet": key.sheet, "row": key.row_no}


def duplicate_sentence(row: ParsedRow) -> str:
    """Why a row waits for a decision; "" for one that does not."""
    found = row.duplicate_of
    if found is None:
        return ""
    whose = _("somebody already registered") if found.existing else _row_words(found)
    sentence = {
        Likeness.SAME_NIK: _("Same NIK as %(other)s."),
        Likeness.SAME_NAME_BIRTH: _("Same name and birth date as %(other)s."),
        Likeness.SAME_NAME_MOTHER: _("Same name and mother, about the same age as %(other)s."),
    }[found.likeness]
    return sentence % {"other": whose}


__all__ = [
    "RegisterReading",
    "duplicate_sentence",
    "mark_duplicates",
    "read_mended_row",
    "read_register",
]
