"""Writes the list of all packages (CycloneDX) from the lock file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kotim_social.operations.supply import parts_list


class Command(BaseCommand):
    help = "Prints the packages of requirements.txt as CycloneDX JSON, or writes them to --out."
    requires_system_checks = ()  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, help="the file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        text = json.dumps(parts_list(settings.BASE_DIR / "requirements.txt"), indent=1)
        if options["out"] is None:
            self.stdout.write(text)
            return
        options["out"].parent.mkdir(parents=True, exist_ok=True)
        options["out"].write_text(text + "\n")
