"""Scans and pictures from outside: looked at by their content, made anew, or refused in words."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import Any

import pikepdf
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from kotim_social.workflow import Refused

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_EDGE = 2400
JPEG, PDF = "image/jpeg", "application/pdf"

_QUALITY = 85
_WHITE = (255, 255, 255)
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_PDF_MAGIC, _PDF_END = b"%PDF-", b"%%EOF"
# What Pillow is known to raise on hostile files; anything else is a fault of ours.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    IndexError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
# Parts of a PDF that do something, carry other files, or tell who made it.
_ACTIVE = ("/OpenAction", "/AA", "/Metadata", "/PieceInfo", "/Collection")
_ACTIVE_NAMES = ("/JavaScript", "/EmbeddedFiles")
_ACTIVE_NOTES = ("/A", "/AA", "/FS", "/Sound", "/Movie", "/RichMediaContent")


@dataclass(frozen=True)
class Incoming:
    """Content fit to be kept, and what it is."""

    content: bytes
    content_type: str


def accept(content: bytes, *, edge: int = MAX_EDGE, pdf: bool = True) -> Incoming:
    """The picture or the PDF made anew. Raises Refused with a sentence for anything else.

    Neither the file's name nor the type that the browser claims is looked at.
    """
    if not content:
        raise Refused(_("The file is empty."))
    if len(content) > MAX_BYTES:
        raise Refused(_("The file is larger than 5 MB."))
    if content.startswith(_PICTURES):
        return Incoming(_picture(content, edge), JPEG)
    if pdf and content.startswith(_PDF_MAGIC):
        return Incoming(_pdf(content), PDF)
    if pdf:
        raise Refused(_("This is neither a picture (JPEG, PNG) nor a PDF."))
    raise Refused(_("This is not a picture (JPEG, PNG)."))


def _picture(content: bytes, edge: int) -> bytes:
    """Only the pixels, upright, as JPEG: no EXIF, no place, no profile, no comment."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
        _refuse_giant(image)
        image.draft("RGB", (edge, edge))
        if image.mode.startswith("I"):  # grey in 16 bits: convert() would cut, not scale
            image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
        image.thumbnail((edge, edge))
        layer = ImageOps.exif_transpose(image).convert("RGBA")
        # A new picture takes the pixels over and nothing that was written beside them.
        clean = Image.new("RGB", layer.size, _WHITE)
        clean.paste(layer, mask=layer.getchannel("A"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(_giant()) from None
    except _BROKEN:
        raise Refused(_("The picture is damaged and cannot be read. Scan it again.")) from None
    target = io.BytesIO()
    clean.save(target, "JPEG", quality=_QUALITY, optimize=True)
    return target.getvalue()


def _refuse_giant(image: Image.Image) -> None:
    """The header says how large it will be; nothing is unpacked before it is asked."""
    if image.width * image.height > MAX_PIXELS:
        raise Refused(_giant())


def _giant() -> str:
    return _("The picture has more than 40 million pixels. Scan it with a lower resolution.")


def _pdf(content: bytes) -> bytes:
    """The pages of a PDF that opens without a password, without what acts, hides or tells."""
    if _PDF_END not in content:
        raise Refused(_("The PDF is damaged and cannot be read. Scan it again."))
    target = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            if not document.pages:
                raise Refused(_("The PDF has no pages."))
            _disarm(document)
            document.save(target, linearize=False)
    except pikepdf.PasswordError:
        raise Refused(_("The PDF has a password. Save it without one first.")) from None
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, RecursionError):
        raise Refused(_("The PDF is damaged and cannot be read. Scan it again.")) from None
    made = target.getvalue()
    if len(made) > MAX_BYTES:
        raise Refused(_("The file is larger than 5 MB."))
    return made


def _disarm(document: pikepdf.Pdf) -> None:
    """What is printed on the pages stays, filled fields too."""
    root: Any = document.Root
    _drop(root, _ACTIVE)
    if "/Names" in root:
        _drop(root.Names, _ACTIVE_NAMES)
    if "/AcroForm" in root:
        _drop(root.AcroForm, ("/XFA",))
    _drop(document.trailer, ("/Info",))
    for page in document.pages:
        found: Any = page.obj
        _drop(found, ("/AA", "/Metadata", "/PieceInfo"))
        for note in found.get("/Annots", ()):
            _drop(note, _ACTIVE_NOTES)


def _drop(holder: Any, names: tuple[str, ...]) -> None:
    for name in names:
        if name in holder:
            del holder[name]
