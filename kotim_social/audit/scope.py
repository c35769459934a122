"""Whose rows the database shows: the acting user's own, those of one group, or the whole office's.

The person tables have policies (docs/adr/0019): without an acting user they show nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpRequest
from django.urls import Resolver404, URLPattern, resolve
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS

# Beside what is hers, a page may show the people of one group that she may see. The database looks
# whether she may, and whoever sees every adult sees there also that a child stands on it, without
# a name (R19); with COUNTED that is all.
COUNTED = "counted"
OFFICE = "office"


def set_actor(user_id: int, people: str = "") -> None:
    """Names the acting user for the running transaction (`kotim.user`), and the group opened."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('kotim.user', %s, true), set_config('kotim.people', %s, true)",
            [str(user_id), people],
        )


@contextmanager
def whole_office() -> Iterator[None]:
    """Everybody registered, whoever acts: for what must know of all and shows nobody.

    Also a decorator. It holds for the running transaction, and opens one where none runs.
    """
    around = nullcontext() if connection.in_atomic_block else transaction.atomic()
    with around:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('kotim.people', true), "
                "set_config('kotim.people', %s, true)",
                [OFFICE],
            )
            before = cursor.fetchone()[0]
        try:
            yield
        finally:
            if _goes_on():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('kotim.people', %s, true)", [before or ""])


def _goes_on() -> bool:
    """Whether the transaction can still be kept; what is undone takes the setting with it."""
    link = connection.connection
    whole = link is not None and link.info.transaction_status == TRANSACTION_STATUS_INTRANS
    return whole and not connection.needs_rollback


def people_of(kind: str, patterns: Iterable[Any], *under: str, by: str = "pk") -> None:
    """Marks the addresses under these: their pages show the people of the group named by `by`."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and str(pattern.pattern).startswith(under):
            pattern.callback.people_of = (kind, by)  # type: ignore[attr-defined]


def group_of(request: HttpRequest) -> str:
    """What `kotim.people` is for this address; of no group where it names none rightly."""
    try:
        match = resolve(request.path_info, getattr(request, "urlconf", None))
    except Resolver404:
        return ""
    kind, by = getattr(match.func, "people_of", ("", ""))
    if not kind or kind == COUNTED:
        return str(kind)
    return _as_group(kind, match.kwargs.get(by))


def _as_group(kind: str, pk: Any) -> str:
    try:
        return f"{kind}:{UUID(str(pk))}"
    except ValueError:
        return ""
