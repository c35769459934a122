"""Decrees that put another right in the place of one that ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from cases.models import Worker, of_age
from disbursements.actions.closing_year import lapse_many
from disbursements.models import BudgetYear, Decree, Entitlement, PaymentLine, Rate
from disbursements.models.programme import rates_on
from disbursements.rules import date_problems
from disbursements.workflow import LIVE
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import build, record, record_many
from kotim_social.workflow import Refused


@dataclass(frozen=True)
class Replacement:
    """A right, and the rate of the day that a decree would put in its place."""

    old: Entitlement
    rate: Rate

    @property
    def difference(self) -> int:
        return self.rate.amount - self.old.amount


def changeable(user: User, *, on: date, year: BudgetYear | None) -> list[Replacement]:
    """Rights of an open year with nothing paid and nothing on its way, whose rate is another."""
    if year is None or year.closed_on is not None:
        return []
    live = PaymentLine.objects.filter(entitlement=OuterRef("pk"), state__in=LIVE)
    rows = Entitlement.objects.visible_to(user).filter(
        ~Exists(live), budget_year=year, state="determined", paid=0
    )
    return _with_rates(rows, on)


@dataclass(frozen=True)
class NotYet:
    """Rights of one kind that an accepted rate has not reached: only a decree changes them."""

    year: BudgetYear
    rights: int
    difference: int


def not_yet_changed(user: User, kind: str, *, on: date) -> list[NotYet]:
    """By open budget year, how many unpaid rights of a kind have another amount than this day's."""
    found = []
    for year in BudgetYear.objects.filter(closed_on=None).order_by("year"):
        rows = [row for row in changeable(user, on=on, year=year) if row.old.kind_id == kind]
        if rows:
            found.append(NotYet(year, len(rows), sum(row.difference for row in rows)))
    return found


def payable_anew(user: User, *, on: date, year: BudgetYear | None) -> list[Replacement]:
    """Rights that ended unpaid with an earlier year and that nothing has taken the place of."""
    if year is None or year.closed_on is not None:
        return []
    rows = Entitlement.objects.visible_to(user).filter(
        state="lapsed",
        lapse_kind__in=["deposited", "unclaimed", "refunded"],
        budget_year__year__lt=year.pk,
        replaced_by__isnull=True,
    )
    determined = Entitlement.objects.filter(
        worker=OuterRef("worker"), kind=OuterRef("kind"), state="determined"
    )
    return _with_rates(rows.exclude(Exists(determined)), on, same=True)


def _with_rates(rows: Any, on: date, *, same: bool = False) -> list[Replacement]:
    rates = rates_on(on)
    # Nothing new is determined for somebody who has turned out to be a child (R19).
    grown = rows.filter(worker__in=Worker.objects.filter(of_age()))
    found = grown.select_related("worker", "kind").order_by("worker__name", "worker", "kind__order")
    return [
        Replacement(row, rates[row.kind_id])
        for row in found
        if row.kind_id in rates and (same or rates[row.kind_id].amount != row.amount)
    ]


@transaction.atomic
def issue_change(
    *,
    number: str,
    decided_on: date,
    signed_by_title: str,
    budget_year: BudgetYear,
    rights: Iterable[UUID],
    by: User,
) -> Decree:
    """An SK perubahan: the named unpaid rights lapse; others at the day's rate stand for them.

    Rights of an earlier year that ended unpaid are taken over into `budget_year` the same way.
    """
    if not by.can(Perm.DECREE_SIGN):
        raise Refused(_("You do not have the right to do this."))
    problems = date_problems(decided_on, not_before=None, year=budget_year)
    if not number.strip():
        problems.append(_("Give the number of the decree."))
    elif Decree.objects.filter(number=number.strip()).exists():
        problems.append(_("A decree with this number is already recorded."))
    wanted = set(rights)
    list(Entitlement.objects.filter(pk__in=wanted).select_for_update().order_by("pk"))
    changed = [r for r in changeable(by, on=decided_on, year=budget_year) if r.old.pk in wanted]
    anew = [r for r in payable_anew(by, on=decided_on, year=budget_year) if r.old.pk in wanted]
    if not wanted:
        problems.append(_("Nobody's right changes by this decree."))
    elif len(changed) + len(anew) != len(wanted):
        problems.append(_("Some of these rights can no longer be changed. Look at the page again."))
    if problems:
        raise Refused(*problems)
    decree = Decree.objects.create(
        number=number.strip(),
        decided_on=decided_on,
        signed_by_title=signed_by_title.strip(),
        budget_year=budget_year,
        recorded_by=by,
    )
    kind = Entitlement.LapseKind.CHANGED
    lapse_many([r.old for r in changed], act="change", kind=kind, on=decided_on, by=by)
    _put_in_place(decree, [*changed, *anew], by)
    return decree


def _put_in_place(decree: Decree, replacements: Sequence[Replacement], by: User) -> None:
    rows = [
        Entitlement(
            decree=decree,
            worker_id=one.old.worker_id,
            kind_id=one.old.kind_id,
            budget_year_id=decree.budget_year_id,
            rate=one.rate,
            amount=one.rate.amount,
            legal_basis=one.rate.legal_basis,
            replaces=one.old,
            recorded_by=by,
        )
        for one in replacements
    ]
    Entitlement.objects.bulk_create(rows, batch_size=500)
    label = Entitlement._meta.label_lower
    record_many(
        build(
            "entitlement.replace",
            by=by,
            object_type=label,
            object_id=str(row.pk),
            changes={"amount": [one.old.amount, row.amount]},
        )
        for row, one in zip(rows, replacements, strict=True)
    )
    record(
        "decree.change",
        by=by,
        obj=decree,
        changes={
            "entitlements": [0, len(rows)],
            "difference": [0, sum(one.difference for one in replacements)],
        },
    )
