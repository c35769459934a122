"""Ground of the money tests: the office's people, raw SQL as the app role, and threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from kotim_social.workflow import Refused
from tests.factories import Four, the_four

Sql = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def four(db: None) -> Four:
    return the_four()


@pytest.fixture
def sql() -> Sql:
    """Runs a statement as the app role, as if somebody had the program's own way in."""

    def run(statement: str, *params: object) -> list[tuple[Any, ...]]:
        with connections["default"].cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def denied(sql: Sql) -> Callable[..., str]:
    """The statement must fail; what it did is undone. Returns the database's words."""

    def run(statement: str, *params: object) -> str:
        with pytest.raises(DatabaseError) as caught, transaction.atomic():
            sql(statement, *params)
        return str(caught.value)

    return run


def in_threads(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Runs all at once, each on a connection of its own; a result or a Refused for each."""
    start = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            outcomes[number] = act()
        except Refused as refused:
            outcomes[number] = refused
        except Exception as error:
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes
