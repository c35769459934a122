"""A paper while it is being drawn: pages, the cursor, footer and marks on every page."""

import zlib
from dataclasses import dataclass
from io import BytesIO

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

from kotim_social.documents.fonts import BOLD, REGULAR, load_fonts, text_width
from kotim_social.documents.layout import Orientation, Page, turned
from kotim_social.documents.text import fit, plain

MARK_DRAFT = "KONSEP"
_FOOT_SIZE = 6.5
# Room of four modules is kept around it, and it stays off the edge that printers leave white.
_QR_SIZE, _QUIET = 30.0, 6.0


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands at the foot of every page. Empty parts are left out."""

    number: str = ""
    check_code: str = ""
    printed: str = ""  # "Dicetak oleh … pada …"
    classification: str = ""  # RAHASIA | TERBATAS


class PackingCanvas(Canvas):  # type: ignore[misc]
    """Compresses each page when it ends: ReportLab would keep all of them raw until the end."""

    def showPage(self) -> None:  # noqa: N802
        super().showPage()
        page = self._doc.Pages.pages[-1]
        raw = page.stream
        text = raw if isinstance(raw, str) else "\n".join(raw)
        stream = PDFStream(
            PDFDictionary({"Filter": PDFName("FlateDecode")}), zlib.compress(text.encode("latin-1"))
        )
        page.stream, page.Contents = None, stream


class Sheet:
    """Hands out room from the top down; `y` is the lower edge of what is drawn."""

    def __init__(self, page: Page, footer: Footer, *, draft: bool) -> None:
        load_fonts()
        self.page = page
        self.number = 0
        self.y = 0.0
        self._footer = footer
        self._draft = draft
        self._buffer = BytesIO()
        self._forms = 0
        self._foot, self._mark = "foot", "draft"
        self.canvas = PackingCanvas(
            self._buffer,
            pagesize=(page.width, page.height),
            pageCompression=1,
            invariant=1,
            initialFontName=REGULAR,
        )
        self._set_metadata()
        self._define_page_forms()
        self.new_page()

    @property
    def left(self) -> float:
        return self.page.left

    @property
    def right(self) -> float:
        return self.page.width - self.page.right

    @property
    def width(self) -> float:
        return self.page.body_width

    @property
    def room(self) -> float:
        """Points left on this page."""
        return self.y - self.page.bottom

    @property
    def is_fresh(self) -> bool:
        """Nothing is drawn on this page yet."""
        return self.y == self.page.height - self.page.top

    def new_page(self) -> None:
        if self.number:
            self.canvas.showPage()
        self._open_page()

    def _open_page(self) -> None:
        self.number += 1
        self.y = self.page.height - self.page.top
        if self._draft:
            self.canvas.doForm(self._mark)
        self._draw_counter()
        self.canvas.doForm(self._foot)

    def turn_to(self, orientation: Orientation) -> None:
        """A fresh page of this orientation; what follows stands on such pages."""
        self.canvas.showPage()
        self.page = turned(self.page, orientation)
        self.canvas.setPageSize((self.page.width, self.page.height))
        self._foot, self._mark = self.form_name(), self.form_name()
        self._define_page_forms()
        self._open_page()

    def need(self, height: float) -> None:
        """Turn the page unless this much room is left (or the page is still empty)."""
        if self.room < height and not self.is_fresh:
            self.new_page()

    def gap(self, height: float) -> None:
        if not self.is_fresh:
            self.y -= height

    def form_name(self) -> str:
        """A fresh name for a piece that is stored once and shown on many pages."""
        self._forms += 1
        return f"form{self._forms}"

    def finish(self) -> bytes:
        """Close the paper: only now the number of pages is known."""
        self.canvas.showPage()
        self.canvas.beginForm("total", 0, -3, 60, 12)
        self.canvas.setFont(REGULAR, _FOOT_SIZE)
        self.canvas.drawString(0, 0, str(self.number))
        self.canvas.endForm()
        self.canvas.save()
        return self._buffer.getvalue()

    def _set_metadata(self) -> None:
        # A file's properties show in every file manager: no person, place or programme in them.
        self.canvas.setTitle("Dokumen dinas")
        self.canvas.setAuthor("")
        self.canvas.setSubject("")
        self.canvas.setCreator("")
        self.canvas.setProducer("")

    def _draw_counter(self) -> None:
        text = f"Halaman {self.number} dari "
        y = self.page.bottom - 14
        self.canvas.setFont(REGULAR, _FOOT_SIZE)
        self.canvas.drawString(self.left, y, text)
        self.canvas.saveState()
        self.canvas.translate(self.left + text_width(text, REGULAR, _FOOT_SIZE), y)
        self.canvas.doForm("total")
        self.canvas.restoreState()

    def _define_page_forms(self) -> None:
        canvas = self.canvas
        canvas.beginForm(self._foot)
        self._draw_footer()
        canvas.endForm()
        if self._draft:
            canvas.beginForm(self._mark)
            self._draw_draft()
            canvas.endForm()

    def _draw_footer(self) -> None:
        canvas, footer, bottom = self.canvas, self._footer, self.page.bottom
        canvas.setLineWidth(0.4)
        canvas.line(self.left, bottom - 5, self.right, bottom - 5)
        canvas.setFont(BOLD, _FOOT_SIZE + 0.5)
        middle = (self.left + self.right) / 2
        canvas.drawCentredString(middle, bottom - 14, plain(footer.classification))
        canvas.setFont(REGULAR, _FOOT_SIZE)
        number = f"Nomor {footer.number}" if footer.number else ""
        code = f"Kode periksa {footer.check_code}" if footer.check_code else ""
        edge = self.right - (_QR_SIZE + _QUIET if footer.check_code else 0)
        canvas.drawRightString(edge, bottom - 14, plain(number))
        canvas.drawRightString(edge, bottom - 23, plain(code))
        if footer.check_code:
            draw_qr(
                canvas, footer.check_code, self.right - _QR_SIZE, bottom - 4 - _QUIET - _QR_SIZE
            )
        printed = fit(plain(footer.printed), self.width - 130, size=_FOOT_SIZE, max_lines=2)
        for index, line in enumerate(printed.lines):
            canvas.setFont(REGULAR, printed.size)
            canvas.drawString(self.left, bottom - 23 - index * 8, line)

    def _draw_draft(self) -> None:
        canvas, page = self.canvas, self.page
        canvas.saveState()
        canvas.setFillGray(0.92)
        canvas.translate(page.width / 2, page.height / 2)
        canvas.rotate(30)
        canvas.setFont(BOLD, 96)
        canvas.drawCentredString(0, -34, MARK_DRAFT)
        canvas.restoreState()
        draw_mark(canvas, page.width - page.right, page.height, f"{MARK_DRAFT} – belum bernomor")


def draw_qr(canvas: Canvas, text: str, x: float, y: float) -> None:
    """The check code as a QR: the code alone, no address and nobody's data."""
    code = QrCodeWidget(text, barLevel="M")
    code.qr.make()
    size = code.qr.getModuleCount()
    step = _QR_SIZE / size
    for row in range(size):
        for column in range(size):
            if code.qr.isDark(row, column):
                top = y + _QR_SIZE - (row + 1) * step
                canvas.rect(x + column * step, top, step, step, stroke=0, fill=1)


def draw_mark(canvas: Canvas, right: float, page_height: float, text: str) -> None:
    """A boxed word in the upper right margin: KONSEP, SALINAN ke-2, DIBATALKAN."""
    size, top = 8.5, page_height - 14
    width = text_width(text, BOLD, size)
    canvas.saveState()
    canvas.setLineWidth(0.8)
    canvas.rect(right - width - 10, top - 14, width + 10, 14, stroke=1, fill=0)
    canvas.setFont(BOLD, size)
    canvas.drawString(right - width - 5, top - 10, text)
    canvas.restoreState()
