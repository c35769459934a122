"""Where people go: returnees by home province and how far they have come, as figures and a map."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Count, Q

from cases.models import Worker
from kotim_social.accounts.models import User

# Outlines of the 34 provinces before 2022, made coarse (see NOTICE); later ones share theirs.
_OUTLINES = Path(__file__).parent / "data" / "provinces.json"
MAP_SIZE = (793, 288)
ON_THE_ROAD = ("in_batch", "departed")
ARRIVED = ("arrived", "handed_over", "returned_alone")


@dataclass(frozen=True)
class Destination:
    """One home province: how many return there, are on the way, and have arrived."""

    code: str
    name: str
    returnees: int
    on_the_road: int
    arrived: int


@dataclass(frozen=True)
class Shape:
    """One outline of the map with its share of the largest number, as an opacity."""

    outline: str
    opacity: str
    label: str


def destinations(user: User) -> list[Destination]:
    """All provinces to which somebody returns, the most people first, in one query."""
    state = "journeys__state__in"
    current = Q(journeys__current=True)
    rows = (
        Worker.objects.visible_to(user)
        .counted()
        .filter(choice="return", home_regency__isnull=False)
        .values_list("home_regency__province", "home_regency__province__name")
        .annotate(
            returnees=Count("pk", distinct=True),
            on_the_road=Count("pk", filter=current & Q(**{state: ON_THE_ROAD}), distinct=True),
            arrived=Count("pk", filter=current & Q(**{state: ARRIVED}), distinct=True),
        )
        .order_by("-returnees", "home_regency__province__name")
    )
    return [Destination(*row) for row in rows]


def without_home(user: User) -> int:
    """Returnees whose home region is not known; they stand on no map."""
    people = Worker.objects.visible_to(user).counted()
    return people.filter(choice="return", home_regency__isnull=True).count()


def shapes(rows: list[Destination]) -> list[Shape]:
    """The map: provinces to which nobody returns stay pale and without a label."""
    people = {row.code: row for row in rows}
    most = max((row.returnees for row in rows), default=0)
    drawn = []
    for province in _outlines():
        here = [people[code] for code in province["codes"] if code in people]
        number = sum(row.returnees for row in here)
        percent = 25 + 75 * number // most if number else 8
        label = ", ".join(f"{row.name}: {row.returnees}" for row in here)
        drawn.append(Shape(str(province["outline"]), _opacity(min(percent, 100)), label))
    return drawn


def map_context(rows: list[Destination]) -> dict[str, Any]:
    """What templates/ui/_home_map.html shows: the map, the bars, and the table of both."""
    return {
        "homes": rows,
        "shapes": shapes(rows),
        "width": MAP_SIZE[0],
        "height": MAP_SIZE[1],
        "most": max((row.returnees for row in rows), default=1),
        "returnees": sum(row.returnees for row in rows),
        "on_the_road": sum(row.on_the_road for row in rows),
        "arrived": sum(row.arrived for row in rows),
    }


def _opacity(percent: int) -> str:
    return f"{percent // 100}.{percent % 100:02d}"


@cache
def _outlines() -> list[dict[str, list[str] | str]]:
    return json.loads(_OUTLINES.read_text())  # type: ignore[no-any-return]
