"""No trigger joins the rows before and after a statement with a plan that fits one row only."""

from __future__ import annotations

import re

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

OVER_BOTH = """
    SELECT DISTINCT f.proname, f.prosrc, coalesce(array_to_string(f.proconfig, ' '), '')
    FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
    WHERE t.tgoldtable IS NOT NULL AND t.tgnewtable IS NOT NULL
"""
# Whatever the rows before and after are called, and by whichever short name.
JOINED = re.compile(
    r"\b(rows|before|after|old_values|new_values)\b( \w+)?\s+JOIN\s+"
    r"(rows|before|after|old_values|new_values)\b",
    re.IGNORECASE,
)


def test_rows_before_and_after_are_never_compared_each_with_each() -> None:
    with connection.cursor() as cursor:
        cursor.execute(OVER_BOTH)
        functions = cursor.fetchall()
    joining = {name for name, source, _config in functions if JOINED.search(source)}
    loops = {name for name, _source, config in functions if "enable_nestloop=off" not in config}
    assert len(functions) > 10 and joining, "the functions are no longer found"
    assert not joining & loops
