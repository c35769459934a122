"""Writes a report as a PDF: `manage.py paper rekap|nominatif|realisasi|spj --out FILE`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from disbursements.models import PaymentList
from disbursements.papers.issuing import KINDS, Scope, make_report, print_draft
from kotim_social.audit.scope import whole_office
from kotim_social.regions.models import Place


class Command(BaseCommand):
    help = (
        "Writes a report as a draft (KONSEP) without a number. "
        "A number is given on the page, to a paper of which everything is determined."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("--out", required=True, type=Path, help="the file to write")
        parser.add_argument("--paper", choices=settings.PAPER_SIZES, default=settings.PAPER_SIZE)
        parser.add_argument("--list", dest="number", default="", help="number of a payment list")
        parser.add_argument("--place", default="", help="code of a place, e.g. KM12")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["number"] and options["kind"] not in ("nominatif", "spj"):
            raise CommandError("A payment list has a roll and an SPJ: `paper nominatif --list …`.")
        scope = Scope(
            payment_list=self._list(options["number"]), place=self._place(options["place"])
        )
        with transaction.atomic(), whole_office():
            content = print_draft(make_report(options["kind"], scope, size=options["paper"]))
        try:
            options["out"].write_bytes(content)
        except OSError as error:
            raise CommandError(f"Cannot write {options['out']}: {error.strerror}.") from error
        self.stdout.write(f"{options['out']}: {len(content)} bytes")

    def _list(self, number: str) -> PaymentList | None:
        if not number:
            return None
        found = PaymentList.objects.select_related("funder").filter(number=number).first()
        if found is None:
            raise CommandError(f"There is no payment list {number}.")
        return found

    def _place(self, code: str) -> Place | None:
        if not code:
            return None
        found = Place.objects.filter(pk=code).first()
        if found is None:
            known = ", ".join(Place.objects.values_list("pk", flat=True))
            raise CommandError(f"There is no place {code}. Known: {known}.")
        return found
