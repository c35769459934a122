"""Puts a backup onto an empty machine and proves that it is what was backed up."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import Error, connections
from django.utils import timezone

from kotim_social.audit.models import Seal
from kotim_social.audit.sealing import seal, verify
from kotim_social.audit.trail import record
from kotim_social.files import disk
from kotim_social.operations.backup import programs, sums
from kotim_social.operations.backup.making import OWNER, Say
from kotim_social.operations.backup.opening import Opened, opened
from kotim_social.operations.grants import apply_grants
from kotim_social.operations.office import is_empty


class RestoreRefused(RuntimeError):  # noqa: N818
    """The machine is not empty; nothing was touched."""


class RestoreDiffers(RuntimeError):  # noqa: N818
    """What was restored is not what was backed up; the sentences say where."""


@dataclass(frozen=True)
class Restored:
    """What a restore brought back."""

    tables: int
    rows: int
    files: int
    made_at: str
    seconds: int


def restore(path: Path, *, private: bytes, replace_empty: bool, say: Say) -> Restored:
    """Opens, loads, compares, then puts keys and files in their places."""
    began = time.monotonic()
    say("Membuka cadangan …")
    with opened(path, private) as backup:
        _refuse_unless_empty(backup, replace_empty=replace_empty)
        say("Memuat basis data …")
        _load(backup, replace_empty=replace_empty)
        say("Membandingkan setiap tabel …")
        _compare(backup)
        _place_keys(backup.keys)
        _place_files(backup)
    apply_grants(connections[OWNER])
    say("Memeriksa jejak …")
    _check_trail(backup, path.name)
    tables = backup.manifest["tables"]
    rows = sum(table[0] for table in tables.values())
    seconds = int(time.monotonic() - began)
    return Restored(len(tables), rows, len(backup.files), backup.manifest["made_at"], seconds)


def _tables() -> list[str]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(sums.TABLES)
        return [row[0] for row in cursor.fetchall()]


def _refuse_unless_empty(backup: Opened, *, replace_empty: bool) -> None:
    if _tables() and not (replace_empty and _holds_nobody()):
        raise RestoreRefused(
            "Basis data ini tidak kosong; tidak ada yang diubah. Pulihkan ke basis data baru, atau "
            "pakai --replace-empty bila kantor ini baru disiapkan dan belum berisi siapa pun."
        )
    keys = Path(settings.KOTIM_KEY_FILE)
    same = keys.exists() and keys.read_bytes() == backup.keys.read_bytes()
    if keys.exists() and not same and not replace_empty:
        raise RestoreRefused(f"{keys} sudah ada dan berbeda; pindahkan dulu ke tempat lain.")
    if next(disk.all_files(older_than=float("inf")), None) is not None:
        raise RestoreRefused(f"{settings.PRIVATE_FILES_DIR} tidak kosong; pindahkan dulu isinya.")


def _holds_nobody() -> bool:
    try:
        return is_empty()
    except Error:  # tables of a stranger: not ours to replace
        return False


def _load(backup: Opened, *, replace_empty: bool) -> None:
    owner = connections[OWNER]
    connections["default"].close()
    if replace_empty and _tables():
        with owner.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    database = str(owner.settings_dict["NAME"])
    with backup.dump.open("rb") as dump:
        programs.load(owner, database=database, source=dump)


def _compare(backup: Opened) -> None:
    from_owner = connections[OWNER]
    with from_owner.cursor() as cursor:
        cursor.execute("BEGIN")
        problems = sums.differences(backup.manifest, cursor)
        cursor.execute("COMMIT")
        cursor.execute("ANALYZE")
    if problems:
        raise RestoreDiffers("Hasil pemulihan berbeda: " + "; ".join(problems))


def _place_keys(source: Path) -> None:
    """Keys that a fresh set-up made are kept aside, not thrown away."""
    target = Path(settings.KOTIM_KEY_FILE)
    if target.exists():
        if target.read_bytes() == source.read_bytes():
            return
        target.replace(target.with_name(f"{target.name}.{timezone.localtime():%Y%m%d%H%M%S}"))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target.with_name(f".{target.name}.tmp"))
    fresh = target.with_name(f".{target.name}.tmp")
    fresh.chmod(0o600)
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(target)


def _place_files(backup: Opened) -> None:
    for file_id in backup.files:
        disk.put_back(UUID(file_id), backup.file(file_id))


def _check_trail(backup: Opened, name: str) -> None:
    """The chain is whole and still holds the head that the backup was taken at."""
    wanted = backup.manifest["trail"]
    if wanted["sealed"]:
        head = Seal.objects.filter(sequence=wanted["sealed"]).values_list("digest", flat=True)
        if list(head) != [wanted["head"]]:
            raise RestoreDiffers("Kepala rantai jejak bukan yang dicatat saat pencadangan.")
    record(
        "backup.restore",
        by=None,
        object_type="backup",
        object_id=name[:60],
        changes={"made_at": [None, backup.manifest["made_at"]]},
    )
    seal()
    verdict = verify()
    if not verdict.ok:
        raise RestoreDiffers(f"Rantai jejak putus pada baris {verdict.first_bad}.")
