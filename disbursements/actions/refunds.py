"""Money that was paid twice, after a merge for instance, is demanded back by a letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from disbursements.models import PaymentLine, RefundDemand
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.documents.actions import issue_paper
from kotim_social.documents.paper import PaperNumber
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

# Draws the letter and gives what it prints; the papers stand above the actions.
Letter = Callable[[PaymentLine, date, User], tuple[Callable[[PaperNumber], bytes], dict[str, Any]]]


@transaction.atomic
def demand_refund(
    *, line: PaymentLine, demanded_on: date, reason: str, letter: Letter, by: User
) -> RefundDemand:
    """Writes the demand into the register and issues its letter, once a line.

    The money itself comes back by `reverse_line`, which settles the demand.
    """
    locked = PaymentLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    problems = []
    if not by.can(Perm.LIST_APPROVE):
        problems.append(_("You do not have the right to do this."))
    if locked.state != "paid" or hasattr(locked, "reversal"):
        problems.append(_("Only a paid line that was not reversed can be demanded back."))
    if demanded_on > today():
        problems.append(_("The date lies in the future."))
    elif locked.result_on and demanded_on < locked.result_on:
        problems.append(_("The date lies before the step that came before."))
    if not reason.strip():
        problems.append(_("Give a reason."))
    if problems:
        raise Refused(*problems)
    try:
        with transaction.atomic():
            demand = RefundDemand.objects.create(
                line=locked,
                amount=locked.amount,
                demanded_on=demanded_on,
                reason=reason.strip(),
                recorded_by=by,
            )
    except IntegrityError as error:
        raise Refused(_("This payment was already demanded back.")) from error
    record("refund.demand", by=by, obj=locked, changes={"amount": [None, locked.amount]})
    build, snapshot = letter(locked, demanded_on, by)
    issue_paper(
        kind="refund_demand",
        build=build,
        snapshot=snapshot,
        issued_on=demanded_on,
        by=by,
        subject=locked,
    )
    return demand
