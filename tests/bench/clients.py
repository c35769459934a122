"""Eight clients pay at once: pgbench, its statement from Django, a naive twin, and our own act.

"guarded" is pgbench with the statement that our act sends, on the real lines with all their
triggers: what PostgreSQL can do with our rules. All walk alike: the clients go in pairs, and both
of a pair try the same payments in the same order, so that each payment is tried twice and nearly
at the same moment.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.client import LINES_A_LIST, STATEMENT
from tests.bench.cluster import ROOT, copy_of, owner_parameters, point_at

CLIENTS, LISTS_EACH = 8, 2
LISTS = CLIENTS // 2 * LISTS_EACH
PAYMENTS = LISTS * LINES_A_LIST
TRIES = 2 * PAYMENTS
TABLES = f"""
    CREATE TABLE bench_payment (id int PRIMARY KEY, state text NOT NULL);
    CREATE TABLE bench_booking (id bigserial PRIMARY KEY, payment_id int NOT NULL);
    INSERT INTO bench_payment SELECT n, 'ordered' FROM generate_series(0, {PAYMENTS - 1}) n;
    GRANT SELECT, INSERT, UPDATE ON bench_payment, bench_booking TO kotim_app;
    GRANT USAGE ON SEQUENCE bench_booking_id_seq TO kotim_app;
"""
AGAIN = "TRUNCATE bench_booking; UPDATE bench_payment SET state = 'ordered'"
ORDERED = """
    SELECT l.id::text FROM disbursements_paymentlist l
    WHERE l.state = 'ordered' AND (SELECT count(*) FROM disbursements_paymentline
        WHERE payment_list_id = l.id AND state = 'ordered') >= %s
    ORDER BY l.id LIMIT %s
"""
# By number, for pgbench knows no other variables.
LINES = """
    CREATE TABLE bench_line (id int PRIMARY KEY, line_id uuid NOT NULL);
    INSERT INTO bench_line SELECT (list.n - 1) * %(each)s + line.n - 1, line.id
    FROM unnest(%(lists)s::uuid[]) WITH ORDINALITY AS list (id, n)
    CROSS JOIN LATERAL (
        SELECT l.id, row_number() OVER (ORDER BY l.number) AS n FROM disbursements_paymentline l
        WHERE l.payment_list_id = list.id ORDER BY l.number LIMIT %(each)s) line;
    GRANT SELECT ON bench_line TO kotim_app;
    ANALYZE bench_line;
"""
ACTING = "SELECT set_config('kotim.user', '{user}', true);"
GUARDED = """
    WITH paid AS (
        UPDATE disbursements_paymentline
        SET state = 'paid', result_on = current_date, result_at = now(), result_by_id = {user}
        WHERE id = (SELECT line_id FROM bench_line WHERE id = :id) AND state = 'ordered'
        RETURNING id, payment_list_id)
    INSERT INTO audit_entry
        (user_id, username, act, object_type, object_id, reason, changes, request_id)
    SELECT {user}, 'bendahara', told.act, told.kind, told.id, '', told.changes::jsonb, ''
    FROM paid CROSS JOIN LATERAL (VALUES
        ('paymentline.pay', 'disbursements.paymentline', paid.id::text,
         '{{"state": ["ordered", "paid"]}}'),
        ('paymentlist.book_results', 'disbursements.paymentlist', paid.payment_list_id::text,
         '{{"paid": [null, 1], "returned": [null, 0]}}')) AS told (act, kind, id, changes)
"""
BOOKED = "SELECT count(*), count(DISTINCT payment_id) FROM bench_booking"
# One trail row a booking; the entitlements say what was paid beyond what is owed.
PAID = """
    SELECT count(*), count(DISTINCT object_id), (SELECT count(*) FROM disbursements_entitlement
                                                 WHERE paid > amount)
    FROM audit_entry WHERE act = 'paymentline.pay'
