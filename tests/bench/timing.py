"""Interleaved timing: every subject once a round, so that a slow moment hits all of them alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

Subject = Callable[[], Any]
# A subject that takes this long is asked once.
LONG_MS = 2_000


@dataclass
class Figure:
    """Medians over the rounds, in milliseconds; CPU is this process's, the database's is not."""

    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)
    # One list of query times a look; the first look warms up.
    looks: list[list[float]] = field(default_factory=list)

    @property
    def wall(self) -> float:
        return statistics.median(self.walls)

    @property
    def cpu(self) -> float:
        return statistics.median(self.cpus)

    @property
    def queries(self) -> int:
        return len(self.looks[-1])

    @property
    def slowest_query(self) -> float:
        """The slowest query of a round, as the median over the rounds."""
        return statistics.median(max(look, default=0.0) for look in self.looks[1:] or self.looks)

    def as_json(self) -> dict[str, float]:
        return {
            "wall_ms": round(self.wall, 3),
            "cpu_ms": round(self.cpu, 3),
            "queries": self.queries,
            "slowest_query_ms": round(self.slowest_query, 3),
        }


def interleaved(
    subjects: Mapping[str, Subject], *, rounds: int, before: Mapping[str, Figure] | None = None
) -> dict[str, Figure]:
    """One round to warm up, then `rounds` that count; goes on with what was measured `before`."""
    figures = {name: (before or {}).get(name, Figure()) for name in subjects}
    wanted = {name: it for name, it in subjects.items() if not _is_long(figures[name])}
    for name, subject in wanted.items():
        with _watched(figures[name]):
            subject()
    for _number in range(rounds):
        for name, subject in wanted.items():
            figure = figures[name]
            if _is_long(figure):
                continue
            with _watched(figure):
                wall, cpu = once(subject)
            figure.walls.append(wall)
            figure.cpus.append(cpu)
    return figures


def _is_long(figure: Figure) -> bool:
    return bool(figure.walls) and figure.walls[0] > LONG_MS


def once(subject: Subject) -> tuple[float, float]:
    """Wall and CPU milliseconds of one call."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    subject()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


@contextmanager
def _watched(figure: Figure) -> Iterator[None]:
    look: list[float] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            look.append((time.perf_counter() - start) * 1000)

    with connection.execute_wrapper(watch):
        yield
    figure.looks.append(look)


def undone(subject: Subject) -> Subject:
    """The same act, rolled back: what was measured leaves no row."""

    def run() -> None:
        with transaction.atomic():
            subject()
            transaction.set_rollback(True)

    return run
