"""Queries whose statement is written once: the ORM can take longer to build it than the database
to answer it. For what every page asks; what is asked rarely stays with the ORM.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL


class _Gap:
    def __init__(self, name: str) -> None:
        self.name = name


def gap(name: str) -> Any:
    """Stands in a query where each call brings a value of its own."""
    return RawSQL("%s", [_Gap(name)])


def gap_of_ids(name: str) -> Any:
    """The same for many ids: as one array, whose length changes no text."""
    return RawSQL("SELECT unnest(%s::uuid[])", [_Gap(name)])


class Prepared:
    """The rows of a query, plain as the database gives them; each call fills the gaps.

    `around` is SQL in which the query stands as {}.
    """

    def __init__(self, query: QuerySet[Any, Any], *, around: str = "{}") -> None:
        sql, values = query.query.sql_with_params()
        self.sql, self.values = around.format(sql), tuple(values)

    def rows(self, using: BaseDatabaseWrapper | None = None, **given: Any) -> list[tuple[Any, ...]]:
        return self._ask(using, given)[1]

    def dicts(self, using: BaseDatabaseWrapper | None = None, **given: Any) -> list[dict[str, Any]]:
        """The rows of a query of `values()`, by the names of its columns."""
        names, rows = self._ask(using, given)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _ask(
        self, using: BaseDatabaseWrapper | None, given: dict[str, Any]
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        values = [given[v.name] if isinstance(v, _Gap) else v for v in self.values]
        with (using or connection).cursor() as cursor:
            cursor.execute(self.sql, values)
            return [column.name for column in cursor.description], cursor.fetchall()
