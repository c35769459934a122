"""What all papers of a batch say in the same way: the way, the escorts, place and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from kotim_social.documents.sheet import Sheet
from kotim_social.lib.dates import format_date
from repatriation.models import Batch, Escort, Leg

_MODES = {Leg.Mode.SEA: "Kapal", Leg.Mode.ROAD: "Darat", Leg.Mode.AIR: "Udara"}
BLANK = "........................"


@dataclass(frozen=True)
class Printing:
    """Who prints, and when."""

    by: str
    at: datetime


class NextPage:
    """The other side of the paper begins here."""

    def height(self, width: float) -> float:
        return 0.0

    def draw(self, sheet: Sheet) -> None:
        if not sheet.is_fresh:
            sheet.new_page()


def leg_data(leg: Leg) -> dict[str, str]:
    return {
        "mode": _MODES[Leg.Mode(leg.mode)],
        "carrier": leg.carrier,
        "vessel": leg.vessel,
        "origin": leg.origin,
        "target": leg.target,
        "departure": leg.departure_shown,
        "arrival": leg.arrival_shown,
    }


def legs_data(batch: Batch) -> list[dict[str, str]]:
    rows = Leg.objects.filter(batch=batch, active=True).order_by("number")
    return [leg_data(leg) for leg in rows]


def escorts_data(batch: Batch) -> list[dict[str, Any]]:
    rows = Escort.objects.filter(batch=batch, active=True).select_related("officer")
    return [
        {
            "name": escort.officer.name,
            "nip": escort.officer.nip or "",
            "rank": escort.officer.rank,
            "head": escort.is_head,
            "order": escort.order_number,
        }
        for escort in rows.order_by("-is_head", "officer__name")
    ]


def leg_facts(legs: list[dict[str, str]]) -> list[tuple[str, str]]:
    facts = []
    for number, leg in enumerate(legs, start=1):
        what = " ".join(part for part in (leg["mode"], leg["carrier"], leg["vessel"]) if part)
        times = f"{leg['departure'] or '......'} – {leg['arrival'] or '......'}"
        way = f"{leg['origin']} – {leg['target']}, {what}, {times}"
        facts.append((f"Perjalanan {number}", way))
    return facts


def head_of(escorts: list[dict[str, Any]]) -> dict[str, Any]:
    """The head of the batch; empty fields when there is none."""
    empty = {"name": "", "rank": "", "nip": "", "head": True, "order": ""}
    return next((escort for escort in escorts if escort["head"]), empty)


def place_and_day(day: date) -> str:
    return f"{settings.OFFICE_TOWN}, {format_date(day)}"


def day_or_blank(text: str) -> str:
    """An ISO day in words, or dots to fill in by hand."""
    return format_date(date.fromisoformat(text)) if text else BLANK


def iso(day: date | None) -> str:
    return day.isoformat() if day else ""
