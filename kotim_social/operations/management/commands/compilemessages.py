"""Compiles locale/*.po with polib: the msgfmt program is missing on a plain machine."""

import os
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed


class Command(BaseCommand):
    help = "Writes the .mo file beside each .po file that is newer."

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                target = source.with_suffix(".mo")
                if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                    # Whole or not at all: another process may look for words just now.
                    made = target.with_name(f"{target.name}.{os.getpid()}")
                    polib.pofile(str(source)).save_as_mofile(str(made))
                    made.replace(target)
                    # This process may serve next, and has looked for words before they were there.
                    translation_file_changed(sender=None, file_path=target)
                    self.stdout.write(f"{source.name} → {target.name}")
