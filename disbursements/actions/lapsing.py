"""Entitlements that lapse because of what happened to the person, before anything was paid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from disbursements import workflow
from disbursements.models import Entitlement, PaymentLine, Policy
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused


def travel_entitlements(workers: Iterable[UUID]) -> list[Entitlement]:
    """What is payable for travelling with a batch, determined and unpaid."""
    rows = Entitlement.objects.filter(
        worker__in=list(workers),
        state="determined",
        paid=0,
        kind__policy__payable_when=Policy.PayableWhen.BATCH_APPROVED,
    )
    return list(rows.select_related("kind").order_by("pk"))


@transaction.atomic
def lapse_travel_money(*, worker: UUID, reason: str, on: date, by: User) -> int:
    """She travelled without a batch: her money for travelling lapses. Returns how many lapsed.

    Refused while a payment list holds it; what was paid already stays paid.
    """
    rows = travel_entitlements([worker])
    if not rows:
        return 0
    if not by.can(Perm.DECREE_SIGN):
        raise Refused(_("A decree names her: a supervisor records this, for money lapses by it."))
    locked = Entitlement.objects.select_for_update(of=("self",)).filter(
        pk__in=[row.pk for row in rows]
    )
    live = PaymentLine.objects.filter(entitlement__in=rows, state__in=workflow.LIVE)
    if line := live.select_related("payment_list").first():
        number = {"number": line.payment_list.number}
        raise Refused(_("Her travel money stands in list %(number)s. Take it out first.") % number)
    now = timezone.now()
    for row in locked:
        row.state, row.lapsed_on, row.lapsed_at, row.lapsed_by = "lapsed", on, now, by
        row.lapsed_because = reason.strip()
        row.save(update_fields=["state", "lapsed_on", "lapsed_at", "lapsed_by", "lapsed_because"])
        changes = {"state": ["determined", "lapsed"]}
        record("entitlement.lapse", by=by, obj=row, reason="went home alone", changes=changes)
    return len(rows)
