"""Table cells as PDF text operators: fitted, escaped, aligned and remembered."""

from typing import NamedTuple

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from kotim_social.documents.table import Cell, Column
from kotim_social.documents.text import fit, plain

PAD = 2.6
# A longer text ends in a visible "…": a row has to fit on a page.
MOST_LINES = 20
_REMEMBERED = 2000
# Everything outside printable ASCII, and the three signs with a meaning, as PDF escapes.
_ESCAPES = {code: f"\\{code:03o}" for code in (*range(32), *range(127, 256))}
_ESCAPES |= {ord(sign): f"\\{sign}" for sign in "\\()"}


class Laid(NamedTuple):
    """A cell ready to draw. The operators leave the text position where they found it."""

    shift: int  # from the column's left edge, in hundredths of a point
    operators: str
    lines: int


EMPTY = Laid(0, "", 1)


class Numbers(dict[int, str]):
    """Hundredths of a point → the shortest PDF number."""

    def __missing__(self, hundredths: int) -> str:
        text = f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
        if len(self) < 50_000:
            self[hundredths] = text
        return text


NUMBERS = Numbers()


class Pen:
    """One font at one size on one canvas."""

    def __init__(self, canvas: Canvas, font: str, size: float, leading: float) -> None:
        self.name, self.size, self.leading = font, size, leading
        self._font = pdfmetrics.getFont(font)
        self._document = canvas._doc
        self._internal = self._font.getSubsetInternalName(0, self._document)
        self.select = f"{self._internal} {size:g} Tf {leading:g} TL"

    def width(self, text: str) -> float:
        return float(self._font.stringWidth(text, self.size))

    def show(self, text: str, size: float | None = None) -> str:
        """Operators that draw one line at the current position."""
        drawn = self._show_ascii(text) if text.isascii() else self._show_wide(text, size)
        if size is None or size == self.size:
            return drawn
        return f"{self._internal} {size:g} Tf {drawn} {self._internal} {self.size:g} Tf"

    def _show_ascii(self, text: str) -> str:
        return f"({text.translate(_ESCAPES)}) Tj"

    def _show_wide(self, text: str, size: float | None) -> str:
        """Letters past the first 256 used live in further subsets of the embedded font."""
        points, parts = size or self.size, []
        for subset, chunk in self._font.splitString(text, self._document):
            name = self._font.getSubsetInternalName(subset, self._document)
            shown = f"({chunk.decode('latin-1').translate(_ESCAPES)}) Tj"
            parts.append(f"{name} {points:g} Tf {shown}" if subset else shown)
            if subset:
                parts.append(f"{self._internal} {points:g} Tf")
        return " ".join(parts)


class ColumnCells:
    """Turns the values of one column into laid cells; equal values are laid once."""

    def __init__(self, column: Column, width: float, pen: Pen) -> None:
        self._column, self._pen = column, pen
        self._room = width - 2 * PAD
        self._memory: dict[Cell, Laid] = {None: EMPTY, "": EMPTY}

    def lay(self, value: Cell) -> Laid:
        memory = self._memory
        laid = memory.get(value)
        if laid is None:
            if len(memory) > _REMEMBERED:
                memory.clear()
                memory.update({None: EMPTY, "": EMPTY})
            laid = memory[value] = self._lay(value)
        return laid

    def _lay(self, value: Cell) -> Laid:
        pen, kind = self._pen, self._column.kind
        if isinstance(value, int):
            text = self._column.shown(value) if kind in ("money", "number") else str(value)
        else:
            text = plain(value or "")
        width = pen.width(text)
        if width <= self._room:
            return Laid(self._shift(width), pen.show(text), 1)
        if kind in ("money", "number") or isinstance(value, int):
            # A figure is never broken over lines; a column too narrow for it gets a small one.
            return self._stack((text,), int(pen.size * self._room / width * 100) / 100)
        fitted = fit(text, self._room, font=pen.name, size=pen.size)
        return self._stack(fitted.lines, fitted.size)

    def _shift(self, width: float) -> int:
        if self._column.kind in ("money", "number"):
            return round((PAD + self._room - width) * 100)
        if self._column.kind == "center":
            return round((PAD + (self._room - width) / 2) * 100)
        return round(PAD * 100)

    def _stack(self, lines: tuple[str, ...], size: float) -> Laid:
        if len(lines) > MOST_LINES:
            lines = (*lines[: MOST_LINES - 1], "…")
        scale, step = size / self._pen.size, round(self._pen.leading * 100)
        first = at = self._shift(self._pen.width(lines[0]) * scale)
        parts = [self._pen.show(lines[0], size)]
        for line in lines[1:]:
            shift = self._shift(self._pen.width(line) * scale)
            parts.append(f"{NUMBERS[shift - at]} {NUMBERS[-step]} Td {self._pen.show(line, size)}")
            at = shift
        if len(lines) > 1:
            parts.append(f"{NUMBERS[first - at]} {NUMBERS[step * (len(lines) - 1)]} Td")
        return Laid(first, " ".join(parts), len(lines))
