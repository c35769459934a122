"""What comes from outside is made anew or refused: by its content, never by its name."""

from __future__ import annotations

import io

import pikepdf
import pytest
from django.core.files.uploadhandler import StopFutureHandlers
from PIL import Image

from kotim_social.files.incoming import JPEG, MAX_BYTES, PDF, accept
from kotim_social.files.uploads import KEPT_BYTES, MemoryUploadHandler
from kotim_social.workflow import Refused
from tests.files import scans


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content), formats=("JPEG",))
    image.load()
    return image


@pytest.mark.parametrize("fmt", ["JPEG", "PNG"])
def test_a_picture_is_made_anew_as_jpeg(fmt: str) -> None:
    kept = accept(scans.picture(fmt))
    assert kept.content_type == JPEG
    assert opened(kept.content).size == (60, 40)


def test_nothing_is_left_of_place_camera_profile_and_comment() -> None:
    raw = scans.picture_with_gps()
    before = Image.open(io.BytesIO(raw))
    assert before.getexif().get_ifd(0x8825), "the test's own picture must carry a place"
    assert scans.GPS_PLACE in raw
    kept = accept(raw).content
    after = opened(kept)
    assert len(after.getexif()) == 0
    assert not {"exif", "icc_profile", "comment"} & set(after.info)
    assert scans.GPS_PLACE not in kept
    # It stands upright before the camera's word about it is dropped: blue is on top now.
    assert after.size == (40, 60)
    red, _green, blue = after.getpixel((20, 10))
    assert blue > red


def test_a_large_scan_is_made_smaller_and_see_through_becomes_white() -> None:
    assert max(opened(accept(scans.picture(size=(3000, 1500))).content).size) == 2400
    target = io.BytesIO()
    Image.new("RGBA", (30, 30), (0, 0, 0, 0)).save(target, "PNG")
    assert opened(accept(target.getvalue()).content).getpixel((5, 5)) == (255, 255, 255)
    target = io.BytesIO()
    Image.new("I;16", (30, 30), 40_000).save(target, "PNG")
    grey = opened(accept(target.getvalue()).content).getpixel((5, 5))[0]
    assert abs(grey - 40_000 // 256) < 4


HOSTILE = {
    "empty": b"",
    "text named jpg": b"halo" * 100,
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "html": b"<!doctype html><script>alert(1)</script>",
    "gif": b"GIF89a" + bytes(100),
    "html behind jpeg magic": b"\xff\xd8\xff<html><script>alert(1)</script>",
    "html behind png magic": b"\x89PNG\r\n\x1a\n<html>",
    "truncated jpeg": scans.picture(size=(400, 400))[:-400],
    "50 megapixels": scans.giant_png(),
    "400 megapixels": scans.giant_png(40_000, 10_000),
    "pdf of words only": b"%PDF-1.7 not at all",
    "broken pdf": b"%PDF-1.7\n" + bytes(200) + b"\n%%EOF",
    "pdf magic not in front": b"x" + scans.pdf(),
    "locked pdf": scans.pdf(password="rahasia"),
    "too large": scans.picture() + bytes(MAX_BYTES),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        accept(content)
    assert len(str(refusal.value)) > 10


def test_bytes_behind_a_picture_do_not_survive() -> None:
    kept = accept(scans.picture() + b"<script>alert(1)</script>").content
    assert b"script" not in kept


def test_a_pdf_keeps_its_pages_and_loses_what_acts_hides_and_tells() -> None:
    raw = scans.pdf(active=True)
    assert b"app.alert" in raw
    kept = accept(raw)
    assert kept.content_type == PDF
    for trace in (b"app.alert", b"MZ secret", b"Contoh Penulis", b"JavaScript"):
        assert trace not in kept.content
    with pikepdf.open(io.BytesIO(kept.content)) as document:
        assert len(document.pages) == 1
        assert not document.attachments


def test_a_photo_is_never_a_pdf() -> None:
    with pytest.raises(Refused):
        accept(scans.pdf(), pdf=False)


def test_an_upload_stays_in_memory_and_tells_its_true_size() -> None:
    handler = MemoryUploadHandler()
    handler.handle_raw_input(None, {}, 0, b"", None)
    with pytest.raises(StopFutureHandlers):  # no other handler gets it
        handler.new_file("scan", "a.jpg", "image/jpeg", None)
    size = 0
    while size < 2 * KEPT_BYTES:
        handler.receive_data_chunk(bytes(64 * 1024), size)
        size += 64 * 1024
    kept = handler.file_complete(size)
    assert kept.size == size
    assert len(kept.read()) == KEPT_BYTES
