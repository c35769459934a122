"""Scans for tests, honest and hostile, made on the spot."""

from __future__ import annotations

import io
import struct
import zlib
from uuid import uuid4

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

GPS_PLACE = b"Kotawaringin"


def picture(fmt: str = "JPEG", size: tuple[int, int] = (60, 40), **save: object) -> bytes:
    target = io.BytesIO()
    image = Image.new("RGB", size, (200, 30, 30))
    image.paste((30, 30, 200), (0, 0, size[0] // 2, size[1]))  # the left half is blue
    image.save(target, fmt, **save)
    return target.getvalue()


def picture_with_gps() -> bytes:
    """Lies on its side (orientation 6) and tells where and by whom it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = GPS_PLACE.decode()
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "S", (2.0, 32.0, 0.0)
    return picture(exif=exif, comment=GPS_PLACE, icc_profile=GPS_PLACE * 20)


def giant_png(width: int = 10_000, height: int = 5_000) -> bytes:
    """A few bytes whose header promises 50 million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    magic = b"\x89PNG\r\n\x1a\n"
    return magic + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf(*, password: str = "", active: bool = False) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    if active:
        action = {"/S": pikepdf.Name.JavaScript, "/JS": pikepdf.String("app.alert(1)")}
        document.Root.OpenAction = pikepdf.Dictionary(action)
        document.pages[0].obj.Annots = pikepdf.Array(
            [pikepdf.Dictionary({"/Type": pikepdf.Name.Annot, "/A": pikepdf.Dictionary(action)})]
        )
        document.attachments["x.exe"] = b"MZ secret program"
        document.docinfo["/Author"] = "Contoh Penulis"
    target = io.BytesIO()
    lock = pikepdf.Encryption(owner=password, user=password) if password else None
    document.save(target, encryption=lock or False)
    return target.getvalue()


def upload(
    content: bytes, name: str = "scan.jpg", claimed: str = "image/jpeg"
) -> dict[str, object]:
    """The fields of the form of a scan."""
    return {
        "scan": SimpleUploadedFile(name, content, claimed),
        "kind": "ktp",
        "proves": "",
        "remark": "",
        "idempotency_key": str(uuid4()),
    }
