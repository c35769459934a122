"""A follow-up list: the returned payments of a list, once more."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.translation import gettext as _

from disbursements.actions.lists import create_list
from disbursements.models import PaymentLine, PaymentList
from disbursements.rules import Candidate, LeftOut, Reason, find_candidates
from kotim_social.accounts.models import User
from kotim_social.workflow import Refused


@dataclass(frozen=True)
class FollowUp:
    """Whose payment came back: who can be paid again now, and who cannot and why."""

    included: list[Candidate]
    left_out: list[LeftOut]

    @property
    def total(self) -> int:
        return sum(one.position.entitled - one.position.paid for one in self.included)


def came_back(payment_list: PaymentList) -> dict[str, PaymentLine]:
    """Position key → the line of this list whose money came back and was not tried again."""
    lines = payment_list.lines.filter(
        Q(state="returned") | Q(reversal__isnull=False),
        entitlement__state="determined",
    ).exclude(
        pk__in=PaymentLine.objects.exclude(state="cancelled")
        .filter(previous__payment_list=payment_list)
        .values("previous")
    )
    found = lines.select_related("entitlement__worker", "entitlement__kind")
    return {f"{x.entitlement.worker_id}:{x.entitlement.kind_id}": x for x in found}


def plan_follow_up(payment_list: PaymentList, user: User) -> FollowUp:
    """Divides the returned payments; whoever refused the money is not asked again by a list."""
    back = came_back(payment_list)
    found = find_candidates(user, kinds=list(payment_list.kinds.all()))
    included, left_out = [], []
    for one in found.included:
        line = back.get(one.position.key)
        if line is None:
            continue
        if line.result_reason == PaymentLine.Reason.REFUSED:
            refused = Reason(_("She refused the money."))
            left_out.append(LeftOut(one.worker, (line.entitlement.kind.name,), (refused,)))
        else:
            included.append(one)
    kinds_of: dict[str, set[str]] = {}
    for line in back.values():
        person = str(line.entitlement.worker_id)
        kinds_of.setdefault(person, set()).add(line.entitlement.kind.name)
    for left in found.left_out:
        kinds = tuple(k for k in left.kinds if k in kinds_of.get(str(left.worker.pk), ()))
        if kinds:
            left_out.append(replace(left, kinds=kinds))
    return FollowUp(included, left_out)


def create_follow_up(*, payment_list: PaymentList, by: User) -> PaymentList:
    """A draft with everybody whose payment of this list came back and who can be paid now."""
    plan = plan_follow_up(payment_list, by)
    if not plan.included:
        raise Refused(_("No returned payment of this list can be paid again now."))
    return create_list(
        funder=payment_list.funder,
        kinds=list(payment_list.kinds.all()),
        places=list(payment_list.places.all()),
        budget_year=payment_list.budget_year,
        only=[one.position.key for one in plan.included],
        follows=payment_list,
        by=by,
    )
