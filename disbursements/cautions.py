"""Soft warnings beside a payment: nothing forbids it, somebody should look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import BankAccount, Worker
from disbursements.models import PaymentLine
from kotim_social.audit.scope import whole_office


@whole_office()
def cautions(workers: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Person → sentences, for those who have any; three queries however many there are."""
    ids = list(workers)
    found: dict[UUID, list[str]] = defaultdict(list)
    _shared_accounts(ids, found)
    _same_names(ids, found)
    _returned_before(ids, found)
    return dict(found)


def _shared_accounts(ids: list[UUID], found: dict[UUID, list[str]]) -> None:
    hers = BankAccount.objects.filter(worker__in=ids, number_index__isnull=False)
    numbers = hers.exclude(state="closed").values("number_index")
    rows = (
        BankAccount.objects.filter(number_index__in=numbers)
        .exclude(state="closed")
        .values_list("number_index", "worker_id", "worker__register_no")
    )
    _others(rows, set(ids), found, _("The same account stands at %(numbers)s."))


def _same_names(ids: list[UUID], found: dict[UUID, list[str]]) -> None:
    names = Worker.objects.filter(pk__in=ids).values("name_folded")
    rows = (
        Worker.objects.filter(name_folded__in=names)
        .exclude(eligibility="not_eligible")
        .values_list("name_folded", "pk", "register_no")
    )
    _others(rows, set(ids), found, _("The same or nearly the same name stands at %(numbers)s."))


def _others(
    rows: Iterable[tuple[Any, ...]], ids: set[UUID], found: dict[UUID, list[str]], sentence: str
) -> None:
    """Groups (what is equal, person, register number); each of the set hears of the others."""
    groups: dict[Any, Mapping[UUID, str]] = defaultdict(dict)
    for equal, pk, register_no in rows:
        groups[equal][pk] = register_no  # type: ignore[index]
    for people in groups.values():
        for pk in ids & set(people):
            others = sorted(number for other, number in people.items() if other != pk)
            if others:
                found[pk].append(sentence % {"numbers": ", ".join(others)})


def _returned_before(ids: list[UUID], found: dict[UUID, list[str]]) -> None:
    came_back = Q(state="returned") | Q(reversal__isnull=False)
    rows = (
        PaymentLine.objects.filter(came_back, entitlement__worker__in=ids)
        .values_list("entitlement__worker")
        .annotate(n=Count("pk"))
        .order_by()
    )
    for pk, n in rows:
        text = ngettext(
            "Money for her came back %(n)s time.", "Money for her came back %(n)s times.", n
        )
        found[pk].append(text % {"n": n})
