"""Signature blocks: title, room to sign, NAME underlined, rank, NIP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm

from kotim_social.documents.fonts import BOLD, REGULAR
from kotim_social.documents.sheet import Sheet
from kotim_social.documents.text import Fitted, fit, plain

_SIZE = 9.0
_LEADING = 11.5
_ROOM_TO_SIGN = 31 * mm  # the rule says at least 3 cm
_DOTS = "." * 38
_GUTTER = 14.0


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """One who signs. Without a name, dotted lines are printed to fill in by hand."""

    title: str
    name: str = ""
    rank: str = ""
    nip: str = ""
    form: str = ""  # "" | "a.n." | "Plt."
    acting_title: str = ""  # under the title of an "a.n." form: "Sekretaris"
    lead: str = ""  # a line over the title: "Mengetahui,"
    official: bool = True  # False: no NIP line (a recipient, a witness)

    @classmethod
    def from_snapshot(cls, row: Mapping[str, str], *, lead: str = "") -> "SignatureBlock":
        """The block of what `Signatory.snapshot()` gave, or an issued paper kept."""
        return cls(
            title=row["title"],
            name=row["name"],
            rank=row["rank"],
            nip=row["nip"],
            form=row["form"],
            acting_title=row["acting_title"],
            lead=lead,
        )

    def head(self, width: float, *, lead: bool) -> list[str]:
        """The lines over the room to sign; `lead` keeps a line for blocks without one."""
        title = f"{self.form} {self.title}" if self.form else self.title
        lines = [plain(self.lead)] if lead else []
        if self.acting_title:
            lines += fit(plain(title), width, size=_SIZE).lines
            title = self.acting_title
        return [*lines, *fit(plain(f"{title.rstrip(',')},"), width, size=_SIZE).lines]

    def foot(self) -> list[str]:
        nip = [f"NIP {self.nip or '.' * 30}"] if self.official else []
        return [plain(self.rank), *nip] if self.rank else nip


@dataclass(frozen=True, slots=True)
class Signatures:
    """Blocks side by side, three a row at most; place and date over the last of the first row."""

    blocks: Sequence[SignatureBlock]
    place_and_date: str = ""  # "Sampit, 5 Desember 2017"
    columns: int = 3
    space_before: float = 14.0

    def height(self, width: float) -> float:
        rows = self._rows()
        dated = _LEADING if self.place_and_date else 0
        return self.space_before + dated + sum(self._row_height(row, width) for row in rows)

    def draw(self, sheet: Sheet) -> None:
        sheet.gap(self.space_before)
        for index, row in enumerate(self._rows()):
            dated = self.place_and_date if index == 0 else ""
            height = self._row_height(row, sheet.width) + (_LEADING if dated else 0)
            sheet.need(height)
            self._draw_row(sheet, row, dated)
            sheet.y -= height

    def _rows(self) -> list[Sequence[SignatureBlock]]:
        step = min(self.columns, len(self.blocks)) or 1
        return [self.blocks[i : i + step] for i in range(0, len(self.blocks), step)]

    def _block_width(self, width: float) -> float:
        return width / max(2, min(self.columns, len(self.blocks))) - _GUTTER

    def _row_height(self, row: Sequence[SignatureBlock], width: float) -> float:
        block_width = self._block_width(width)
        head = _head_lines(row, block_width)
        foot = max(len(block.foot()) for block in row)
        names = max(len(_name(block, block_width).lines) for block in row)
        return (head + foot + names) * _LEADING + _ROOM_TO_SIGN + 6

    def _draw_row(self, sheet: Sheet, row: Sequence[SignatureBlock], dated: str) -> None:
        width = self._block_width(sheet.width)
        step = width + _GUTTER
        # A single block stands on the right, a shorter last row in the middle.
        start = (
            sheet.right - step * len(row)
            if len(row) == 1
            else (sheet.left + (sheet.width - step * len(row)) / 2)
        )
        lead = any(block.lead for block in row)
        head = _head_lines(row, width)
        for index, block in enumerate(row):
            middle = start + step * index + step / 2
            y = sheet.y
            if dated:
                if index == len(row) - 1:
                    _centred(sheet, middle, y - _SIZE, dated)
                y -= _LEADING
            lines = block.head(width, lead=lead)
            lines += [""] * (head - len(lines))
            _draw_block(sheet, block, (middle, y), width, lines)


def _head_lines(row: Sequence[SignatureBlock], width: float) -> int:
    lead = any(block.lead for block in row)
    return max(len(block.head(width, lead=lead)) for block in row)


def _name(block: SignatureBlock, width: float) -> Fitted:
    return fit(_capitals(plain(block.name)) or _DOTS, width, font=BOLD, size=_SIZE)


def _capitals(name: str) -> str:
    """Degrees and titles (words with a dot) stay as they are: "Drs. BAMBANG CONTOH, M.Si."."""
    return " ".join(word if "." in word else word.upper() for word in name.split(" "))


def _draw_block(
    sheet: Sheet, block: SignatureBlock, at: tuple[float, float], width: float, head: list[str]
) -> None:
    middle, y = at
    for line in head:
        _centred(sheet, middle, y - _SIZE, line)
        y -= _LEADING
    y -= _ROOM_TO_SIGN
    name = _name(block, width)
    for line in name.lines:
        y -= _LEADING
        font = BOLD if block.name else REGULAR
        drawn = _centred(sheet, middle, y, line, font=font, size=name.size)
        if block.name:
            sheet.canvas.setLineWidth(0.6)
            sheet.canvas.line(middle - drawn / 2, y - 1.8, middle + drawn / 2, y - 1.8)
    for line in block.foot():
        y -= _LEADING
        _centred(sheet, middle, y - 1, line)


def _centred(
    sheet: Sheet, middle: float, y: float, text: str, *, font: str = REGULAR, size: float = _SIZE
) -> float:
    """Draw and give back the width."""
    sheet.canvas.setFont(font, size)
    sheet.canvas.drawCentredString(middle, y, text)
    return float(sheet.canvas.stringWidth(text, font, size))
