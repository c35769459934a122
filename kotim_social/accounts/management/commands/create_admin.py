"""Makes an administrator's account and prints the one-time link where she chooses her password."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from kotim_social.accounts.actions import activation_link, create_user
from kotim_social.accounts.roles import Role


class Command(BaseCommand):
    help = "Creates an administrator and prints a one-time activation link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="the full name")
        parser.add_argument("--base-url", default="http://127.0.0.1:8000")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                user = create_user(
                    username=options["username"],
                    full_name=options["name"],
                    role=Role.ADMIN,
                    by=None,
                )
                path = activation_link(user=user, by=None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(options["base_url"].rstrip("/") + path)
