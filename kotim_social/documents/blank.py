"""A question on a blank form: its label, and room to write, boxes to tick or a square a sign."""

from collections.abc import Sequence
from dataclasses import dataclass

from kotim_social.documents import text as words
from kotim_social.documents.fonts import BOLD, REGULAR, text_width
from kotim_social.documents.sheet import Sheet

_LABEL = 150.0  # width of the column of labels
_SIZE, _SMALL = 9.0, 7.0
_LINE, _BOX = 21.0, 9.0  # a line for a pen; a box to tick
_SQUARE = 15.0
_PAD = 5.0


@dataclass(frozen=True, slots=True)
class Question:
    """`boxes` to tick, `squares` such as "--/--/----", or else `lines` to write on."""

    label: str
    hint: str = ""
    lines: int = 1
    boxes: Sequence[str] = ()
    squares: str = ""

    def height(self, width: float) -> float:
        left = len(self._label().lines) * _SIZE * 1.3 + len(self._hint().lines) * _SMALL * 1.3
        right = self.lines * _LINE
        if self.boxes:
            right = len(self._rows(width)) * 15.0
        elif self.squares:
            right = _SQUARE
        return max(left, right) + _PAD

    def draw(self, sheet: Sheet) -> None:
        top, height = sheet.y, self.height(sheet.width)
        self._draw_label(sheet, top)
        if self.boxes:
            self._draw_boxes(sheet, top)
        elif self.squares:
            self._draw_squares(sheet, top)
        else:
            self._draw_lines(sheet, top)
        sheet.y = top - height

    def _label(self) -> words.Fitted:
        return words.fit(words.plain(self.label), _LABEL - 10, font=BOLD, size=_SIZE, max_lines=3)

    def _hint(self) -> words.Fitted:
        return words.fit(words.plain(self.hint), _LABEL - 10, size=_SMALL, max_lines=4)

    def _draw_label(self, sheet: Sheet, top: float) -> None:
        for fitted, font in ((self._label(), BOLD), (self._hint(), REGULAR)):
            for line in fitted.lines:
                top -= fitted.size * 1.3
                sheet.canvas.setFont(font, fitted.size)
                sheet.canvas.drawString(sheet.left, top + fitted.size * 0.2, line)

    def _draw_lines(self, sheet: Sheet, top: float) -> None:
        sheet.canvas.setLineWidth(0.5)
        for number in range(1, self.lines + 1):
            y = top - number * _LINE + 5
            sheet.canvas.line(sheet.left + _LABEL, y, sheet.right, y)

    def _draw_squares(self, sheet: Sheet, top: float) -> None:
        x = sheet.left + _LABEL
        sheet.canvas.setLineWidth(0.6)
        sheet.canvas.setFont(REGULAR, _SIZE)
        for sign in self.squares:
            if sign == "-":
                sheet.canvas.rect(x, top - _SQUARE, _SQUARE, _SQUARE)
                x += _SQUARE
            else:
                sheet.canvas.drawCentredString(x + 5, top - _SQUARE + 4, sign)
                x += 10

    def _draw_boxes(self, sheet: Sheet, top: float) -> None:
        sheet.canvas.setLineWidth(0.7)
        for row in self._rows(sheet.width):
            x = sheet.left + _LABEL
            for text in row:
                sheet.canvas.rect(x, top - _BOX - 1, _BOX, _BOX)
                sheet.canvas.setFont(REGULAR, _SIZE)
                sheet.canvas.drawString(x + _BOX + 4, top - _BOX + 0.5, text)
                x += self._room_of(text)
            top -= 15.0

    def _rows(self, width: float) -> list[list[str]]:
        """The boxes, as many beside each other as fit."""
        rows: list[list[str]] = []
        used = 0.0
        for box in self.boxes:
            text = words.plain(box)
            if not rows or used + self._room_of(text) > width - _LABEL:
                rows.append([])
                used = 0.0
            rows[-1].append(text)
            used += self._room_of(text)
        return rows

    @staticmethod
    def _room_of(text: str) -> float:
        return _BOX + 4 + text_width(text, REGULAR, _SIZE) + 14