"""


@dataclass
class Way:
    """Over the rounds: tries a second, and payments that were booked more than once."""

    rates: list[float] = field(default_factory=list)
    doubles: int = 0
    payments: int = 0

    def as_row(self, name: str) -> dict[str, Any]:
        return {
            "way": name,
            "tries_a_second": round(statistics.median(self.rates)),
            "payments": self.payments,
            "doubles": self.doubles,
        }


# The second group pays the same real lines as the first, and so has a copy of its own.
GROUPS = (("pgbench", "statement", "ours", "naive"), ("guarded",))
SHOWN = ("pgbench", "statement", "guarded", "ours", "naive")


def measure(name: str, *, rounds: int) -> list[dict[str, Any]]:
    """All ways in turn in each round, on copies of the office's database made for the round."""
    ways = {way: Way() for way in SHOWN}
    for group in GROUPS * rounds:
        with copy_of(name) as copy:
            point_at(copy)
            lists = _prepare()
            if len(lists) < LISTS:
                sys.stderr.write("Too few ordered lists for eight clients.\n")
                return []
            for way in group:
                _pay(way, copy, lists, ways[way])
        point_at(name)
    return [seen.as_row(way) for way, seen in ways.items()]


def _pay(way: str, copy: str, lists: list[str], seen: Way) -> None:
    _owner(AGAIN)
    if way == "pgbench":
        rate = _by_pgbench(copy, STATEMENT.replace("%s", ":id"))
    elif way == "guarded":
        rate = _by_pgbench(copy, *_guarded(lists))
    else:
        rate = _by_processes(copy, way, lists)
    booked, distinct = _ours_booked() if way in ("ours", "guarded") else _owner(BOOKED)[:2]
    seen.rates.append(rate)
    seen.doubles += booked - distinct
    seen.payments += distinct


def _guarded(lists: list[str]) -> tuple[str, str]:
    """The statement of our act for a line by number, and what names the acting user before it."""
    from kotim_social.accounts.models import User

    _owner(LINES, {"lists": lists, "each": LINES_A_LIST})
    user = User.objects.get(username="bendahara").pk
    return GUARDED.format(user=user), ACTING.format(user=user)


def _prepare() -> list[str]:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(TABLES)
        cursor.execute(ORDERED, [LINES_A_LIST, LISTS])
        return [pk for (pk,) in cursor.fetchall()]


def _owner(sql: str, values: dict[str, Any] | None = None) -> Any:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone() if cursor.description else None


def _ours_booked() -> tuple[int, int]:
    booked, distinct, overpaid = _owner(PAID)
    if overpaid:
        raise AssertionError(f"{overpaid} entitlements are overpaid")
    return booked, distinct


def _by_pgbench(database: str, statement: str, before: str = "") -> float:
    """The same walk in pgbench's own language; every pair has its stretch of the payments."""
    from kotim_social.embedded_postgres.server import EMBEDDED_PROGRAMS

    script = Path(os.environ["KOTIM_VAR_DIR"]) / "pay.pgbench"
    each = PAYMENTS // (CLIENTS // 2)
    script.write_text(
        f"\\set id :client_id / 2 * {each} + :n\n\\set n :n + 1\nBEGIN;\n{before}\n"
        f"{' '.join(statement.split())};\nCOMMIT;\n"
    )
    place = {**owner_parameters(), "user": "kotim_app"}
    said = subprocess.run(
        [EMBEDDED_PROGRAMS / "pgbench", "-n", "-h", str(place["host"]), "-p", str(place["port"]),
         "-U", "kotim_app", "-c", str(CLIENTS), "-j", "2", "-t", str(each), "-D", "n=0",
         "-f", script, database],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = re.search(r"tps = ([\d.]+) \(without initial connection time\)", said)
    assert found, said
    return float(found[1])


def _by_processes(database: str, way: str, lists: list[str]) -> float:
    """Tries a second of all clients together; the slowest of them ends the time."""
    clients = [_client(database, way, client, lists) for client in range(CLIENTS)]
    for one in clients:
        assert one.stdout is not None and one.stdin is not None
        assert one.stdout.readline() == "ready\n", "a client did not start"
    for one in clients:
        one.stdin.write("go\n")  # type: ignore[union-attr]
        one.stdin.flush()  # type: ignore[union-attr]
    said = [json.loads(one.communicate()[0]) for one in clients]
    seconds = max(one.pop("seconds") for one in said)
    outcomes = sum((Counter(one) for one in said), Counter())
    assert outcomes.total() == TRIES, outcomes
    return TRIES / seconds


def _client(database: str, way: str, client: int, lists: list[str]) -> subprocess.Popen[str]:
    """The lists of its pair: by number for bench_payment, by id for ours."""
    pair = client // 2
    own = range(pair * LISTS_EACH, (pair + 1) * LISTS_EACH)
    words = [lists[n] if way == "ours" else str(n) for n in own]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.client", database, way, *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
