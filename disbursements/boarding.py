"""Travel money and who boarded: read from the journeys, by the code of a batch."""

from __future__ import annotations

from uuid import UUID

from cases.models import Journey
from disbursements.models import PaymentList


def lines_of_absent(payment_list: PaymentList) -> set[UUID]:
    """The lines of those who did not board, once the batch of the list has left; else none."""
    code = payment_list.batch_code
    if not code:
        return set()
    boarded = Journey.objects.filter(batch_code=code, boarded_on__isnull=False)
    if not boarded.exists():
        return set()
    lines = payment_list.lines.exclude(entitlement__worker__in=boarded.values("worker"))
    return set(lines.values_list("pk", flat=True))
