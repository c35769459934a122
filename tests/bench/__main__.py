"""./run bench: pages, search, money, import, papers and proposals against limits of the same run.

Nothing fails by time. The offices are filled once and kept under var/bench.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from tests.bench import cluster

OFFICE, PROVINCE, QUICK = 239, 100_000, 2_000
CLIENT_ROUNDS = 5
WAYS = ("ours", "operators", "canvas", "LongTable")
# Of an answer the slowest of twenty is told too, so it is asked more often.
ANSWERS_A_ROUND = 3


def main(arguments: list[str]) -> None:
    asked = _parse(arguments)
    cluster.begin()
    cluster.ready()
    from tests.bench import answers, clients, report

    people = asked.people or [QUICK if asked.quick else PROVINCE]
    scales: dict[int, dict[str, Any]] = {count: {} for count in sorted({OFFICE, *people})}
    for count in scales:
        cluster.use(count)
    # Each round goes through all the offices, so that a slow moment hits them alike as well.
    for number in range(3 if asked.quick else asked.rounds):
        for count in scales:
            sys.stderr.write(f"Round {number + 1}: measuring with {count} people …\n")
            cluster.use(count)
            scales[count] = measure_office(count, before=scales[count])
    results: dict[str, Any] = {"scales": scales, "answers": {}}
    for count in scales:
        cluster.use(count)
        rounds = 3 if asked.quick else asked.rounds
        results["answers"][count] = answers.measure(rounds * ANSWERS_A_ROUND)
    results["machine"] = report.machine()
    results["papers"] = measure_papers(quick=asked.quick)
    results["batches"] = measure_batches(max(people))
    # What was measured so far is kept, whatever becomes of the clients.
    sys.stderr.write(f"{report.write(results)}\n")
    if provinces := [count for count in scales if count >= PROVINCE]:
        sys.stderr.write("Eight clients pay at once …\n")
        # Each round has a copy of its own; whose office it is makes no difference to paying.
        results["clients"] = clients.measure(cluster.use(min(provinces)), rounds=CLIENT_ROUNDS)
    markdown = report.as_markdown(results)
    sys.stdout.write(markdown + "\n")
    report.write(results)
    if asked.write:
        report.into_document(markdown)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--people", type=int, action="append", help="beside the office of 239")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="2.000 people and three rounds")
    parser.add_argument("--write", action="store_true", help="put the figures into the document")
    return parser.parse_args(arguments)


def measure_office(people: int, *, before: dict[str, Any]) -> dict[str, Any]:
    """Everything that is asked of one office, by group: one round more than `before`."""
    from django.db import connection

    from tests.bench import pages, storing, work
    from tests.bench.filling import present_office
    from tests.bench.timing import interleaved

    with connection.cursor() as cursor:
        # A benchmark may wait longer than a page.
        cursor.execute("SET statement_timeout = '600s'")
    imports = work.importing(present_office(people, cluster.SEED))
    if people == OFFICE:
        imports |= work.workbook()
    groups = {
        "list": pages.list_pages(people),
        "pages": pages.other_pages(),
        "search": work.searches(),
        "money": {**work.money(people), **work.paying(), **storing.determining()},
        "home": storing.going_home(),
        "import": imports,
    }
    return {
        name: interleaved(subjects, rounds=1, before=before.get(name))
        for name, subjects in groups.items()
    }


def measure_papers(*, quick: bool) -> list[dict[str, Any]]:
    """LongTable is not asked for 100.000 rows: it would not end."""
    from tests.bench.papers import measure

    sizes = (239,) if quick else (239, 10_000, 100_000)
    return [
        measure(way, size)
        for size in sizes
        for way in WAYS
        if not (way == "LongTable" and size > 10_000)
    ]


def measure_batches(people: int) -> list[dict[str, Any]]:
    from tests.bench.filling import present_office
    from tests.bench.work import proposal

    office = present_office(people, cluster.SEED)
    return [proposal(people, office, with_children=children) for children in (False, True)]


if __name__ == "__main__":
    main(sys.argv[1:])
