"""Prints the proposal of batches for all who wait to go home; writes nothing."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.models import Worker
from kotim_social.audit.scope import whole_office
from repatriation import rules
from repatriation.proposal import Proposal, propose


class Command(BaseCommand):
    help = "Proposes batches by home province within the seats, escorts included."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seats", type=int, required=True, help="seats of one batch")
        parser.add_argument("--json", action="store_true", help="print JSON")

    @whole_office()
    def handle(self, *args: Any, **options: Any) -> None:
        if options["seats"] < 1:
            raise CommandError("A batch has at least one seat.")
        proposal = propose(rules.travellers(Worker.objects.all()), seats=options["seats"])
        answer = as_json(proposal, seats=options["seats"])
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        for number, batch in enumerate(answer["batches"], start=1):
            self.stdout.write(
                f"{number}. {batch['province']} ({', '.join(batch['regions'])}): "
                f"{batch['size']} = {batch['women']} + {batch['children']} + {batch['escorts']}"
            )
        self.stdout.write(f"batches {len(proposal.batches)}, lower bound {proposal.lower_bound}")
        for left in answer["left_over"]:
            self.stdout.write(f"left over {left['register_no']}: {left['reason']}")


def as_json(proposal: Proposal, *, seats: int) -> dict[str, Any]:
    """`size` counts all travellers; `women`, `children` and `escorts` are its parts."""
    ids = [row.traveller.worker_id for row in proposal.left_over]
    numbers = dict(Worker.objects.filter(pk__in=ids).values_list("pk", "register_no"))
    return {
        "seats": seats,
        "batches": [
            {
                "province": batch.group,
                "regions": batch.regions,
                "size": batch.size,
                "women": batch.women,
                "children": batch.children,
                "escorts": batch.escorts,
            }
            for batch in proposal.batches
        ],
        "lower_bound": proposal.lower_bound,
        "left_over": [
            {
                "register_no": numbers[row.traveller.worker_id],
                "code": row.reason.value,
                "reason": str(rules.LEFT_OVER[row.reason]),
            }
            for row in proposal.left_over
        ],
    }
