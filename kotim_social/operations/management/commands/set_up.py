"""Sets up an empty office for real work and prints the first administrator's activation link."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from kotim_social.accounts.models import User
from kotim_social.operations.office import set_up


class Command(BaseCommand):
    help = "Keys, tables, regions, words; no demo. Then the first administrator's link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--admin", default="admin", help="the administrator's user name")
        parser.add_argument("--name", default="Admin", help="the administrator's full name")

    def handle(self, *args: Any, **options: Any) -> None:
        set_up()
        if User.objects.exists():
            self.stdout.write("Kantor ini sudah disiapkan.")
            return
        self.stdout.write("Buka tautan ini sekali untuk memilih kata sandi administrator:")
        call_command("create_admin", options["admin"], name=options["name"], stdout=self.stdout)
