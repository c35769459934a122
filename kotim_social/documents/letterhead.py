"""The kop: the office's name and address over a double rule."""

from dataclasses import dataclass

from django.conf import settings

from kotim_social.documents.fonts import BOLD, REGULAR
from kotim_social.documents.sheet import Sheet
from kotim_social.documents.text import fit, plain


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Lines over the double rule, from the settings unless given."""

    government: str = ""
    office: str = ""
    address: str = ""

    def height(self, width: float) -> float:
        return sum(line[3] for line in self._lines(width)) + 14

    def draw(self, sheet: Sheet) -> None:
        canvas, middle = sheet.canvas, (sheet.left + sheet.right) / 2
        for text, font, size, leading in self._lines(sheet.width):
            sheet.y -= leading
            canvas.setFont(font, size)
            canvas.drawCentredString(middle, sheet.y + leading - size, text)
        canvas.setLineWidth(1.6)
        canvas.line(sheet.left, sheet.y - 1, sheet.right, sheet.y - 1)
        canvas.setLineWidth(0.5)
        canvas.line(sheet.left, sheet.y - 3.4, sheet.right, sheet.y - 3.4)
        sheet.y -= 14

    def _lines(self, width: float) -> list[tuple[str, str, float, float]]:
        """(text, font, size, leading) of each line."""
        wanted = (
            (self.government or settings.OFFICE_GOVERNMENT, BOLD, 11.0, True),
            (self.office or settings.OFFICE_NAME, BOLD, 14.0, True),
            (self.address or settings.OFFICE_ADDRESS, REGULAR, 8.5, False),
        )
        lines = []
        for text, font, size, capitals in wanted:
            shown = plain(text).upper() if capitals else plain(text)
            fitted = fit(shown, width, font=font, size=size)
            lines += [(line, font, fitted.size, fitted.size * 1.28) for line in fitted.lines]
        return lines
