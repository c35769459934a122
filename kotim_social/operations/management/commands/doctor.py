"""Says what is wrong with this installation and how to mend it; exit 1 on errors."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand

from kotim_social.files.store import sweep
from kotim_social.operations.doctor.findings import Finding, Level, worst
from kotim_social.operations.doctor.rounds import full_round, vital_round

MARKS = {Level.OK: "baik ", Level.WARNING: "AWAS ", Level.ERROR: "SALAH"}


class Command(BaseCommand):
    help = "Checks keys, database, rights, durability, disk, backups, trail and settings."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--vital", action="store_true", help="only what a start needs")
        parser.add_argument("--no-chain", action="store_true", help="do not walk the whole trail")
        parser.add_argument(
            "--sweep", action="store_true", help="first remove files of undone work"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sweep"]:
            self.stdout.write(f"{sweep()} berkas sisa dihapus.")
        findings = vital_round() if options["vital"] else full_round(chain=not options["no_chain"])
        if options["json"]:
            self.stdout.write(as_json(findings))
        else:
            self.stdout.write("\n".join(lines(findings)))
        if worst(findings) == Level.ERROR:
            sys.exit(1)


def as_json(findings: Iterable[Finding]) -> str:
    rows = [
        {
            "level": finding.level.name.lower(),
            "subject": finding.subject,
            "sentence": finding.sentence,
            "remedy": finding.remedy,
        }
        for finding in findings
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def lines(findings: Iterable[Finding]) -> Iterable[str]:
    """The worst first, each with its remedy below."""
    for finding in sorted(findings, key=lambda f: -f.level):
        yield f"{MARKS[finding.level]}  {finding.subject:<11} {finding.sentence}"
        if finding.remedy:
            yield f"{'':19}→ {finding.remedy}"
