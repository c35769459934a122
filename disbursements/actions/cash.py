"""Cash of a list: drawn, paid out, returned by slip; what is in hand ends at nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from disbursements.models import AssistanceKind, CashMovement, PaymentList
from disbursements.rules import date_problems
from disbursements.workflow import Duty
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.lib.money import format_rupiah
from kotim_social.workflow import Refused

DRAWN, DEPOSITED = CashMovement.Direction.DRAWN, CashMovement.Direction.DEPOSITED


@dataclass(frozen=True)
class CashCount:
    """The cash of one list, in rupiah."""

    drawn: int
    paid_out: int
    deposited: int

    @property
    def in_hand(self) -> int:
        return self.drawn - self.paid_out - self.deposited


def is_cash(payment_list: PaymentList) -> bool:
    return payment_list.method == AssistanceKind.Method.CASH


def count_cash(payment_list: PaymentList) -> CashCount:
    """A payment that was reversed is not paid out: its money went back with its paper."""
    moved = payment_list.cash.aggregate(
        drawn=Coalesce(Sum("amount", filter=Q(direction=DRAWN)), 0),
        deposited=Coalesce(Sum("amount", filter=Q(direction=DEPOSITED)), 0),
    )
    paid = payment_list.lines.filter(state="paid", reversal__isnull=True)
    return CashCount(
        moved["drawn"], paid.aggregate(n=Coalesce(Sum("amount"), 0))["n"], moved["deposited"]
    )


def write_movement(
    payment_list: PaymentList, direction: str, amount: int, *, paper: str, on: date, by: User
) -> CashMovement:
    """The row and its trail; whoever calls has locked the list and checked the hand."""
    moved = CashMovement.objects.create(
        payment_list=payment_list,
        direction=direction,
        amount=amount,
        paper=paper.strip(),
        happened_on=on,
        recorded_by=by,
    )
    record(f"cash.{direction}", by=by, obj=payment_list, changes={"amount": [None, amount]})
    return moved


@transaction.atomic
def move_cash(
    *,
    payment_list: PaymentList,
    direction: str,
    amount: int,
    paper: str,
    happened_on: date,
    by: User,
) -> CashMovement:
    """A further cheque, or cash taken back to the bank; never more than is in hand."""
    locked = PaymentList.objects.select_for_update(of=("self",)).get(pk=payment_list.pk)
    problems = date_problems(happened_on, not_before=locked.ordered_on, year=locked.budget_year)
    if not by.can(Perm.LIST_PAY):
        problems.append(_("You do not have the right to do this."))
    if not is_cash(locked) or locked.state != "ordered":
        problems.append(_("Cash is moved while a list that is paid in cash is ordered."))
    if locked.decisions.filter(recorded_by=by).exclude(duty=Duty.PAY).exists():
        problems.append(_("Somebody else must do this: you already had a hand in this list."))
    if not paper.strip():
        problems.append(_("Give the number of the paper."))
    in_hand = count_cash(locked).in_hand
    if direction == DEPOSITED and amount > in_hand:
        problems.append(
            _("Only %(in_hand)s is in hand.") % {"in_hand": format_rupiah(max(in_hand, 0))}
        )
    if problems:
        raise Refused(*problems)
    return write_movement(locked, direction, amount, paper=paper, on=happened_on, by=by)


def check_covered(payment_list: PaymentList) -> None:
    """More than what was drawn cannot have been paid out."""
    if not is_cash(payment_list):
        return
    in_hand = count_cash(payment_list).in_hand
    if in_hand < 0:
        raise Refused(
            _("%(missing)s more was paid out than was in hand. Record the cheque first.")
            % {"missing": format_rupiah(-in_hand)}
        )


def check_nothing_in_hand(payment_list: PaymentList) -> None:
    """A list in cash is reconciled when all of its cash is paid out or back at the bank."""
    if not is_cash(payment_list):
        return
    in_hand = count_cash(payment_list).in_hand
    if in_hand:
        raise Refused(
            _("The cash of this list does not end at nothing: %(in_hand)s is in hand.")
            % {"in_hand": format_rupiah(in_hand)}
        )
