"""Which place of the lokalisasi a text names: sheet names, titles, section rows, cells."""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

_SECTION = re.compile(
    r"\W*(?:[ivx]+|[a-z]|\d+)?[\W_]*(desa|kelurahan|kel|lokalisasi|lokasi)\b", re.I
)
_FUZZY_LETTERS = 6
_FUZZY_RATIO = 0.86


class PlaceMatcher:
    """Built from place code → words that name the place."""

    def __init__(self, keywords: Mapping[str, Iterable[str]]) -> None:
        self._keywords = {
            code: sorted({tuple(_words(text)) for text in texts if _words(text)})
            for code, texts in keywords.items()
        }

    def match(self, text: str) -> frozenset[str]:
        """Every place that the text names; a typing error is allowed when nothing fits exactly."""
        words = _words(text)
        exact = {code for code, keys in self._keywords.items() if _contains(words, keys)}
        if exact:
            return frozenset(exact)
        return frozenset(code for code, keys in self._keywords.items() if _resembles(words, keys))

    def looks_like_section(self, text: str) -> bool:
        """ "DESA …": a heading for the rows below it, even if nobody knows the village."""
        return _SECTION.match(text) is not None


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+|\d+", text.casefold())


def _contains(words: list[str], keys: list[tuple[str, ...]]) -> bool:
    for key in keys:
        size = len(key)
        if any(tuple(words[at : at + size]) == key for at in range(len(words) - size + 1)):
            return True
        if size > 1 and not key[-1].isdigit() and "".join(key) in words:
            return True
    return False


def _resembles(words: list[str], keys: list[tuple[str, ...]]) -> bool:
    for key in keys:
        wanted, size = "".join(key), len(key)
        if len(wanted) < _FUZZY_LETTERS or any(part.isdigit() for part in key):
            continue
        for at in range(len(words) - size + 1):
            written = "".join(words[at : at + size])
            if SequenceMatcher(None, written, wanted).ratio() >= _FUZZY_RATIO:
                return True
    return False
