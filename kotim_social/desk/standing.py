"""Where the people stand: per place and home province, and how fast places empty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import F, Max, Q, Sum

from cases.listing import LEFT, WAYS
from kotim_social.accounts.models import User
from kotim_social.desk.destinations import Destination
from kotim_social.desk.groups import Scope
from kotim_social.lib.dates import today
from kotim_social.lib.prepared import Prepared
from kotim_social.regions.known import province_names
from kotim_social.replica import connection_for_reads

# The pace of a place is what left it in so many days.
PACE_DAYS = 14
COUNTS = (
    "people",
    "returnees",
    "stay",
    "undecided",
    "referred",
    "unverified",
    "awaits_decree",
    "no_nik",
    "no_account",
    "here",
    "left",
    "left_lately",
    "on_the_road",
    "arrived",
)


@dataclass(frozen=True)
class Cell:
    """The people of one place with one home province."""

    place: str
    place_label: str
    lokalisasi: str
    lokalisasi_name: str
    planned_closing: date
    closed_on: date | None
    province: str
    province_name: str
    counts: dict[str, int]


@dataclass(frozen=True)
class Closing:
    """One place on its way to the closing: who has left, who is still to leave, and how fast."""

    place: str
    label: str
    planned: date
    closed_on: date | None
    returnees: int
    left: int
    here: int
    undecided: int
    left_lately: int
    day: date

    @property
    def days(self) -> int:
        """Days left until the planned closing; below zero it has passed."""
        return (self.planned - self.day).days

    @property
    def late(self) -> int:
        return max(-self.days, 0)

    @property
    def a_day(self) -> int:
        """How many people must leave a day, from tomorrow to the closing, to be done by then."""
        return -(-self.here // self.days) if self.days > 0 else self.here

    @property
    def done_on(self) -> date | None:
        """The day on which the last one leaves at the pace of the last two weeks."""
        if not self.here or not self.left_lately:
            return None
        return self.day + timedelta(days=-(-self.here * PACE_DAYS // self.left_lately))

    @property
    def is_in_time(self) -> bool:
        return self.done_on is not None and self.done_on <= self.planned


def _conditions() -> dict[str, Q]:
    returns = Q(choice="return")
    gone = Q(way__in=LEFT)
    return {
        "people": Q(),
        "returnees": returns,
        "stay": Q(choice="stay"),
        "undecided": Q(choice="undecided"),
        "referred": Q(choice="referred"),
        "unverified": Q(eligibility="registered"),
        "awaits_decree": Q(eligibility="eligible", is_named=False),
        "no_nik": Q(has_nik=False),
        "no_account": Q(has_account=False),
        "here": returns & Q(way__in=("", *WAYS["here"][1])),
        "left": returns & gone,
        "left_lately": returns & gone & Q(boarded_on__gt=today() - timedelta(days=PACE_DAYS)),
        "on_the_road": returns & Q(way__in=WAYS["road"][1]),
        "arrived": returns & Q(way__in=WAYS["home"][1]),
    }


def standing(user: User, *, live: bool = False) -> list[Cell]:
    """Everybody counted in this user's scope, by place and home province; one query."""
    names = dict(province_names())
    scope = Scope(user, live)
    if not scope.reads_groups:
        return [_cell(row, names) for row in _summed(scope)]
    return [_cell(row, names) for row in _of_groups(today()).dicts(connection_for_reads())]


@lru_cache(maxsize=2)
def _of_groups(day: date) -> Prepared:
    """Built once a day."""
    return Prepared(_summed(Scope()))


def _summed(scope: Scope) -> Any:
    return (
        scope.people()
        .values("place_id", "province")
        .annotate(
            label=Max("place__label"),
            lokalisasi=Max("place__lokalisasi_id"),
            lokalisasi_name=Max("place__lokalisasi__name"),
            planned=Max("place__lokalisasi__planned_closing"),
            closed=Max("place__lokalisasi__closed_on"),
            **{f"n_{name}": Sum("people", filter=q) for name, q in _conditions().items()},
        )
        .order_by(F("place__position"), "place_id", "province")
    )


def _cell(row: Any, provinces: dict[str, str]) -> Cell:
    return Cell(
        row["place_id"],
        row["label"],
        row["lokalisasi"],
        row["lokalisasi_name"],
        row["planned"],
        row["closed"],
        row["province"] or "",
        provinces.get(row["province"], ""),
        {name: int(row[f"n_{name}"] or 0) for name in COUNTS},
    )


def together(cells: Iterable[Cell]) -> dict[str, int]:
    """The counts over all these cells."""
    rows = list(cells)
    return {name: sum(cell.counts[name] for cell in rows) for name in COUNTS}


def closings(cells: list[Cell]) -> list[Closing]:
    """The places in the order of the office."""
    places: dict[str, list[Cell]] = {}
    for cell in cells:
        places.setdefault(cell.place, []).append(cell)
    return [_closing(group) for group in places.values()]


def _closing(group: list[Cell]) -> Closing:
    first, sums = group[0], together(group)
    names = ("returnees", "left", "here", "undecided", "left_lately")
    return Closing(
        place=first.place,
        label=first.place_label,
        planned=first.planned_closing,
        closed_on=first.closed_on,
        **{name: sums[name] for name in names},
        day=today(),
    )


def homes(cells: list[Cell]) -> list[Destination]:
    """The home provinces to which somebody returns, the most people first."""
    provinces: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.province and cell.counts["returnees"]:
            provinces.setdefault(cell.province, []).append(cell)
    rows = []
    for code, group in provinces.items():
        sums = together(group)
        name = group[0].province_name
        figures = (sums["returnees"], sums["on_the_road"], sums["arrived"])
        rows.append(Destination(code, name, *figures))
    return sorted(rows, key=lambda row: (-row.returnees, row.name))
