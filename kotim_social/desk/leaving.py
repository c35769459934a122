"""Going home without a batch: a fact about the person, by which money lapses."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from cases.actions import journey_ends
from cases.models import Worker
from disbursements.actions.lapsing import lapse_travel_money
from kotim_social.accounts.models import User


@transaction.atomic
def go_home_alone(*, worker: Worker, proof: str, on: date, by: User) -> int:
    """Her arrival opens what is payable on arrival, and her travel money lapses; how many rows.

    Before a decree names her she is not eligible, and there is no money to lapse.
    """
    person = journey_ends.go_alone(worker=worker.pk, proof=proof, on=on, by=by)
    if person.determined_on is None:
        return 0
    return lapse_travel_money(worker=worker.pk, reason=proof, on=on, by=by)
