"""Files with whole numbers in them leave the house under a password of their own, by AES-256.

The password is worked out from a ticket that only the page holds and from the program's secret:
nothing is stored, and neither address, log nor trail ever sees it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import pikepdf
import pyzipper
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from msoffcrypto.format.ooxml import OOXMLFile

from kotim_social.accounts.models import User
from kotim_social.documents.exports import XLSX
from kotim_social.workflow import Refused

GOOD_FOR = timedelta(minutes=10)
_SALT = "kotim_social.documents.protecting"
# Read aloud over the telephone: no 0 and O, no 1 and I. Sixteen of 32 letters are 80 bits.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH, _GROUP = 16, 4


@dataclass(frozen=True)
class Ticket:
    """What the form carries, and the password that the page shows."""

    token: str
    password: str


def new_ticket(about: str, *, by: User) -> Ticket:
    """For one file (`about` names it) and one person, for ten minutes."""
    nonce = secrets.token_urlsafe(24)
    return Ticket(_signer(about, by).sign(nonce), _password(nonce, about, by))


def password_of(token: str, about: str, *, by: User) -> str:
    """The password that was shown with this ticket; Refused when it is old or another file's."""
    try:
        nonce = _signer(about, by).unsign(token, max_age=GOOD_FOR)
    except SignatureExpired:
        raise Refused(
            _("The password was shown more than ten minutes ago. Take the new one below.")
        ) from None
    except BadSignature:
        raise Refused(
            _("The password was not made for this file. Take the new one below.")
        ) from None
    return _password(nonce, about, by)


def _signer(about: str, by: User) -> TimestampSigner:
    return TimestampSigner(salt=f"{_SALT}:{about}:{by.pk}")


def _password(nonce: str, about: str, by: User) -> str:
    digest = salted_hmac(f"{_SALT}.password", f"{nonce}:{about}:{by.pk}", algorithm="sha256")
    letters = "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest.digest()[:_LENGTH])
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


@dataclass(frozen=True)
class Protected:
    """A file that opens with its password alone."""

    content: bytes
    content_type: str
    filename: str


def protect(content: bytes, form: str, *, name: str, password: str) -> Protected:
    """`form` is pdf, xlsx or csv; a CSV has no password of its own and goes into a ZIP."""
    lock, content_type, suffix = _LOCKS[form]
    return Protected(lock(content, name, password), content_type, f"{name}.{suffix}")


def _lock_pdf(content: bytes, _name: str, password: str) -> bytes:
    target = BytesIO()
    with pikepdf.open(BytesIO(content)) as paper:
        paper.save(
            target,
            encryption=pikepdf.Encryption(
                user=password, owner=secrets.token_urlsafe(32), R=6, aes=True, metadata=True
            ),
        )
    return target.getvalue()


def _lock_workbook(content: bytes, _name: str, password: str) -> bytes:
    """Agile encryption: spreadsheets ask for the password themselves."""
    target = BytesIO()
    OOXMLFile(BytesIO(content)).encrypt(password, target)
    return target.getvalue()


def _lock_text(content: bytes, name: str, password: str) -> bytes:
    target = BytesIO()
    with pyzipper.AESZipFile(
        target, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as package:
        package.setpassword(password.encode())
        package.setencryption(pyzipper.WZ_AES, nbits=256)
        package.writestr(f"{name}.csv", content)
    return target.getvalue()


_LOCKS: dict[str, tuple[Callable[[bytes, str, str], bytes], str, str]] = {
    "pdf": (_lock_pdf, "application/pdf", "pdf"),
    "xlsx": (_lock_workbook, XLSX, "xlsx"),
    "csv": (_lock_text, "application/zip", "zip"),
}
FORMS = tuple(_LOCKS)
