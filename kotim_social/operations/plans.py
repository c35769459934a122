"""Plans of the row history: rows before and after a statement are joined by hash or by order."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

# A plan is kept for the session with the number of rows of its first statement. What was planned
# for one row as a nested loop would compare each of thousands with each.
_JOINING = r"""
    SELECT DISTINCT f.oid::regprocedure::text FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
    WHERE t.tgoldtable IS NOT NULL AND t.tgnewtable IS NOT NULL
      AND f.prosrc ~* 'old_values\s+JOIN\s+new_values'
"""


def apply_plans(connection: BaseDatabaseWrapper) -> None:
    """Sets it for each function that joins them; run as the owner, after each migration."""
    with connection.cursor() as cursor:
        cursor.execute(_JOINING)
        for (function,) in cursor.fetchall():
            cursor.execute(f"ALTER FUNCTION {function} SET enable_nestloop = off")
