"""What one act marked for many at once, read back from its rows, so that it can be taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from kotim_social.audit.context import request_id
from kotim_social.audit.models import Entry
from kotim_social.audit.trail import Actor

UNDO_WITHIN = timedelta(minutes=15)


def marks_here() -> str:
    """The name of what this request has marked, for the link that takes it back."""
    return request_id.get()


def fresh_marks(name: str, *acts: str, by: Actor, **changes: Any) -> list[Entry]:
    """The rows of one's own marks, while a quarter of an hour has not passed; else none."""
    rows = Entry.objects.filter(
        request_id=name, user_id=by.pk, act__in=acts, at__gt=timezone.now() - UNDO_WITHIN
    )
    return list(rows.filter(changes__contains=changes) if changes else rows)


def have_later(marks: list[Entry], acts: str) -> bool:
    """Whether the trail tells of a later act of this kind on one of the marked."""
    later = Entry.objects.filter(
        object_type=marks[0].object_type,
        object_id__in=[row.object_id for row in marks],
        act__startswith=acts,
        pk__gt=max(row.pk for row in marks),
    )
    return later.exists()
