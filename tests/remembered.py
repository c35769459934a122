"""What the same acts made before in this process, put back by COPY instead of made again."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from django.db import connection

from kotim_social.accounts.models import User
from tests.reset import owner_cursor

# Everything that making people of the office writes, parents first.
TABLES = ("accounts_user", "accounts_rolegrant", "accounts_assignment", "audit_entry")

_made: dict[str, tuple[list[int], dict[str, str]]] = {}
# Which of them, in which database: numbers only ever rise in one.
_counted: set[tuple[str, str]] = set()


def once(name: str, make: Callable[[], Sequence[User]]) -> list[User]:
    """The people whom `make` makes; in an office that is not empty they are made anew."""
    if _has_rows():
        return list(make())
    if name not in _made:
        people = list(make())
        _made[name] = [user.pk for user in people], {table: _rows(table) for table in TABLES}
        return people
    ids, rows = _made[name]
    with connection.cursor() as cursor:
        for table, text in rows.items():
            cursor.cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(text))
    _count_on_from(name, rows)
    people_by_id = User.objects.in_bulk(ids)
    return [people_by_id[pk] for pk in ids]


def _count_on_from(name: str, rows: dict[str, str]) -> None:
    """The next row gets a number of its own, also in a database that never counted so far."""
    place = (name, str(connection.settings_dict["NAME"]))
    if place in _counted:
        return
    _counted.add(place)
    with owner_cursor() as cursor:
        for table, text in rows.items():
            last = max((int(line.split("\t", 1)[0]) for line in text.splitlines()), default=0)
            cursor.execute(
                "SELECT setval(name, greatest(nextval(name), %s))"
                " FROM pg_get_serial_sequence(%s, 'id') name",
                [last, table],
            )


def _has_rows() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + " OR ".join(f"EXISTS (SELECT FROM {table})" for table in TABLES))
        return bool(cursor.fetchone()[0])


def _rows(table: str) -> str:
    text = io.StringIO()
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f"COPY {table} TO STDOUT", text)
    return text.getvalue()
