"""Prints the totals; exit 1 when a row does not add up."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from disbursements.models.position import MEASURES
from kotim_social.desk.totals import totals
from kotim_social.lib.money import format_rupiah


class Command(BaseCommand):
    help = "People and money: entitled = paid + in process + returned + withheld + open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        figures = totals()
        if options["json"]:
            self.stdout.write(json.dumps(figures.as_json(), indent=2, ensure_ascii=False))
        else:
            self._print_table(figures)
        if not figures.adds_up:
            sys.exit(1)

    def _print_table(self, figures: Any) -> None:
        self.stdout.write(f"registered {figures.people['registered']}")
        head = "".join(f"{name:>20}" for name in MEASURES)
        self.stdout.write(f"{'':<22}{head}")
        for row in figures.money:
            sums = "".join(f"{format_rupiah(row.sums[name]):>20}" for name in MEASURES)
            self.stdout.write(f"{row.funder + ' ' + row.kind:<22}{sums}")
        sums = "".join(f"{format_rupiah(figures.total[name]):>20}" for name in MEASURES)
        self.stdout.write(f"{'total':<22}{sums}")
