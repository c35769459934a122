"""What a twin is, and the ways to switch a control off: an attribute, a setting, the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.db.models import QuerySet

from kotim_social import headers
from kotim_social.audit import middleware
from kotim_social.audit.scope import OFFICE
from tests.reset import ReferenceRows, owner_cursor

Patch = pytest.MonkeyPatch
FOR_EVER = 10**9


@dataclass(frozen=True)
class Twin:
    """`off` breaks one control; `test`, called with these fixtures and values, must fail.

    It fails for the right reason if the line at which it stops, or its message, holds `at`.
    """

    name: str
    off: Callable[[Patch], Any]
    test: Callable[..., None]
    fixtures: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    at: str = ""
    # Whether the test really commits: threads do, and what the owner takes away from the
    # database is put back only once no transaction of the test holds a lock.
    commits: bool = False


def attribute(owner: Any, name: str, value: Any) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(owner, name, value)


def without_policies(patch: Patch) -> None:
    """Every request is shown the whole office: the second wall behind the scoped querysets."""
    patch.setattr(middleware, "group_of", lambda _request: OFFICE)


def setting(**values: Any) -> Callable[[Patch], None]:
    def off(patch: Patch) -> None:
        for name, value in values.items():
            patch.setattr(settings, name, value, raising=False)

    return off


def both(*offs: Callable[[Patch], None]) -> Callable[[Patch], None]:
    """A control that has two walls."""

    def off(patch: Patch) -> None:
        for one in offs:
            one(patch)

    return off


def item(holder: Any, name: str, value: Any = None) -> Callable[[Patch], None]:
    """An entry of a dict changed; without a value it is taken out."""

    def off(patch: Patch) -> None:
        if value is None:
            patch.delitem(holder, name)
        else:
            patch.setitem(holder, name, value)

    return off


def without_header(name: str) -> Callable[[Patch], None]:
    """One header left out of every answer."""
    answered = headers.HeadersMiddleware.__call__

    def bare(self: Any, request: Any) -> Any:
        response = answered(self, request)
        response.headers.pop(name, None)
        return response

    return attribute(headers.HeadersMiddleware, "__call__", bare)


def as_owner(off: str, back: str) -> Callable[[Patch], Any]:
    """The owner takes a guard of the database away for as long as the twin runs.

    `{app}` in the statements is the app role. The twin must commit; what it left is emptied before
    the guard comes back, which would otherwise refuse the rows that it should have kept out.
    """

    @contextmanager
    def away(_patch: Patch) -> Iterator[None]:
        _run(off)
        try:
            yield
        finally:
            ReferenceRows.restore()
            _run(back)

    return away


def without_constraint(table: str, name: str) -> Callable[[Patch], Any]:
    """The same for a constraint, which comes back as it was defined."""

    @contextmanager
    def away(patch: Patch) -> Iterator[None]:
        with owner_cursor() as cursor:
            about = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s"
            cursor.execute(about, [name])
            definition = cursor.fetchone()[0]
        drop = f"ALTER TABLE {table} DROP CONSTRAINT {name}"
        with as_owner(drop, f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")(patch):
            yield

    return away


def _run(statements: str) -> None:
    with owner_cursor() as cursor:
        cursor.execute("SET lock_timeout = '10s'")
        cursor.execute(statements.format(app=connections["default"].settings_dict["USER"]))


def nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


def yes(*_args: Any, **_kwargs: Any) -> bool:
    return True


def same(value: Any, *_args: Any, **_kwargs: Any) -> Any:
    return value


def passes_on(self: Any, request: Any) -> Any:
    return self.get_response(request)


def without_locks(patch: Patch) -> None:
    """Rows are read without holding them."""
    patch.setattr(QuerySet, "select_for_update", lambda rows, *_args, **_kwargs: rows)
