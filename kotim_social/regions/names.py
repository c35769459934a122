"""Names of regions in the form in which they are compared, and a table to look them up in."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

BREAK = ","
NEAR_LETTERS = 6  # shorter names have too many neighbours one letter away
LONGEST_NAME = 6  # words

_SHORT_WORDS = {
    "kep": "kepulauan",
    "gn": "gunung",
    "tj": "tanjung",
    "tg": "tanjung",
    "sei": "sungai",
    "sumatra": "sumatera",
}
_APOSTROPHES = re.compile("[’'‘`´\"]")
_BREAKS = re.compile(r"[,;/()|\n\r\t]+|\s[-–—]+\s")
_NOT_WORD = re.compile(r"[^a-z0-9,]+")
# A break stands as a word of its own; letters and digits that touch ("km12", "rt02") are parted.
_WORDS = re.compile(r"[a-z]+|[0-9]+|,")
_OLD_SPELLING = re.compile("oe|tj|dj|nj|sj")


def split_words(text: str) -> list[str]:
    """Small words of an address; a comma, bracket or spaced dash becomes the word BREAK."""
    plain = unicodedata.normalize("NFKD", text.replace("Ø", "O")).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = _BREAKS.sub(f" {BREAK} ", _APOSTROPHES.sub("", plain))
    return [_SHORT_WORDS.get(word, word) for word in _WORDS.findall(_NOT_WORD.sub(" ", plain))]


def fold_place(text: str) -> str:
    """The comparison form of the name of a region: "Gunung Kidul" → "gunungkidul"."""
    return "".join(word for word in split_words(text) if word != BREAK)


def modern_spelling(key: str) -> str:
    """A folded name as spelt since 1972: "soerabaja" → "surabaya"; others stay as they are."""
    if not _OLD_SPELLING.search(key):
        return key
    held = key.replace("dj", "\0").replace("tj", "c").replace("nj", "ny").replace("sj", "sy")
    return held.replace("j", "y").replace("\0", "j").replace("oe", "u")


@dataclass(slots=True)
class Meaning:
    """Codes that one name may stand for."""

    provinces: set[str] = field(default_factory=set)
    regencies: set[str] = field(default_factory=set)
    districts: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.provinces or self.regencies or self.districts)

    def of(self, role: str) -> set[str]:
        """Codes in one role: "province", "regency" or "district"."""
        if role == "province":
            return self.provinces
        return self.regencies if role == "regency" else self.districts

    def only(self, role: str) -> "Meaning":
        """The same name read in one role."""
        chosen = Meaning()
        chosen.of(role).update(self.of(role))
        return chosen

    def add(self, other: "Meaning") -> None:
        self.provinces |= other.provinces
        self.regencies |= other.regencies
        self.districts |= other.districts


def within_one_edit(left: str, right: str) -> bool:
    """One letter more, less, other, or two neighbours swapped."""
    if left == right:
        return True
    if abs(len(left) - len(right)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), None)
    if at is None:
        return True
    if len(left) == len(right):
        swapped = left[at : at + 2] == right[at : at + 2][::-1]
        same_rest = left[at + 1 :] == right[at + 1 :]
        return same_rest or (swapped and left[at + 2 :] == right[at + 2 :])
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[at + 1 :] == shorter[at:]


def _shortened(key: str) -> Iterator[str]:
    yield key
    for i in range(len(key)):
        yield key[:i] + key[i + 1 :]


class NameTable:
    """Folded name → what it may mean, exactly or with one typing error."""

    def __init__(self) -> None:
        self._exact: dict[str, Meaning] = {}
        # Keys by themselves less one letter: two names one edit apart share such a form.
        self._shortened: dict[str, list[str]] = defaultdict(list)

    def add(self, role: str, name: str, code: str) -> None:
        key = fold_place(name)
        meaning = self._exact.get(key)
        if meaning is None:
            meaning = self._exact[key] = Meaning()
            if len(key) >= NEAR_LETTERS:
                for form in _shortened(key):
                    self._shortened[form].append(key)
        meaning.of(role).add(code)

    def exact(self, key: str) -> Meaning | None:
        return self._exact.get(key) or self._exact.get(modern_spelling(key))

    def near(self, key: str) -> Meaning:
        """Everything whose name is one typing error away."""
        found = Meaning()
        if len(key) < NEAR_LETTERS:
            return found
        keys = {other for form in _shortened(key) for other in self._shortened.get(form, ())}
        for other in keys:
            if within_one_edit(key, other):
                found.add(self._exact[other])
        return found

    def longest(self, words: Sequence[str], at: int) -> tuple[int, Meaning]:
        """The longest known name that begins at this word: its number of words and its meaning."""
        end = at
        while end < len(words) and end - at < LONGEST_NAME and words[end] != BREAK:
            end += 1
        for stop in range(end, at, -1):
            if meaning := self.exact("".join(words[at:stop])):
                return stop - at, meaning
        return 0, Meaning()
