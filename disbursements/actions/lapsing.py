"""Rights that end unpaid: one by a supervisor's act, or those that her road has ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Worker
from disbursements.actions.entitlements import is_under_way, unpaid_of
from disbursements.models import BudgetYear, Entitlement, PaymentLine, Policy
from disbursements.workflow import ENTITLEMENT, LIVE
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused


@transaction.atomic
def lapse(*, entitlement: Entitlement, reason: str, on: date, by: User) -> Entitlement:
    """One right ends with its reason; Refused while anything was paid on it or is on its way."""
    locked = Entitlement.objects.select_for_update().get(pk=entitlement.pk)
    against = against_lapse(locked, by)
    if on > today():
        against.append(_("The date lies in the future."))
    if against:
        raise Refused(*against)
    return _end(locked, reason=reason, on=on, by=by)


def against_lapse(entitlement: Entitlement, by: User) -> list[str]:
    """Why one right cannot lapse as things stand now; none where it can."""
    against = ENTITLEMENT.can(entitlement, by, "lapse")
    if entitlement.paid:
        against.append(_("Something was paid on it."))
    if entitlement.lines.filter(state__in=LIVE).exists():
        against.append(_("It stands on a payment list: take it out or book its result first."))
    if BudgetYear.objects.filter(pk=entitlement.budget_year_id, closed_on__isnull=False).exists():
        against.append(_("Its budget year is closed."))
    return against


@transaction.atomic
def lapse_unpaid(*, worker: Worker, reason: str, by: User) -> list[Entitlement]:
    """Ends everything unpaid of hers, with the reason; refused while money is under way."""
    if is_under_way(worker):
        raise Refused(_("She stands on a payment list that is not finished."))
    return [_end(row, reason=reason, on=today(), by=by) for row in unpaid_of(worker)]


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
    if rows and not by.can(Perm.DECREE_SIGN):
        raise Refused(_("A decree names her: a supervisor records this, for money lapses by it."))
    live = PaymentLine.objects.filter(entitlement__in=rows, state__in=LIVE)
    if line := live.select_related("payment_list").first():
        number = {"number": line.payment_list.number}
        raise Refused(_("Her travel money stands in list %(number)s. Take it out first.") % number)
    return len([_end(row, reason=reason, on=on, by=by) for row in rows])


def _end(entitlement: Entitlement, *, reason: str, on: date, by: User) -> Entitlement:
    """The one step; the reason is kept with the right, encrypted."""
    ended: Entitlement = ENTITLEMENT.apply(
        entitlement,
        "lapse",
        by=by,
        reason=reason,
        lapsed_on=on,
        lapsed_at=timezone.now(),
        lapsed_by=by,
        lapsed_because=reason.strip(),
    )
    return ended
