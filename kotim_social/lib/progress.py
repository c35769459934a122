"""How far a long piece of work has come, told to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
Report = Callable[[int], None]
# Telling costs a statement: not more often than after so many rows.
ROWS_BETWEEN = 500

_watcher: ContextVar[Report | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(report: Report) -> Iterator[None]:
    """Inside, rows that pass through `told` are counted and reported."""
    token = _watcher.set(report)
    try:
        yield
    finally:
        _watcher.reset(token)


def told(rows: Iterable[T]) -> Iterable[T]:
    """The same rows; unwatched, as in a request, they are handed on as they are."""
    report = _watcher.get()
    return rows if report is None else _counted(rows, report)


def _counted(rows: Iterable[T], report: Report) -> Iterator[T]:
    for done, row in enumerate(rows, start=1):
        yield row
        if done % ROWS_BETWEEN == 0:
            report(done)
