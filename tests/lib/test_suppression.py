"""Hidden cells: found again by trying every table that fits what is published."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

import pytest

from kotim_social.lib.suppression import LIMIT, SUM, Suppressed, merge_small_rows, suppress

SEED = 20171128


def fillings(table: Suppressed, row: int) -> Iterator[tuple[int, ...]]:
    """Every way to fill a row that fits its published cells and its published sum."""
    width = len(table.counts[row])
    left = sum(table.counts[row])
    known = [table.shown((row, column)) for column in range(width)]
    left -= sum(value for value in known if value is not None)
    unknown = [column for column in range(width) if known[column] is None]
    for guess in product(range(left + 1), repeat=max(len(unknown) - 1, 0)):
        rest = left - sum(guess)
        if rest < 0 or (not unknown and rest):
            continue
        filled = dict(zip(unknown, (*guess, rest), strict=False))
        yield tuple(filled.get(c, known[c] or 0) for c in range(width))


def worlds(table: Suppressed) -> list[tuple[tuple[int, ...], ...]]:
    """Every table that a reader of what is published must think possible."""
    width = len(table.counts[0])
    sums = {c: table.shown((SUM, c)) for c in range(width)}
    rows = [list(fillings(table, row)) for row in range(len(table.counts))]
    return [
        world
        for world in product(*rows)
        if all(s is None or s == sum(line[c] for line in world) for c, s in sums.items())
    ]


def values_of(cell: tuple[int, int], possible: list[tuple[tuple[int, ...], ...]]) -> set[int]:
    row, column = cell
    if row == SUM:
        return {sum(line[column] for line in world) for world in possible}
    return {world[row][column] for world in possible}


def random_tables(count: int) -> Iterator[list[list[int]]]:
    chance = random.Random(SEED)
    found = 0
    while found < count:
        rows, columns = chance.randint(1, 3), chance.randint(2, 3)
        counts = [[chance.choice((0, 1, 2, 4, 5, 6, 9)) for _c in range(columns)]
                  for _r in range(rows)]  # fmt: skip
        if all(LIMIT <= sum(row) <= 14 for row in counts):
            found += 1
            yield counts


def test_no_hidden_cell_follows_from_what_is_published() -> None:
    hidden = complementary = 0
    for counts in random_tables(40):
        table = suppress(counts)
        possible = worlds(table)
        assert tuple(tuple(row) for row in counts) in possible
        for cell in table.cells():
            small = table.value(cell) < LIMIT
            assert not small or cell in table.hidden, (counts, cell)
        for cell in table.hidden:
            values = values_of(cell, possible)
            assert len(values) > 1, (counts, table.hidden, cell)
            if table.value(cell) < LIMIT:
                assert max(values) >= LIMIT, (counts, table.hidden, cell)
            assert table.range_of(cell) == (min(values), max(values)), (counts, cell)
            hidden += 1
            complementary += table.value(cell) >= LIMIT
    assert hidden > complementary > 0


def test_hiding_the_small_cells_alone_gives_them_away() -> None:
    """The check above would see it: a row and a column with one hidden cell are a sum."""
    bare = Suppressed([[2, 9], [8, 7]], hidden={(0, 0)})
    assert len(values_of((0, 0), worlds(bare))) == 1
    assert bare.gives_away((0, 0))
    assert bare.range_of((0, 0)) == (2, 2)
    two = Suppressed([[2, 2, 9]], hidden={(0, 0), (0, 1), (SUM, 0), (SUM, 1)})
    assert two.gives_away((0, 0))  # a sum of 4: told to be small
    table = suppress([[2, 9], [8, 7]])
    assert {(0, 0), (0, 1)} < table.hidden


def test_a_table_without_small_cells_is_published_whole() -> None:
    assert suppress([[5, 9], [8, 7]]).hidden == set()
    assert suppress([]).hidden == set()
    with pytest.raises(ValueError, match="merged"):
        suppress([[1, 2]])


def test_small_rows_go_together() -> None:
    rows = [("A", 40), ("B", 2), ("C", 7), ("D", 1)]
    assert merge_small_rows(rows) == [["A"], ["B", "C", "D"]]
    assert merge_small_rows([("A", 3), ("B", 3)]) == [["A", "B"]]
    assert merge_small_rows([("A", 4)]) == []
    assert merge_small_rows([("A", 9), ("B", 5)]) == [["A"], ["B"]]
