"""The travel money of a batch: its lists, who boarded, and what should be looked at."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from disbursements.models import PaymentList, Policy
from kotim_social.accounts.models import User
from repatriation.models import Batch

DONE_WITH = ("ordered", "reconciled", "closed")


@dataclass(frozen=True)
class ListOfBatch:
    """One payment list for the batch: how many lines wait, were paid, came back; and its sum."""

    list: PaymentList
    people: int
    waiting: int
    paid: int
    returned: int
    amount: int


def lists_of(batch: Batch, user: User) -> list[ListOfBatch]:
    """The lists of the kinds that are payable for travelling, in one query."""
    travel = PaymentList.objects.filter(
        kinds__policy__payable_when=Policy.PayableWhen.BATCH_APPROVED
    )
    live = Q(lines__state__in=["prepared", "ordered"])
    rows = (
        PaymentList.objects.visible_to(user)
        .filter(batch_code=batch.code, pk__in=travel.values("pk"))
        .exclude(state="cancelled")
        .annotate(
            people=Count("lines", filter=~Q(lines__state="cancelled"), distinct=True),
            waiting=Count("lines", filter=live, distinct=True),
            paid=Count("lines", filter=Q(lines__state="paid"), distinct=True),
            returned=Count("lines", filter=Q(lines__state="returned"), distinct=True),
            amount=Coalesce(Sum("lines__amount", filter=~Q(lines__state="cancelled")), 0),
        )
        .order_by("number")
    )
    names = ("people", "waiting", "paid", "returned", "amount")
    return [ListOfBatch(row, *(getattr(row, name) for name in names)) for row in rows]


def warnings_for(batch: Batch, lists: list[ListOfBatch]) -> list[str]:
    """What should be looked at; it keeps no batch from leaving."""
    if batch.state in ("finished", "cancelled"):
        return []
    if not lists:
        return [_("There is no payment list of travel money for this batch yet.")]
    sentences = [
        _("List %(number)s is not ordered yet.") % {"number": row.list.number}
        for row in lists
        if row.list.state not in DONE_WITH
    ]
    women = batch.members.filter(removed_at__isnull=True).count()
    people = sum(row.people - row.returned for row in lists)
    if people < women:
        values = {"people": people, "women": women}
        sentences.append(
            _("%(people)s of %(women)s women of the batch stand in a list of travel money.")
            % values
        )
    return sentences
