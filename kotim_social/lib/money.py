"""Rupiah: whole numbers shown, read and spelled out in words; never a float, never a guess."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kotim_social.lib.errors import InputError

MAX_RUPIAH = 10**15 - 1
"""The largest amount that is read or spelled; far inside the database's bigint."""

_AMOUNT = re.compile(
    r"(?:rp\.?|idr)?\s*"
    r"(?P<whole>[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+)"
    r"(?P<cents>,[0-9]{2}|,-)?",
    re.IGNORECASE,
)
_DIGITS = (
    "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan",
)  # fmt: skip
_GROUPS = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (10**3, "ribu"))


class MoneyError(InputError):
    """An amount is refused; ``code``: "empty", "format", "negative", "zero", "cents", "large"."""


def format_rupiah(n: int, *, cents: bool = False) -> str:
    """Return ``Rp5.050.000`` for the screen, ``Rp5.050.000,00`` (``cents``) for papers."""
    _whole(n)
    sign = "-" if n < 0 else ""
    return f"{sign}Rp{_grouped(abs(n))}{',00' if cents else ''}"


def parse_rupiah(text: str) -> int:
    """Read an amount of at least one rupiah; raise MoneyError where the text is not plain.

    Taken: 5050000, 5.050.000, 5 050 000, Rp 5.050.000,00 and Rp5.050.000,-. Refused, because they
    would have to be guessed: 5,050,000, 500.00, 5.05, 1e9.
    """
    typed = text.strip()
    if not typed:
        raise MoneyError("empty", _("Type an amount."))
    if re.match(r"(?:rp\.?\s*)?[-−(]", typed, re.IGNORECASE):
        raise MoneyError("negative", _("An amount cannot be negative."))
    found = _AMOUNT.fullmatch(typed)
    if found is None:
        raise _not_plain()
    if found["cents"] not in {None, ",00", ",-"}:
        raise MoneyError("cents", _("Type whole rupiah, without cents."))
    digits = re.sub(r"[^0-9]", "", found["whole"])
    if not digits.strip("0"):
        raise MoneyError("zero", _("The amount must be more than zero."))
    if digits.startswith("0"):
        raise _not_plain()
    if len(digits) > len(str(MAX_RUPIAH)):
        raise MoneyError("large", _("This amount is too large."))
    return int(digits)


def terbilang(n: int) -> str:
    """Return an amount in words as papers carry it: ``Lima juta lima puluh ribu rupiah``."""
    return f"{number_words(n).capitalize()} rupiah"


def number_words(n: int) -> str:
    """Return a whole number from 0 to MAX_RUPIAH in Indonesian words, in small letters."""
    _whole(n)
    if not 0 <= n <= MAX_RUPIAH:
        raise ValueError("number outside the range that is spelled")
    if n == 0:
        return _DIGITS[0]
    words: list[str] = []
    for size, name in _GROUPS:
        group, n = divmod(n, size)
        if group == 1 and name == "ribu":
            words.append("seribu")
        elif group:
            words += [*_hundreds(group), name]
    return " ".join([*words, *_hundreds(n)])


class RupiahFormField(forms.Field):
    """An amount typed by hand; Django's own number fields read "500.000" as 500."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        try:
            return parse_rupiah(str(value))
        except MoneyError as error:
            raise ValidationError(error.sentence, code=error.code) from None

    def prepare_value(self, value: Any) -> Any:
        """Show a stored amount grouped; what was typed comes back as it was typed."""
        is_amount = isinstance(value, int) and not isinstance(value, bool)
        return _grouped(value) if is_amount else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "numeric", "autocomplete": "off"}


def _not_plain() -> MoneyError:
    return MoneyError("format", _("This is not a plain amount. Type it like 5050000 or 5.050.000."))


def _whole(n: int) -> None:
    if isinstance(n, bool) or not isinstance(n, int):
        raise TypeError("rupiah are whole numbers")


def _grouped(n: int) -> str:
    return f"{n:,}".replace(",", ".")


def _hundreds(n: int) -> list[str]:
    hundred, rest = divmod(n, 100)
    ten, one = divmod(rest, 10)
    words: list[str] = []
    if hundred:
        words += ["seratus"] if hundred == 1 else [_DIGITS[hundred], "ratus"]
    if rest in (10, 11):
        return [*words, "sepuluh" if rest == 10 else "sebelas"]
    if ten == 1:
        return [*words, _DIGITS[one], "belas"]
    if ten:
        words += [_DIGITS[ten], "puluh"]
    return [*words, _DIGITS[one]] if one else words
