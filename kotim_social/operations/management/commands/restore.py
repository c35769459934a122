"""Restores a backup onto an empty machine and compares every table with the manifest."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from kotim_social.lib.crypto import CryptoError
from kotim_social.operations.backup.keys import ask_private
from kotim_social.operations.backup.making import OWNER
from kotim_social.operations.backup.programs import ProgramFailed
from kotim_social.operations.backup.restoring import RestoreDiffers, RestoreRefused, restore
from kotim_social.operations.doctor.database import check_grants, check_migrations
from kotim_social.operations.doctor.findings import Level, worst
from kotim_social.operations.management.commands.doctor import lines


class Command(BaseCommand):
    help = "Opens FILE with the paper key; refuses a database that holds anything."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--key", metavar="FILE", help="file with the paper key, - for stdin")
        parser.add_argument(
            "--replace-empty",
            action="store_true",
            help="replace the tables and keys of an office that was set up and holds nobody",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if OWNER not in connections:
            raise CommandError("Setel DATABASE_OWNER_URL: pemulihan bekerja sebagai pemilik.")
        try:
            done = restore(
                Path(options["file"]),
                private=ask_private(options["key"]),
                replace_empty=options["replace_empty"],
                say=self.stdout.write,
            )
        except (RestoreRefused, RestoreDiffers, CryptoError, ProgramFailed, OSError) as problem:
            raise CommandError(f"Gagal: {problem}") from None
        except DatabaseError as problem:
            code = getattr(problem.__cause__, "pgcode", None) or type(problem).__name__
            raise CommandError(f"Gagal: basis data menjawab {code}.") from None
        self.stdout.write(
            f"Pulih: {done.tables} tabel sama ({done.rows} baris), {done.files} berkas, keadaan "
            f"{done.made_at}, {done.seconds} detik"
        )
        findings = [*check_migrations(), *check_grants()]
        self.stdout.write("\n".join(lines(findings)))
        if worst(findings) == Level.ERROR:
            sys.exit(1)
