"""Refuses passwords made of what everybody around the office knows."""

from __future__ import annotations

import re
import string
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

OFFICE_WORDS = (
    "dinas", "dinsos", "sosial", "social", "kotim", "kotawaringin", "timur", "sampit",
    "kalteng", "kalimantan", "tengah", "kabupaten", "pemda", "kantor", "admin", "petugas",
    "verifikator", "pimpinan", "bendahara", "auditor", "password", "sandi", "rahasia",
    "indonesia", "bismillah",
)  # fmt: skip
MONTHS = (
    "januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september",
    "oktober", "november", "desember",
)  # fmt: skip
YEAR = re.compile(r"(19|20)\d\d")
# Typing instead of thinking: rows of the keyboard, the alphabet and digits, in both directions.
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", string.ascii_lowercase, "01234567890123456789")
RUN = 4
# What must be left of a password once all that is taken away.
LEAST_OWN = 6
LOOKS_LIKE = str.maketrans("0134578@$!", "oieastbasi")


class ContextValidator:
    """The password must keep six characters after known words, names, years and runs are gone."""

    def validate(self, password: str, user: Any = None) -> None:
        words = sorted({*OFFICE_WORDS, *MONTHS, *_names_of(user)}, key=len, reverse=True)
        plain = _without(password.lower(), words)
        disguised = _without(password.lower().translate(LOOKS_LIKE), words)
        if min(_own_characters(plain), _own_characters(disguised)) < LEAST_OWN:
            raise ValidationError(
                _("This password is made of words, names or rows that others guess first."),
                code="password_of_the_context",
            )

    def get_help_text(self) -> str:
        return _(
            "It is not made of office words, your name, years or rows of keys. "
            "Four or five words that have nothing to do with each other are good."
        )


def _names_of(user: Any) -> set[str]:
    text = f"{getattr(user, 'username', '')} {getattr(user, 'full_name', '')}".lower()
    return {part for part in re.split(r"[\W_\d]+", text) if len(part) >= RUN - 1}


def _without(password: str, words: list[str]) -> str:
    # Years first: a disguised one is no year any more.
    rest = YEAR.sub(" ", password)
    for word in words:
        rest = rest.replace(word, " ")
    for row in ROWS:
        for line in (row, row[::-1]):
            for size in range(len(line), RUN - 1, -1):
                for start in range(len(line) - size + 1):
                    rest = rest.replace(line[start : start + size], " ")
    return re.sub(r"(.)\1{2,}", r"\1", rest)


def _own_characters(rest: str) -> int:
    return sum(character.isalnum() for character in rest)
