"""The NIK, Indonesia's 16-digit population number: reading, warnings, and masks for the screen."""

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kotim_social.lib.errors import InputError

# Quotes, blanks, dots and dashes people put into a number; none of them carries meaning.
_NOISE = re.compile(r"[\s'\"`´‘’“”.\-‐‑‒–—−\u00ad\u200b-\u200f\u2060\ufeff]")
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}")
_NO_NIK = re.compile(
    r"(?:belum|blm|blum|tidak|tdk|tak|tanpa|hilang|kosong|nihil|proses|dalam proses|dlm proses"
    r"|masih proses|sedang|ktp hilang|null|none|n/a|na)\b[^0-9]*"
)
_FEMALE_OFFSET = 40


class NikError(InputError):
    """A NIK is refused; ``code`` is "numeric", "length", "date", "serial" or "empty"."""


@dataclass(frozen=True, repr=False)
class Nik:
    """A NIK that passed every blocking rule, taken apart; area codes are dotted."""

    value: str
    province: str
    regency: str
    district: str
    day: int
    month: int
    year2: int
    is_female: bool
    serial: int

    def __repr__(self) -> str:
        return f"Nik({mask_nik(self.value)})"

    def matches(self, birth_date: date) -> bool:
        """Tell whether the date in the number is this birth date (the year has no century)."""
        written = (self.day, self.month, self.year2)
        return written == (birth_date.day, birth_date.month, birth_date.year % 100)


def parse_nik(text: str) -> Nik:
    """Read a NIK written as text, with quotes, blanks, dots or dashes; raise NikError."""
    digits = _NOISE.sub("", unicodedata.normalize("NFKC", text))
    if not digits:
        raise NikError("empty", _("There is no NIK."))
    if _SCIENTIFIC.fullmatch(text.strip()):
        raise _lost_digits()
    if not re.fullmatch(r"[0-9]+", digits):
        raise NikError("length", _("A NIK is 16 digits and nothing else."))
    if len(digits) != 16:
        raise NikError(
            "length",
            _("A NIK has 16 digits, this one has %(count)s.") % {"count": len(digits)},
        )
    return _take_apart(digits)


def nik_from_cell(value: object) -> Nik | None:
    """Read a spreadsheet cell; None where it is empty or says that there is no NIK.

    A cell holding a number is refused: the spreadsheet kept 15 digits of it and the last is lost.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise _lost_digits()
    words = " ".join(unicodedata.normalize("NFKC", value).casefold().split())
    if not any(char.isalnum() for char in words) or _NO_NIK.fullmatch(words.strip("'\"-.() ")):
        return None
    return parse_nik(value)


def nik_warnings(
    nik: Nik,
    *,
    birth_date: date | None,
    known_prefixes: Container[str] | None,
    is_female: bool = True,
) -> list[str]:
    """Return a sentence for each thing that does not fit and needs a note, but does not block.

    ``known_prefixes`` holds dotted regency codes, old ones too (district codes may be among
    them); None skips that question.
    """
    warnings = []
    if birth_date is not None and not nik.matches(birth_date):
        warnings.append(_("The birth date differs from the one in the NIK."))
    if nik.is_female != is_female:
        warnings.append(_("The sex differs from the one in the NIK."))
    if known_prefixes is not None and not (
        nik.regency in known_prefixes or nik.district in known_prefixes
    ):
        warnings.append(
            _("The NIK begins with an area code that is not known: %(code)s.")
            % {"code": nik.regency}
        )
    return warnings


def mask_nik(nik: str | None) -> str:
    """Hide the birth date in a NIK: ``620206******0001``; a shorter text is hidden whole."""
    digits = _NOISE.sub("", nik or "")
    if len(digits) != 16:
        return "*" * len(digits)
    return f"{digits[:6]}******{digits[12:]}"


def mask_account(number: str | None) -> str:
    """Show only the last four characters of an account number, two of a short one."""
    return _mask(number, head=0, tail=4)


def mask_phone(number: str | None) -> str:
    """Show the first four and the last two digits of a phone number."""
    return _mask(number, head=4, tail=2)


def _mask(text: str | None, *, head: int, tail: int) -> str:
    plain = _NOISE.sub("", text or "")
    if len(plain) < 8:
        head, tail = 0, 2 if len(plain) > 4 else 0
    hidden = len(plain) - head - tail
    return plain[:head] + "*" * hidden + plain[head + hidden :]


def _lost_digits() -> NikError:
    return NikError(
        "numeric",
        _(
            "This NIK was typed as a number, so its last digit is lost. "
            "Type it again as text, from the card."
        ),
    )


def _take_apart(digits: str) -> Nik:
    written_day, month, year2 = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    is_female = written_day > _FEMALE_OFFSET
    day = written_day - _FEMALE_OFFSET if is_female else written_day
    try:
        # 29 February stands in 20yy wherever it stands in 19yy, and in 2000 besides.
        date(2000 + year2, month, day)
    except ValueError:
        raise NikError("date", _("The birth date in this NIK does not exist.")) from None
    if digits[12:] == "0000":
        raise NikError("serial", _("The last four digits of a NIK are never 0000."))
    province, regency, district = digits[:2], digits[2:4], digits[4:6]
    return Nik(
        value=digits,
        province=province,
        regency=f"{province}.{regency}",
        district=f"{province}.{regency}.{district}",
        day=day,
        month=month,
        year2=year2,
        is_female=is_female,
        serial=int(digits[12:]),
    )
