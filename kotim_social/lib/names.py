"""Names of people: the form that is shown and the form in which two names are compared."""

import re
import unicodedata

_DOUBLE_QUOTES = '"“”„«»'
_QUOTES = "'`´‘’‚" + _DOUBLE_QUOTES
_LOOSE = " ,;"
_APOSTROPHES = str.maketrans("", "", "'`´‘’ʼʻ")
_WORD = re.compile(r"[^\W\d_]+(?:['`’ʼ][^\W\d_]+)*")
_SITI = {"st", "sti", "siti"}
_HAJJAH = {"h", "hj", "haji", "hajah", "hajjah"}
_BINTI = {"binti", "bin", "bt", "bte", "bnt"}
_OLD_SPELLING = (("oe", "u"), ("dj", "j"), ("tj", "c"), ("ch", "kh"), ("j", "y"))
_DOUBLE = re.compile(r"(.)\1+")


def tidy_name(text: str) -> str:
    """Return the form that is shown and stored: ``"PUJI  ASTUTI "`` → ``"Puji Astuti"``.

    A name in capitals or in small letters only gets capitals at its words; any other keeps the
    letters its owner uses ("Mami-Ros").
    """
    clean = "".join(_visible(char) for char in unicodedata.normalize("NFC", text))
    clean = " ".join(clean.split())
    bare = clean.lstrip(_QUOTES + _LOOSE)
    is_quoted = any(char in _QUOTES for char in clean[: len(clean) - len(bare)])
    # A last apostrophe belongs to the name ("Rofi'") unless a quote was opened before it.
    clean = bare.rstrip((_QUOTES if is_quoted else _DOUBLE_QUOTES) + _LOOSE)
    if clean.isupper() or clean.islower():
        return _WORD.sub(lambda word: word[0][0].title() + word[0][1:].lower(), clean)
    return clean


def fold_name(text: str) -> str:
    """Return the comparison form: equal for spellings of one name, never shown to anybody.

    Case, marks, dots and double letters do not count; St. and a leading Hj. stand for Siti; what
    follows binti is dropped; old spelling is read as new (oe = u, dj = j, tj = c, ch = kh), and
    because an old j is a new y, y and j are one letter.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).casefold())
    plain = "".join(_letter(char) for char in plain)
    words = [_respell(word) for word in _without_titles(plain.split())]
    return " ".join(words)


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Cf", "Cs"}:
        return ""
    return " " if category == "Cc" else char


def _letter(char: str) -> str:
    if unicodedata.category(char) in {"Mn", "Mc", "Me", "Cf"}:
        return ""
    return char if char.isalnum() else " "


def _without_titles(words: list[str]) -> list[str]:
    for index, word in enumerate(words):
        if index and word in _BINTI:
            words = words[:index]
            break
    kept: list[str] = []
    for index, word in enumerate(words):
        is_last = index == len(words) - 1
        is_title = word in _SITI or (word in _HAJJAH and kept in ([], ["siti"]))
        name = "siti" if is_title and not is_last else word
        if not (name == "siti" and kept[-1:] == ["siti"]):
            kept.append(name)
    return kept


def _respell(word: str) -> str:
    while True:
        new = word
        for old, letter in _OLD_SPELLING:
            new = new.replace(old, letter)
        new = _DOUBLE.sub(r"\1", new)
        if new == word:
            return new
        word = new
