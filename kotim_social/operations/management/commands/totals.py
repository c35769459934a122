"""Prints the totals; exit 1 when a row does not add up."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from disbursements.models.position import MEASURES
from disbursements.reconciliation import PARTS, differences, years_with_identity
from kotim_social.desk.totals import totals
from kotim_social.lib.money import format_rupiah


class Command(BaseCommand):
    help = "People and money: entitled = paid + in process + returned + withheld + open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        figures, identities = totals(), years_with_identity()
        if options["json"]:
            ceilings = {str(year.pk): [row.as_json() for row in rows] for year, rows in identities}
            whole = {**figures.as_json(), "ceilings": ceilings}
            self.stdout.write(json.dumps(whole, indent=2, ensure_ascii=False))
        else:
            self._print_table(figures)
            self._print_identities(identities)
        found = differences()
        for one in found:
            self.stderr.write(f"{one.funder} {one.kind} {one.register_no}: {one.sentence}")
        fits = all(row.adds_up for _year, rows in identities for row in rows)
        if found or not fits or not figures.adds_up:
            sys.exit(1)

    def _print_identities(self, identities: Any) -> None:
        """ceiling = paid + in process + returned + deposited + unclaimed + free"""
        for year, rows in identities:
            names = ("ceiling", *PARTS)
            self.stdout.write(f"{year.pk:<22}" + "".join(f"{name:>20}" for name in names))
            for row in rows:
                sums = "".join(f"{format_rupiah(amount):>20}" for _part, amount in row.figures)
                verdict = "  ok" if row.adds_up else f"  off by {row.difference}"
                self.stdout.write(f"{row.kind.funder_id + ' ' + row.kind.pk:<22}{sums}{verdict}")

    def _print_table(self, figures: Any) -> None:
        self.stdout.write(f"registered {figures.people['registered']}")
        head = "".join(f"{name:>20}" for name in MEASURES)
        self.stdout.write(f"{'':<22}{head}")
        for row in figures.money:
            sums = "".join(f"{format_rupiah(row.sums[name]):>20}" for name in MEASURES)
            self.stdout.write(f"{row.funder + ' ' + row.kind:<22}{sums}")
        sums = "".join(f"{format_rupiah(figures.total[name]):>20}" for name in MEASURES)
        self.stdout.write(f"{'total':<22}{sums}")
