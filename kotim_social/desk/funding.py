"""Paid and unpaid by funder and lokalisasi, and the people behind each of these numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import F, Q, Sum
from django.http import QueryDict
from django.utils.translation import gettext as _

from disbursements.models import Funder, Position
from disbursements.models.position import MEASURES
from kotim_social.accounts.models import User
from kotim_social.desk.groups import Scope
from kotim_social.desk.totals import measure_labels
from kotim_social.lib.prepared import Prepared
from kotim_social.regions.models import Lokalisasi
from kotim_social.replica import connection_for_reads

UNPAID = "unpaid"
# What is not yet paid is the entitlement less what has gone out for good.
_UNPAID = F("entitled") - F("paid")


@dataclass(frozen=True)
class Share:
    """One funder in one lokalisasi (none: in all): how many people, how much."""

    funder: str
    lokalisasi: str
    paid_people: int
    paid: int
    unpaid_people: int
    unpaid: int
    returned_people: int
    # Rupiah of each measure of the totals.
    sums: dict[str, int] = field(default_factory=dict)


# First each person with each funder, then the few sums that are shown: counting distinct people
# over all positions would sort every one of them.
_SHARES = """
    WITH one AS (%s), place AS (
        SELECT funder_id, place_id,
               sum(people) FILTER (WHERE sum_paid > 0) AS paid_people,
               sum(people * sum_paid) AS paid,
               sum(people) FILTER (WHERE is_unpaid) AS unpaid_people,
               sum(people) FILTER (WHERE sum_returned > 0) AS returned_people,
               %s
        FROM one GROUP BY 1, 2)
    SELECT s.funder_id, p.lokalisasi_id, coalesce(sum(s.paid_people), 0), sum(s.paid),
           coalesce(sum(s.unpaid_people), 0), sum(s.entitled) - sum(s.paid),
           coalesce(sum(s.returned_people), 0), %s
    FROM place s JOIN regions_place p ON p.code = s.place_id
    JOIN disbursements_funder f ON f.code = s.funder_id
    GROUP BY f."order", 1, 2 ORDER BY f."order", 2
"""


def shares(user: User, *, live: bool = False) -> list[Share]:
    """By funder and lokalisasi in one query. A person stands in one lokalisasi only."""
    scope = Scope(user, live)
    asked = _of_groups() if scope.reads_groups else _statement(scope)
    return [
        Share(
            funder,
            lokalisasi,
            int(paid_people),
            int(paid),
            int(unpaid_people),
            int(unpaid),
            int(returned_people),
            {name: int(value) for name, value in zip(MEASURES, sums, strict=True)},
        )
        for (
            funder,
            lokalisasi,
            paid_people,
            paid,
            unpaid_people,
            unpaid,
            returned_people,
            *sums,
        ) in asked.rows(connection_for_reads())
    ]


@cache
def _of_groups() -> Prepared:
    """Built once: groups are the same for everybody who reads them."""
    return _statement(Scope())


def _statement(scope: Scope) -> Prepared:
    people: Any = (
        scope.positions()
        .values("funder_id", "place_id", "one", "people")
        .annotate(
            is_unpaid=BoolOr(Q(entitled__gt=F("paid"))),
            **{f"sum_{name}": Sum(name) for name in MEASURES},
        )
    )
    measured = ", ".join(
        f"sum(people * sum_{name}) AS {name}" for name in MEASURES if name != "paid"
    )
    shown = ", ".join(f"sum(s.{name})" for name in MEASURES)
    return Prepared(people, around=_SHARES % ("{}", measured, shown))


def add_up(rows: list[Share], funder: str) -> Share:
    """One funder over all lokalisasi."""
    hers = [row for row in rows if row.funder == funder]
    names = ("paid_people", "paid", "unpaid_people", "unpaid", "returned_people")
    return Share(funder, "", *(sum(getattr(row, name) for row in hers) for name in names))


class UnknownMoneyFilterError(ValueError):
    """The address asks for a funder, a place or a measure that there is not."""


def measure_choices() -> dict[str, Any]:
    """What the list of people can be asked for, in the order of its filter."""
    return {**measure_labels(), UNPAID: _("Not yet paid")}


@dataclass(frozen=True)
class MoneyFilter:
    """Whose money the address asks for."""

    measure: str = "entitled"
    funder: str = ""
    lokalisasi: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> MoneyFilter:
        asked = cls(
            query.get("measure") or "entitled",
            query.get("funder", ""),
            query.get("lokalisasi", ""),
        )
        known_measure = asked.measure in (*MEASURES, UNPAID)
        known_funder = not asked.funder or asked.funder in funders()
        known_place = not asked.lokalisasi or asked.lokalisasi in lokalisasi_names()
        if not (known_measure and known_funder and known_place):
            raise UnknownMoneyFilterError
        return asked

    def people(self, user: User) -> Any:
        """Each person with more than nothing of this measure, as rows with `amount`."""
        positions = Position.objects.visible_to(user)
        if self.funder:
            positions = positions.filter(funder=self.funder)
        if self.lokalisasi:
            positions = positions.filter(place__lokalisasi=self.lokalisasi)
        amount = _UNPAID if self.measure == UNPAID else F(self.measure)
        return (
            positions.values("worker_id")
            .annotate(amount=Sum(amount))
            .filter(amount__gt=0)
            .order_by("worker__name", "worker_id")
            .values("worker_id", "worker__name", "worker__register_no", "place__label", "amount")
        )

    def total(self, user: User) -> int:
        return int(self.people(user).order_by().aggregate(total=Sum("amount"))["total"] or 0)

    def tags(self) -> list[dict[str, str]]:
        parts = {"measure": self.measure, "funder": self.funder, "lokalisasi": self.lokalisasi}
        words = {
            "funder": (_("Funder"), funders()),
            "lokalisasi": (_("Lokalisasi"), lokalisasi_names()),
        }
        tags = []
        for name, (label, known) in words.items():
            if value := parts[name]:
                rest = QueryDict(mutable=True)
                rest.update({key: kept for key, kept in parts.items() if kept and key != name})
                tags.append(
                    {"label": f"{label}: {known[value]}", "remove_url": f"?{rest.urlencode()}"}
                )
        return tags


def funders() -> dict[str, str]:
    return dict(Funder.objects.order_by("order").values_list("pk", "name"))


def lokalisasi_names() -> dict[str, str]:
    return dict(Lokalisasi.objects.order_by("name").values_list("pk", "name"))
