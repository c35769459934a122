"""Seals what is new, checks the whole trail and notes it there; exit 1 names the first bad row."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from kotim_social.audit.sealing import seal, verify
from kotim_social.audit.trail import record
from kotim_social.operations.doctor.trail import VERIFIED


class Command(BaseCommand):
    help = "Checks the hash chain of the trail."

    def handle(self, *args: Any, **options: Any) -> None:
        seal()
        verdict = verify()
        record(
            VERIFIED,
            by=None,
            changes={
                "ok": [None, verdict.ok],
                "sealed": [None, verdict.sealed],
                "head": [None, verdict.head],
            },
        )
        self.stdout.write(f"sealed {verdict.sealed}, not yet sealed {verdict.unsealed}")
        self.stdout.write(f"head {verdict.head}")
        if not verdict.ok:
            self.stderr.write(verdict.sentence)
            sys.exit(1)
