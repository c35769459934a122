"""A stream encrypted to a public key: whoever writes it cannot read it again.

Format: the 8 bytes ``KOTIMBK1``, the 32-byte X25519 public key of the reader, the 32-byte
ephemeral public key of this file, then chunks. The file's key is HKDF-SHA256 over the shared
secret, with those 72 bytes as salt. Each chunk is AES-256-GCM over at most 1 MiB; its 12-byte
nonce is an 11-byte big-endian counter and one byte that is 1 for the last chunk and 0 before it.
So a cut, lengthened, reordered or foreign file does not open.
"""

from __future__ import annotations

import base64
import hashlib
import io
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kotim_social.lib.crypto import CryptoError

MAGIC = b"KOTIMBK1"
CHUNK = 1024 * 1024
TAG = 16
KEY = 32
HEADER = len(MAGIC) + 2 * KEY
CHECK = 3  # bytes of the checksum on a paper key
BLOCK = 4
_INFO = b"kotim-social backup"


def new_pair() -> tuple[bytes, bytes]:
    """(private, public), 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def public_of(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def fingerprint(public: bytes) -> str:
    """Eight characters by which a person tells two keys apart."""
    return hashlib.sha256(public).hexdigest()[:8]


def paper_key(private: bytes) -> str:
    """The private key as blocks of four letters and digits, with a checksum at the end."""
    text = base64.b32encode(private + _checksum(private)).decode().rstrip("=")
    return " ".join(text[at : at + BLOCK] for at in range(0, len(text), BLOCK))


def read_paper_key(text: str) -> bytes:
    """The private key from what somebody typed off the paper; CryptoError for a slip."""
    # The alphabet has no 0, 1 and 8: whoever types them means the letters beside them.
    letters = "".join(text.split()).replace("-", "").upper().translate(str.maketrans("018", "OIB"))
    try:
        raw = base64.b32decode(letters)
    except ValueError:
        raise CryptoError("the paper key has a letter that does not belong or is cut") from None
    private, check = raw[:KEY], raw[KEY:]
    if len(private) != KEY or check != _checksum(private):
        raise CryptoError("the paper key was not typed as it is printed")
    return private


def _checksum(private: bytes) -> bytes:
    return hashlib.sha256(b"paper" + private).digest()[:CHECK]


class EncryptingWriter(io.RawIOBase):
    """Write to it like to a file; `close` writes the last chunk and leaves the target open."""

    def __init__(self, target: BinaryIO, public: bytes) -> None:
        super().__init__()
        ephemeral = X25519PrivateKey.generate()
        header = MAGIC + public + ephemeral.public_key().public_bytes_raw()
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
        self._target = target
        self._cipher = _cipher(shared, header)
        self._held = bytearray()
        self._count = 0
        target.write(header)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._held += data
        while len(self._held) > CHUNK:
            self._write_chunk(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._write_chunk(bytes(self._held), last=True)
        super().close()

    def _write_chunk(self, plain: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._count, last), plain, None))
        self._count += 1


class DecryptingReader(io.RawIOBase):
    """Read from it like from a file; CryptoError for a wrong key or a changed or cut file."""

    def __init__(self, source: BinaryIO, private: bytes) -> None:
        super().__init__()
        header = source.read(HEADER)
        if len(header) != HEADER or not header.startswith(MAGIC):
            raise CryptoError("this is not a backup of this program")
        reader, ephemeral = header[len(MAGIC) : len(MAGIC) + KEY], header[len(MAGIC) + KEY :]
        if reader != public_of(private):
            raise CryptoError(f"this backup opens with the paper key {fingerprint(reader)}")
        secret = X25519PrivateKey.from_private_bytes(private)
        shared = secret.exchange(X25519PublicKey.from_public_bytes(ephemeral))
        self._source = source
        self._cipher = _cipher(shared, header)
        self._next = source.read(CHUNK + TAG)
        self._open = memoryview(b"")
        self._count = 0
        self._at_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._open and not self._at_end:
            self._open_chunk()
        size = min(len(buffer), len(self._open))
        buffer[:size] = self._open[:size]
        self._open = self._open[size:]
        return size

    def _open_chunk(self) -> None:
        token, self._next = self._next, self._source.read(CHUNK + TAG)
        self._at_end = not self._next
        try:
            plain = self._cipher.decrypt(_nonce(self._count, self._at_end), token, None)
        except (InvalidTag, ValueError):
            raise CryptoError("the backup is damaged or cut") from None
        self._open = memoryview(plain)
        self._count += 1


def _cipher(shared: bytes, header: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY, salt=header, info=_INFO).derive(shared))


def _nonce(count: int, last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([last])
