"""Building a payment list and leading it along its road."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from disbursements import workflow
from disbursements.actions.approving import check_ceilings, check_people, take_snapshots
from disbursements.actions.cash import DRAWN, check_nothing_in_hand, is_cash, write_movement
from disbursements.lines_now import changed_payees, lines_now
from disbursements.models import (
    AssistanceKind,
    BudgetYear,
    Funder,
    ListDecision,
    PaymentLine,
    PaymentList,
)
from disbursements.rules import (
    Candidate,
    candidates_for,
    date_problems,
    find_candidates,
    payable_kinds,
)
from disbursements.workflow import DUTY_OF_ACT, PAYMENT_LIST, Duty
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import build, record, record_many
from kotim_social.lib.dates import today
from kotim_social.regions.models import Place
from kotim_social.workflow import Refused


@transaction.atomic
def create_list(
    *,
    funder: Funder,
    kinds: Sequence[AssistanceKind],
    places: Sequence[Place],
    budget_year: BudgetYear,
    by: User,
    batch_code: str = "",
    only: Iterable[str] | None = None,
    follows: PaymentList | None = None,
) -> PaymentList:
    """Makes a draft with a line for everybody who can be paid now.

    `only` narrows it to these position keys; `follows` is the list whose returned lines these
    are. Raises Refused when there is nobody, or when the
    kinds do not go together.
    """
    if not by.can(Perm.LIST_PREPARE):
        raise Refused(_("You do not have the right to do this."))
    if against := date_problems(today(), not_before=None, year=budget_year):
        raise Refused(*against)
    if {kind.code for kind in kinds} - {kind.code for kind in payable_kinds(funder.pk)}:
        raise Refused(_("Choose kinds that this funder pays."))
    methods = {kind.method for kind in kinds}
    if len(methods) != 1:
        raise Refused(_("Choose kinds that are paid in the same way: by transfer or in cash."))
    found = find_candidates(
        by, kinds=kinds, places=places, batch_code=batch_code, budget_year=budget_year
    ).included
    wanted = None if only is None else set(only)
    chosen = [c for c in found if wanted is None or c.position.key in wanted]
    if not chosen:
        raise Refused(_("Nobody can be paid now with this choice."))
    payment_list = PaymentList.objects.create(
        number=_next_number(budget_year),
        funder=funder,
        batch_code=batch_code,
        method=methods.pop(),
        budget_year=budget_year,
        follows=follows,
        created_by=by,
    )
    payment_list.kinds.set(kinds)
    payment_list.places.set(places)
    record("paymentlist.create", by=by, obj=payment_list, changes={"lines": [0, len(chosen)]})
    _take_part(payment_list, by)
    _write_lines(payment_list, chosen, by)
    return payment_list


def _next_number(year: BudgetYear) -> str:
    """DB-2017-0001, one after the other; a cancelled list keeps its number."""
    BudgetYear.objects.select_for_update().get(pk=year.pk)
    last = PaymentList.objects.filter(budget_year=year).aggregate(last=Max("number"))["last"]
    return f"DB-{year.year}-{int(last.rsplit('-', 1)[1]) + 1 if last else 1:04d}"


def _take_part(payment_list: PaymentList, by: User) -> None:
    """Whoever adds or changes a line is a preparer of the list, in every revision."""
    if not payment_list.decisions.filter(
        recorded_by=by, duty=Duty.PREPARE, revision=payment_list.revision
    ).exists():
        _decide(payment_list, "prepare", by=by, on=today())


def _write_lines(payment_list: PaymentList, chosen: Sequence[Candidate], by: User) -> None:
    start = payment_list.lines.aggregate(last=Max("number"))["last"] or 0
    lines = [
        PaymentLine(
            payment_list=payment_list,
            number=number,
            entitlement_id=candidate.position.entitlement_id,  # type: ignore[misc]
            amount=candidate.position.entitled - candidate.position.paid,
            previous_id=candidate.position.last_line_id,
            added_by=by,
        )
        for number, candidate in enumerate(chosen, start=start + 1)
    ]
    try:
        with transaction.atomic():
            PaymentLine.objects.bulk_create(lines, batch_size=1000)
    except IntegrityError as error:
        raise Refused(
            _("Somebody put one of these people in another list meanwhile. Build it again.")
        ) from error
    record_many(
        build(
            "paymentline.add",
            by=by,
            object_type=PaymentLine._meta.label_lower,
            object_id=str(line.pk),
            changes={"amount": [None, line.amount]},
        )
        for line in lines
    )


@transaction.atomic
def add_people(*, payment_list: PaymentList, by: User) -> int:
    """Adds to a draft everybody of its choice who can be paid by now; returns how many."""
    locked = _lock_draft(payment_list, by)
    found = candidates_for(by, locked)
    if found.included:
        _take_part(locked, by)
        _write_lines(locked, found.included, by)
    return len(found.included)


@transaction.atomic
def take_out(*, payment_list: PaymentList, lines: Iterable[UUID], by: User) -> int:
    """Takes lines out of a draft; what they would have paid is open again."""
    locked = _lock_draft(payment_list, by)
    _take_part(locked, by)
    chosen = locked.lines.filter(pk__in=list(lines), state="prepared").select_for_update()
    ids = [line.pk for line in chosen.order_by("pk")]
    locked.lines.filter(pk__in=ids).update(state="cancelled")
    _record_lines("paymentline.take_out", ids, by)
    return len(ids)


def _lock_draft(payment_list: PaymentList, by: User) -> PaymentList:
    locked = PaymentList.objects.select_for_update().get(pk=payment_list.pk)
    against = PAYMENT_LIST.can(locked, by, "submit")
    if against:
        raise Refused(*against)
    return locked


def _record_lines(act: str, ids: Iterable[UUID], by: User) -> None:
    label = PaymentLine._meta.label_lower
    record_many(build(act, by=by, object_type=label, object_id=str(pk)) for pk in ids)


# -- the road ----------------------------------------------------------------------------------


def submit(*, payment_list: PaymentList, by: User) -> PaymentList:
    """Sends the list to the verifier."""

    def check(locked: PaymentList) -> None:
        if not locked.lines.filter(state="prepared").exists():
            raise Refused(_("The list has no lines."))

    return _move(payment_list, "submit", by=by, check=check)


def verify(*, payment_list: PaymentList, by: User) -> PaymentList:
    """The second pair of eyes."""
    return _move(payment_list, "verify", by=by)


def approve(*, payment_list: PaymentList, by: User) -> PaymentList:
    """The third pair of eyes: within the ceiling, and with the payees as they stand now."""

    def check(locked: PaymentList) -> None:
        check_ceilings(locked)
        check_people(lines_now(locked))
        take_snapshots(locked)

    return _move(payment_list, "approve", by=by, check=check)


def send_back(*, payment_list: PaymentList, reason: str, by: User) -> PaymentList:
    """Back to the caseworker as a new revision, with the reason."""
    now = PaymentList.objects.get(pk=payment_list.pk)
    act = next(
        (a for a in workflow.SEND_BACK_ACTS if not PAYMENT_LIST.can(now, by, a)),
        workflow.SEND_BACK_ACTS[0],
    )
    return _move(payment_list, act, by=by, reason=reason)


@transaction.atomic
def cancel(*, payment_list: PaymentList, reason: str, by: User) -> PaymentList:
    """Ends a list that is not ordered; its lines end with it and the money is open again."""
    own = PAYMENT_LIST.can(PaymentList.objects.get(pk=payment_list.pk), by, "cancel_own")
    moved = _move(payment_list, "cancel" if own else "cancel_own", by=by, reason=reason)
    ids = list(moved.lines.filter(state="prepared").values_list("pk", flat=True))
    moved.lines.filter(pk__in=ids).update(state="cancelled")
    _record_lines("paymentline.cancel", ids, by)
    return moved


@transaction.atomic
def order(
    *, payment_list: PaymentList, order_number: str, ordered_on: date, by: User
) -> PaymentList:
    """The fourth pair of eyes: the order to pay (SP2D or cheque), if no payee has changed."""

    def check(locked: PaymentList) -> None:
        approved = locked.decisions.filter(act="approve").latest("pk")
        problems = date_problems(
            ordered_on, not_before=approved.decided_on, year=locked.budget_year
        )
        if not order_number.strip():
            problems.append(_("Give the number of the order (SP2D or cheque)."))
        lines = lines_now(locked)
        changed = changed_payees(lines)
        if changed:
            problems.append(
                _("Changed since the approval: %(numbers)s. Send the list back.")
                % {"numbers": ", ".join(changed)}
            )
        if problems:
            raise Refused(*problems)
        check_people(lines)

    moved = _move(
        payment_list,
        "order",
        by=by,
        on=ordered_on,
        check=check,
        order_number=order_number.strip(),
        ordered_on=ordered_on,
    )
    ids = list(moved.lines.filter(state="prepared").values_list("pk", flat=True))
    moved.lines.filter(pk__in=ids).update(state="ordered")
    _record_lines("paymentline.order", ids, by)
    if is_cash(moved):
        # The cheque draws what the list pays; a further one is recorded on the page of the cash.
        total = moved.lines.filter(pk__in=ids).aggregate(n=Sum("amount"))["n"]
        write_movement(moved, DRAWN, total, paper=moved.order_number, on=ordered_on, by=by)
    return moved


def reconcile(*, payment_list: PaymentList, by: User) -> PaymentList:
    """Every line has its result, and the sums agree."""

    def check(locked: PaymentList) -> None:
        waiting = locked.lines.filter(state__in=workflow.LIVE).count()
        if waiting:
            raise Refused(_("%(n)s lines still wait for a result.") % {"n": waiting})
        check_nothing_in_hand(locked)

    return _move(payment_list, "reconcile", by=by, check=check)


def close_list(*, payment_list: PaymentList, by: User) -> PaymentList:
    """Nothing more happens on this list."""
    return _move(payment_list, "close", by=by)


@transaction.atomic
def _move(
    payment_list: PaymentList,
    act: str,
    *,
    by: User,
    on: date | None = None,
    reason: str = "",
    check: Any = None,
    **values: Any,
) -> PaymentList:
    """Locks, checks, writes the decision that the database asks for, then moves the list."""
    locked = PaymentList.objects.select_for_update().get(pk=payment_list.pk)
    against = PAYMENT_LIST.can(locked, by, act)
    if not against and PAYMENT_LIST.transition(act).reason_required and not reason.strip():
        against = [_("Give a reason.")]
    if against:
        raise Refused(*against)
    if check is not None:
        check(locked)
    if act in workflow.SEND_BACK_ACTS:
        values["revision"] = locked.revision + 1
    _decide(locked, act, by=by, on=on or today(), reason=reason)
    moved: PaymentList = PAYMENT_LIST.apply(locked, act, by=by, reason=reason, **values)
    return moved


def _decide(payment_list: PaymentList, act: str, *, by: User, on: date, reason: str = "") -> None:
    target = "" if act == "prepare" else PAYMENT_LIST.transition(act).target
    try:
        with transaction.atomic():
            ListDecision.objects.create(
                payment_list=payment_list,
                revision=payment_list.revision,
                act=act,
                duty=DUTY_OF_ACT[act],
                target=target,
                decided_on=on,
                recorded_by=by,
                reason=reason.strip() or None,
            )
    except IntegrityError as error:
        raise Refused(
            _("Somebody else must do this: you already had a hand in this list.")
        ) from error
