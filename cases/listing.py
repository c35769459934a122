"""The list of people: its filters and its orders, all read from the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import workflow
from cases.models import Worker, WorkerQuerySet
from cases.models.readiness import COMPLETE
from kotim_social.accounts.models import User
from kotim_social.regions.known import place_names, province_names
from kotim_social.regions.models import Regency

ALL = 1000

# What "she lacks" means as a condition on her row.
LACKS: dict[str, tuple[Any, Q]] = {
    "nik": (gettext_lazy("without NIK"), Q(nik_index__isnull=True)),
    "account": (gettext_lazy("without account"), Q(has_account=False)),
    "active_account": (gettext_lazy("without active account"), Q(account_active=False)),
    "statement": (gettext_lazy("without signed statement"), Q(statement_signed=False)),
    "nothing": (gettext_lazy("complete"), COMPLETE),
}
# How far she has come on her way home, as states of her current journey; "here" is without one too.
LEFT = ("departed", "arrived", "handed_over", "returned_alone")
WAYS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "here": (gettext_lazy("still here"), ("on_site", "in_batch")),
    "batch": (gettext_lazy("in a batch"), ("in_batch",)),
    "road": (gettext_lazy("on the way"), ("departed",)),
    "home": (gettext_lazy("arrived"), ("arrived", "handed_over", "returned_alone")),
    "left": (gettext_lazy("has left"), LEFT),
}
# A home region that is not known, or whichever is, beside the provinces.
UNKNOWN, KNOWN = "none", "any"
SORTS = {
    "name": ("name", "id"),
    "register": ("register_no", "id"),
    "place": ("place_id", "name", "id"),
}
SORT_LABELS = {
    "name": gettext_lazy("Name"),
    "register": gettext_lazy("Register number"),
    "place": gettext_lazy("Place"),
}


class UnknownFilterError(ValueError):
    """The address asks for a filter, an order or a page that the list does not offer."""


@dataclass(frozen=True)
class Choice:
    """One filter with its offered values."""

    name: str
    label: Any
    options: Callable[[], list[tuple[str, Any]]]


FILTERS = (
    Choice(
        "place",
        gettext_lazy("Place"),
        lambda: list(place_names()),
    ),
    Choice("choice", gettext_lazy("Choice"), lambda: list(workflow.CHOICE.choices)),
    Choice(
        "province",
        gettext_lazy("Home province"),
        lambda: [
            *province_names(),
            (KNOWN, gettext_lazy("known")),
            (UNKNOWN, gettext_lazy("not known")),
        ],
    ),
    Choice(
        "lacks",
        gettext_lazy("Readiness"),
        lambda: [(code, label) for code, (label, _condition) in LACKS.items()],
    ),
    Choice("eligibility", gettext_lazy("Eligibility"), lambda: list(workflow.ELIGIBILITY.choices)),
    Choice(
        "journey",
        gettext_lazy("Journey"),
        lambda: [(code, label) for code, (label, _states) in WAYS.items()],
    ),
    Choice(
        "decree",
        gettext_lazy("Decree"),
        lambda: [("waits", gettext_lazy("waits for it")), ("named", gettext_lazy("named by it"))],
    ),
    Choice(
        "briefing",
        gettext_lazy("Information session"),
        lambda: [("never", gettext_lazy("never reached")), ("came", gettext_lazy("came to one"))],
    ),
    Choice(
        "programme",
        gettext_lazy("Programme"),
        lambda: [("counted", gettext_lazy("counted in it"))],
    ),
)


def on_the_way(code: str) -> Q:
    """The condition of one of WAYS."""
    states = WAYS[code][1]
    return Q(way__in=("", *states) if code == "here" else states)


@dataclass(frozen=True)
class Listing:
    """What the address asks for; equal addresses show equal lists."""

    values: dict[str, str] = field(default_factory=dict)
    sort: str = "name"

    @classmethod
    def from_query(cls, query: QueryDict) -> Listing:
        values = {}
        for choice in FILTERS:
            value = query.get(choice.name, "")
            if not value:
                continue
            if value not in dict(choice.options()):
                raise UnknownFilterError
            values[choice.name] = value
        sort = query.get("sort") or "name"
        if sort.removeprefix("-") not in SORTS:
            raise UnknownFilterError
        return cls(values, sort)

    @property
    def query(self) -> str:
        """The filters and the order, as they stand in the address."""
        parts = dict(self.values)
        if self.sort != "name":
            parts["sort"] = self.sort
        return urlencode(parts)

    @property
    def sort_in_words(self) -> str:
        by = SORT_LABELS[self.sort.removeprefix("-")]
        return _("%(by)s, falling") % {"by": by} if self.sort.startswith("-") else str(by)

    def link(self, **more: str) -> str:
        """The address of this list with something added."""
        return "?" + "&".join(part for part in (self.query, urlencode(more)) if part)

    def people(self, user: User) -> WorkerQuerySet:
        """Everybody whom the filters let through, in no order."""
        return self.of(Worker.objects.visible_to(user))

    def parts(
        self, user: User, held: Sequence[UUID], places: Sequence[str]
    ) -> list[WorkerQuerySet]:
        """The same people in sets of which none overlaps another, see `in_parts()`."""
        asked = [place for place in places if self.values.get("place") in (None, place)]
        parts = Worker.objects.in_parts(user, held=held, places=asked)
        return [self.of(people) for people in parts]

    def of(self, people: WorkerQuerySet) -> WorkerQuerySet:
        """Those of these people whom the filters let through."""
        columns = {"place": "place_id", "choice": "choice", "eligibility": "eligibility"}
        conditions = {columns[n]: v for n, v in self.values.items() if n in columns}
        # A merged record stands in the list under the one that leads on; the search finds both.
        rows = people.exclude(case_state="merged").filter(**conditions)
        if lacks := self.values.get("lacks"):
            rows = rows.filter(LACKS[lacks][1])
        if "programme" in self.values:
            rows = rows.counted()
        return rows.filter(self._of_the_road())

    def _of_the_road(self) -> Q:
        """Home, way, decree and sessions: what hangs on other tables."""
        condition = Q()
        if province := self.values.get("province"):
            if province in (UNKNOWN, KNOWN):
                condition &= Q(home_regency__isnull=province == UNKNOWN)
            else:
                here = Regency.objects.filter(province=province)
                condition &= Q(home_regency__in=here)
        if way := self.values.get("journey"):
            condition &= on_the_way(way)
        if decree := self.values.get("decree"):
            waits = Q(eligibility="eligible", determined_on__isnull=True)
            condition &= waits if decree == "waits" else Q(determined_on__isnull=False)
        if briefing := self.values.get("briefing"):
            condition &= Q(reached=briefing == "came")
        return condition

    def tags(self) -> list[dict[str, str]]:
        """The filters in force, each with the address without it."""
        tags = []
        for choice in FILTERS:
            value = self.values.get(choice.name)
            if value is None:
                continue
            rest = {name: kept for name, kept in self.values.items() if name != choice.name}
            label = f"{choice.label}: {dict(choice.options())[value]}"
            tags.append({"label": label, "remove_url": f"?{Listing(rest, self.sort).query}"})
        return tags

    def options(self) -> list[dict[str, Any]]:
        return [
            {
                "name": choice.name,
                "label": choice.label,
                "options": choice.options(),
                "value": self.values.get(choice.name, ""),
            }
            for choice in FILTERS
        ]
