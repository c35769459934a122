"""The embedded fonts of papers. No paper may name a font that it does not carry."""

from pathlib import Path
from threading import Lock

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "DejaVuSansCondensed"
BOLD = "DejaVuSansCondensed-Bold"

_FOLDER = Path(__file__).parent / "fonts"


_lock = Lock()
_loaded: list[str] = []


def load_fonts() -> None:
    """Register the fonts once a process. Every drawing entry point calls this."""
    if not _loaded:
        with _lock:
            # A second registration would split a running paper over two font objects.
            if not _loaded:
                _register()


def _register() -> None:
    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(name, _FOLDER / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(
        REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD
    )
    # Otherwise each page opens with a Helvetica that the file does not carry.
    rl_config.canvas_basefontname = REGULAR
    # Binary streams: a quarter smaller and faster than ASCII-85.
    rl_config.useA85 = 0
    _loaded.extend((REGULAR, BOLD))


def text_width(text: str, font: str, size: float) -> float:
    """Width in points of one line."""
    load_fonts()
    return float(pdfmetrics.stringWidth(text, font, size))
