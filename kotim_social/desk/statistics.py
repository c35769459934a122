"""Statistics for outside: one fixed family of tables, so that no two views can be subtracted (R85).

Every table has the same rows, the places. A filter only chooses which of these rows and tables are
shown: it never counts anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import FilteredRelation, Q, Sum
from django.utils.translation import gettext as _

from cases import workflow
from cases.consents import refused_statistics
from cases.listing import WAYS
from cases.models import Worker
from disbursements.models import AssistanceKind, Position
from kotim_social.lib.suppression import SUM, Cell, Suppressed, merge_small_rows, suppress
from kotim_social.regions.models import Place, Province
from kotim_social.workflow import Workflow

Person = dict[str, Any]
HIDDEN = "×"


@dataclass(frozen=True)
class Line:
    """A heading and its numbers by place; None is hidden."""

    label: str
    values: list[int | None]
    is_money: bool = False
    is_sum: bool = False


@dataclass(frozen=True)
class Figures:
    """One table: its columns are headings, its rows the places; amounts stand beside counts."""

    code: str
    title: str
    columns: list[str]
    rows: list[str]
    table: Suppressed
    # Rupiah by row and column; hidden with the count beside it.
    amounts: list[list[int]] | None = None

    @property
    def is_hidden(self) -> bool:
        """Whether nothing is left to show but the sums of the places."""
        return len(self.table.hidden) == len(list(self.table.cells()))

    def people(self, row: int) -> int:
        """The sum of a row: always published, each reaches the limit."""
        lines = self.table.counts if row == SUM else [self.table.counts[row]]
        return sum(sum(line) for line in lines)

    def amount(self, cell: Cell) -> int | None:
        """Rupiah beside a count that is published, else None."""
        if cell in self.table.hidden or self.amounts is None:
            return None
        row, column = cell
        lines = self.amounts if row == SUM else [self.amounts[row]]
        return sum(line[column] for line in lines)

    def heads(self, only: int | None = None) -> list[tuple[int, str]]:
        """The places with their index, and all together; `only` shows one of them."""
        every = [*enumerate(self.rows), (SUM, _("Together"))]
        return every if only is None else [pair for pair in every if pair[0] == only]

    def lines(self, only: int | None = None) -> list[Line]:
        """One for each heading, over the places: what page, paper and file all show."""
        places = [row for row, _label in self.heads(only)]
        found = []
        for column, label in enumerate(self.columns):
            found.append(Line(label, [self.table.shown((row, column)) for row in places]))
            if self.amounts is not None and column < len(self.amounts[0]):
                money = _("%(what)s, rupiah") % {"what": label}
                found.append(Line(money, [self.amount((row, column)) for row in places], True))
        found.append(Line(_("People"), [self.people(row) for row in places], is_sum=True))
        return found


def figures() -> list[Figures]:
    """The whole family over everybody whose part in statistics is not refused; none when too few.

    Nobody's scope narrows it: two readers with two scopes would see two tables to subtract.
    """
    people = _people()
    groups = _rows(people)
    if not groups:
        return []
    ground = _Ground(people, groups)
    return [
        ground.table("choice", _("Choice"), _columns_of(workflow.CHOICE)),
        ground.table("eligibility", _("Eligibility"), _columns_of(workflow.ELIGIBILITY)),
        ground.table("province", _("Home province"), _provinces(people)),
        ground.table("way", _("Journey home"), _ways()),
        *_kinds(ground),
    ]


def _people() -> list[Person]:
    """One row for each registered person, with what the tables count her by."""
    rows = (
        Worker.objects.exclude(case_state="merged")
        .exclude(refused_statistics())
        .annotate(now=FilteredRelation("journeys", condition=Q(journeys__current=True)))
        .values(
            "pk", "place_id", "choice", "eligibility", "home_regency__province_id", "now__state"
        )
    )
    return [
        {
            **row,
            "province": row["home_regency__province_id"] or "",
            "way": _way_of(row["now__state"]),
        }
        for row in rows
    ]


def _way_of(state: str | None) -> str:
    if state is None:
        return "here"
    return next((code for code in ("here", "road", "home") if state in WAYS[code][1]), "other")


def _rows(people: list[Person]) -> list[tuple[str, set[str]]]:
    """The rows: places, those with few people together."""
    places = {place.pk: place.label for place in Place.objects.order_by("position")}
    sizes = [(code, sum(one["place_id"] == code for one in people)) for code in places]
    groups = merge_small_rows([pair for pair in sizes if pair[1]])
    return [
        (" + ".join(places[str(code)] for code in group), {str(code) for code in group})
        for group in groups
    ]


def _columns_of(flow: Workflow) -> list[tuple[str, str]]:
    return [(state.code, str(state.label)) for state in flow.states]


def _provinces(people: list[Person]) -> list[tuple[str, str]]:
    found = {one["province"] for one in people}
    names = dict(Province.objects.order_by("code").values_list("code", "name"))
    unknown = [("", _("not known"))] if "" in found else []
    return [*((code, name) for code, name in names.items() if code in found), *unknown]


def _ways() -> list[tuple[str, str]]:
    return [
        *((code, str(WAYS[code][0])) for code in ("here", "road", "home")),
        ("other", _("other")),
    ]


@dataclass(frozen=True)
class _Ground:
    """Whom all tables count, and by which rows."""

    people: list[Person]
    groups: list[tuple[str, set[str]]]

    @property
    def rows(self) -> list[str]:
        return [label for label, _codes in self.groups]

    def counts(self, keys: list[Any], key_of: Callable[[Person], Any]) -> list[list[int]]:
        found = []
        for _label, codes in self.groups:
            here = [key_of(one) for one in self.people if one["place_id"] in codes]
            found.append([here.count(key) for key in keys])
        return found

    def table(self, code: str, title: str, columns: list[tuple[str, str]]) -> Figures:
        """Counted by the person's fact of this code."""
        counts = self.counts([key for key, _label in columns], lambda one: one[code])
        return Figures(code, title, [label for _key, label in columns], self.rows, suppress(counts))

    def kind(self, code: str, title: str, paid: dict[Any, int]) -> Figures:
        """Who was paid, and how much; who was not is the rest of the row, so it counts too."""
        counts = self.counts([True, False], lambda one: one["pk"] in paid)
        amounts = [
            [sum(paid.get(one["pk"], 0) for one in self.people if one["place_id"] in codes)]
            for _label, codes in self.groups
        ]
        labels = [_("Paid"), _("Not paid")]
        return Figures(code, title, labels, self.rows, suppress(counts), amounts)


def _kinds(ground: _Ground) -> list[Figures]:
    paid: dict[str, dict[Any, int]] = {}
    rows = Position.objects.filter(paid__gt=0).values("kind_id", "worker_id")
    for row in rows.annotate(sum=Sum("paid")):
        paid.setdefault(row["kind_id"], {})[row["worker_id"]] = int(row["sum"])
    return [
        ground.kind(kind.pk, _("Paid: %(kind)s") % {"kind": kind.name}, paid.get(kind.pk, {}))
        for kind in AssistanceKind.objects.order_by("funder__order", "order")
    ]
