"""Reports, totals and search may read a streaming replica; everything else asks the primary.

Whoever has just written reads the primary until the replica has what she wrote: each POST leaves
the position of the primary's log in a signed cookie. What a view writes while it reads the replica
(the trail) goes to the primary, in the transaction of the request. See docs/scaling.md.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections, transaction
from django.db.models import Model
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse

from kotim_social.audit.middleware import is_lock_timeout

logger = logging.getLogger(__name__)
REPLICA = "replica"
Handler = Callable[..., HttpResponse]
# Who is here, what waits, and the trail are asked where they are written.
AT_HOME = {
    "accounts", "audit", "contenttypes", "files", "idempotency", "jobs", "mfa", "sessions",
    "django_tasks_database",
}  # fmt: skip
# What the primary's transaction knows of the user, and the replica's must know as well.
CARRIED = ("kotim.user", "kotim.people")
COOKIE = "written"
_SALT = "kotim.replica"
# A position that no replica has reached: as long as it stands the primary is asked.
_BEYOND = "FFFFFFFF/FFFFFFFF"
# A replica that is further behind, or did not answer, is left alone.
MOST_SECONDS_BEHIND = 30
REST_SECONDS = 30
_STATE = """
    SELECT pg_is_in_recovery() AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver)
       AND pg_last_wal_replay_lsn() >= %s::pg_lsn
       AND (pg_last_wal_replay_lsn() = pg_last_wal_receive_lsn()
            OR pg_last_xact_replay_timestamp() > now() - make_interval(secs => %s))
"""

_is_reading: ContextVar[bool] = ContextVar("reads_replica", default=False)


class _Rest:
    """Until when a replica that did not answer is not asked again by this process."""

    until = 0.0


def is_configured() -> bool:
    return REPLICA in settings.DATABASES


class ReplicaRouter:
    """Sends reads to the replica inside `from_replica`; no write and no migration ever."""

    def db_for_read(
        self, model: type[Model], instance: Model | None = None, **_hints: Any
    ) -> str | None:
        if _is_reading.get() and model._meta.app_label not in AT_HOME:
            return REPLICA
        return _home_of(instance)

    def db_for_write(
        self, model: type[Model], instance: Model | None = None, **_hints: Any
    ) -> str | None:
        return _home_of(instance)

    def allow_relation(self, one: Model, other: Model, **_hints: Any) -> bool | None:
        return True if REPLICA in (one._state.db, other._state.db) else None

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool | None:
        return False if db == REPLICA else None


def _home_of(instance: Model | None) -> str | None:
    """A row that came from the replica is the primary's row."""
    is_from_replica = instance is not None and instance._state.db == REPLICA
    return DEFAULT_DB_ALIAS if is_from_replica else None


def connection_for_reads() -> Any:
    """Where statements that are written by hand ask."""
    return connections[REPLICA if _is_reading.get() else DEFAULT_DB_ALIAS]


def from_replica(view: Handler) -> Handler:
    """Marks a view whose GET may read the replica. Stands next to the view, inside `@require`.

    If the replica goes away in the middle, what the view wrote is undone and the primary is asked.
    """

    @wraps(view)
    def chosen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or not _may_read(request):
            return view(request, *args, **kwargs)
        try:
            with transaction.atomic(), _reading():
                return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            if isinstance(error, DatabaseError) and is_lock_timeout(error):
                raise
            _leave_alone(error)
        return view(request, *args, **kwargs)

    chosen.may_read_replica = True  # type: ignore[attr-defined]
    return chosen


def _may_read(request: HttpRequest) -> bool:
    """Whether the replica is there, not far behind, and has what this user wrote."""
    if not is_configured() or time.monotonic() < _Rest.until:
        return False
    written = request.get_signed_cookie(
        COOKIE, default="0/0", salt=_SALT, max_age=settings.SESSION_ABSOLUTE_SECONDS
    )
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(_STATE, [written, MOST_SECONDS_BEHIND])
            return bool(cursor.fetchone()[0])
    except (OperationalError, InterfaceError) as error:
        _leave_alone(error)
        return False


def _leave_alone(error: Exception) -> None:
    logger.warning("The replica did not answer (%s): the primary is asked.", type(error).__name__)
    connections[REPLICA].close()
    _Rest.until = time.monotonic() + REST_SECONDS


@contextmanager
def _reading() -> Iterator[None]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        columns = ", ".join(["current_setting(%s, true)"] * len(CARRIED))
        cursor.execute(f"SELECT {columns}", list(CARRIED))
        values = cursor.fetchone()
    with transaction.atomic(using=REPLICA):
        with connections[REPLICA].cursor() as cursor:
            for name, value in zip(CARRIED, values, strict=True):
                cursor.execute("SELECT set_config(%s, %s, true)", [name, value or ""])
        token = _is_reading.set(True)
        try:
            yield
        finally:
            _is_reading.reset(token)


class WrittenMiddleware:
    """After a POST: how far the primary's log has come. Outside of the request's transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_configured() and request.method == "POST":
            response.set_signed_cookie(
                COOKIE, _position(), salt=_SALT, max_age=settings.SESSION_ABSOLUTE_SECONDS,
                httponly=True, samesite="Lax", secure=settings.HTTPS,
            )  # fmt: skip
        return response


def _position() -> str:
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
            return str(cursor.fetchone()[0])
    except DatabaseError as error:
        # What she sent is stored: it is only not known where.
        logger.warning("The position of the log is not known (%s).", type(error).__name__)
        return _BEYOND
