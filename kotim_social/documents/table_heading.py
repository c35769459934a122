"""The heading of a table: one or two rows of titles, stored once and shown on every page."""

from kotim_social.documents.cells import PAD
from kotim_social.documents.fonts import BOLD
from kotim_social.documents.sheet import Sheet
from kotim_social.documents.table import Table
from kotim_social.documents.text import Fitted, fit, plain

_VERTICAL_PAD = 2.4
_FILL = 0.9


class Heading:
    """Lays the titles out when made; `draw` shows them at the sheet's cursor."""

    def __init__(self, sheet: Sheet, table: Table, edges: list[float]) -> None:
        self._sheet, self._table, self._edges = sheet, table, edges
        self._leading = table.size * 1.22
        self._titles = [
            self._fitted(column.title, edges[i + 1] - edges[i])
            for i, column in enumerate(table.columns)
        ]
        self._groups = self._find_groups()
        self._upper = self._row_height([fitted for _, _, fitted in self._groups])
        grouped = {i for start, end, _ in self._groups for i in range(start, end)}
        self._grouped = grouped
        lower = self._row_height([self._titles[i] for i in sorted(grouped)])
        alone = self._row_height([t for i, t in enumerate(self._titles) if i not in grouped])
        self._lower = max(lower, alone - self._upper)
        self._numbers = self._leading + 2 if table.number_row else 0.0
        self.height = self._upper + self._lower + self._numbers
        self._form = ""

    def draw(self) -> None:
        canvas = self._sheet.canvas
        if not self._form:
            self._form = self._sheet.form_name()
            canvas.beginForm(self._form, -1, -self.height - 1, self._edges[-1] + 1, 1)
            self._draw_once()
            canvas.endForm()
        canvas.saveState()
        canvas.translate(self._sheet.left, self._sheet.y)
        canvas.doForm(self._form)
        canvas.restoreState()
        self._sheet.y -= self.height

    def _fitted(self, title: str, width: float) -> Fitted:
        room = width - 2 * PAD
        return fit(plain(title), room, font=BOLD, size=self._table.size, max_lines=4)

    def _row_height(self, titles: list[Fitted]) -> float:
        if not titles:
            return 0.0
        return max(len(t.lines) for t in titles) * self._leading + 2 * _VERTICAL_PAD

    def _find_groups(self) -> list[tuple[int, int, Fitted]]:
        """(first column, column after the last, title) of each run of equal group names."""
        groups: list[tuple[int, int, Fitted]] = []
        columns, start = self._table.columns, 0
        while start < len(columns):
            end = start + 1
            while end < len(columns) and columns[end].group == columns[start].group:
                end += 1
            if columns[start].group:
                width = self._edges[end] - self._edges[start]
                groups.append((start, end, self._fitted(columns[start].group, width)))
            start = end
        return groups

    def _draw_once(self) -> None:
        canvas, edges = self._sheet.canvas, self._edges
        canvas.setLineWidth(0.5)
        canvas.setFillGray(_FILL)
        canvas.rect(0, -self.height, edges[-1], self.height, stroke=1, fill=1)
        canvas.setFillGray(0)
        titles_bottom = -self._upper - self._lower
        for start, end, fitted in self._groups:
            self._write(fitted, start, end, 0, -self._upper)
            canvas.line(edges[start], -self._upper, edges[end], -self._upper)
        inside = {i for start, end, _ in self._groups for i in range(start + 1, end)}
        for index, fitted in enumerate(self._titles):
            top = -self._upper if index in self._grouped else 0
            self._write(fitted, index, index + 1, top, titles_bottom)
            if index:
                line_top = -self._upper if index in inside else 0
                canvas.line(edges[index], line_top, edges[index], -self.height)
        if self._numbers:
            canvas.line(0, titles_bottom, edges[-1], titles_bottom)
            for index in range(len(self._titles)):
                number = Fitted((str(index + 1),), self._table.size - 1)
                self._write(number, index, index + 1, titles_bottom, -self.height)

    def _write(self, fitted: Fitted, start: int, end: int, top: float, bottom: float) -> None:
        middle = (self._edges[start] + self._edges[end]) / 2
        block = len(fitted.lines) * self._leading
        y = (top + bottom + block) / 2 - self._leading * 0.78
        self._sheet.canvas.setFont(BOLD, fitted.size)
        for line in fitted.lines:
            self._sheet.canvas.drawCentredString(middle, y, line)
            y -= self._leading
