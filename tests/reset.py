"""Brings the database of the tests back to what the migrations made."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, ClassVar

import psycopg2
from django.db import connections

# Read-only in every test, and large: left as they are.
UNTOUCHED = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "regions_province",
    "regions_regency",
    "regions_district",
    "regions_spelling",
}
TABLES_IN_ORDER = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY c.oid
"""


class ReferenceRows:
    """The rows that migrations put in, kept in memory for the length of a run."""

    rows: ClassVar[dict[str, str]] = {}
    tables: ClassVar[list[str]] = []

    @classmethod
    def remember(cls) -> None:
        with owner_cursor() as cursor:
            cursor.execute(TABLES_IN_ORDER)
            cls.tables = [name for (name,) in cursor.fetchall() if name not in UNTOUCHED]
            for table in cls.tables:
                text = io.StringIO()
                cursor.copy_expert(f'COPY "{table}" TO STDOUT', text)
                if text.tell():
                    cls.rows[table] = text.getvalue()

    @classmethod
    def restore(cls) -> None:
        connections["default"].close()
        with owner_cursor() as cursor:
            cursor.execute("TRUNCATE " + ", ".join(f'"{name}"' for name in cls.tables))
            # Rows go back in the order in which the tables were made: parents first.
            for table, text in cls.rows.items():
                cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.StringIO(text))


@contextmanager
def owner_cursor() -> Iterator[Any]:
    """The owner's cursor in one transaction, past the alias that a test may have closed off."""
    parameters = connections["owner"].get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    with (
        closing(psycopg2.connect(**parameters)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        yield cursor
