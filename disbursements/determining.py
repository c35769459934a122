"""Who would be determined by a decree now, what it would cost, and who would not be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count

from cases.models import Worker, of_age
from disbursements.listing import CeilingRow, ceiling_rows
from disbursements.models import AssistanceKind, BudgetYear
from disbursements.models.programme import rates_on
from kotim_social.accounts.models import User
from kotim_social.regions.models import Place


@dataclass(frozen=True)
class PlaceShare:
    """One place's part of a decree: people, and rupiah per kind in the order of the kinds."""

    label: str
    people: int
    sums: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.sums)


@dataclass(frozen=True)
class CeilingCheck:
    """A ceiling, with what a decree would add to what is determined already."""

    row: CeilingRow
    added: int

    @property
    def left(self) -> int:
        return self.row.amount - self.row.determined - self.added

    @property
    def passed(self) -> bool:
        return self.left < 0


@dataclass(frozen=True)
class DecreePreview:
    """What the decree's own act would write with the rates of its day."""

    kinds: list[AssistanceKind]
    shares: list[PlaceShare]
    total: PlaceShare
    ceilings: list[CeilingCheck]


def preview_decree(workers: Sequence[UUID], *, on: date, year: BudgetYear | None) -> DecreePreview:
    """By place: people × the rate of the day for each kind that is paid itself."""
    rates = rates_on(on)
    kinds = [
        kind
        for kind in AssistanceKind.objects.filter(
            components__isnull=True, policy__isnull=False
        ).order_by("funder__order", "order")
        if kind.code in rates
    ]
    people = dict(
        Worker.objects.filter(pk__in=workers)
        .values_list("place")
        .annotate(n=Count("pk"))
        .order_by()
    )
    shares = [
        PlaceShare(
            place.label,
            people[place.pk],
            tuple(people[place.pk] * rates[kind.code].amount for kind in kinds),
        )
        for place in Place.objects.filter(pk__in=people)
    ]
    sums = tuple(sum(share.sums[i] for share in shares) for i in range(len(kinds)))
    total = PlaceShare("", sum(share.people for share in shares), sums)
    added: dict[str, int] = {}
    for kind, amount in zip(kinds, sums, strict=True):
        drawn = kind.component_of_id or kind.code
        added[drawn] = added.get(drawn, 0) + amount
    checks = [CeilingCheck(row, added.get(row.kind.code, 0)) for row in ceiling_rows(year)]
    return DecreePreview(kinds, shares, total, checks)


def not_waiting(user: User) -> list[Worker]:
    """Registered, named by no decree, and not to be named now; each with her state."""
    return list(
        Worker.objects.visible_to(user)
        .filter(determined_on__isnull=True)
        .exclude(of_age(), eligibility="eligible", case_state="open")
        .order_by("eligibility", "name", "pk")
        .named()
        .only(
            "register_no",
            "name",
            "eligibility",
            "case_state",
            "birth_date",
            "place__lokalisasi__planned_closing",
        )
    )
