"""Makes an encrypted backup, checked by restoring it; or checks one that was made before."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from kotim_social.lib.crypto import CryptoError
from kotim_social.operations.backup.keys import ask_private
from kotim_social.operations.backup.making import OWNER, BackupFailed, make_backup
from kotim_social.operations.backup.opening import opened
from kotim_social.operations.backup.programs import ProgramFailed
from kotim_social.operations.backup.scratch import check_by_restoring


class Command(BaseCommand):
    help = "Database, files and keys in one file that only the paper key opens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-restore-check", action="store_true", help="do not restore it to compare"
        )
        parser.add_argument("--check", metavar="FILE", help="open and check a finished backup")
        parser.add_argument("--key", metavar="FILE", help="file with the paper key, - for stdin")

    def handle(self, *args: Any, **options: Any) -> None:
        if OWNER not in connections:
            raise CommandError("Setel DATABASE_OWNER_URL: pencadangan bekerja sebagai pemilik.")
        try:
            if options["check"]:
                self._check(Path(options["check"]), options["key"])
            else:
                self._make(check=not options["no_restore_check"])
        except (BackupFailed, CryptoError, ProgramFailed, OSError) as problem:
            raise CommandError(f"Gagal: {problem}") from None
        except DatabaseError as problem:
            code = getattr(problem.__cause__, "pgcode", None) or type(problem).__name__
            raise CommandError(f"Gagal: basis data menjawab {code}.") from None

    def _make(self, *, check: bool) -> None:
        made = make_backup(check=check, say=self.stdout.write)
        self.stdout.write(
            f"{made.path}: {made.size} bita, {made.rows} baris, {made.files} berkas, "
            f"{made.seconds} detik"
        )
        if made.missing:
            self.stderr.write(f"{made.missing} berkas tercatat tetapi tidak ada di cakram.")
            sys.exit(1)

    def _check(self, path: Path, key: str | None) -> None:
        with opened(path, ask_private(key)) as backup:
            with backup.dump.open("rb") as dump:
                problems = check_by_restoring(
                    connections[OWNER], dump=dump, manifest=backup.manifest
                )
            if problems:
                raise BackupFailed("; ".join(problems))
            self.stdout.write(
                f"Utuh: {len(backup.manifest['tables'])} tabel sama, {len(backup.files)} berkas, "
                f"dibuat {backup.manifest['made_at']}"
            )
