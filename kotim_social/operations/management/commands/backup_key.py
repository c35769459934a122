"""Makes the key pair of backups and shows the private half once, to be written on paper."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kotim_social.lib.envelope import fingerprint
from kotim_social.operations.backup.keys import make_pair

BLOCKS_PER_LINE = 7


class Command(BaseCommand):
    help = "The public key stays here; the paper key is shown once and kept nowhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--replace", action="store_true", help="a new pair; older backups keep the old paper"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            public, paper = make_pair(replace=options["replace"])
        except FileExistsError as found:
            raise CommandError(
                f"{found} sudah ada. Cadangan lama tetap memerlukan kunci kertas lama; untuk "
                "pasangan baru: backup_key --replace"
            ) from None
        blocks = paper.split()
        self.stdout.write(f"\nKUNCI KERTAS CADANGAN {fingerprint(public)}\n")
        for at in range(0, len(blocks), BLOCKS_PER_LINE):
            self.stdout.write("   " + "  ".join(blocks[at : at + BLOCKS_PER_LINE]))
        self.stdout.write(
            "\nTulis atau cetak dua lembar, simpan di dua tempat terkunci, jauh dari server.\n"
            "Kunci ini tidak tersimpan di mana pun dan tidak ditampilkan lagi. Tanpa kunci ini\n"
            "cadangan tidak dapat dibuka oleh siapa pun. Sesudah itu bersihkan layar: clear"
        )
