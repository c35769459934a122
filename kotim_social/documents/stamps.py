"""Marks laid over the pages of a finished paper: SALINAN ke-n, DIBATALKAN."""

from io import BytesIO

import pikepdf

from kotim_social.documents.fonts import REGULAR, load_fonts
from kotim_social.documents.layout import Page
from kotim_social.documents.sheet import PackingCanvas, draw_mark


def stamp(content: bytes, text: str) -> bytes:
    """The same paper with a boxed mark in the upper right corner of every page."""
    with pikepdf.open(BytesIO(content)) as paper:
        width, height = (float(side) for side in list(paper.pages[0].mediabox)[2:])
        with pikepdf.open(BytesIO(_overlay(width, height, text))) as overlay:
            for page in paper.pages:
                page.add_overlay(overlay.pages[0], None)
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
