"""Looks for keys and passwords that were written into the tree; exit 1 names file and line."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kotim_social.operations.supply import find_secrets


class Command(BaseCommand):
    help = "Scans the files of the project for secrets."
    requires_system_checks = ()  # type: ignore[assignment]

    def handle(self, *args: Any, **options: Any) -> None:
        found = find_secrets(settings.BASE_DIR)
        for line in found:
            self.stderr.write(line)
        if found:
            sys.exit(1)
