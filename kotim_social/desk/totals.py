"""The whole register in figures: people, money per funder and kind, money per place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cases.models import StagedRow
from disbursements.models import AssistanceKind, Funder
from disbursements.models.position import MEASURES
from kotim_social.accounts.models import User
from kotim_social.desk.groups import Scope
from kotim_social.regions.models import Place

CHOICES = ("return", "stay", "undecided", "referred")


@dataclass(frozen=True)
class MoneyRow:
    """One funder and kind (and place, where the table is by place) with its six sums."""

    funder: str
    kind: str
    label: str
    sums: dict[str, int]
    place: str = ""

    @property
    def adds_up(self) -> bool:
        parts = sum(self.sums[name] for name in MEASURES if name != "entitled")
        return self.sums["entitled"] == parts

    def as_json(self) -> dict[str, Any]:
        where = {"place": self.place} if self.place else {}
        return {**where, "funder": self.funder, "kind": self.kind, **self.sums}


@dataclass(frozen=True)
class Totals:
    people: dict[str, Any]
    register_rows: dict[str, int]
    money: list[MoneyRow]
    money_by_place: list[MoneyRow]

    @property
    def total(self) -> dict[str, int]:
        return {name: sum(row.sums[name] for row in self.money) for name in MEASURES}

    @property
    def adds_up(self) -> bool:
        """entitled = paid + in process + returned + withheld + open, in every row."""
        return all(row.adds_up for row in [*self.money, *self.money_by_place])

    def as_json(self) -> dict[str, Any]:
        return {
            "people": self.people,
            "register_rows": self.register_rows,
            "money": [row.as_json() for row in self.money],
            "money_by_place": [row.as_json() for row in self.money_by_place],
            "total": self.total,
        }


def totals(user: User | None = None, *, live: bool = False) -> Totals:
    """The figures in a user's scope; without a user, of everybody. A constant number of queries.

    `live` asks each person instead of the groups in which they are counted.
    """
    scope = Scope(user, live)
    rows = StagedRow.objects.all() if user is None else StagedRow.objects.visible_to(user)
    by_place = _money_by_place(scope.positions())
    return Totals(_people(scope.people()), _register_rows(rows), _over_places(by_place), by_place)


def _people(people: Any) -> dict[str, Any]:
    rows = list(
        people.values("place_id", "place__position", "province", "choice").annotate(
            n=Sum("people"),
            n_nik=Coalesce(Sum("people", filter=Q(has_nik=True)), 0),
            n_account=Coalesce(Sum("people", filter=Q(has_account=True)), 0),
        )
    )
    places: Counter[Any] = Counter()
    provinces: Counter[str] = Counter()
    choices: Counter[str] = Counter()
    for row in rows:
        places[row["place__position"], row["place_id"]] += row["n"]
        provinces[row["province"] or ""] += row["n"]
        choices[row["choice"]] += row["n"]
    return {
        "registered": sum(row["n"] for row in rows),
        "by_place": {code: places[position, code] for position, code in sorted(places)},
        # The most people first; those of no known home come after the others of as many.
        "by_home_province": dict(
            sorted(provinces.items(), key=lambda one: (-one[1], not one[0], one[0]))
        ),
        "by_choice": {choice: choices[choice] for choice in CHOICES},
        "with_nik": sum(row["n_nik"] for row in rows),
        "with_account": sum(row["n_account"] for row in rows),
    }


def _register_rows(rows: Any) -> dict[str, int]:
    """Rows of the register by outcome; those accepted with warnings are accepted."""
    found = dict(
        rows.filter(source__state__in=["staged", "confirmed"])
        .values_list("outcome")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return {
        "accepted": found.get("accepted", 0) + found.get("warning", 0),
        "duplicate": found.get("duplicate", 0),
        "refused": found.get("refused", 0),
        "referral": found.get("referral", 0),
    }


def _money_by_place(positions: Any) -> list[MoneyRow]:
    """In the office's order. Summed by codes alone: joined to the tables that hold the order, each
    position would be looked up in them.
    """
    kinds = {kind.pk: kind for kind in AssistanceKind.objects.all()}
    places = dict(Place.objects.values_list("code", "position"))
    funders = dict(Funder.objects.values_list("code", "order"))
    rows = positions.values("funder_id", "kind_id", "place_id").annotate(
        **{f"sum_{name}": Sum(F(name) * F("people")) for name in MEASURES}
    )

    def order(row: dict[str, Any]) -> tuple[int, int, int]:
        kind = kinds[row["kind_id"]]
        return places[row["place_id"]], funders[row["funder_id"]], kind.order

    return [
        MoneyRow(
            row["funder_id"],
            row["kind_id"],
            kinds[row["kind_id"]].name,
            {name: int(row[f"sum_{name}"]) for name in MEASURES},
            row["place_id"],
        )
        for row in sorted(rows, key=order)
    ]


def _over_places(by_place: list[MoneyRow]) -> list[MoneyRow]:
    """The same table without the places; summed here, so that both can never differ."""
    merged: dict[tuple[str, str], MoneyRow] = {}
    for row in by_place:
        key = (row.funder, row.kind)
        if key not in merged:
            merged[key] = MoneyRow(row.funder, row.kind, row.label, dict.fromkeys(MEASURES, 0))
        for name in MEASURES:
            merged[key].sums[name] += row.sums[name]
    return list(merged.values())


def place_labels() -> dict[str, str]:
    return dict(Place.objects.order_by("position").values_list("code", "label"))


def measure_labels() -> dict[str, str]:
    return {
        "entitled": _("Entitled"),
        "paid": _("Paid"),
        "in_process": _("In process"),
        "returned": _("Returned"),
        "withheld": _("Withheld"),
        "open": _("Open"),
    }
