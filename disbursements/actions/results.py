"""What became of an ordered list: paid, returned, and money that came back later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from disbursements import workflow
from disbursements.actions.cash import DEPOSITED, check_covered, is_cash, write_movement
from disbursements.models import PaymentLine, PaymentList, Reversal
from disbursements.rules import date_problems
from disbursements.workflow import Duty
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import build, record, record_many
from kotim_social.workflow import Refused


@dataclass(frozen=True)
class Result:
    """What the bank, or the counter, says of one line. Returned lines have their reason."""

    line_id: UUID
    paid: bool
    reason: str = ""
    note: str = ""
    deposit_slip: str = ""


@transaction.atomic
def book_results(
    *, payment_list: PaymentList, results: Sequence[Result], on: date, by: User
) -> tuple[int, int]:
    """Books results of lines that wait for one; returns (paid, returned). All or nothing."""
    locked = (
        PaymentList.objects.select_for_update(of=("self",))
        .select_related("budget_year")
        .get(pk=payment_list.pk)
    )
    _check_hand(locked, by)
    problems = date_problems(on, not_before=locked.ordered_on, year=locked.budget_year)
    waiting = _locked_lines(locked, results)
    problems += _problems(locked, results, waiting)
    if problems:
        raise Refused(*problems)
    now = timezone.now()
    paid = [result for result in results if result.paid]
    returned = [result for result in results if not result.paid]
    locked.lines.filter(pk__in=[result.line_id for result in paid]).update(
        state="paid", result_on=on, result_at=now, result_by=by
    )
    for result in returned:
        _return(waiting[result.line_id], result, on=on, at=now, by=by)
    _deposit(locked, returned, waiting, on=on, by=by)
    check_covered(locked)
    _record(locked, results, by)
    return len(paid), len(returned)


def _locked_lines(payment_list: PaymentList, results: Sequence[Result]) -> dict[UUID, PaymentLine]:
    """What a result is judged by; what is sealed in the lines is not opened for it."""
    chosen = payment_list.lines.filter(pk__in=[result.line_id for result in results])
    locked = chosen.select_for_update().order_by("pk")
    asked = locked.only("payment_list", "number", "state", "amount")
    return {line.pk: line for line in asked}


def _return(line: PaymentLine, result: Result, *, on: date, at: datetime, by: User) -> None:
    line.state, line.result_on, line.result_at, line.result_by = "returned", on, at, by
    line.result_reason, line.result_note = result.reason, result.note.strip() or None
    line.deposit_slip = result.deposit_slip.strip()
    line.save(
        update_fields=[
            "state", "result_on", "result_at", "result_by", "result_reason", "result_note",
            "deposit_slip",
        ]
    )  # fmt: skip


def _deposit(
    payment_list: PaymentList,
    returned: Sequence[Result],
    lines: dict[UUID, PaymentLine],
    *,
    on: date,
    by: User,
) -> None:
    """Cash that nobody fetched went back to the bank: one movement a slip."""
    if not is_cash(payment_list):
        return
    slips: dict[str, int] = {}
    for result in returned:
        slip = result.deposit_slip.strip()
        slips[slip] = slips.get(slip, 0) + lines[result.line_id].amount
    for slip, amount in slips.items():
        write_movement(payment_list, DEPOSITED, amount, paper=slip, on=on, by=by)


def _record(payment_list: PaymentList, results: Sequence[Result], by: User) -> None:
    """One row a line and one for the list."""
    label = PaymentLine._meta.label_lower
    paid = sum(result.paid for result in results)
    entries = [
        build(
            "paymentline.pay" if result.paid else "paymentline.return",
            by=by,
            object_type=label,
            object_id=str(result.line_id),
            changes={"state": ["ordered", "paid" if result.paid else "returned"]},
        )
        for result in results
    ]
    entries.append(
        build(
            "paymentlist.book_results",
            by=by,
            object_type=PaymentList._meta.label_lower,
            object_id=str(payment_list.pk),
            changes={"paid": [None, paid], "returned": [None, len(results) - paid]},
        )
    )
    record_many(entries)


def _check_hand(payment_list: PaymentList, by: User) -> None:
    """Booking is the treasurer's, and never of somebody who had another duty on the list."""
    against = []
    if not by.can(Perm.LIST_PAY):
        against.append(_("You do not have the right to do this."))
    if payment_list.state != "ordered":
        against.append(_("Results are booked while the list is ordered."))
    if payment_list.decisions.filter(recorded_by=by).exclude(duty=Duty.PAY).exists():
        against.append(_("Somebody else must do this: you already had a hand in this list."))
    if against:
        raise Refused(*against)


