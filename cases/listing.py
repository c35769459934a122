"""The list of people: its filters, its orders and its pages, all read from the address."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import workflow
from cases.models import Attendance, Journey, Worker, WorkerQuerySet
from kotim_social.accounts.models import User
from kotim_social.regions.known import place_names, province_names
from kotim_social.regions.models import Regency
from kotim_social.replica import connection_for_reads

PAGE = 50
ALL = 1000
COUNTED = 10_000

# What "she lacks" means as a condition; the columns come from `with_readiness()`.
LACKS: dict[str, tuple[Any, Q]] = {
    "nik": (gettext_lazy("without NIK"), Q(nik_index__isnull=True)),
    "account": (gettext_lazy("without account"), Q(has_account=False)),
    "active_account": (gettext_lazy("without active account"), Q(account_active=False)),
    "statement": (gettext_lazy("without signed statement"), Q(statement_signed=False)),
    "nothing": (
        gettext_lazy("complete"),
        Q(
            nik_index__isnull=False,
            account_active=True,
            holder_same=True,
            statement_signed=True,
        ),
    ),
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
# What the list shows of a person: the columns of Worker, and what is reached from it.
_COLUMNS = (
    "id", "register_no", "name", "choice", "eligibility", "nik_index", "determined_on",
    "home_regency_id", "place__label", "home_regency__name", "has_account", "account_active",
    "holder_same", "statement_signed", "origin_confirmed", "under_age",
)  # fmt: skip
Shown = namedtuple("Shown", _COLUMNS)  # type: ignore[misc]
# Stands in the statement for the people of a page.
_THESE = object()

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


def was_reached() -> Exists:
    """Whether she came to an information session; a slip that was taken out does not count."""
    return Exists(Attendance.objects.filter(worker=OuterRef("pk"), active=True))


def on_the_way(code: str) -> Q:
    """The condition of one of WAYS."""
    current = Journey.objects.filter(worker=OuterRef("pk"), current=True)
    states = WAYS[code][1]
    if code == "here":
        return ~Q(Exists(current.exclude(state__in=states)))
    return Q(Exists(current.filter(state__in=states)))


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
        columns = {"place": "place_id", "choice": "choice", "eligibility": "eligibility"}
        conditions = {columns[n]: v for n, v in self.values.items() if n in columns}
        # A merged record stands in the list under the one that leads on; the search finds both.
        rows = Worker.objects.visible_to(user).exclude(case_state="merged").filter(**conditions)
        if lacks := self.values.get("lacks"):
            condition = LACKS[lacks][1]
            rows = rows.with_what_is_asked(condition).filter(condition)
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
            condition &= Q(was_reached()) if briefing == "came" else ~Q(was_reached())
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


@dataclass
class PeoplePage:
    """A stretch of the list. Pages are found by their first or last person, not by counting."""

    rows: list[Any]
    count: int
    has_previous: bool
    has_next: bool
    previous_query: str
    next_query: str

    @property
    def count_text(self) -> str:
        if not self.count:
            return _("Nobody found")
        shown = {"shown": _dotted(len(self.rows)), "total": _dotted(self.count)}
        if self.count > COUNTED:
            return _("%(shown)s of more than 10.000") % shown
        return _("%(shown)s of %(total)s") % shown


def page_of(listing: Listing, query: QueryDict, user: User) -> PeoplePage:
    """The page that the address asks for; three queries, at most four.

    First who stands on it, by an index alone; then what is shown of these few.
    """
    people = listing.people(user)
    count = people.order_by().values("pk")[: COUNTED + 1].count()
    columns = SORTS[listing.sort.removeprefix("-")]
    falling = listing.sort.startswith("-")
    if query.get("all"):
        ids = _ids(people, _order(columns, falling), ALL)
        return PeoplePage(_rows(ids), count, False, False, "", "")
    after = _mark(query.get("after"), columns, user)
    before = _mark(query.get("before"), columns, user)
    backwards = before is not None
    mark = before if backwards else after
    down = falling != backwards
    if mark is not None:
        people = people.filter(_beyond(columns, mark, down))
    ids = _ids(people, _order(columns, down), PAGE + 1)
    more, ids = len(ids) > PAGE, ids[:PAGE]
    if backwards:
        ids.reverse()
    ends = [str(ids[0]), str(ids[-1])] if ids else ["", ""]
    return PeoplePage(
        _rows(ids),
        count,
        has_previous=more if backwards else after is not None and bool(ids),
        has_next=bool(ids) if backwards else more,
        previous_query=listing.link(before=ends[0]),
        next_query=listing.link(after=ends[1]),
    )


def every_row(listing: Listing, user: User) -> Iterator[Any]:
    """All of the list in its order, for a file: who is in it first, then a thousand at a time."""
    columns = SORTS[listing.sort.removeprefix("-")]
    ids = _ids(listing.people(user), _order(columns, listing.sort.startswith("-")), None)
    for start in range(0, len(ids), ALL):
        yield from _rows(ids[start : start + ALL])


def _ids(people: WorkerQuerySet, order: list[str], most: int | None) -> list[UUID]:
    return list(people.order_by(*order).values_list("pk", flat=True)[:most])


def _rows(ids: list[UUID]) -> list[Any]:
    """What the list shows of these people, in their order; their readiness is theirs alone."""
    sql, values = _rows_statement()
    with connection_for_reads().cursor() as cursor:
        cursor.execute(sql, [ids if value is _THESE else value for value in values])
        shown: list[Any] = [Shown._make(row) for row in cursor.fetchall()]
    found = {row.id: row for row in shown}
    # Between the two queries an undone import may have taken somebody away.
    return [found[pk] for pk in ids if pk in found]


@cache
def _rows_statement() -> tuple[str, tuple[Any, ...]]:
    """Built once: the ORM takes longer to build it than the database to answer it."""
    these = RawSQL("SELECT unnest(%s::uuid[])", [_THESE])
    ready: Any = Worker.objects.filter(pk__in=these).with_readiness()
    sql, values = ready.values_list(*_COLUMNS).query.sql_with_params()
    return sql, tuple(values)


def _order(columns: tuple[str, ...], down: bool) -> list[str]:
    return [f"-{column}" if down else column for column in columns]


def _mark(pk: str | None, columns: tuple[str, ...], user: User) -> tuple[Any, ...] | None:
    """The sort values of the person at whom the page begins: the address carries only her id."""
    if not pk:
        return None
    try:
        seen = Worker.objects.visible_to(user)
        found = seen.filter(pk=UUID(pk)).values_list(*columns).first()
    except ValueError:
        found = None
    if found is None:
        raise UnknownFilterError
    return found


def _beyond(columns: tuple[str, ...], mark: tuple[Any, ...], down: bool) -> Any:
    """(a, b, c) > (x, y, z) as the database compares rows: one stretch of one index."""
    step = TupleLessThan if down else TupleGreaterThan
    return step(Tuple(*columns), mark)


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")
