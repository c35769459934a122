"""Writing the trail: one call, in the transaction of the act it tells of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from django.db import models

from kotim_social.audit.context import request_id
from kotim_social.audit.models import Entry


class Actor(Protocol):
    """A signed-in user; the trail stands below the app that has them."""

    pk: Any

    def get_username(self) -> str: ...


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
    )
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
) -> Entry:
    """The row alone; sets are written by `record_many`."""
    return Entry(
        act=act,
        user_id=by.pk if by is not None else None,
        username=by.get_username() if by is not None else "",
        object_type=object_type,
        object_id=object_id,
        reason=reason,
        changes=changes or {},
        request_id=request_id.get(),
    )


def record_many(entries: Iterable[Entry]) -> None:
    """Writes a row for each member of a set in one statement."""
    Entry.objects.bulk_create(entries, batch_size=1000)


def history_of(obj: models.Model) -> models.QuerySet[Entry]:
    """The rows that tell of one object, newest first."""
    return Entry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk)).order_by(
        "-pk"
    )
