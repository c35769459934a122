"""The pages of the list of people: found by who stands first on them, and not by counting."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import QueryDict
from django.utils.translation import gettext as _

from cases.listing import ALL, SORTS, Listing, UnknownFilterError
from cases.models import Worker, WorkerQuerySet
from kotim_social.accounts.models import User
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
# built once, with these in the place of what a page brings.
_THESE = object()
_MARK = tuple(object() for _column in range(3))
Statement = tuple[str, tuple[Any, ...]]


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
    """The page that the address asks for; three queries, at most four.

    First who stands on it, by an index alone; then what is shown of these few.
    """
    count = _count(listing, user)
    columns = SORTS[listing.sort.removeprefix("-")]
    falling = listing.sort.startswith("-")
    if query.get("all"):
        ids = _ids(listing, user, Stretch(columns, falling), ALL)
        return PeoplePage(_rows(ids), count, False, False, "", "")
    after = _mark(query.get("after"), columns, user)
    before = _mark(query.get("before"), columns, user)
    backwards = before is not None
    stretch = Stretch(columns, falling != backwards, before if backwards else after)
    ids = _ids(listing, user, stretch, PAGE + 1)
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
    ids = _ids(listing, user, stretch, None)
    for start in range(0, len(ids), ALL):
        yield from _rows(ids[start : start + ALL])


def _count(listing: Listing, user: User) -> int:
    """How many there are, or one more than are counted."""
    if user.sees_everyone:
        [(count,)] = _answer(_count_statement(tuple(listing.values.items())))
        return int(count)
    parts = (capped(people) for people in listing.parts(user))
    return min(sum(part.count() for part in parts), COUNTED + 1)


def capped(people: WorkerQuerySet) -> QuerySet[Any]:
    """So many of them as are counted at most, by an index alone."""
    return people.order_by().values("pk")[: COUNTED + 1]


@lru_cache(maxsize=500)
def _count_statement(values: tuple[tuple[str, str], ...]) -> Statement:
    sql, given = capped(Listing(dict(values)).of(Worker.objects.all())).query.sql_with_params()
    return f"SELECT count(*) FROM ({sql}) counted", tuple(given)


def _ids(listing: Listing, user: User, stretch: Stretch, most: int | None) -> list[UUID]:
    """Who stands there, in order. Of several parts the first of each are put together."""
    if user.sees_everyone:
        order = Stretch(stretch.columns, stretch.down)
        values = tuple(listing.values.items())
        statement = _ids_statement(values, order, stretch.mark is not None, most)
        given = dict(zip(_MARK, stretch.mark or (), strict=False))
        return [pk for (pk,) in _answer(statement, given)]
    parts = [
        stretch.of(people, stretch.mark).values_list("pk", *stretch.columns)[:most]
        for people in listing.parts(user)
    ]
    first, *others = parts or [Worker.objects.none().values_list("pk", *stretch.columns)]
    if others:
        first = stretch.of(first.union(*others, all=True), None)[:most]
    return [row[0] for row in first]


@lru_cache(maxsize=500)
def _ids_statement(
    values: tuple[tuple[str, str], ...], order: Stretch, has_mark: bool, most: int | None
) -> Statement:
    mark = tuple(RawSQL("%s", [_MARK[n]]) for n in range(len(order.columns)))
    people = order.of(Listing(dict(values)).of(Worker.objects.all()), mark if has_mark else None)
    sql, given = people.values("pk")[:most].query.sql_with_params()
    return sql, tuple(given)


def _rows(ids: list[UUID]) -> list[Any]:
    """What the list shows of these people, in their order; their readiness is theirs alone."""
    shown: list[Any] = [Shown._make(row) for row in _answer(_rows_statement(), {_THESE: ids})]
    found = {row.id: row for row in shown}
    # Between the two queries an undone import may have taken somebody away.
    return [found[pk] for pk in ids if pk in found]


@cache
def _rows_statement() -> Statement:
    these = RawSQL("SELECT unnest(%s::uuid[])", [_THESE])
    ready: Any = Worker.objects.filter(pk__in=these).with_readiness()
    sql, values = ready.values_list(*_COLUMNS).query.sql_with_params()
    return sql, tuple(values)


def _answer(statement: Statement, given: dict[Any, Any] | None = None) -> list[tuple[Any, ...]]:
    sql, values = statement
    given = given or {}
    with connection_for_reads().cursor() as cursor:
        cursor.execute(sql, [given.get(value, value) for value in values])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


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