def _problems(
    payment_list: PaymentList, results: Sequence[Result], waiting: dict[UUID, PaymentLine]
) -> list[str]:
    problems = []
    if not results:
        problems.append(_nothing_to_book(payment_list))
    if len({result.line_id for result in results}) != len(results):
        problems.append(_("A line stands twice among the results."))
    for result in results:
        line = waiting.get(result.line_id)
        if line is None:
            problems.append(_("A line does not belong to this list."))
        elif line.state != "ordered":
            problems.append(_("Line %(n)s already has its result.") % {"n": line.number})
        elif not result.paid:
            problems += _problems_of_return(payment_list, result, line)
    return problems


def _nothing_to_book(payment_list: PaymentList) -> str:
    """Nothing was chosen, or somebody else was there first."""
    if payment_list.lines.filter(state__in=workflow.LIVE).exists():
        return _("There is no result to book.")
    return _("Every line of this list already has its result.")


def _problems_of_return(payment_list: PaymentList, result: Result, line: PaymentLine) -> list[str]:
    if result.reason not in PaymentLine.Reason.values:
        return [_("Line %(n)s: say why the money came back.") % {"n": line.number}]
    if is_cash(payment_list) and not result.deposit_slip.strip():
        return [
            _("Line %(n)s: give the number of the deposit slip for the cash.") % {"n": line.number}
        ]
    return []


def _problems_of_reversal(
    locked: PaymentLine, happened_on: date, paper: str, reason: str, by: User
) -> list[str]:
    problems = date_problems(
        happened_on, not_before=locked.result_on, year=locked.payment_list.budget_year
    )
    if locked.state != "paid":
        problems.append(_("Only a paid line can be reversed."))
    if locked.payment_list.decisions.filter(recorded_by=by).exclude(duty=Duty.PAY).exists():
        problems.append(_("Somebody else must do this: you already had a hand in this list."))
    if not paper.strip():
        problems.append(_("Give the number of the paper."))
    if not reason.strip():
        problems.append(_("Give a reason."))
    return problems


@transaction.atomic
def reverse_line(
    *, line: PaymentLine, happened_on: date, paper: str, reason: str, by: User
) -> Reversal:
    """Money came back after it was booked: a counter-entry with its paper, once a line."""
    if not by.can(Perm.LIST_PAY):
        raise Refused(_("You do not have the right to do this."))
    locked = (
        PaymentLine.objects.select_for_update(of=("self",))
        .select_related("payment_list__budget_year")
        .get(pk=line.pk)
    )
    problems = _problems_of_reversal(locked, happened_on, paper, reason, by)
    if problems:
        raise Refused(*problems)
    try:
        with transaction.atomic():
            reversal = Reversal.objects.create(
                line=locked,
                amount=locked.amount,
                happened_on=happened_on,
                paper=paper.strip(),
                reason=reason.strip(),
                recorded_by=by,
            )
    except IntegrityError as error:
        raise Refused(_("This line was already reversed.")) from error
    if is_cash(locked.payment_list):
        write_movement(
            locked.payment_list, DEPOSITED, locked.amount, paper=paper, on=happened_on, by=by
        )
    record(
        "paymentline.reverse",
        by=by,
        obj=locked,
        reason=reason.strip(),
        changes={"paid": [locked.amount, 0]},
    )
    return reversal


def waiting_lines(payment_list: PaymentList) -> list[PaymentLine]:
    """Lines without a result, by their number."""
    return list(
        payment_list.lines.filter(state__in=workflow.LIVE)
        .select_related("entitlement__worker", "entitlement__kind")
        .order_by("number")
    )
