"""The pages of the list of people: found by who stands first on them, and not by counting."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import QueryDict
from django.utils.translation import gettext as _

from cases.listing import ALL, SORTS, Listing, UnknownFilterError
from cases.models import CaseHolder, Worker, WorkerQuerySet
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.lib.dates import today
from kotim_social.lib.prepared import Prepared, gap, gap_of_ids
from kotim_social.regions.known import lokalisasi_of_places
from kotim_social.replica import connection_for_reads

PAGE = 50
# Whoever wants to know more asks the totals: to count on would cost a quarter of the page.
COUNTED = 1_000
# What the list shows of a person: the columns of Worker, and what is reached from it.
_COLUMNS = (
    "id", "register_no", "name", "choice", "eligibility", "nik_index", "determined_on",
    "home_regency_id", "place__label", "home_regency__name", "has_account", "account_active",
    "holder_same", "statement_signed", "origin_confirmed", "under_age",
)  # fmt: skip
Shown = namedtuple("Shown", _COLUMNS)  # type: ignore[misc]

# The ORM takes longer to build a statement of this page than the database to answer it: each is
# built once, with gaps for what a page brings.
_MARK = ("mark_0", "mark_1", "mark_2")


@dataclass(frozen=True)
class Stretch:
    """People in one order, after a mark: the sort values of somebody who is not among them."""

    columns: tuple[str, ...]
    down: bool
    mark: tuple[Any, ...] | None = None

    def of(self, people: QuerySet[Worker, Any], mark: tuple[Any, ...] | None) -> Any:
        """(a, b, c) > (x, y, z) as the database compares rows: one stretch of one index."""
        if mark is not None:
            step = TupleLessThan if self.down else TupleGreaterThan
            people = people.filter(step(Tuple(*self.columns), mark))
        return people.order_by(*(f"-{name}" if self.down else name for name in self.columns))


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
            return _("%(shown)s of more than 1.000") % shown
        return _("%(shown)s of %(total)s") % shown


def page_of(listing: Listing, query: QueryDict, user: User) -> PeoplePage:
    """The page that the address asks for; three queries, at most five.

    First who stands on it, by an index alone; then what is shown of these few.
    """
    seer = _Seer.of(user)
    count = _count(listing, seer)
    columns = SORTS[listing.sort.removeprefix("-")]
    falling = listing.sort.startswith("-")
    if query.get("all"):
        ids = _ids(listing, seer, Stretch(columns, falling), ALL)
        return PeoplePage(_rows(ids), count, False, False, "", "")
    after = _mark(query.get("after"), columns, user)
    before = _mark(query.get("before"), columns, user)
    backwards = before is not None
    stretch = Stretch(columns, falling != backwards, before if backwards else after)
    ids = _ids(listing, seer, stretch, PAGE + 1)
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
    stretch = Stretch(SORTS[listing.sort.removeprefix("-")], listing.sort.startswith("-"))
    ids = _ids(listing, _Seer.of(user), stretch, None)
    for start in range(0, len(ids), ALL):
        yield from _rows(ids[start : start + ALL])


def _count(listing: Listing, seer: _Seer | None) -> int:
    """How many there are, or one more than are counted."""
    using = connection_for_reads()
    parts = [part.rows(using) for part in _counting(_filters(listing), seer)]
    return min(sum(count for [(count,)] in parts), COUNTED + 1)


def _ids(listing: Listing, seer: _Seer | None, stretch: Stretch, most: int | None) -> list[UUID]:
    """Who stands there, in order."""
    order = Stretch(stretch.columns, stretch.down)
    mark = dict(zip(_MARK, stretch.mark or (), strict=False))
    standing = _standing(_filters(listing), seer, order, bool(mark), most)
    if standing is None:
        return []
    return [row[0] for row in standing.rows(connection_for_reads(), **mark)]


_Filters = tuple[tuple[str, str], ...]


def _filters(listing: Listing) -> _Filters:
    return tuple(listing.values.items())


@dataclass(frozen=True)
class _Seer:
    """By what the list of one user differs from another's: who she is, what is hers, the day."""

    pk: int
    roles: frozenset[Role]
    held: tuple[UUID, ...]
    places: tuple[str, ...]
    day: date
    user: User = field(compare=False)

    @classmethod
    def of(cls, user: User) -> _Seer | None:
        """None for those who see everybody: their lists are one."""
        if user.sees_everyone:
            return None
        return cls(user.pk, frozenset(user.roles), held_by(user), places_of(user), today(), user)


def held_by(user: User) -> tuple[UUID, ...]:
    """Whose cases a caseworker holds today, in one query; the others' sight does not hang on it."""
    if user.sees_everything:
        return ()
    rows = _held_on().rows(connection_for_reads(), user=user.pk, day=today())
    return tuple(pk for (pk,) in rows)


def places_of(user: User) -> tuple[str, ...]:
    """The places of her lokalisasi."""
    return tuple(code for code, where in lokalisasi_of_places() if where in user.lokalisasi_ids)


@cache
def _held_on() -> Prepared:
    held = CaseHolder.objects.filter(user=gap("user")).held_on(gap("day"))
    return Prepared(held.order_by("worker").values_list("worker"))


def _parts(filters: _Filters, seer: _Seer | None) -> list[WorkerQuerySet]:
    listing = Listing(dict(filters))
    if seer is None:
        return [listing.of(Worker.objects.all())]
    return listing.parts(seer.user, seer.held, seer.places)


def capped(people: WorkerQuerySet) -> QuerySet[Any]:
    """So many of them as are counted at most, by an index alone."""
    return people.order_by().values("pk")[: COUNTED + 1]


@lru_cache(maxsize=1_000)
def _counting(filters: _Filters, seer: _Seer | None) -> list[Prepared]:
    around = "SELECT count(*) FROM ({}) counted"
    return [Prepared(capped(people), around=around) for people in _parts(filters, seer)]


@lru_cache(maxsize=1_000)
def _standing(
    filters: _Filters, seer: _Seer | None, order: Stretch, has_mark: bool, most: int | None
) -> Prepared | None:
    """The ids of one stretch; of several parts the first of each are put together."""
    mark = tuple(gap(name) for name in _MARK[: len(order.columns)]) if has_mark else None
    parts = [order.of(people, mark) for people in _parts(filters, seer)]
    if len(parts) < 2:
        return Prepared(parts[0].values_list("pk")[:most]) if parts else None
    first, *others = [part.values_list("pk", *order.columns)[:most] for part in parts]
    return Prepared(order.of(first.union(*others, all=True), None)[:most])


def _rows(ids: list[UUID]) -> list[Any]:
    """What the list shows of these people, in their order; their readiness is theirs alone."""
    rows = _showing().rows(connection_for_reads(), these=ids)
    shown: list[Any] = [Shown._make(row) for row in rows]
    found = {row.id: row for row in shown}
    # Between the two queries an undone import may have taken somebody away.
    return [found[pk] for pk in ids if pk in found]


@cache
def _showing() -> Prepared:
    ready: Any = Worker.objects.filter(pk__in=gap_of_ids("these")).with_readiness()
    return Prepared(ready.values_list(*_COLUMNS))


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


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")
