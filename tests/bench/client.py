"""One paying client, a process of its own: client.py DATABASE WAY LIST…; tells JSON on one line.

It says "ready" when it is connected, and begins when it is told to: starting Python is not paying.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable

LINES_A_LIST = 200
STATEMENT = """
    WITH paid AS (UPDATE bench_payment SET state = 'paid'
                  WHERE id = %s AND state = 'ordered' RETURNING id)
    INSERT INTO bench_booking (payment_id) SELECT id FROM paid
"""


def main(database: str, way: str, numbers: list[str]) -> None:
    from tests.bench import cluster

    # It starts Django, and stands outside of the policies.
    cluster.begin()
    cluster.point_at(database)
    tries = WAYS[way](numbers)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    began, outcomes = time.monotonic(), Counter(tries)
    sys.stdout.write(json.dumps({"seconds": time.monotonic() - began, **outcomes}) + "\n")


def statement(numbers: list[str]) -> Iterable[str]:
    """The statement that pgbench runs, from Django, in a transaction each."""
    from django.db import connection, transaction

    connection.ensure_connection()

    def pay(row: int) -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(STATEMENT, [row])
            return "paid" if cursor.rowcount else "refused"

    return _each(numbers, pay)


def naive(numbers: list[str]) -> Iterable[str]:
    """What a tutorial does: look, decide, write."""
    from django.db import connection, transaction

    connection.ensure_connection()

    def pay(row: int) -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT state FROM bench_payment WHERE id = %s", [row])
            if cursor.fetchone() != ("ordered",):
                return "refused"
            cursor.execute("INSERT INTO bench_booking (payment_id) VALUES (%s)", [row])
            cursor.execute("UPDATE bench_payment SET state = 'paid' WHERE id = %s", [row])
            return "paid"

    return _each(numbers, pay)


def _each(numbers: list[str], pay: Callable[[int], str]) -> Iterable[str]:
    rows = [int(n) * LINES_A_LIST + row for n in numbers for row in range(LINES_A_LIST)]
    return (pay(row) for row in rows)


def ours(lists: list[str]) -> Iterable[str]:
    """The treasurer's own act, a line each time, with rules, history and trail."""
    from disbursements.actions.results import Result, book_results
    from disbursements.models import PaymentLine, PaymentList
    from kotim_social.accounts.models import User
    from kotim_social.lib.dates import today
    from kotim_social.workflow import Refused

    user, on = User.objects.get(username="bendahara"), today()
    work = [
        (payment_list, line)
        for payment_list in PaymentList.objects.filter(pk__in=lists).order_by("id")
        for line in PaymentLine.objects.filter(payment_list=payment_list).order_by("number")[
            :LINES_A_LIST
        ]
    ]

    def pay(payment_list: PaymentList, line: PaymentLine) -> str:
        try:
            book_results(
                payment_list=payment_list, results=[Result(line.pk, paid=True)], on=on, by=user
            )
        except Refused:
            return "refused"
        return "paid"

    return (pay(*one) for one in work)


WAYS = {"statement": statement, "naive": naive, "ours": ours}

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
