"""Carries out what two people decided: the data of whose term has run out go for good."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.models import Anonymising
from kotim_social.operations.anonymising import AnonymisingError, carry_out


class Command(BaseCommand):
    help = (
        "Anonymises the people of the accepted proposal, as the owner role. Run it while nobody "
        "works: the tables are locked meanwhile. It cannot be undone; backups from before still "
        "hold the data until they are deleted."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        proposal = Anonymising.objects.filter(state="accepted").first()
        if proposal is None:
            self.stdout.write("No proposal is accepted: nothing to do.")
            return
        try:
            counts = carry_out(proposal)
        except AnonymisingError as error:
            raise CommandError(str(error)) from None
        for place, count in sorted(counts.items()):
            self.stdout.write(f"{place:<40}{count:>8}")
