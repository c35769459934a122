"""Makes a backup: one snapshot of the database, checked, with files and keys, encrypted."""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from kotim_social.audit.sealing import START, seal
from kotim_social.audit.trail import record
from kotim_social.files import disk
from kotim_social.lib.envelope import EncryptingWriter, fingerprint
from kotim_social.operations.backup import programs, sums
from kotim_social.operations.backup.keys import public_key
from kotim_social.operations.backup.scratch import check_by_restoring
from kotim_social.operations.doctor.machine import backups

FORMAT = 1
MANIFEST, DUMP, KEYS, FILES = "manifest.json", "database.dump", "keys.json", "files.json"
OWNER = "owner"
Say = Callable[[str], object]


class BackupFailed(RuntimeError):  # noqa: N818
    """No backup was made; the sentence says why."""


@dataclass(frozen=True)
class Made:
    """A finished backup. `missing` counts rows of files whose file is not on the disk."""

    path: Path
    size: int
    rows: int
    files: int
    missing: int
    seconds: int


def make_backup(*, check: bool, say: Say) -> Made:
    """Nothing takes its final name before it is whole, checked and on the disk."""
    began = time.monotonic()
    public = public_key()
    folder = Path(settings.BACKUP_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder), tempfile.TemporaryFile(dir=settings.VAR_DIR) as dump:
        say("Menyegel jejak dan mengambil potret basis data …")
        seal()
        manifest, wanted = _take_snapshot(dump)
        if check:
            say("Memulihkan ke basis data pemeriksaan dan membandingkan …")
            problems = check_by_restoring(connections[OWNER], dump=dump, manifest=manifest)
            if problems:
                raise BackupFailed("Cadangan tidak sama dengan aslinya: " + "; ".join(problems))
        say("Menyandikan …")
        path = folder / f"kotim-{timezone.localtime():%Y%m%d-%H%M%S}.backup"
        files, missing = _write(path, public, manifest, dump, wanted)
    _keep_newest(settings.BACKUP_KEEP)
    rows = sum(table[0] for table in manifest["tables"].values())
    made = Made(path, path.stat().st_size, rows, files, missing, int(time.monotonic() - began))
    _leave_a_row(made, checked=check, key=fingerprint(public))
    return made


def _leave_a_row(made: Made, *, checked: bool, key: str) -> None:
    record(
        "backup.make",
        by=None,
        object_type="backup",
        object_id=made.path.name[:60],
        changes={
            "rows": [None, made.rows],
            "files": [None, made.files],
            "missing": [None, made.missing],
            "checked": [None, checked],
            "key": [None, key],
        },
    )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two backups at once would fight over names and disk."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupFailed("Cadangan lain sedang dibuat.") from None
        yield


def _take_snapshot(dump: IO[bytes]) -> tuple[dict[str, Any], set[str]]:
    """Dumps, counts and sums in one snapshot; also the ids of files that its rows speak of."""
    owner = connections[OWNER]
    with transaction.atomic(using=OWNER), owner.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        programs.dump(owner, snapshot=snapshot, target=dump)
        manifest = _manifest(cursor)
        cursor.execute("SELECT id::text FROM files_storedfile")
        return manifest, {row[0] for row in cursor.fetchall()}


def _manifest(cursor: Any) -> dict[str, Any]:
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    migrations = [f"{app}.{name}" for app, name in cursor.fetchall()]
    cursor.execute("SELECT sequence, digest FROM audit_seal ORDER BY sequence DESC LIMIT 1")
    sealed, head = cursor.fetchone() or (0, START)
    cursor.execute("SELECT current_setting('server_version')")
    return {
        "format": FORMAT,
        "made_at": timezone.localtime().isoformat(),
        "server": cursor.fetchone()[0],
        "migrations": migrations,
        "trail": {"sealed": sealed, "head": head},
        "tables": sums.of_tables(cursor),
        "sequences": sums.of_sequences(cursor),
    }


def _write(
    path: Path, public: bytes, manifest: dict[str, Any], dump: IO[bytes], wanted: set[str]
) -> tuple[int, int]:
    """Temporary name, fsync, rename, fsync of the folder; returns (files, missing files)."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            counts = _write_parts(target, public, manifest, dump, wanted)
            target.flush()
            os.fsync(target.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return counts


def _write_parts(
    target: BinaryIO,
    public: bytes,
    manifest: dict[str, Any],
    dump: IO[bytes],
    wanted: set[str],
) -> tuple[int, int]:
    found: dict[str, str] = {}
    with (
        EncryptingWriter(target, public) as envelope,
        tarfile.open(fileobj=envelope, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        _add(tar, MANIFEST, json.dumps(manifest).encode())
        _add(tar, KEYS, Path(settings.KOTIM_KEY_FILE).read_bytes())
        about = tarfile.TarInfo(DUMP)
        about.size, about.mode = dump.seek(0, os.SEEK_END), 0o600
        dump.seek(0)
        tar.addfile(about, dump)
        for path, file_id in disk.all_files(older_than=float("inf")):
            with suppress(FileNotFoundError):
                if file_id is not None:
                    content = path.read_bytes()
                    found[str(file_id)] = hashlib.sha256(content).hexdigest()
                    _add(tar, f"files/{file_id}", content)
        missing = sorted(wanted - set(found))
        _add(tar, FILES, json.dumps({"found": found, "missing": missing}).encode())
    return len(found), len(missing)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size, about.mode = len(content), 0o600
    tar.addfile(about, io.BytesIO(content))


def _keep_newest(count: int) -> None:
    for old in backups()[:-count]:
        old.unlink(missing_ok=True)
