"""Reads the text of our PDFs back with pikepdf alone, line by line in reading order."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pikepdf

Matrix = tuple[float, float, float, float, float, float]
_UNIT: Matrix = (1, 0, 0, 1, 0, 0)


def page_lines(content: bytes) -> list[list[str]]:
    """For each page its lines; the cells of a line are separated by " | "."""
    with pikepdf.open(BytesIO(content)) as pdf:
        return [_lines_of(page) for page in pdf.pages]


def page_texts(content: bytes) -> list[str]:
    return ["\n".join(lines) for lines in page_lines(content)]


def drawn_text(content: bytes) -> str:
    """All text in the order of drawing, without blanks: a wrapped cell stays together."""
    with pikepdf.open(BytesIO(content)) as pdf:
        pieces = [piece for page in pdf.pages for piece in _pieces_of(page)]
    return "".join(text for _, _, text in pieces).replace(" ", "")


def fonts_of(content: bytes) -> dict[str, bool]:
    """Every font that the file names → whether it carries it."""
    found = {}
    with pikepdf.open(BytesIO(content)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font":
                descriptor = item.get("/FontDescriptor")
                found[str(item.BaseFont)] = descriptor is not None and "/FontFile2" in descriptor
    return found


def _pieces_of(page: Any) -> list[tuple[float, float, str]]:
    reader = _Reader(_fonts(page.Resources))
    reader.run(page, page.Resources)
    return reader.pieces


def _lines_of(page: Any) -> list[str]:
    rows: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for x, y, text in _pieces_of(page):
        rows[round(y)].append((x, text))
    return [" | ".join(text for _, text in sorted(rows[y])) for y in sorted(rows, reverse=True)]


def _fonts(resources: Any) -> dict[str, dict[int, str]]:
    fonts = resources.get("/Font", {})
    return {name: _to_unicode(fonts[name]) for name in fonts}


def _to_unicode(font: Any) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9A-F]{2})> <([0-9A-F]{4})>\n", font.ToUnicode.read_bytes())
    return {int(code, 16): chr(int(letter, 16)) for code, letter in pairs}


@dataclass
class _Reader:
    """Follows the operators that our papers use; each has a method of its name."""

    fonts: dict[str, dict[int, str]]
    pieces: list[tuple[float, float, str]] = field(default_factory=list)
    matrix: Matrix = _UNIT
    line: Matrix = _UNIT
    leading: float = 0.0
    table: dict[int, str] = field(default_factory=dict)
    fresh: bool = True
    stack: list[Matrix] = field(default_factory=list)

    def run(self, stream: Any, resources: Any) -> None:
        acts = {"q": self._push, "Q": self._pop, "cm": self._cm, "BT": self._begin}
        acts |= {"Tf": self._font, "TL": self._lead, "Td": self._move, "T*": self._next}
        acts |= {"Tm": self._place, "Tj": self._show}
        for operands, operator in pikepdf.parse_content_stream(stream):
            name = str(operator)
            if name == "Do":
                self._form(resources.XObject[str(operands[0])], resources)
            elif name in acts:
                acts[name](*operands)

    def _push(self) -> None:
        self.stack.append(self.matrix)

    def _pop(self) -> None:
        self.matrix = self.stack.pop()

    def _cm(self, *values: Any) -> None:
        self.matrix = _times([float(v) for v in values], self.matrix)

    def _begin(self) -> None:
        self.line, self.fresh = _UNIT, True

    def _font(self, name: Any, _size: Any) -> None:
        self.table = self.fonts[str(name)]

    def _lead(self, leading: Any) -> None:
        self.leading = float(leading)

    def _move(self, x: Any, y: Any) -> None:
        self.line, self.fresh = _times((1, 0, 0, 1, float(x), float(y)), self.line), True

    def _next(self) -> None:
        self._move(0, -self.leading)

    def _place(self, *values: Any) -> None:
        self.line, self.fresh = tuple(float(v) for v in values), True  # type: ignore[assignment]

    def _show(self, shown: Any) -> None:
        text = "".join(self.table.get(code, "\ufffd") for code in bytes(shown))
        self._add(_times(self.line, self.matrix), text, fresh=self.fresh)
        self.fresh = False

    def _form(self, form: Any, resources: Any) -> None:
        inner = form.get("/Resources", resources)
        before = self.matrix
        self.fonts = {**self.fonts, **_fonts(inner)}
        self.matrix = _times(_matrix_of(form), before)
        self.run(form, inner)
        self.matrix = before

    def _add(self, at: Matrix, text: str, *, fresh: bool) -> None:
        if fresh or not self.pieces:
            self.pieces.append((at[4], at[5], text))
        else:
            x, y, before = self.pieces[-1]
            self.pieces[-1] = (x, y, before + text)


def _matrix_of(form: Any) -> Matrix:
    return tuple(float(v) for v in form.get("/Matrix", _UNIT))


def _times(a: Any, b: Any) -> Matrix:
    return (
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    )
