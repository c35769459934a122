"""Cuts a table into pages and draws each page with one text object per column.

ReportLab's own tables are quadratic in their rows; here rows are read once, laid out, kept
only for the page at hand and written as text operators.
"""

from collections.abc import Sequence
from typing import NamedTuple

from kotim_social.documents.cells import MOST_LINES, NUMBERS, ColumnCells, Laid, Pen
from kotim_social.documents.fonts import BOLD, REGULAR
from kotim_social.documents.sheet import Sheet
from kotim_social.documents.table import (
    Cell,
    Column,
    RunningTotals,
    Section,
    Subtotal,
    Summary,
    Table,
    Totals,
)
from kotim_social.documents.table_heading import Heading
from kotim_social.lib.money import terbilang
from kotim_social.lib.progress import told

PAGE_TOTAL = "Jumlah halaman ini"
CARRIED_OVER = "Pindahan"
NIHIL = "NIHIL"

_VERTICAL_PAD = 1.9


class _Strip(NamedTuple):
    """One drawn row. In a band the first cell covers `span` columns; a data row has span 0."""

    height: float
    cells: Sequence[Laid]
    span: int
    filled: bool


class TableDrawing:
    """Draws one table at the sheet's cursor, turning pages as needed."""

    def __init__(self, sheet: Sheet, table: Table, *, keep: float = 0) -> None:
        """`keep`: room wanted on the last page for what belongs under the table."""
        self._sheet, self._table, self._keep = sheet, table, keep
        self._edges = self._make_edges()
        self._leading = round(table.size * 1.22, 2)
        self._heights = [
            lines * self._leading + 2 * _VERTICAL_PAD for lines in range(MOST_LINES + 1)
        ]
        self._pen = Pen(sheet.canvas, REGULAR, table.size, self._leading)
        self._bold = Pen(sheet.canvas, BOLD, table.size, self._leading)
        self._cells = self._column_cells(self._pen)
        self._bold_cells = self._column_cells(self._bold)
        self._heading = Heading(sheet, table, self._edges)
        self._totals = RunningTotals(table)
        self._strips: list[_Strip] = []
        self._left = 0.0  # room for further strips on this page
        self._pages = 0
        self._page_totals = table.page_totals and bool(table.summed)
        self._last: Sequence[Cell] = ()

    def draw(self) -> None:
        self._start()
        lay, totals, heights = [cells.lay for cells in self._cells], self._totals, self._heights
        least = self._table.least_lines
        foot = self._heights[1] if self._page_totals else 0
        for row in told(self._table.rows):
            if isinstance(row, Section | Subtotal | Summary):
                self._add_band(row, foot)
                continue
            laid = [f(value) for f, value in zip(lay, row, strict=True)]
            lines = max(least, *[cell.lines for cell in laid])
            height = heights[lines]
            if self._left < height + foot:
                self._turn()
            self._strips.append(_Strip(height, laid, 0, False))
            self._left -= height
            totals.add(row)
            self._last = row
        self._finish()

    # --- pages

    def _start(self) -> None:
        table, sheet = self._table, self._sheet
        caption = table.size + 7 if table.caption else 0
        sheet.need(caption + self._heading.height + 4 * self._heights[1])
        if table.caption:
            sheet.canvas.setFont(BOLD, table.size + 1.5)
            sheet.canvas.drawString(sheet.left, sheet.y - table.size - 1, table.caption)
            sheet.y -= caption
        self._open_page()

    def _open_page(self) -> None:
        self._heading.draw()
        self._pages += 1
        self._left = self._sheet.room

    def _turn(self) -> None:
        """Close this page with its total, open the next one with what was carried over."""
        totals = self._totals
        if self._page_totals and any(strip.span == 0 for strip in self._strips):
            self._push(self._total_band(PAGE_TOTAL, totals.page))
        totals.close_page()
        self._flush()
        self._sheet.new_page()
        self._open_page()
        if self._page_totals and totals.rows:
            self._push(self._total_band(CARRIED_OVER, totals.all))

    def _finish(self) -> None:
        table, totals = self._table, self._totals
        if not totals.rows and not self._strips:
            self._push(self._full_band(NIHIL, centred=True))
            self._flush()
            self._sheet.y -= table.space_after
            return
        sums = {i: totals.all[i] + totals.page[i] for i in table.summed}
        tail = self._tail(sums)
        wanted = sum(strip.height for strip in tail) + self._keep
        if tail and self._left < wanted + (self._heights[1] if self._pages > 1 else 0):
            self._turn_with_a_row()
        has_rows = any(strip.span == 0 for strip in self._strips)
        if self._page_totals and self._pages > 1 and has_rows:
            self._push(self._total_band(PAGE_TOTAL, totals.page))
        for strip in tail:
            self._push(strip)
        self._flush()
        self._sheet.y -= table.space_after

    def _turn_with_a_row(self) -> None:
        """The sum of all stands under a row, never alone: the last one comes along, if it can."""
        strips = self._strips
        at = max((n for n, strip in enumerate(strips) if strip.span == 0), default=0)
        if at and strips[at - 1].span == len(self._table.columns):
            at -= 1  # its section comes with it
        if all(strip.span for strip in strips[:at]):
            self._turn()
            return
        moved = strips[at:]
        del strips[at:]
        self._totals.take_back(self._last)
        self._turn()
        for strip in moved:
            self._push(strip)
        self._totals.add(self._last)

    def _tail(self, sums: dict[int, int]) -> list[_Strip]:
        table, tail = self._table, []
        if table.grand_total and (table.summed or any(c.derive for c in table.columns)):
            tail.append(self._total_band(table.grand_total, sums))
        if table.terbilang is not None:
            tail.append(self._full_band(f"Terbilang: {terbilang(sums[table.terbilang])}"))
        return tail

    # --- bands

    def _add_band(self, row: Section | Subtotal | Summary, foot: float) -> None:
        if isinstance(row, Section):
            strip, wanted = self._full_band(row.label), self._heights[2]
        elif isinstance(row, Subtotal):
            strip, wanted = self._total_band(row.label, self._totals.take_level(row.level)), 0.0
        else:
            strip, wanted = self._summary_band(row), 0.0
        if self._left < strip.height + wanted + foot:
            self._turn()
        self._push(strip)

    def _push(self, strip: _Strip) -> None:
        self._strips.append(strip)
        self._left -= strip.height

    def _total_band(self, label: str, totals: Totals) -> _Strip:
        cells = self._table.total_cells(label, totals)
        return self._band(cells, self._table.label_span)

    def _summary_band(self, row: Summary) -> _Strip:
        cells = [c.lay(v) for c, v in zip(self._bold_cells, row.cells, strict=True)]
        height = self._heights[max(cell.lines for cell in cells)]
        return _Strip(height, [cells[0], *cells[1:]], 1, True)

    def _full_band(self, label: str, *, centred: bool = False) -> _Strip:
        width = self._edges[-1]
        column = Column("", 1, "center" if centred else "text")
        laid = ColumnCells(column, width, self._bold).lay(label)
        return _Strip(self._heights[laid.lines], [laid], len(self._table.columns), not centred)

    def _band(self, values: Sequence[Cell], span: int) -> _Strip:
        label = ColumnCells(Column("", 1), self._edges[span], self._bold).lay(values[0])
        cells = [self._bold_cells[i].lay(values[i]) for i in range(span, len(values))]
        lines = max([label.lines, *(cell.lines for cell in cells)])
        return _Strip(self._heights[lines], [label, *cells], span, True)

    # --- drawing

    def _flush(self) -> None:
        """Draw the kept strips from the cursor down."""
        if not self._strips:
            return
        tops, y = [], self._sheet.y
        for strip in self._strips:
            tops.append(y)
            y -= strip.height
        canvas = self._sheet.canvas
        canvas.addLiteral(self._grid(tops, y))
        baseline = _VERTICAL_PAD + self._table.size * 0.95
        lines = [round((top - baseline) * 100) for top in tops]
        for index in range(len(self._cells)):
            canvas.addLiteral(self._column_text(index, lines))
        for strip, line in zip(self._strips, lines, strict=True):
            if strip.span:
                canvas.addLiteral(self._band_text(strip, line))
        self._sheet.y = y
        self._strips = []

    def _column_text(self, index: int, lines: list[int]) -> str:
        """All data cells of one column as one text object."""
        x = round((self._sheet.left + self._edges[index]) * 100)
        at_x = at_y = 0
        parts = ["BT", self._pen.select]
        for strip, y in zip(self._strips, lines, strict=True):
            if strip.span:
                continue
            shift, operators, _ = strip.cells[index]
            if operators:
                here = x + shift
                parts.append(f"{NUMBERS[here - at_x]} {NUMBERS[y - at_y]} Td {operators}")
                at_x, at_y = here, y
        parts.append("ET")
        return "\n".join(parts)

    def _band_text(self, strip: _Strip, y: int) -> str:
        at_x = at_y = 0
        parts = ["BT", self._bold.select]
        for offset, (shift, operators, _) in enumerate(strip.cells):
            if not operators:
                continue
            edge = self._edges[strip.span + offset - 1] if offset else 0.0
            here = round((self._sheet.left + edge) * 100) + shift
            parts.append(f"{NUMBERS[here - at_x]} {NUMBERS[y - at_y]} Td {operators}")
            at_x, at_y = here, y
        parts.append("ET")
        return " ".join(parts)

    def _grid(self, tops: list[float], bottom: float) -> str:
        """Fills of the bands, then all rules as one path."""
        left, right = self._sheet.left, self._sheet.left + self._edges[-1]
        a, b = f"{left:.2f}", f"{right:.2f}"
        parts = ["q 0.4 w 0.95 g"]
        for strip, top in zip(self._strips, tops, strict=True):
            if strip.filled:
                parts.append(
                    f"{a} {top - strip.height:.2f} {right - left:.2f} {strip.height:.2f} re f"
                )
        for strip, top in zip(self._strips, tops, strict=True):
            parts.append(f"{a} {top - strip.height:.2f} m {b} {top - strip.height:.2f} l")
        for span, top, end in self._runs(tops, bottom):
            for edge in self._edges[max(1, span) : -1]:
                x = f"{left + edge:.2f}"
                parts.append(f"{x} {top:.2f} m {x} {end:.2f} l")
        if tops:
            parts.append(f"{a} {bottom:.2f} {right - left:.2f} {tops[0] - bottom:.2f} re")
        parts.append("S Q")
        return "\n".join(parts)

    def _runs(self, tops: list[float], bottom: float) -> list[tuple[int, float, float]]:
        """(span, top, bottom) of runs of strips whose rules stand at the same columns."""
        runs: list[tuple[int, float, float]] = []
        ends = [*tops[1:], bottom]
        for strip, top, end in zip(self._strips, tops, ends, strict=True):
            if runs and runs[-1][0] == strip.span:
                runs[-1] = (strip.span, runs[-1][1], end)
            else:
                runs.append((strip.span, top, end))
        return runs

    # --- measures

    def _make_edges(self) -> list[float]:
        shares = [column.share for column in self._table.columns]
        whole, edges, at = sum(shares), [0.0], 0.0
        for share in shares:
            at += share
            edges.append(self._sheet.width * at / whole)
        return edges

    def _column_cells(self, pen: Pen) -> list[ColumnCells]:
        return [
            ColumnCells(column, self._edges[i + 1] - self._edges[i], pen)
            for i, column in enumerate(self._table.columns)
        ]
