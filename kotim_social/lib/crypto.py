"""AES-256-GCM for stored personal data, and keyed hashes to look it up; keys live in a file.

A token is: version byte, length of the key id, key id, 12-byte nonce, ciphertext. It is bound to
a fixed label of its field and to the id of its record, so it opens nowhere else.
"""

import base64
import functools
import hashlib
import hmac
import json
import os
import secrets
import stat
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = 1
_NONCE_SIZE = 12
_KEY_SIZE = 32


class CryptoError(Exception):
    """Keys are missing or a token does not open here; the text never holds data or keys."""


class Keyring:
    """The keys of one file: the current data key writes, older ones still read."""

    def __init__(self, *, current: str, data: dict[str, bytes], index: dict[str, bytes]) -> None:
        if current not in data or not index:
            raise CryptoError("the key file lacks its current data key or an index key")
        if any(len(key) != _KEY_SIZE for key in [*data.values(), *index.values()]):
            raise CryptoError("a key in the key file is not 32 bytes long")
        self.current = current
        self._data = {key_id: AESGCM(key) for key_id, key in data.items()}
        # Lookups need one key for all rows: the one written last.
        self._index = list(index.values())[-1]

    @property
    def key_ids(self) -> list[str]:
        return list(self._data)

    def cipher(self, key_id: str) -> AESGCM:
        try:
            return self._data[key_id]
        except KeyError:
            raise CryptoError("the key of this token is not in the key file") from None

    def digest(self, message: bytes) -> str:
        return hmac.new(self._index, message, hashlib.sha256).hexdigest()


def create_key_file(path: str | Path) -> None:
    """Write a file of fresh keys with mode 600; FileExistsError when there is one already."""
    keys = {"current": "k1", "data": {"k1": _new_key()}, "index": {"i1": _new_key()}}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(keys, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def add_data_key(path: str | Path) -> str:
    """Put a fresh data key into the file and let it write from now on; returns its id.

    The older ones stay and read. Index keys stay as they are: lookups need one key for all rows.
    """
    keys = _content(path)
    numbers = [int(key_id[1:]) for key_id in keys["data"] if key_id[1:].isdigit()]
    key_id = f"k{max(numbers, default=0) + 1}"
    keys["data"][key_id] = _new_key()
    keys["current"] = key_id
    _write(path, keys)
    return key_id


def drop_data_keys(path: str | Path, key_ids: list[str]) -> None:
    """Take keys out of the file; what is still written with them never opens again."""
    keys = _content(path)
    if keys["current"] in key_ids:
        raise CryptoError("the key that writes now stays in the key file")
    keys["data"] = {key_id: key for key_id, key in keys["data"].items() if key_id not in key_ids}
    _write(path, keys)


def load_keyring(path: str | Path | None = None) -> Keyring:
    """Read the key file (default: the setting KOTIM_KEY_FILE); read again only once it changes."""
    where = str(path or getattr(settings, "KOTIM_KEY_FILE", "") or "")
    if not where:
        raise CryptoError("the setting KOTIM_KEY_FILE names no key file")
    try:
        # Asked for every value: a Path would cost three times as much as the question.
        found = os.stat(where)  # noqa: PTH116
    except OSError:
        raise CryptoError("the key file cannot be found") from None
    if os.name == "posix" and stat.S_IMODE(found.st_mode) & 0o077:
        raise CryptoError("the key file is open to other users: set its mode to 600")
    return _read(where, found.st_mtime_ns, found.st_ino)


def encrypt(plain: bytes, *, label: str, record_id: str) -> bytes:
    """Return the token of ``plain``, bound to the field's label and the record's id."""
    keyring = load_keyring()
    nonce = os.urandom(_NONCE_SIZE)
    sealed = keyring.cipher(keyring.current).encrypt(nonce, plain, _bound_to(label, record_id))
    return token_head(keyring.current) + nonce + sealed


def decrypt(token: bytes, *, label: str, record_id: str) -> bytes:
    """Return what was encrypted; CryptoError for a changed, moved or foreign token."""
    key_id = token_key_id(token)
    start = 2 + len(key_id)
    nonce, sealed = token[start : start + _NONCE_SIZE], token[start + _NONCE_SIZE :]
    try:
        return load_keyring().cipher(key_id).decrypt(nonce, sealed, _bound_to(label, record_id))
    except (InvalidTag, ValueError):
        raise CryptoError("a token does not open: changed, moved, or of another key") from None


def token_key_id(token: bytes) -> str:
    """Return the id of the data key that a token was written with."""
    if len(token) < 2 or token[0] != _VERSION or len(token) < 2 + token[1] + _NONCE_SIZE:
        raise CryptoError("this is not a token of this program")
    try:
        return token[2 : 2 + token[1]].decode("ascii")
    except UnicodeDecodeError:
        raise CryptoError("this is not a token of this program") from None


def blind_index(value: str, *, label: str) -> str:
    """Return the keyed hash by which an encrypted value is found and kept unique.

    The caller normalises the value first; an empty one would make all empty rows equal.
    """
    if not value:
        raise ValueError("nothing to index")
    # Lone surrogates from a broken upload must not end in an error that quotes the value.
    return load_keyring().digest(f"{label}\0{value}".encode("utf-8", "surrogatepass"))


def _bound_to(label: str, record_id: str) -> bytes:
    if not label or not record_id:
        raise CryptoError("a token needs a label and a record id")
    return f"{label}|{record_id}".encode()


def token_head(key_id: str) -> bytes:
    """The first bytes of every token that this key wrote."""
    return bytes([_VERSION, len(key_id)]) + key_id.encode("ascii")


def _content(path: str | Path) -> dict[str, Any]:
    load_keyring(path)  # whole and closed to others, or CryptoError
    content: dict[str, Any] = json.loads(Path(path).read_bytes())
    return content


def _write(path: str | Path, keys: dict[str, Any]) -> None:
    """The whole new file or the whole old one, also when the machine stops in between."""
    temporary = Path(f"{path}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(keys, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(_KEY_SIZE)).decode("ascii")


@functools.lru_cache(maxsize=2)
def _read(path: str, _modified: int, _inode: int) -> Keyring:
    try:
        content: dict[str, Any] = json.loads(Path(path).read_bytes())
        return Keyring(
            current=content["current"],
            data={key_id: base64.b64decode(key) for key_id, key in content["data"].items()},
            index={key_id: base64.b64decode(key) for key_id, key in content["index"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise CryptoError("the key file cannot be read") from None
