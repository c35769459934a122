"""Costs of a journey: recorded, and struck out when they were wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused
from repatriation.actions.common import locked, refuse_wrong_date, sentence_for
from repatriation.models import Batch, Cost


@dataclass(frozen=True, kw_only=True)
class NewCost:
    """What was spent, in rupiah, on a day."""

    category: str
    what: str
    amount: int
    spent_on: date
    paper: str = ""


@transaction.atomic
def add_cost(*, batch: Batch, cost: NewCost, by: User) -> Cost:
    batch = _open(batch, by)
    refuse_wrong_date(cost.spent_on, after=None)
    if cost.category not in Cost.Category.values or not cost.what.strip():
        raise Refused(_("Say what the money was spent on."))
    row = Cost(
        batch=batch,
        category=cost.category,
        what=cost.what.strip(),
        amount=cost.amount,
        paper=cost.paper.strip(),
        spent_on=cost.spent_on,
        recorded_by=by,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(sentence_for(error)) from None
    record("batch.cost", by=by, obj=batch, changes={"amount": [None, row.amount]})
    return row


@transaction.atomic
def strike_cost(*, batch: Batch, cost: Cost, by: User) -> None:
    batch = _open(batch, by)
    row = batch.costs.select_for_update().filter(pk=cost.pk, struck_at__isnull=True).first()
    if row is None:
        raise Refused(_("This cost is struck out already."))
    row.struck_at, row.struck_by = timezone.now(), by
    row.save(update_fields=["struck_at", "struck_by"])
    record("batch.cost_struck", by=by, obj=batch, changes={"amount": [row.amount, None]})


def _open(batch: Batch, by: User) -> Batch:
    if not by.can(Perm.BATCH_PLAN):
        raise Refused(_("You do not have the right to do this."))
    row = locked(batch, by=by)
    if row.state in ("finished", "cancelled"):
        raise Refused(_("The batch has ended."))
    return row
