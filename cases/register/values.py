"""Single cells into values: text, phone, account, choice, children; what cannot be kept, said."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time

from cases.register.workbook import BrokenCell, Cell

RETURN, STAY = "return", "stay"

_NOTHING = re.compile(
    r"[\W_x]*|(?:belum|blm|blum|tidak|tdk|tak|tanpa|kosong|nihil|null|none|n/a)\b[^0-9]*", re.I
)
_RETURN_WORDS = re.compile(r"\b(?:di)?pulang\w*|\bkembali\b|\bpulkam\b|\bmudik\b|\bplg\b")
_STAY_WORDS = re.compile(r"\b(?:me|ber)?netap\b|\btinggal\b|\btetap\b|\bmntp\b|\bdi sini\b")
_UNDECIDED = re.compile(r"[\W_]*|.*\b(?:belum|blm|blum|ragu\w*|bingung|menunggu|pikir\w*)\b.*")
_NOT_WORDS = re.compile(r"\b(?:tidak|tdk|tak|gak|nggak|bukan|menolak|tolak)\b")
_SCIENTIFIC = re.compile(r"\s*[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}\s*")
_NUMBER_WORDS = {"satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6}
_COUNT = r"([0-9]{1,2}|satu|dua|tiga|empat|lima|enam)"
_UNIT = r"(?:orang|org|jiwa)?"
_NO_CHILD = re.compile(r"\b(?:tanpa|tidak|tdk|belum|blm|tak)\b[^,;.]*\banak\b|\banak\s*[:=]?\s*0\b")
_CHILD_AFTER = re.compile(rf"\banak\b\s*[:=(]?\s*{_COUNT}\b")
_CHILD_BEFORE = re.compile(rf"(?<!ke)(?<!ke-)(?<!ke )\b{_COUNT}\s*{_UNIT}\s*anak\b")
_CHILD_WORD = re.compile(r"\banak\b(?!\s*ke\b)")
_BANK_WORD = re.compile(
    r"\b(BNI|BRI|BCA|BTN|BSI|MANDIRI|BTPN|PERMATA|DANAMON|MEGA|MUAMALAT|KALTENG)\b", re.I
)
_ACCOUNT_DIGITS = range(5, 21)
_PHONE_DIGITS = range(9, 15)


def shown(cell: Cell) -> str:
    """A cell as text, whole numbers without a decimal point, dates day first."""
    if cell is None:
        return ""
    if isinstance(cell, BrokenCell):
        return cell.shown
    if isinstance(cell, datetime | date):
        return f"{cell:%d-%m-%Y}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float) and cell.is_integer():
        return f"{cell:.0f}"
    return str(cell)


def clean(cell: Cell) -> str:
    """Text of one line: NFC, every kind of blank one blank, no invisible characters."""
    text = " ".join(unicodedata.normalize("NFC", shown(cell)).split())
    return "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Cs"}).strip()


def kept_as_written(cell: Cell) -> str:
    """A cell as text for the record of what was handed in, with a mark for what no column takes."""
    return "".join("\ufffd" if _is_control(char) else char for char in shown(cell))


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs"} and char not in "\t\n\r"


def has_control_characters(cell: Cell) -> bool:
    """Characters no keyboard makes; line ends and tabs are ordinary in a cell."""
    return isinstance(cell, str) and any(_is_control(char) for char in cell)


def is_nothing(text: str) -> bool:
    """Blank, dashes, or words for "not there"."""
    return _NOTHING.fullmatch(text.strip("'\"() ")) is not None


def read_choice(text: str) -> tuple[str | None, bool]:
    """The choice and whether the text was understood."""
    folded = text.casefold()
    returns = _RETURN_WORDS.search(folded) is not None
    stays = _STAY_WORDS.search(folded) is not None
    if _UNDECIDED.fullmatch(folded) or (is_nothing(text) and not (returns or stays)):
        return None, True
    if returns == stays or _NOT_WORDS.search(folded):
        return None, False
    return (RETURN if returns else STAY), True


def read_children(text: str) -> tuple[int, bool]:
    """Number of accompanying children in a remark, and whether it was said clearly."""
    folded = text.casefold()
    if _NO_CHILD.search(folded):
        return 0, True
    found = _CHILD_AFTER.search(folded) or _CHILD_BEFORE.search(folded)
    if found is not None:
        return _NUMBER_WORDS.get(found[1]) or int(found[1]), True
    return 0, _CHILD_WORD.search(folded) is None


def read_child_count(cell: Cell) -> int | None:
    """A cell of a column for children; None where it is no number of children."""
    text = clean(cell).casefold()
    if is_nothing(text):
        return 0
    found = re.fullmatch(rf"{_COUNT}\s*{_UNIT}(?:\s*anak)?", text)
    if found is not None:
        return _NUMBER_WORDS.get(found[1]) or int(found[1])
    count, clear = read_children(text)
    return count if clear and "anak" in text else None


def read_phone(cell: Cell) -> tuple[str, bool]:
    """The first number in the form 08…, and whether that is all the cell says."""
    text = clean(cell)
    if is_nothing(text):
        return "", True
    parts = [part for part in re.split(r"\s*[/;,&]\s*|\s+(?:dan|atau)\s+", text) if part]
    digits = re.sub(r"[\s().'\-–]", "", parts[0]) if parts else ""
    digits = re.sub(r"^(?:\+?62|0062)0?", "0", digits)
    if digits.startswith("8") or (digits[:1] not in {"0", ""} and not isinstance(cell, str)):
        digits = f"0{digits}"
    if not re.fullmatch(r"0[0-9]+", digits) or len(digits) not in _PHONE_DIGITS:
        return "", False
    return digits, len(parts) == 1


@dataclass(frozen=True)
class Account:
    """What an account cell says; `trouble` is "", "number", "digits" or "scientific"."""

    number: str = ""
    bank: str = ""
    trouble: str = ""


def read_account(cell: Cell) -> Account:
    text = clean(cell)
    if is_nothing(text):
        return Account()
    if isinstance(cell, float) or _SCIENTIFIC.fullmatch(text):
        return Account(trouble="scientific")
    bank = bank_in(text)
    digits = re.sub(r"[\s.'\-–:/]|\brek\b|\bno\b", "", _BANK_WORD.sub("", text), flags=re.I)
    if not re.fullmatch(r"[0-9]+", digits) or len(digits) not in _ACCOUNT_DIGITS:
        return Account(bank=bank, trouble="digits")
    return Account(digits, bank, "" if isinstance(cell, str) else "number")


def bank_in(text: str) -> str:
    """A bank named within a text: "No. Rek BNI" → "BNI"."""
    found = _BANK_WORD.search(text)
    return found[1].upper() if found else ""


def read_age(cell: Cell) -> int | None:
    found = re.match(r"\s*([0-9]{1,3})(?![0-9])", clean(cell))
    return int(found[1]) if found else None


def read_aliases(text: str) -> list[str]:
    """Several names divided by comma, slash, semicolon or "atau"."""
    parts = re.split(r"\s*[,;/]\s*|\s+(?:atau|alias|dan)\s+", text)
    return [part for part in parts if part and not is_nothing(part)]
