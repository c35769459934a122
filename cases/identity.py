"""How a name, a NIK, a phone and an account are found again: normal forms and blind indexes."""

import re

from kotim_social.lib.crypto import blind_index
from kotim_social.lib.names import fold_name

NIK_TAIL = 4
_LONGEST_NAME = 120
_NOT_DIGITS = re.compile(r"[^0-9]")
_COUNTRY_CODE = re.compile(r"^(?:0062|62)0?(?=[0-9]{8,})")


def nik_indexes(nik: str) -> tuple[str, str]:
    """Index of the whole number, and of its last four digits."""
    return blind_index(nik, label="nik"), nik_tail_index(nik[-NIK_TAIL:])


def nik_tail_index(tail: str) -> str:
    return blind_index(tail, label="nik.tail")


def normal_phone(phone: str) -> str:
    """The digits in the form 08…: "+62 812-3456-789" → "08123456789"."""
    digits = _COUNTRY_CODE.sub("0", _NOT_DIGITS.sub("", phone))
    return f"0{digits}" if digits.startswith("8") else digits


def phone_index(phone: str) -> str | None:
    """None where there is no digit to look up."""
    digits = normal_phone(phone)
    return blind_index(digits, label="phone") if digits else None


def normal_account(number: str) -> str:
    return _NOT_DIGITS.sub("", number)


def account_index(number: str) -> str | None:
    """None where there is no digit to look up."""
    digits = normal_account(number)
    return blind_index(digits, label="account") if digits else None


def folded(name: str) -> str:
    """The form in which names are compared; a name of signs alone is compared as it stands."""
    return (fold_name(name) or name.casefold())[:_LONGEST_NAME]
