"""The one way by which users' text reaches a paper: cleaned, fitted, escaped."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from xml.sax.saxutils import escape

from kotim_social.documents.fonts import REGULAR, text_width

# Control, format, surrogate, private and unassigned characters never belong in a name.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LITTLE = (1.0, 0.94, 0.88)
_MUCH = (0.82, 0.76, 0.7)


def clean(text: str, limit: int = 2000) -> str:
    """NFC, without control and format characters except newline, cut at the field's limit."""
    if text.isascii() and text.isprintable():
        return text[:limit]
    flat = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = (
        char
        for char in unicodedata.normalize("NFC", flat)
        if char == "\n" or unicodedata.category(char) not in _DROPPED
    )
    return "".join(kept)[:limit]


def plain(text: str, limit: int = 2000) -> str:
    """For `drawString` and table cells: one line, nothing escaped."""
    return clean(text, limit).replace("\n", " ")


def paragraph(text: str, limit: int = 8000) -> str:
    """For a ReportLab Paragraph: markup in the text is shown, never obeyed."""
    return escape(clean(text, limit)).replace("\n", "<br/>")


class Fitted(NamedTuple):
    """Lines of one text and the size that makes them fit."""

    lines: tuple[str, ...]
    size: float


@lru_cache(maxsize=4096)
def fit(
    text: str, width: float, *, font: str = REGULAR, size: float = 8, max_lines: int = 2
) -> Fitted:
    """Fit a text into a width: shrink a little, then wrap, then break words. It never cuts."""
    one = text_width(text, font, size)
    if one * _LITTLE[-1] <= width:
        return Fitted((text,), size if one <= width else _floor(size * width / one))
    for most, shrinks in ((max_lines, _LITTLE), (max_lines + 1, _LITTLE), (max_lines + 1, _MUCH)):
        for shrink in shrinks:
            lines = wrap(text, width, font=font, size=size * shrink)
            if len(lines) <= most and all(
                text_width(line, font, size * shrink) <= width for line in lines
            ):
                return Fitted(lines, size * shrink)
    small = size * _MUCH[-1]
    pieces = (
        part
        for line in wrap(text, width, font=font, size=small)
        for part in _break(line, width, font, small)
    )
    return Fitted(tuple(pieces), small)


def wrap(text: str, width: float, *, font: str = REGULAR, size: float = 8) -> tuple[str, ...]:
    """Greedy lines at blanks; a single word wider than the width stays one line."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, font, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def _break(line: str, width: float, font: str, size: float) -> Iterator[str]:
    start, used = 0, 0.0
    for index, char in enumerate(line):
        step = text_width(char, font, size)
        if index > start and used + step > width:
            yield line[start:index]
            start, used = index, 0.0
        used += step
    yield line[start:]


def _floor(size: float) -> float:
    return int(size * 100) / 100
