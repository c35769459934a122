"""What a table of a paper holds: columns, kinds of rows, and running totals."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "center", "number", "money"]
Totals = Mapping[int, int]
Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `share` is its part of the width, relative to the other columns.

    money and number cells are integers (strings are printed as they are and not summed).
    `derive` makes the text of this column in total rows, from the sums by column index (a
    percentage, say); columns of kind money are summed unless `total` is False, number columns
    only when it is True.
    """

    title: str
    share: float
    kind: Kind = "text"
    group: str = ""
    total: bool | None = None
    cents: bool = False
    derive: Callable[[Totals], str] | None = None

    @property
    def is_summed(self) -> bool:
        return self.total if self.total is not None else self.kind == "money"

    def shown(self, value: int) -> str:
        return dotted(value) + (",00" if self.cents else "")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading row across the table ("Kabupaten Jember")."""

    label: str


@dataclass(frozen=True, slots=True)
class Subtotal:
    """The sum of the rows since the last Subtotal of this level or higher.

    Level 1 is the inner one; a level 2 sums several of level 1 (a lokalisasi of two villages).
    """

    label: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Summary:
    """A bold row of given cells that counts in no total."""

    cells: Sequence[Cell]


Row = Sequence[Cell] | Section | Subtotal | Summary
LEVELS = (1, 2)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows may be any iterable, also a generator of 100.000 rows: they are read once."""

    columns: Sequence[Column]
    rows: Iterable[Row]
    caption: str = ""
    size: float = 7.5
    page_totals: bool = True
    grand_total: str = "JUMLAH SELURUHNYA"  # empty: no total row
    terbilang: int | None = None  # index of the column whose grand total is spelled out
    number_row: bool = False  # 1 2 3 … under the heading
    space_after: float = 6.0
    least_lines: int = 1  # room in each row for as many lines: to sign in, for instance

    @property
    def summed(self) -> tuple[int, ...]:
        return tuple(i for i, column in enumerate(self.columns) if column.is_summed)

    @property
    def label_span(self) -> int:
        """How many leading columns the label of a total row may cover."""
        figures = (i for i, column in enumerate(self.columns) if column.is_summed or column.derive)
        return max(1, next(figures, len(self.columns)))

    def total_cells(self, label: str, totals: Totals) -> list[Cell]:
        """The cells of a total row: the label, then figures under their columns."""
        cells: list[Cell] = [label, *[None] * (len(self.columns) - 1)]
        for index in range(self.label_span, len(self.columns)):
            column = self.columns[index]
            if column.derive:
                cells[index] = column.derive(totals)
            elif column.is_summed:
                cells[index] = column.shown(totals[index])
        return cells


class RunningTotals:
    """Sums of one table while its rows pass: this page, all so far, and by subtotal level."""

    def __init__(self, table: Table) -> None:
        self._indexes = table.summed
        self.all = dict.fromkeys(self._indexes, 0)
        self.page = dict.fromkeys(self._indexes, 0)
        self._levels = {level: dict.fromkeys(self._indexes, 0) for level in LEVELS}
        self.rows = 0

    def add(self, row: Sequence[Cell]) -> None:
        self.rows += 1
        for index in self._indexes:
            value = row[index]
            if type(value) is int:
                self.page[index] += value

    def take_back(self, row: Sequence[Cell]) -> None:
        """The row counts on another page after all."""
        self.rows -= 1
        for index in self._indexes:
            value = row[index]
            if type(value) is int:
                self.page[index] -= value

    def close_page(self) -> None:
        """Move the page's sums into the others."""
        for index, value in self.page.items():
            self.all[index] += value
            for sums in self._levels.values():
                sums[index] += value
            self.page[index] = 0

    def take_level(self, level: int) -> Totals:
        """The sums since the last Subtotal of this level; they start anew."""
        taken = {i: value + self.page[i] for i, value in self._levels[level].items()}
        for inner in LEVELS[: LEVELS.index(level) + 1]:
            # What the open page already holds belongs to the closed group.
            self._levels[inner] = {i: -value for i, value in self.page.items()}
        return taken


def dotted(value: int) -> str:
    """5050000 → 5.050.000"""
    return f"{value:,}".replace(",", ".")
