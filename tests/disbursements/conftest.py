"""Ground of the money tests: the office's people, and raw SQL as the app role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

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
