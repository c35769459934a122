"""Writing the trail: one call, in the transaction of the act it tells of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple, Protocol

from django.db import connection, models

from kotim_social.audit.context import request_id
from kotim_social.audit.models import Entry

# One text whatever the number of rows: the rows go in as one array a column.
_MANY = """
    INSERT INTO audit_entry
        (user_id, username, act, object_type, object_id, reason, changes, request_id)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[],
                         %s::text[], %s::jsonb[], %s::text[])
"""
_AT_ONCE = 1000


class Actor(Protocol):
    """A signed-in user; the trail stands below the app that has them."""

    pk: Any

    def get_username(self) -> str: ...


class Row(NamedTuple):
    """What an act writes into the trail: a tuple, for sets write thousands."""

    user_id: int | None
    username: str
    act: str
    object_type: str
    object_id: str
    reason: str
    changes: dict[str, Any]
    request_id: str

    def entry(self) -> Entry:
        return Entry(**self._asdict())


def record(
    act: str,
    *,
    by: Actor | None,
    obj: models.Model | None = None,
    object_type: str = "",
    object_id: str = "",
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> Entry:
    """Writes one row. `act` is "thing.verb"; `changes` maps a field to [before, after]."""
    entry = build(
        act,
        by=by,
        object_type=obj._meta.label_lower if obj is not None else object_type,
        object_id=str(obj.pk) if obj is not None else object_id,
        reason=reason,
        changes=changes,
    ).entry()
    entry.save(force_insert=True)
    return entry


def build(
    act: str,
    *,
    by: Actor | None,
    object_type: str = "",
    object_id: str = "",
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> Row:
    """The row alone; sets are written by `record_many`."""
    return Row(
        act=act,
        user_id=by.pk if by is not None else None,
        username=by.get_username() if by is not None else "",
        object_type=object_type,
        object_id=object_id,
        reason=reason,
        changes=changes or {},
        request_id=request_id.get(),
    )


def record_many(rows: Iterable[Row]) -> None:
    """Writes a row for each member of a set, in one statement for a thousand."""
    rest = iter(rows)
    with connection.cursor() as cursor:
        while some := list(islice(rest, _AT_ONCE)):
            columns = zip(*(_values(row) for row in some), strict=True)
            cursor.execute(_MANY, [list(column) for column in columns])


def _values(row: Row) -> tuple[Any, ...]:
    """As the ORM does it: a reason may be a word that waits for its language."""
    return (*row[:5], str(row.reason), json.dumps(row.changes), row.request_id)


def history_of(obj: models.Model) -> models.QuerySet[Entry]:
    """The rows that tell of one object, newest first."""
    return Entry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk)).order_by(
        "-pk"
    )
