"""Encrypted files on disk: two levels of folders, UUID names, mode 600, written atomically."""

import hashlib
import hmac
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings

from kotim_social.lib.crypto import decrypt, encrypt, token_key_id

_LABEL = "file"


class FileMissing(Exception):  # noqa: N818
    """The row is there, the file is not."""


class FileDamaged(Exception):  # noqa: N818
    """The content opens but is not what was stored."""


def path_of(file_id: UUID) -> Path:
    # The end of a UUIDv7 is random, its beginning is the clock: only the end spreads.
    name = file_id.hex
    return Path(settings.PRIVATE_FILES_DIR) / name[-2:] / name[-4:-2] / str(file_id)


def write(file_id: UUID, content: bytes) -> None:
    """Encrypt and write; the file appears whole or not at all, and survives a power cut."""
    path = path_of(file_id)
    _make_folders(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    token = encrypt(content, label=_LABEL, record_id=str(file_id))
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            target.write(token)
            target.flush()
            os.fsync(target.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def put_back(file_id: UUID, source: Path) -> None:
    """Moves an encrypted file of a backup to its place in the store."""
    path = path_of(file_id)
    _make_folders(path.parent)
    shutil.move(source, path)
    path.chmod(0o600)
    _sync_folder(path.parent)


def read(file_id: UUID, *, sha256: str) -> bytes:
    try:
        token = path_of(file_id).read_bytes()
    except FileNotFoundError:
        raise FileMissing("a stored file is not on the disk") from None
    content = decrypt(token, label=_LABEL, record_id=str(file_id))
    if not hmac.compare_digest(digest(content), sha256):
        raise FileDamaged("a stored file is not what was stored")
    return content


def key_id_of(path: Path) -> str:
    """The id of the data key that a file was written with."""
    with path.open("rb") as source:
        return token_key_id(source.read(300))


def reencrypt(file_id: UUID) -> None:
    """Write a file anew under the current key, whether a row speaks of it already or not."""
    token = path_of(file_id).read_bytes()
    write(file_id, decrypt(token, label=_LABEL, record_id=str(file_id)))


def remove(file_id: UUID) -> None:
    path_of(file_id).unlink(missing_ok=True)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def all_files(*, older_than: float) -> Iterator[tuple[Path, UUID | None]]:
    """Every file last written before this time (epoch seconds); None for what is no UUID name."""
    for path in Path(settings.PRIVATE_FILES_DIR).glob("??/??/*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < older_than:
                yield path, _uuid_of(path.name)


def _uuid_of(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


def _make_folders(folder: Path) -> None:
    # One by one: the mode given to makedirs holds for the last folder only.
    root = Path(settings.PRIVATE_FILES_DIR)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
