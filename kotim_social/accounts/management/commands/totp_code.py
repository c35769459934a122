"""Prints the code that a demo user's telephone would show; `./run kode NAMA` calls it."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kotim_social.accounts.actions import current_totp_code
from kotim_social.accounts.models import User


class Command(BaseCommand):
    help = "Prints the current code of a demo user (embedded server only)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.USES_EMBEDDED_POSTGRES:
            raise CommandError("Codes are printed on the embedded server only.")
        user = User.objects.filter(username__iexact=options["username"], is_demo=True).first()
        if user is None:
            raise CommandError("There is no demo user of that name.")
        try:
            self.stdout.write(current_totp_code(user))
        except Authenticator.DoesNotExist:
            raise CommandError("This demo user signs in without a code.") from None
