"""Marks laid over the pages of a finished paper: SALINAN ke-n, DIBATALKAN."""

from contextlib import ExitStack
from io import BytesIO

import pikepdf

from kotim_social.documents.fonts import REGULAR, load_fonts
from kotim_social.documents.layout import Page
from kotim_social.documents.sheet import PackingCanvas, draw_mark


def stamp(content: bytes, text: str) -> bytes:
    """The same paper with a boxed mark in the upper right corner of every page."""
    with pikepdf.open(BytesIO(content)) as paper, ExitStack() as opened:
        marks: dict[tuple[float, float], pikepdf.Pdf] = {}
        for page in paper.pages:
            width, height = (float(side) for side in list(page.mediabox)[2:])
            if (width, height) not in marks:
                mark = pikepdf.open(BytesIO(_overlay(width, height, text)))
                marks[width, height] = opened.enter_context(mark)
            page.add_overlay(marks[width, height].pages[0], None)
        target = BytesIO()
        paper.save(target, deterministic_id=True)
    return target.getvalue()


def _overlay(width: float, height: float, text: str) -> bytes:
    load_fonts()
    target = BytesIO()
    canvas = PackingCanvas(
        target, pagesize=(width, height), invariant=1, pageCompression=1, initialFontName=REGULAR
    )
    draw_mark(canvas, width - Page(width, height).right, height, text)
    canvas.showPage()
    canvas.save()
    return target.getvalue()
