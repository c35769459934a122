"""Loads provinces, kabupaten/kota, kecamatan, lokalisasi and places; a second run mends them."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from kotim_social.regions.loading import RegionModels, load_regions
from kotim_social.regions.matching import forget_index


class Command(BaseCommand):
    help = "Load regions, spellings, lokalisasi and places from the CSV files of the app."

    def add_arguments(self, parser: CommandParser) -> None:
        # The app role only reads these tables.
        owner = "owner" if "owner" in connections else "default"
        parser.add_argument("--database", default=owner, help="Alias of the database to fill.")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = load_regions(RegionModels.of(apps), using=options["database"])
        forget_index()
        if options["verbosity"]:
            self.stdout.write(", ".join(f"{name} {count}" for name, count in counts.items()))
