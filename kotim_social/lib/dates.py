"""Dates: every form met in registers, and the Indonesian forms of papers; never US order."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kotim_social.lib.errors import InputError
from kotim_social.lib.money import number_words
from kotim_social.lib.names import tidy_name

JAKARTA = ZoneInfo("Asia/Jakarta")

# Papers are Indonesian whatever the language of the screen, so these are not translated.
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
_WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_SPELLINGS = (
    "januari january jan jnr",
    "februari pebruari february feb peb febr pebr",
    "maret march mar mrt",
    "april apr apl",
    "mei may",
    "juni june jun",
    "juli july jul",
    "agustus august agu agt ags agst agus agust aug",
    "september sep sept",
    "oktober october okt oct",
    "november nopember nov nop",
    "desember december des dec",
)
_MONTH_NUMBERS = {
    word: number for number, words in enumerate(_SPELLINGS, start=1) for word in words.split()
}
# Whoever is younger than this is a child.
ADULT = 18
_EXAMPLE = "17-08-1990"
_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_GAP = r"[\s./,\-]+"
_DAY_FIRST = re.compile(rf"(?P<day>[0-9]{{1,2}}){_GAP}(?P<month>[0-9]{{1,2}}){_GAP}{_YEAR}")
_YEAR_FIRST = re.compile(
    rf"(?P<year>[0-9]{{4}}){_GAP}(?P<month>[0-9]{{1,2}}){_GAP}(?P<day>[0-9]{{1,2}})"
    r"(?:[T ]00:00(?::00)?)?"
)
_MONTH_WORD = re.compile(rf"(?P<day>[0-9]{{1,2}})[\s./,\-]*(?P<word>[a-z]+)[\s./,\-]*{_YEAR}")
_WORD_FIRST = re.compile(rf"(?P<word>[a-z]+){_GAP}(?P<day>[0-9]{{1,2}}){_GAP}{_YEAR}")
_FORMS = (_YEAR_FIRST, _DAY_FIRST, _MONTH_WORD, _WORD_FIRST)
_PREFIX = re.compile(r"(?:tanggal|tgl)\b[\s.:]*")
_BIRTH = re.compile(r"(?P<place>[^0-9]*)(?P<date>[0-9].*)?", re.DOTALL)
_SERIALS = (10_000, 60_000)
_SERIAL_ZERO = date(1899, 12, 30)
_YEARS = (1900, 2100)

DateCell: TypeAlias = str | date | datetime | int | float | None


class DateError(InputError):
    """A date is refused; ``code``: "empty", "format", "us_order", "impossible", "year", "range".

    ``str(error)`` shows only an example; ``sentence`` also says what was written.
    """

    def __init__(self, code: str, message: str, *, expected: str = "", written: str = "") -> None:
        super().__init__(code, message % {"expected": _EXAMPLE})
        if written:
            self.sentence = _("%(problem)s, written %(written)s") % {
                "problem": message % {"expected": expected or _EXAMPLE},
                "written": written[:40],
            }


def parse_date(value: DateCell) -> date:
    """Read a date as registers hold it; raise DateError with a sentence.

    Taken: dates, Excel's day numbers (10000 to 60000), day-month-year with dashes, slashes, dots
    or blanks, month names (Indonesian or English, short or long, old spelling), ISO. The day
    stands before the month; a text that only fits US order is refused, not turned round.
    A year of two digits is 19yy from 40 to 99 and 20yy from 00 to 20 (people of this register
    were born then); 21 to 39 could be either and are refused.
    """
    if isinstance(value, datetime):
        local = value.astimezone(JAKARTA) if value.tzinfo else value
        return _in_range(local.date())
    if isinstance(value, date):
        return _in_range(value)
    if isinstance(value, str):
        return _in_range(_from_text(value))
    if value is None:
        raise DateError("empty", _("There is no date."))
    return _from_serial(value)


def split_birth(text: DateCell) -> tuple[str, date]:
    """Split "Jember / 10-3-1996" into place and date; the place is "" where none is written."""
    if not isinstance(text, str):
        return "", parse_date(text)
    found = _BIRTH.fullmatch(_plain(text))
    assert found is not None  # both parts may be empty
    place, written = found["place"], found["date"] or ""
    words = place.rstrip(" .,").split()
    if words and words[-1].casefold() in _MONTH_NUMBERS:
        place, written = " ".join(words[:-1]), f"{words[-1]} {written}"
    place = re.sub(r"\b(?:tanggal|tgl|lahir)\b\.?", " ", place, flags=re.IGNORECASE)
    return tidy_name(place.strip(" ,;:/-.(|")), parse_date(written)


def format_date(d: date) -> str:
    """Return "5 Desember 2017"."""
    return f"{d.day} {_MONTHS[d.month - 1]} {d.year}"


def date_in_words(d: date) -> str:
    """Return "Selasa tanggal Lima bulan Desember tahun Dua Ribu Tujuh Belas"."""
    day, year = number_words(d.day).title(), number_words(d.year).title()
    weekday, month = _WEEKDAYS[d.weekday()], _MONTHS[d.month - 1]
    return f"{weekday} tanggal {day} bulan {month} tahun {year}"


def roman_month(m: int) -> str:
    """Return the month 1 to 12 as document numbers carry it: 12 → "XII"."""
    if not 1 <= m <= 12:
        raise ValueError("a month is 1 to 12")
    return _ROMAN[m - 1]


def age_on(birth: date, ref: date) -> int:
    """Return the full years of age on a day; who was born on 29 February ages on 1 March."""
    return ref.year - birth.year - ((ref.month, ref.day) < (birth.month, birth.day))


def today() -> date:
    """Return the day it is in Asia/Jakarta, whatever the clock of the machine says."""
    return datetime.now(JAKARTA).date()


def _plain(text: str) -> str:
    normal = unicodedata.normalize("NFKC", text)
    normal = "".join(char for char in normal if unicodedata.category(char) != "Cf")
    return " ".join(normal.replace("–", "-").replace("—", "-").split())


def _from_text(text: str) -> date:
    written = _plain(text)
    core = _PREFIX.sub("", written.casefold().strip(" '\"`’.,;:/-()"), count=1)
    if not core:
        raise DateError("empty", _("There is no date."))
    for form in _FORMS:
        found = form.fullmatch(core)
        if found and found.groupdict().get("word", "mei") in _MONTH_NUMBERS:
            return _from_parts(found.groupdict(), written)
    raise DateError("format", _("Date not understood: expected %(expected)s"), written=written)


def _from_parts(parts: dict[str, str], written: str) -> date:
    year = _full_year(parts["year"], written)
    day = int(parts["day"])
    month = _MONTH_NUMBERS[parts["word"]] if "word" in parts else int(parts["month"])
    try:
        return date(year, month, day)
    except ValueError:
        pass
    try:
        swapped = date(year, day, month)
    except ValueError:
        raise DateError("impossible", _("This date does not exist"), written=written) from None
    raise DateError(
        "us_order",
        _("The day comes before the month: expected %(expected)s"),
        expected=f"{swapped:%d-%m-%Y}",
        written=written,
    )


def _full_year(digits: str, written: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    if 20 < year < 40:
        raise DateError(
            "year",
            _("A year of two digits can be read in two ways: expected %(expected)s"),
            written=written,
        )
    return 1900 + year if year >= 40 else 2000 + year


def _from_serial(value: float) -> date:
    low, high = _SERIALS
    if isinstance(value, bool) or not low <= value <= high:
        raise DateError("format", _("Date not understood: expected %(expected)s"))
    return _SERIAL_ZERO + timedelta(days=int(value))


def _in_range(found: date) -> date:
    first, last = _YEARS
    if not first <= found.year <= last:
        raise DateError("range", _("This year is too far away"), written=f"{found.year:04d}")
    return found
