"""Hiding small cells of a table so that nothing published gives them away (R85).

A table has rows whose sums are published, and columns. A cell below the limit is hidden; then as
many others as it takes, until from all that is published (cells, sums of rows, sums of columns, the
whole) no hidden cell follows, and none can even be told to be small. What somebody outside can work
out is the range of each hidden cell: with the sums it is a flow in a network, so its ends are found
exactly (D. Gusfield, "A graph theoretic approach to statistical data security", 1988).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

LIMIT = 5
# The sums of the columns stand under the table as a row of their own.
SUM = -1
Cell = tuple[int, int]
_ROW, _COLUMN, _WHOLE = "row", "column", ("whole", 0)


@dataclass
class Suppressed:
    """A table with its hidden cells; `hidden` holds (row, column), and (SUM, column) for sums."""

    counts: Sequence[Sequence[int]]
    limit: int = LIMIT
    hidden: set[Cell] = field(default_factory=set)

    def value(self, cell: Cell) -> int:
        row, column = cell
        if row == SUM:
            return sum(line[column] for line in self.counts)
        return self.counts[row][column]

    def shown(self, cell: Cell) -> int | None:
        """The number that is published, None for a hidden one."""
        return None if cell in self.hidden else self.value(cell)

    def cells(self) -> Iterator[Cell]:
        width = len(self.counts[0]) if self.counts else 0
        for row in (*range(len(self.counts)), SUM):
            for column in range(width):
                yield row, column

    def range_of(self, cell: Cell, *, most: int | None = None) -> tuple[int, int]:
        """The least and the greatest value that a hidden cell may have for a reader.

        With `most` the search for the greatest ends there: larger ones are not told apart.
        """
        value = self.value(cell)
        enough = None if most is None else max(most - value, 1)
        tail, head = _ends(cell)
        more = self._flow(head, tail, without=cell, enough=enough)
        less = self._flow(tail, head, without=cell, enough=1 if most is not None else None)
        return value - min(less, value), value + more

    def _flow(
        self, source: Hashable, target: Hashable, *, without: Cell, enough: int | None
    ) -> int:
        """How much can be moved from one node to the other along the other hidden cells."""
        ceiling = sum(sum(row) for row in self.counts) + self.limit
        room: dict[Hashable, dict[Hashable, int]] = {}
        for cell in self.hidden:
            if cell == without:
                continue
            tail, head = _ends(cell)
            room.setdefault(tail, {})[head] = ceiling
            room.setdefault(head, {})[tail] = self.value(cell)
        moved = 0
        while enough is None or moved < enough:
            path = _path(room, source, target)
            if path is None:
                break
            step = min(room[a][b] for a, b in path)
            for a, b in path:
                room[a][b] -= step
                room[b][a] += step
            moved += step
        return moved

    def gives_away(self, cell: Cell) -> bool:
        """Whether a reader knows a hidden cell, or knows of a small one that it is small."""
        least, greatest = self.range_of(cell, most=self.limit)
        small = self.value(cell) < self.limit
        return least == greatest or (small and greatest < self.limit)


def suppress(counts: Sequence[Sequence[int]], *, limit: int = LIMIT) -> Suppressed:
    """Hides what is small and what would give it away. Each sum of a row must reach the limit."""
    if any(sum(row) < limit for row in counts):
        raise ValueError("a row below the limit is merged into another one first")
    table = Suppressed(counts, limit)
    table.hidden = {cell for cell in table.cells() if table.value(cell) < limit}
    waiting = deque(sorted(table.hidden))
    # What is hidden later only widens the ranges, so no cell is looked at twice once it is safe.
    while waiting:
        cell = waiting.popleft()
        while table.gives_away(cell):
            other = _next_to_hide(table, cell)
            table.hidden.add(other)
            waiting.append(other)
    return table


def _next_to_hide(table: Suppressed, cell: Cell) -> Cell:
    """The smallest visible cell in the same row, else column, else anywhere.

    There is one: with everything hidden a cell ranges from nothing to the sum of its row.
    """
    row, column = cell
    seen = [one for one in table.cells() if one not in table.hidden]

    def rank(one: Cell) -> tuple[int, int, Cell]:
        alone = sum(1 for other in table.hidden if other[0] == row and row != SUM) < 2
        lonely = sum(1 for other in table.hidden if other[1] == column) < 2
        fits = (alone and one[0] == row) or (not alone and lonely and one[1] == column)
        return (0 if fits else 1, table.value(one), one)

    return min(seen, key=rank)


def _ends(cell: Cell) -> tuple[Hashable, Hashable]:
    """A cell leads from its row to its column, the sum of a column from there to the whole."""
    row, column = cell
    if row == SUM:
        return (_COLUMN, column), _WHOLE
    return (_ROW, row), (_COLUMN, column)


def _path(
    room: dict[Hashable, dict[Hashable, int]], source: Hashable, target: Hashable
) -> list[tuple[Hashable, Hashable]] | None:
    """The shortest way with room left, as its steps."""
    before: dict[Hashable, Hashable] = {source: source}
    queue = deque([source])
    while queue and target not in before:
        here = queue.popleft()
        for there, left in room.get(here, {}).items():
            if left > 0 and there not in before:
                before[there] = here
                queue.append(there)
    if target not in before:
        return None
    steps = []
    while target != source:
        steps.append((before[target], target))
        target = before[target]
    return steps[::-1]


def merge_small_rows(
    rows: Sequence[tuple[Hashable, int]], *, limit: int = LIMIT
) -> list[list[Hashable]]:
    """Keys of rows in groups whose sizes each reach the limit; too few people give no group.

    `rows` are (key, size). The small ones go together, with the smallest of the others if need be.
    """
    small = [row for row in rows if row[1] < limit]
    large = sorted((row for row in rows if row[1] >= limit), key=lambda row: row[1], reverse=True)
    while small and sum(size for _key, size in small) < limit and large:
        small.append(large.pop())
    if sum(size for _key, size in small) < limit:
        small = []
    together = {key for key, _size in small}
    groups: list[list[Hashable]] = []
    for key, _size in rows:
        if key in together:
            if together:
                groups.append([one for one, _n in rows if one in together])
                together = set()
        elif any(key == one for one, _n in large):
            groups.append([key])
    return groups
