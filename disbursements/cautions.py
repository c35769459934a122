"""Soft warnings beside a payment: nothing forbids it, somebody should look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import BankAccount, Worker, WorkerQuerySet
from disbursements.models import PaymentLine, PaymentList
from disbursements.workflow import LIVE
from kotim_social.audit.scope import whole_office

# A name that many bear says little about each of them: so many are named, and that there are more.
MOST_NAMED = 10


def cautions(workers: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Person → sentences, for those who have any."""
    people = Worker.objects.filter(pk__in=list(workers))
    return {pk: sentences for pk, _number, sentences in _warned(people)}


def cautions_on(payment_list: PaymentList) -> list[tuple[str, str]]:
    """Register number and sentences, for those with a line that is not settled yet."""
    lines = payment_list.lines.filter(state__in=LIVE)
    people = Worker.objects.filter(pk__in=lines.values("entitlement__worker"))
    return sorted((number, " ".join(sentences)) for _pk, number, sentences in _warned(people))


@whole_office()
def _warned(people: WorkerQuerySet) -> list[tuple[UUID, str, list[str]]]:
    """One query, which costs by these people and not by the size of the office."""
    rows = people.order_by().annotate(
        same_account=ArraySubquery(_with_her_account()),
        same_name=ArraySubquery(_with_her_name()),
        came_back=Subquery(_came_back()),
    )
    found = (
        (row.pk, row.register_no, _sentences(row))
        for row in rows.values_list(
            "pk", "register_no", "eligibility", "same_account", "same_name", "came_back",
            named=True,
        )
    )  # fmt: skip
    return [one for one in found if one[2]]


def _with_her_account() -> Any:
    """Who else has an open account with the number of hers."""
    accounts = BankAccount.objects.exclude(state="closed")
    number = accounts.filter(worker=OuterRef(OuterRef("pk"))).values("number_index")
    others = accounts.filter(number_index=Subquery(number)).exclude(worker=OuterRef("pk"))
    return others.order_by("worker").values("worker__register_no")[: MOST_NAMED + 1]


def _with_her_name() -> Any:
    """Who else bears her name; in the order of an index, so that it reads no more than it names."""
    others = Worker.objects.filter(name_folded=OuterRef("name_folded")).exclude(pk=OuterRef("pk"))
    in_it = others.exclude(eligibility="not_eligible").order_by("birth_date", "register_no")
    return in_it.values("register_no")[: MOST_NAMED + 1]


def _came_back() -> Any:
    """How often money for her was returned or reversed; nothing where it never was."""
    back = Q(state="returned") | Q(reversal__isnull=False)
    lines = PaymentLine.objects.filter(back, entitlement__worker=OuterRef("pk")).order_by()
    return lines.values("entitlement__worker").annotate(n=Count("pk")).values("n")


def _sentences(row: Any) -> list[str]:
    found = []
    if row.same_account:
        found.append(_("The same account stands at %(numbers)s.") % _numbers(row.same_account))
    if row.same_name and row.eligibility != "not_eligible":
        sentence = _("The same or nearly the same name stands at %(numbers)s.")
        found.append(sentence % _numbers(row.same_name))
    if n := row.came_back:
        text = ngettext(
            "Money for her came back %(n)s time.", "Money for her came back %(n)s times.", n
        )
        found.append(text % {"n": n})
    return found


def _numbers(others: Sequence[str]) -> dict[str, str]:
    named = ", ".join(sorted(others[:MOST_NAMED]))
    if len(others) > MOST_NAMED:
        named = _("%(numbers)s and others") % {"numbers": named}
    return {"numbers": named}
