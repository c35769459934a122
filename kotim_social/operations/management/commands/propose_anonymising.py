"""The yearly proposal: whose term has run out, for a second person to accept."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kotim_social.accounts.models import User
from kotim_social.desk.anonymising import due, propose
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused


class Command(BaseCommand):
    help = (
        "Lists the register numbers of closed cases whose term of keeping has run out and, with "
        "--user, proposes to anonymise them. Another supervisor accepts it on the page; "
        "“anonymise” carries it out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", help="who proposes (user name); without it only the list")
        parser.add_argument("--date", type=date.fromisoformat, help="terms that ended before")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["date"] or today()
        if day > today():
            raise CommandError("The date lies in the future.")
        for one in due(day):
            shown = " ".join(one.against) or f"{one.term}, {one.ended_on}"
            self.stdout.write(f"{one.person.shown}: {shown}")
        if not options["user"]:
            return
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError("There is no such user.")
        try:
            row = propose(day=day, by=user)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"proposed for {row.people.count()} people")
