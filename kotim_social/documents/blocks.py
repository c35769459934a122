"""Small blocks of a paper: title, facts, paragraph, gap."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph as RLParagraph

from kotim_social.documents import text as words
from kotim_social.documents.fonts import BOLD, REGULAR, load_fonts, text_width
from kotim_social.documents.layout import Orientation
from kotim_social.documents.sheet import Sheet

_LABEL, _MARK = 74.0, 20.0  # room for "Menimbang" and for "a."
_CLAUSE = 2000  # letters: a clause always fits on one page


class Block(Protocol):
    """What can stand on a paper: it knows its height and draws itself at the cursor."""

    def height(self, width: float) -> float: ...

    def draw(self, sheet: Sheet) -> None: ...


@dataclass(frozen=True, slots=True)
class Title:
    """Centred capitals, then plain centred lines (number, period)."""

    lines: Sequence[str]
    under: Sequence[str] = ()
    size: float = 11.5

    def height(self, width: float) -> float:
        return sum(size * 1.3 for _, _, size in self._lines(width)) + 8

    def draw(self, sheet: Sheet) -> None:
        middle = (sheet.left + sheet.right) / 2
        for line, font, size in self._lines(sheet.width):
            sheet.canvas.setFont(font, size)
            sheet.canvas.drawCentredString(middle, sheet.y - size, line)
            sheet.y -= size * 1.3
        sheet.y -= 8

    def _lines(self, width: float) -> list[tuple[str, str, float]]:
        lines = []
        for texts, font, size in ((self.lines, BOLD, self.size), (self.under, REGULAR, 9.5)):
            for text in texts:
                shown = words.plain(text)
                shown = shown.upper() if font == BOLD else shown
                fitted = words.fit(shown, width, font=font, size=size)
                lines += [(line, font, fitted.size) for line in fitted.lines]
        return lines


@dataclass(frozen=True, slots=True)
class Facts:
    """Label : value lines; long values wrap under themselves."""

    rows: Sequence[tuple[str, str]]
    size: float = 9.0

    def height(self, width: float) -> float:
        return sum(len(value.lines) for _, value in self._laid(width)) * self.size * 1.35 + 6

    def draw(self, sheet: Sheet) -> None:
        indent = self._indent()
        for label, value in self._laid(sheet.width):
            sheet.canvas.setFont(REGULAR, self.size)
            sheet.canvas.drawString(sheet.left, sheet.y - self.size, label)
            sheet.canvas.drawString(sheet.left + indent, sheet.y - self.size, ":")
            sheet.canvas.setFont(REGULAR, value.size)
            for line in value.lines:
                sheet.canvas.drawString(sheet.left + indent + 7, sheet.y - self.size, line)
                sheet.y -= self.size * 1.35
        sheet.y -= 6

    def _indent(self) -> float:
        widths = (text_width(words.plain(label), REGULAR, self.size) for label, _ in self.rows)
        return max(widths, default=0) + 10

    def _laid(self, width: float) -> list[tuple[str, words.Fitted]]:
        room = width - self._indent() - 7
        return [
            (
                words.plain(label),
                words.fit(words.plain(value), room, size=self.size, max_lines=40),
            )
            for label, value in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. Users' text goes through the one helper; it may run over pages."""

    text: str
    size: float = 9.5
    align: str = "left"  # left | justify | center
    bold: bool = False
    space_after: float = 6.0

    def height(self, width: float) -> float:
        return float(self._flowable().wrap(width, 10**6)[1]) + self.space_after

    def draw(self, sheet: Sheet) -> None:
        parts = [self._flowable()]
        while parts:
            part = parts.pop(0)
            _, height = part.wrap(sheet.width, sheet.room)
            if height > sheet.room:
                pieces = part.split(sheet.width, sheet.room)
                if len(pieces) < 2:  # not even two lines fit here
                    if sheet.is_fresh:
                        break
                    sheet.new_page()
                    parts.insert(0, part)
                    continue
                part, parts = pieces[0], pieces[1:] + parts
                _, height = part.wrap(sheet.width, sheet.room)
            part.drawOn(sheet.canvas, sheet.left, sheet.y - height)
            sheet.y -= height
            if parts:
                sheet.new_page()
        sheet.y -= self.space_after

    def _flowable(self) -> RLParagraph:
        load_fonts()
        style = ParagraphStyle(
            "paper",
            fontName=BOLD if self.bold else REGULAR,
            fontSize=self.size,
            leading=self.size * 1.4,
            alignment={"justify": TA_JUSTIFY, "center": TA_CENTER}.get(self.align, TA_LEFT),
            bulletFontName=REGULAR,
            splitLongWords=1,
        )
        return RLParagraph(words.paragraph(self.text), style)


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty room."""

    points: float

    def height(self, width: float) -> float:
        return self.points

    def draw(self, sheet: Sheet) -> None:
        sheet.gap(self.points)


@dataclass(frozen=True, slots=True)
class Turn:
    """From here on the paper has this orientation: the annex of a decree, say."""

    orientation: Orientation

    def height(self, width: float) -> float:
        return 0.0

    def draw(self, sheet: Sheet) -> None:
        sheet.turn_to(self.orientation)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a decree: "Menimbang : a. bahwa …", its text hanging beside label and mark."""

    label: str
    mark: str
    text: str
    size: float = 9.5
    space_after: float = 4.0

    def height(self, width: float) -> float:
        return float(self._flowable().wrap(width - self._indent(), 10**6)[1]) + self.space_after

    def draw(self, sheet: Sheet) -> None:
        canvas, first = sheet.canvas, sheet.y - self.size * 1.12
        canvas.setFont(REGULAR, self.size)
        if self.label:
            canvas.drawString(sheet.left, first, words.plain(self.label))
            canvas.drawString(sheet.left + _LABEL, first, ":")
        canvas.drawString(sheet.left + _LABEL + 9, first, words.plain(self.mark))
        part = self._flowable()
        _, height = part.wrap(sheet.width - self._indent(), sheet.room)
        part.drawOn(canvas, sheet.left + self._indent(), sheet.y - height)
        sheet.y -= height + self.space_after

    def _indent(self) -> float:
        return _LABEL + 9 + (_MARK if self.mark else 0)

    def _flowable(self) -> RLParagraph:
        load_fonts()
        style = ParagraphStyle(
            "clause",
            fontName=REGULAR,
            fontSize=self.size,
            leading=self.size * 1.4,
            alignment=TA_JUSTIFY,
            bulletFontName=REGULAR,
            splitLongWords=1,
        )
        return RLParagraph(words.paragraph(self.text, _CLAUSE), style)
