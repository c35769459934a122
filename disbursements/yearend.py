"""The end of a budget year: what must be settled before it closes, and who is warned of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from disbursements.models import (
    BudgetYear,
    Entitlement,
    Funder,
    PaymentLine,
    PaymentList,
    Reversal,
)
from disbursements.workflow import LIVE
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.lib.dates import format_date, today
from kotim_social.lib.money import format_rupiah

# Whose money a right is: a part carries the funder of its package.
PAYER = Coalesce("kind__component_of__funder", "kind__funder")
# How long before the last day of payment the first page begins to warn.
WARNING_DAYS = 45


def unpaid(year: BudgetYear) -> Any:
    """Determined in the year and not paid, with `live` and `came_back` as columns."""
    lines = PaymentLine.objects.filter(entitlement=OuterRef("pk"))
    last = lines.exclude(state="cancelled").order_by("-pk")
    reversed_line = Reversal.objects.filter(line=OuterRef("last_line"))
    return (
        Entitlement.objects.filter(budget_year=year, state="determined", paid__lt=F("amount"))
        .annotate(
            live=Exists(lines.filter(state__in=LIVE)),
            last_line=Subquery(last.values("pk")[:1]),
            last_state=Subquery(last.values("state")[:1]),
        )
        .annotate(reversed=Exists(reversed_line))
        .annotate(
            # Without any line there is no last state: neither yes nor no, so it is said plainly.
            came_back=Case(
                When(Q(last_state="returned") | Q(reversed=True), then=True), default=False
            ),
        )
    )


# The figures of a year that are made of rights; the rest of a ceiling is nobody's.
RIGHTS = ("paid", "in_process", "returned", "deposited", "unclaimed")
UNPAID = "unpaid"


def rights_behind(year: BudgetYear, part: str) -> Any:
    """The rights that a figure of the year is made of: one row each, `amount` adds up to it."""
    rights = Entitlement.objects.filter(budget_year=year)
    if part == "paid":
        lines = PaymentLine.objects.filter(entitlement=OuterRef("pk"), state="paid")
        return rights.filter(Exists(lines.exclude(reversal__booked_in=year)))
    if part == "deposited":
        return rights.filter(lapse_kind="deposited")
    waiting = unpaid(year)
    if part == UNPAID:
        found = waiting
    elif part == "in_process":
        found = waiting.filter(live=True)
    elif part == "returned":
        found = waiting.filter(live=False, came_back=True)
    else:
        found = waiting.filter(live=False).exclude(came_back=True)
    behind = Q(pk__in=found.values("pk"))
    return rights.filter(behind | Q(lapse_kind="unclaimed") if part == "unclaimed" else behind)


@dataclass(frozen=True)
class FunderEnd:
    """What is still open of one funder's money in a year: rights and rupiah."""

    funder: Funder
    live: int
    live_amount: int
    to_deposit: int
    deposit_amount: int
    unclaimed: int
    unclaimed_amount: int


def funder_ends(year: BudgetYear) -> list[FunderEnd]:
    """One row for each funder that still has something unpaid in the year; two queries."""
    live, back = Q(live=True), Q(live=False, came_back=True)
    rest = Q(live=False) & ~Q(came_back=True)
    found = {
        row["payer"]: row
        for row in unpaid(year)
        .annotate(payer=PAYER)
        .values("payer")
        .annotate(
            live_n=Count("pk", filter=live),
            live_sum=Coalesce(Sum("amount", filter=live), 0),
            back_n=Count("pk", filter=back),
            back_sum=Coalesce(Sum("amount", filter=back), 0),
            rest_n=Count("pk", filter=rest),
            rest_sum=Coalesce(Sum("amount", filter=rest), 0),
        )
        .order_by()
    }
    return [
        FunderEnd(
            funder,
            row["live_n"],
            row["live_sum"],
            row["back_n"],
            row["back_sum"],
            row["rest_n"],
            row["rest_sum"],
        )
        for funder in Funder.objects.all()
        if (row := found.get(funder.pk))
    ]


def open_lists(year: BudgetYear) -> list[PaymentList]:
    """Lists with lines that are still on their way."""
    lists = PaymentList.objects.filter(budget_year=year, lines__state__in=LIVE)
    return list(lists.distinct().order_by("number"))


def lapses_with(year: BudgetYear) -> list[str]:
    """What nobody claimed and the closing of the year would end, funder by funder."""
    return [
        ngettext(
            "%(n)s right to money of %(funder)s that nobody claimed, %(amount)s, lapses with the "
            "year.",
            "%(n)s rights to money of %(funder)s that nobody claimed, %(amount)s, lapse with the "
            "year.",
            end.unclaimed,
        )
        % {
            "n": end.unclaimed,
            "funder": end.funder.name,
            "amount": format_rupiah(end.unclaimed_amount),
        }
        for end in funder_ends(year)
        if end.unclaimed
    ]


def against_closing(year: BudgetYear) -> list[str]:
    """What must be done before the year can close."""
    if year.closed_on is not None:
        return [_("The budget year %(year)s is closed.") % {"year": year.year}]
    found = []
    if lists := open_lists(year):
        numbers = ", ".join(one.number for one in lists)
        found.append(
            _("Lines are still on their way in %(numbers)s: book results or cancel the lists.")
            % {"numbers": numbers}
        )
    found += [
        _("%(amount)s that came back to %(funder)s has not been deposited back yet.")
        % {"amount": format_rupiah(end.deposit_amount), "funder": end.funder.name}
        for end in funder_ends(year)
        if end.to_deposit
    ]
    return found


def year_end_needs(user: User) -> list[dict[str, Any]]:
    """Lines for the first page: open years near or past their last day of payment."""
    if not (user.can(Perm.PROGRAMME_EDIT) or user.can(Perm.LIST_PREPARE)):
        return []
    soon = today() + timedelta(days=WARNING_DAYS)
    needs = []
    for year in BudgetYear.objects.filter(closed_on=None, cut_off__lte=soon):
        last = year.cut_off or soon
        waiting = unpaid(year).summed_for(user).count()
        words = {"year": year.year, "day": format_date(last)}
        label = (
            _("Not paid on %(year)s, whose last day was %(day)s")
            if last < today()
            else _("Not yet paid on %(year)s, last day %(day)s")
        )
        url = reverse("disbursements:year_rights", args=[year.pk, UNPAID])
        needs.append({"label": label % words, "value": waiting, "url": url})
    return needs
