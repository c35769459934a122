"""Reads one person's row: every cell into its field, every doubt into a sentence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from cases.register import values
from cases.register.columns import Field
from cases.register.parsed import ParsedRow
from cases.register.table import FieldCell, RawRow
from cases.register.workbook import BrokenCell, Cell
from kotim_social.lib.dates import ADULT, DateError, age_on, parse_date, split_birth
from kotim_social.lib.names import tidy_name
from kotim_social.lib.nik import Nik, NikError, nik_from_cell, nik_warnings
from kotim_social.regions.matching import RegionIndex

_AGE_TOLERANCE = 3
_BNI_DIGITS = 10
_LONGEST = 300
_LONGEST_REMARK = 2_000
_ALIAS_WORD = re.compile(r"\s+(?:alias|als|a\.?k\.?a)\b\.?\s+", re.I)
_TEXT_FIELDS = frozenset(Field) - {Field.NUMBER, Field.AGE, Field.SEX}
_NO_CELL = FieldCell("", None)


@dataclass(frozen=True)
class Surroundings:
    """What a row is read against; the reference date of a place is its closing date."""

    regions: RegionIndex
    ref_dates: Mapping[str, date]

    @cached_property
    def known_prefixes(self) -> frozenset[str]:
        return self.regions.known_prefixes

    def ref_date(self, place_code: str | None) -> date:
        """Without a place, the earliest: nobody is taken for older than she may be."""
        if place_code is not None and place_code in self.ref_dates:
            return self.ref_dates[place_code]
        return min(self.ref_dates.values())


def read_row(raw: RawRow, around: Surroundings) -> ParsedRow:
    row = ParsedRow(sheet=raw.sheet, row_no=raw.row_no)
    row.original = {t: values.kept_as_written(cell) for t, cell in raw.original.items()}
    row.cells = {field: values.kept_as_written(cell.value) for field, cell in raw.cells.items()}
    _read_place(row, raw)
    _check_cells(row, raw)
    _read_names(row, raw)
    nik = _read_nik(row, raw)
    _read_birth(row, raw)
    _read_home(row, raw, around.regions, nik)
    _read_account(row, raw)
    _read_phone(row, raw)
    _read_choice(row, raw)
    _read_remark(row, raw)
    _check_age(row, raw, around.ref_date(row.place_code))
    if nik is not None:
        for sentence in nik_warnings(
            nik, birth_date=row.birth_date, known_prefixes=around.known_prefixes
        ):
            row.warn("nik_differs", _title(raw, Field.NIK), sentence)
    return row


def _cell(raw: RawRow, field: Field) -> FieldCell:
    found = raw.cells.get(field, _NO_CELL)
    # A broken cell has had its sentence; its field is read as empty.
    return FieldCell(found.title, None) if isinstance(found.value, BrokenCell) else found


def _title(raw: RawRow, field: Field) -> str:
    return raw.cells[field].title if field in raw.cells else ""


def _text(raw: RawRow, field: Field) -> str:
    return values.clean(_cell(raw, field).value)


def _expected(expected: str, found: str) -> str:
    words = {"expected": expected, "found": found[:60]}
    return _("expected %(expected)s, found %(found)s") % words


def _read_place(row: ParsedRow, raw: RawRow) -> None:
    title = _title(raw, Field.PLACE) or _("place")
    if len(raw.places) == 1:
        row.place_code = next(iter(raw.places))
        if raw.place_doubted:
            written = values.clean(raw.cells[Field.PLACE].value)
            sentence = _("“%(found)s” is not the place that the sheet or section says.")
            row.warn("place_differs", title, sentence % {"found": written[:60]})
    elif raw.places:
        what = _("the place is not clear, “%(text)s” names more than one.")
        row.refuse("place_ambiguous", title, what % {"text": raw.place_text[:80]})
    elif raw.place_text:
        what = _("no place is known by “%(text)s”.")
        row.refuse("place_unknown", title, what % {"text": raw.place_text[:80]})
    else:
        row.refuse(
            "place_unknown", title, _("no place is written, not in the sheet's name either.")
        )


def _check_cells(row: ParsedRow, raw: RawRow) -> None:
    for field in sorted(_TEXT_FIELDS & raw.cells.keys()):
        cell = raw.cells[field]
        limit = _LONGEST_REMARK if field is Field.REMARK else _LONGEST
        if isinstance(cell.value, BrokenCell):
            what = _("the cell holds %(shown)s instead of a value.")
            row.refuse("broken_cell", cell.title, what % {"shown": cell.value.shown})
        elif values.has_control_characters(cell.value):
            row.refuse("control_character", cell.title, _("the cell holds invisible characters."))
        elif isinstance(cell.value, str) and len(cell.value) > limit:
            what = _("the text is longer than %(limit)s characters.")
            row.refuse("too_long", cell.title, what % {"limit": limit})


def _read_names(row: ParsedRow, raw: RawRow) -> None:
    cell = _cell(raw, Field.NAME)
    parts = _ALIAS_WORD.split(values.clean(cell.value))
    row.name = tidy_name(parts[0])
    if not isinstance(cell.value, str | None) or any(char.isdigit() for char in row.name):
        row.refuse("name_form", cell.title, _expected(_("a name"), values.shown(cell.value)))
    elif not any(char.isalpha() for char in row.name):
        row.name = ""
        row.refuse("name_missing", cell.title, _("the name is missing."))
    texts = [*parts[1:], *values.read_aliases(_text(raw, Field.ALIAS))]
    row.aliases = list(dict.fromkeys(tidy_name(text) for text in texts))
    mother = _text(raw, Field.MOTHER)
    row.mother = "" if values.is_nothing(mother) else tidy_name(mother)
    wisma = _text(raw, Field.WISMA)
    row.wisma = raw.section_wisma if values.is_nothing(wisma) else wisma


def _read_nik(row: ParsedRow, raw: RawRow) -> Nik | None:
    cell = _cell(raw, Field.NIK)
    try:
        nik = nik_from_cell(cell.value)
    except NikError as error:
        row.refuse(f"nik_{error.code}", cell.title, error.sentence)
        return None
    row.nik = nik.value if nik is not None else None
    return nik


def _read_birth(row: ParsedRow, raw: RawRow) -> None:
    both, only_date = _cell(raw, Field.BIRTH), _cell(raw, Field.BIRTH_DATE)
    place = _text(raw, Field.BIRTH_PLACE)
    row.birth_place = "" if values.is_nothing(place) else tidy_name(place)
    cell = only_date if values.clean(only_date.value) else both
    if values.is_nothing(values.clean(cell.value)):
        title = cell.title or both.title or only_date.title or _("birth date")
        row.refuse("birth_missing", title, _("the birth date is missing."))
        return
    try:
        if cell is both:
            found, row.birth_date = split_birth(_date_cell(cell.value))
            row.birth_place = row.birth_place or found
        else:
            row.birth_date = parse_date(_date_cell(cell.value))
    except DateError as error:
        row.refuse(f"birth_{error.code}", cell.title, error.sentence)


def _date_cell(value: Cell) -> str | date | int | float:
    """What the date reader takes; anything else as the text it shows."""
    if isinstance(value, date | int | float) and not isinstance(value, bool):
        return value
    return values.clean(value)


def _read_home(row: ParsedRow, raw: RawRow, regions: RegionIndex, nik: Nik | None) -> None:
    title = _title(raw, Field.HOME) or _title(raw, Field.HOME_REGENCY) or _("home region")
    row.home_text = _home_text(raw)
    if values.is_nothing(row.home_text):
        row.home_text = ""
        row.warn("home_missing", title, _("no home region is written."))
        return
    match = regions.find(row.home_text, nik=nik, birth_place=row.birth_place or None)
    row.regency_code, row.district_code = match.regency_code, match.district_code
    if match.regency_code is None:
        row.warn("home_unknown", title, match.sentence or _("the home region is not recognised."))
    elif match.sentence:
        row.warn("home_doubtful" if not match.certain else "home_remark", title, match.sentence)


def _home_text(raw: RawRow) -> str:
    """One address from one column or several; the parts get the words that say what they are."""
    parts = [_text(raw, Field.HOME)]
    for field, word in (
        (Field.HOME_DISTRICT, "Kec."),
        (Field.HOME_REGENCY, ""),
        (Field.HOME_PROVINCE, "Prov."),
    ):
        text = _text(raw, field)
        if values.is_nothing(text):
            continue
        said = re.match(r"(?:kec|kab|kota|kodya|prov|prop)", text, re.I)
        parts.append(text if said or not word else f"{word} {text}")
    return ", ".join(part for part in parts if not values.is_nothing(part))


def _read_account(row: ParsedRow, raw: RawRow) -> None:
    cell = _cell(raw, Field.ACCOUNT)
    account = values.read_account(cell.value)
    bank = _text(raw, Field.BANK)
    row.account = account.number
    row.bank = "" if values.is_nothing(bank) else bank
    if row.account or account.trouble:
        row.bank = row.bank or account.bank or values.bank_in(cell.title)
    row.bank = row.bank.upper() if len(row.bank) <= 4 else row.bank
    holder = _text(raw, Field.ACCOUNT_HOLDER)
    row.account_holder = "" if values.is_nothing(holder) else tidy_name(holder)
    if account.trouble == "number":
        _warn_number(row, cell.title)
    elif account.trouble:
        row.warn("account_form", cell.title, _("this is no account number; it was left out."))
    elif row.account and not row.bank:
        row.warn("bank_missing", cell.title, _("the bank of the account is missing."))


def _warn_number(row: ParsedRow, title: str) -> None:
    what = _("the account was typed as a number; a zero at its beginning would be lost.")
    if row.bank == "BNI" and len(row.account) < _BNI_DIGITS:
        what = _("the account was typed as a number and has %(count)s digits, not %(wanted)s.") % {
            "count": len(row.account),
            "wanted": _BNI_DIGITS,
        }
    row.warn("account_number", title, what)


def _read_phone(row: ParsedRow, raw: RawRow) -> None:
    cell = _cell(raw, Field.PHONE)
    row.phone, whole = values.read_phone(cell.value)
    if not whole and row.phone:
        row.warn("phone_several", cell.title, _("only the first phone number was taken."))
    elif not whole:
        row.warn("phone_form", cell.title, _("this is no phone number; it was left out."))


def _read_choice(row: ParsedRow, raw: RawRow) -> None:
    cell = _cell(raw, Field.CHOICE)
    text = values.clean(cell.value)
    row.choice, understood = values.read_choice(text)
    if not understood:
        what = _expected(_("PULANG or MENETAP"), text)
        row.warn("choice_unknown", cell.title, what)


def _read_remark(row: ParsedRow, raw: RawRow) -> None:
    remark, children = _cell(raw, Field.REMARK), _cell(raw, Field.CHILDREN)
    row.remark = values.clean(remark.value)
    if values.clean(children.value):
        count = values.read_child_count(children.value)
        title, clear = children.title, count is not None
        row.children = count or 0
    else:
        row.children, clear = values.read_children(row.remark)
        title = remark.title
    if not clear:
        row.warn("children_unclear", title, _("the number of children is not clear; 0 was taken."))


def _check_age(row: ParsedRow, raw: RawRow, ref_date: date) -> None:
    cell = raw.cells.get(Field.AGE, _NO_CELL)
    if row.birth_date is None:
        return
    age = age_on(row.birth_date, ref_date)
    row.is_minor = age < ADULT
    if row.birth_date >= ref_date:
        row.is_minor = False
        birth = _title(raw, Field.BIRTH_DATE) or _title(raw, Field.BIRTH)
        row.refuse("birth_future", birth, _("the birth date lies after the closing date."))
        return
    typed = values.read_age(cell.value)
    if typed is not None and abs(typed - age) >= _AGE_TOLERANCE:
        what = _("the age written is %(typed)s, by the birth date it is %(age)s.")
        row.warn("age_differs", cell.title, what % {"typed": typed, "age": age})
