"""Prints the totals; exit 1 when a row does not add up, or the groups differ from the people."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from cases.models import ReadinessDifference
from disbursements.models.position import MEASURES
from disbursements.reconciliation import PARTS, differences, years_with_identity
from kotim_social.audit.scope import whole_office
from kotim_social.desk.models import GroupDifference
from kotim_social.desk.totals import totals
from kotim_social.lib.money import format_rupiah

OWNER = "owner"


class Command(BaseCommand):
    help = "People and money: entitled = paid + in process + returned + withheld + open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--count-anew",
            action="store_true",
            help="count groups, and what lists ask of a row, anew first, as the database's owner",
        )

    @whole_office()
    def handle(self, *args: Any, **options: Any) -> None:
        if options["count_anew"]:
            self._count_anew()
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
        apart = list(GroupDifference.objects.all())
        for group in apart:
            self.stderr.write(f"group {group}")
        wrong_rows = list(ReadinessDifference.objects.all())
        for she in wrong_rows:
            self.stderr.write(f"readiness {she}")
        fits = all(row.adds_up for _year, rows in identities for row in rows)
        if found or apart or wrong_rows or not fits or not figures.adds_up:
            sys.exit(1)

    def _count_anew(self) -> None:
        """Every person into her groups, for a database whose triggers were once set aside."""
        if OWNER not in connections:
            raise CommandError("Give DATABASE_OWNER_URL: only the owner counts anew.")
        with connections[OWNER].cursor() as cursor:
            cursor.execute("SELECT cases_readiness_anew()")
            self.stderr.write(f"set right {len(cursor.fetchall())} people")
            cursor.execute("SELECT desk_count_anew()")
            self.stderr.write(f"counted {cursor.fetchone()[0]} people anew")

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
