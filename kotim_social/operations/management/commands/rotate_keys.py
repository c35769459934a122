"""Re-encrypts everything under a new data key; a run that was cut off goes on where it stopped."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kotim_social.lib.crypto import CryptoError, load_keyring
from kotim_social.operations.rotation import RotationError, drop_unused, key_uses, rotate


class Command(BaseCommand):
    help = (
        "Makes a new data key and re-encrypts with it: all encrypted columns, their history, "
        "papers, drafts, staged rows, second factors, files. The keys of the blind indexes stay "
        "as they are. The old data key stays in the key file; backups made before need it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--uses", action="store_true", help="only count the uses of each key")
        parser.add_argument(
            "--drop-unused",
            action="store_true",
            help="take keys that open nothing here any more out of the key file (older backups "
            "need them: keep a copy beside those)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["uses"]:
                self._print_uses()
            elif options["drop_unused"]:
                dropped = drop_unused()
                self.stdout.write(f"dropped {', '.join(dropped) or 'none'}")
            else:
                self._rotate()
        except (RotationError, CryptoError) as error:
            raise CommandError(str(error)) from None

    def _rotate(self) -> None:
        counts = rotate(say=lambda place, count: self.stdout.write(f"{place:<40}{count:>8}"))
        keyring = load_keyring()
        self.stdout.write(f"{'all':<40}{sum(counts.values()):>8}")
        self.stdout.write(f"Everything has the key {keyring.current} now.")
        self.stdout.write(
            f"The keys of the blind indexes were not changed. Keep {settings.KOTIM_KEY_FILE} and "
            "the older keys in it for as long as a backup from before is kept."
        )

    def _print_uses(self) -> None:
        current = load_keyring().current
        for key_id, places in key_uses().items():
            mark = " (writes now)" if key_id == current else ""
            self.stdout.write(f"{key_id}{mark}: {sum(places.values())}")
            for place, count in sorted(places.items()):
                self.stdout.write(f"  {place:<50}{count:>8}")
