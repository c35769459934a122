"""Page sizes and margins of official papers."""

from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from reportlab.lib.units import mm

Orientation = Literal["portrait", "landscape"]

SIZES_MM: dict[str, tuple[int, int]] = {
    "F4": (215, 330),
    "F4_210": (210, 330),
    "A4": (210, 297),
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page in points. The left margin leaves room for the holes of a binder."""

    width: float
    height: float
    left: float = 20 * mm
    right: float = 12 * mm
    top: float = 15 * mm
    bottom: float = 18 * mm

    @property
    def body_width(self) -> float:
        return self.width - self.left - self.right

    @property
    def body_height(self) -> float:
        return self.height - self.top - self.bottom


def page_for(size: str = "", orientation: Orientation = "portrait") -> Page:
    """The page of a named size (empty: settings.PAPER_SIZE); ValueError on an unknown name."""
    name = size or settings.PAPER_SIZE
    if name not in SIZES_MM:
        raise ValueError(f"unknown paper size {name!r}; known: {', '.join(SIZES_MM)}")
    short, long = (side * mm for side in SIZES_MM[name])
    return Page(long, short) if orientation == "landscape" else Page(short, long)


def turned(page: Page, orientation: Orientation) -> Page:
    """A page of the same paper in this orientation."""
    short, long = sorted((page.width, page.height))
    return Page(long, short) if orientation == "landscape" else Page(short, long)
