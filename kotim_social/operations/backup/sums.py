"""Row counts and checksums of every table, and where every sequence stands."""

from __future__ import annotations

from typing import Any

from psycopg2 import sql

TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1
"""
SEQUENCES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' ORDER BY 1
"""
# The sum of the rows' digests does not depend on their order, which a restore does not keep. Two
# halves of MD5: a guard against loss, not against a forger, whom the encryption keeps out.
SUM = """
    SELECT count(*),
           coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text,
           coalesce(sum(('x' || right(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text
    FROM {} t
"""
# Text of a row depends on these: the same on both sides.
SAME_TEXT = """
    SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL bytea_output = 'hex';
    SET LOCAL IntervalStyle = 'postgres'; SET LOCAL extra_float_digits = 1;
    SET LOCAL statement_timeout = 0
"""

Sums = dict[str, list[Any]]


def of_tables(cursor: Any) -> Sums:
    """Table → [rows, sum, sum]; runs in the caller's transaction and so in its snapshot."""
    cursor.execute(SAME_TEXT)
    cursor.execute(TABLES)
    sums: Sums = {}
    for (table,) in cursor.fetchall():
        cursor.execute(sql.SQL(SUM).format(sql.Identifier(table)))
        sums[table] = list(cursor.fetchone())
    return sums


def of_sequences(cursor: Any) -> dict[str, int]:
    """Sequence → the last number it gave, 0 when it gave none."""
    cursor.execute(SEQUENCES)
    found: dict[str, int] = {}
    for (name,) in cursor.fetchall():
        cursor.execute(
            sql.SQL("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {}").format(
                sql.Identifier(name)
            )
        )
        found[name] = int(cursor.fetchone()[0])
    return found


def differences(expected: dict[str, Any], cursor: Any) -> list[str]:
    """Sentences about each table or sequence that is not what the manifest says."""
    found = of_tables(cursor)
    wanted: Sums = expected["tables"]
    problems = [f"tabel {name} tidak ada" for name in sorted(set(wanted) - set(found))]
    problems += [f"tabel {name} tidak dikenal" for name in sorted(set(found) - set(wanted))]
    problems += [
        f"tabel {name} berbeda ({found[name][0]} dari {wanted[name][0]} baris)"
        for name in sorted(set(found) & set(wanted))
        if found[name] != wanted[name]
    ]
    sequences = of_sequences(cursor)
    # Numbers given while the dump ran may make a sequence stand further on, never further back.
    problems += [
        f"urutan {name} mundur"
        for name, last in expected["sequences"].items()
        if sequences.get(name, -1) < last
    ]
    return problems
