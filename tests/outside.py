"""Where tests stand: outside the policies of the person tables, but every request and job inside.

A request names its user to the transaction, which in most tests is the test's own and goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg2 import Error
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS

from kotim_social.audit import middleware
from kotim_social.audit.scope import OFFICE
from kotim_social.jobs import queue, running


def _place(of: BaseDatabaseWrapper, people: str, *, locally: bool) -> None:
    """Past Django, so that no count of statements knows of it."""
    with of.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kotim.people', %s, %s)", [people, locally])


def _connected(connection: BaseDatabaseWrapper, **_more: Any) -> None:
    if connection.vendor == "postgresql":
        _place(connection, OFFICE, locally=False)
        if connection.get_autocommit() is False:
            connection.connection.commit()


def back_outside() -> None:
    """After a request in the test's own transaction."""
    inner = connection.connection
    if inner is None or inner.closed:
        return
    if inner.info.transaction_status == TRANSACTION_STATUS_INTRANS:
        with suppress(Error):
            _place(connection, OFFICE, locally=True)


def _then_outside(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return call(*args, **kwargs)
        finally:
            back_outside()

    return wrapped


def stand() -> None:
    for made in connections.all(initialized_only=True):
        if made.connection is not None:
            _connected(made)
    connection_created.connect(_connected, weak=False)
    door: Any = middleware.RequestTransactionMiddleware
    door.__call__ = _then_outside(door.__call__)
    running.run = queue.run = _then_outside(running.run)  # type: ignore[attr-defined]
