"""What is unpaid of somebody, and bringing back what lapsed by mistake."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import Worker
from disbursements import workflow
from disbursements.models import Entitlement, PaymentLine
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused


def unpaid_of(worker: Worker) -> list[Entitlement]:
    """What a decree gave her and nothing was paid on."""
    rows = Entitlement.objects.filter(worker=worker, state="determined", paid=0)
    return list(rows.select_related("kind").order_by("pk"))


def is_under_way(worker: Worker) -> bool:
    """Whether a line of hers waits on a payment list."""
    lines = PaymentLine.objects.filter(entitlement__worker=worker, state__in=workflow.LIVE)
    return lines.exists()


@transaction.atomic
def determine_again(*, entitlements: Iterable[UUID], by: User) -> int:
    """What lapsed by mistake stands again, by the same decree, rate and amount: a new row each."""
    if not by.can(Perm.DECREE_SIGN):
        raise Refused(_("You do not have the right to do this."))
    rows = Entitlement.objects.filter(pk__in=list(entitlements), state="lapsed").order_by("pk")
    count = 0
    for old in rows:
        again = Entitlement.objects.create(
            decree_id=old.decree_id,
            worker_id=old.worker_id,
            kind_id=old.kind_id,
            budget_year_id=old.budget_year_id,
            rate_id=old.rate_id,
            amount=old.amount,
            legal_basis=old.legal_basis,
            recorded_by=by,
        )
        record("entitlement.restore", by=by, obj=again, changes={"amount": [None, old.amount]})
        count += 1
    return count
