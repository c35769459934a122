"""The end of a budget year: depositing back, closing, and money that comes after that."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from disbursements.models import BudgetYear, Entitlement, Funder, PaymentLine, Reversal
from disbursements.workflow import ENTITLEMENT, Duty
from disbursements.yearend import against_closing, unpaid
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import build, record, record_many
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

LapseKind = Entitlement.LapseKind
# The lock that postings of a year share and that closing takes alone; see the migration.
YEAR_LOCK = 20171231


@transaction.atomic
def deposit_back(
    *, year: BudgetYear, funder: Funder, deposit_number: str, on: date, by: User
) -> int:
    """What came back of one funder's money and is not paid again lapses as deposited back."""
    _must(by, Perm.LIST_PAY)
    _lock(year)
    against = _wrong_day(on)
    if BudgetYear.objects.get(pk=year.pk).closed_on is not None:
        against.append(_("The budget year %(year)s is closed.") % {"year": year.year})
    if not deposit_number.strip():
        against.append(_("Give the number of the deposit."))
    rows = [
        row
        for row in unpaid(year)
        .filter(live=False, came_back=True)
        .select_related("kind__component_of")
        if (row.kind.component_of or row.kind).funder_id == funder.pk
    ]
    if not rows:
        against.append(_("Nothing of this funder has come back that would be deposited."))
    if against:
        raise Refused(*against)
    number = deposit_number.strip()
    lapse_many(rows, act="deposit_back", kind=LapseKind.DEPOSITED, on=on, by=by, number=number)
    record(
        "budgetyear.deposit_back",
        by=by,
        obj=year,
        changes={
            "deposit_number": [None, number],
            "rights": [None, len(rows)],
            "amount": [None, sum(row.rest for row in rows)],
        },
    )
    return len(rows)


@transaction.atomic
def close_year(*, year: BudgetYear, on: date, by: User) -> int:
    """Nothing is posted on the year from now on; what nobody claimed lapses with it."""
    _must(by, Perm.PROGRAMME_EDIT)
    _lock(year)
    locked = BudgetYear.objects.select_for_update().get(pk=year.pk)
    if against := [*against_closing(locked), *_wrong_day(on)]:
        raise Refused(*against)
    rows = list(unpaid(locked))
    lapse_many(rows, act="leave_unclaimed", kind=LapseKind.UNCLAIMED, on=on, by=by)
    locked.closed_on, locked.closed_at, locked.closed_by = on, timezone.now(), by
    locked.save(update_fields=["closed_on", "closed_at", "closed_by"])
    record(
        "budgetyear.close",
        by=by,
        obj=locked,
        changes={"closed_on": [None, on.isoformat()], "unclaimed": [None, len(rows)]},
    )
    return len(rows)


@transaction.atomic
def book_late_refund(
    *,
    line: PaymentLine,
    booked_in: BudgetYear,
    happened_on: date,
    paper: str,
    reason: str,
    by: User,
) -> Reversal:
    """Money of a closed year that comes back: an entry of the open year, with its paper.

    The closed year keeps its figures. Her right of that year ends as refunded, so that a decree of
    a later year may give it to her again.
    """
    _must(by, Perm.LIST_PAY)
    locked = (
        PaymentLine.objects.select_for_update(of=("self",))
        .select_related("payment_list__budget_year", "entitlement")
        .get(pk=line.pk)
    )
    against = _against_refund(locked, booked_in, happened_on, by)
    if not paper.strip():
        against.append(_("Give the number of the paper."))
    if not reason.strip():
        against.append(_("Give a reason."))
    if against:
        raise Refused(*against)
    reversal = _reverse(
        line=locked,
        happened_on=happened_on,
        paper=paper.strip(),
        booked_in=booked_in,
        reason=reason.strip(),
        recorded_by=by,
    )
    rights = [Entitlement.objects.get(pk=locked.entitlement_id)]
    lapse_many(
        rights,
        act="refund_late",
        kind=LapseKind.REFUNDED,
        on=happened_on,
        by=by,
        number=paper.strip(),
    )
    record(
        "paymentline.refund_late",
        by=by,
        obj=locked,
        reason=reason.strip(),
        changes={"paid": [locked.amount, 0], "booked_in": [None, booked_in.pk]},
    )
    return reversal


def _reverse(*, line: PaymentLine, **facts: Any) -> Reversal:
    """The counter-entry, once a line."""
    try:
        with transaction.atomic():
            return Reversal.objects.create(line=line, amount=line.amount, **facts)
    except IntegrityError as error:
        raise Refused(_("This line was already reversed.")) from error


def _against_refund(line: PaymentLine, booked_in: BudgetYear, on: date, by: User) -> list[str]:
    year = line.payment_list.budget_year
    found = _wrong_day(on)
    if year.closed_on is None:
        found.append(_("The year of this payment is still open: reverse the line on its list."))
    elif on < year.closed_on:
        found.append(_("The date lies before the closing of the year."))
    if booked_in.closed_on is not None or booked_in.pk <= year.pk:
        found.append(_("Book it in a later budget year that is open."))
    if line.state != "paid":
        found.append(_("Only a paid line can be reversed."))
    if hasattr(line, "reversal"):
        found.append(_("This line was already reversed."))
    if line.payment_list.decisions.filter(recorded_by=by).exclude(duty=Duty.PAY).exists():
        found.append(_("Somebody else must do this: you already had a hand in this list."))
    return found


def lapse_many(
    rows: list[Entitlement], *, act: str, kind: str, on: date, by: User, number: str = ""
) -> None:
    """One statement for the set and a row of the trail for each; who may do it is the act's."""
    step = ENTITLEMENT.transition(act)
    _must(by, step.perm)
    ids = [row.pk for row in rows]
    Entitlement.objects.filter(pk__in=ids, state__in=step.sources).update(
        state=step.target,
        lapsed_on=on,
        lapsed_at=timezone.now(),
        lapsed_by=by,
        lapse_kind=kind,
        deposit_number=number,
    )
    label = Entitlement._meta.label_lower
    moved: dict[str, Any] = {"state": [step.sources[0], step.target], "deposit": [None, number]}
    record_many(
        build(f"entitlement.{act}", by=by, object_type=label, object_id=str(pk), changes=moved)
        for pk in ids
    )


def _must(by: User, perm: Perm) -> None:
    if not by.can(perm):
        raise Refused(_("You do not have the right to do this."))


def _wrong_day(on: date) -> list[str]:
    return [_("The date lies in the future.")] if on > today() else []


def _lock(year: BudgetYear) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [YEAR_LOCK, year.pk])
