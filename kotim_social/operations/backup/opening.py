"""Opens a backup into a private folder; nothing else is touched before all of it has opened."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from django.conf import settings

from kotim_social.lib.crypto import CryptoError
from kotim_social.lib.envelope import CHUNK, DecryptingReader
from kotim_social.operations.backup.making import DUMP, FILES, FORMAT, KEYS, MANIFEST

NAME = re.compile(r"(?:manifest\.json|keys\.json|database\.dump|files\.json|files/[0-9a-f-]{36})")


@dataclass(frozen=True)
class Opened:
    """A backup in clear, in a folder that goes away again."""

    folder: Path
    manifest: dict[str, Any]
    files: dict[str, str]  # id → SHA-256 of the encrypted file
    missing: list[str]

    @property
    def dump(self) -> Path:
        return self.folder / DUMP

    @property
    def keys(self) -> Path:
        return self.folder / KEYS

    def file(self, file_id: str) -> Path:
        return self.folder / "files" / file_id


@contextmanager
def opened(path: Path, private: bytes) -> Iterator[Opened]:
    """CryptoError for a wrong key or a damaged file, before anything else happens."""
    var = Path(settings.VAR_DIR)
    var.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="restore-", dir=var))  # mode 700
    try:
        _unpack(path, private, folder)
        yield _read(folder)
    finally:
        shutil.rmtree(folder)


def _unpack(path: Path, private: bytes, folder: Path) -> None:
    (folder / "files").mkdir(mode=0o700)
    with path.open("rb") as source:
        plain = io.BufferedReader(cast(io.RawIOBase, DecryptingReader(source, private)), CHUNK)
        try:
            with tarfile.open(fileobj=plain, mode="r|") as tar:
                for member in tar:
                    _put(tar, member, folder)
        except tarfile.TarError:
            raise CryptoError("the backup is damaged") from None
        # To the very end: only the last chunk shows that nothing was cut off.
        while plain.read(CHUNK):
            pass


def _put(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    content = tar.extractfile(member) if member.isreg() and NAME.fullmatch(member.name) else None
    if content is None:
        raise CryptoError("the backup holds a part that does not belong")
    descriptor = os.open(folder / member.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        shutil.copyfileobj(content, target, CHUNK)
        target.flush()
        os.fsync(target.fileno())


def _read(folder: Path) -> Opened:
    try:
        manifest = cast(dict[str, Any], json.loads((folder / MANIFEST).read_bytes()))
        listed = cast(dict[str, Any], json.loads((folder / FILES).read_bytes()))
    except (OSError, ValueError):
        raise CryptoError("the backup lacks a part") from None
    if manifest["format"] != FORMAT or not (folder / DUMP).exists():
        raise CryptoError("the backup is of another version of this program")
    result = Opened(folder, manifest, listed["found"], listed["missing"])
    for file_id, digest in result.files.items():
        found = result.file(file_id)
        if not found.exists() or hashlib.sha256(found.read_bytes()).hexdigest() != digest:
            raise CryptoError("a stored file in the backup is damaged")
    return result
