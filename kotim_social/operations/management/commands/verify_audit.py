"""Seals what is new in the trail and checks all of it; exit 1 names the first bad row."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from kotim_social.audit.sealing import seal, verify


class Command(BaseCommand):
    help = "Checks the hash chain of the trail."

    def handle(self, *args: Any, **options: Any) -> None:
        seal()
        verdict = verify()
        self.stdout.write(f"sealed {verdict.sealed}, not yet sealed {verdict.unsealed}")
        self.stdout.write(f"head {verdict.head}")
        if not verdict.ok:
            self.stderr.write(verdict.sentence)
            sys.exit(1)
