"""What is thrown at the program: texts, query strings and files that no form asks for."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib

# Stands in many texts: whatever reaches a log with it was typed by somebody.
MARK = "Zqxpenanda"

TEXTS = (
    "",
    " ",
    "\x00",
    f"{MARK}\x00\x00nul",
    "\ud800",
    f"{MARK}\udfff\ud83d",
    "9" * 5000,
    "-" + "1" * 5000,
    "1" * 4301,  # one digit more than int() takes
    "0",
    "-1",
    "1000000000",
    "99999999999999999999",
    "-9223372036854775809",
    "1e309",
    "NaN",
    "Infinity",
    "-0",
    "0x10",
    "1_000",
    "٣٤٥",  # digits of another script
    "²",
    "31-02-2017",
    "2017-13-45",
    "0000-00-00",
    "99999-01-01",
    "0001-01-01",
    "9999-12-31",
    "29-02-1900",
    "01-01-0000",
    "2017-02-30T99:99",
    "24:60",
    f"<script>alert('{MARK}')</script>",
    f'"><img src=x onerror={MARK}>',
    f"{{{{ {MARK} }}}}{{% debug %}}",
    "<para><img src='/etc/passwd'/></para>",
    "&#0;&amp;&lt;]]>",
    f"=cmd|' /C {MARK}'!A0",
    "+1+1",
    "@SUM(A1)",
    "\t=1",
    "-2+3",
    f"../../../../etc/{MARK}",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "C:\\CON",
    "file:///etc/passwd",
    "https://evil.example/",
    "//evil.example",
    "javascript:alert(1)",
    "%00%0a%0dSet-Cookie:x=1",
    f"{MARK}\r\nX-Injected: 1",
    f"' OR '1'='1' -- {MARK}",
    "\\",
    "%",
    "_%_%",
    "'; DROP TABLE cases_worker; --",
    "{}",
    "[]",
    "null",
    "true",
    "None",
    "undefined",
    "00000000-0000-0000-0000-000000000000",
    "{00000000-0000-0000-0000-000000000000}",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "name__password",
    "place__lokalisasi__name",
    "-id",
    "--name",
    "password",
    "\u202e\u202d\u2066" + MARK,
    "\u200b\ufeff\u00ad",
    "e\u0301" * 500,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 50,
    "\ufdfa" * 400,  # eighteen characters each after NFKC
    "A" * 300,
    f"{MARK} " * 2000,
    "A" * 200_000,
    "\n" * 3000,
    "a,b;c|d\te",
    "12.34.56",
    "5.050.000,00,00",
    "Rp Rp 5",
    "620206" * 400,
    "6202066508850001",
    "6202069999990001",
)

# Parameters that a list or a form might read from the address.
PARAMETERS = (
    "page", "sort", "after", "before", "all", "next", "search", "state", "place", "choice",
    "province", "lacks", "eligibility", "outcome", "problem", "batch", "line", "worker", "paper",
    "kind", "funder", "year", "q", "act", "day", "until", "user", "errors", "copy", "filter",
    "o", "p", "_popup", "_changelist_filters", "e",
)  # fmt: skip
PARAMETER_VALUES = (
    "-1", "0", "1", "1000000000", "9" * 5000, "1.5", "last", "name__x", "-name__password", "sort",
    "-", "?", "\x00", "\ud800", "A4", "F4_210", "..", "2017-02-30", "[]",
)  # fmt: skip


def text(chance: random.Random) -> str:
    value = chance.choice(TEXTS)
    return value + chance.choice(TEXTS)[:50] if chance.random() < 0.1 else value


def raw(value: str) -> bytes:
    """The bytes of a text; lone surrogates go out as no correct program would send them."""
    return value.encode("utf-8", "surrogatepass")


# Bytes that are no form at all, each with the content type it claims.
BODIES = (
    (b"\xff\xfe\x00a=b", "application/x-www-form-urlencoded"),
    (b"name=%FF%FE%80&q=%C3%28", "application/x-www-form-urlencoded"),
    (b"%ED%A0%80=%ED%A0%80&=&&==", "application/x-www-form-urlencoded"),
    (b"a" * 3_500_000, "application/x-www-form-urlencoded"),
    (b"&".join(b"f%d=1" % n for n in range(25_000)), "application/x-www-form-urlencoded"),
    (b"name=x", "application/x-www-form-urlencoded; charset=utf-16"),
    (b"name=x", "application/x-www-form-urlencoded; charset=nonsense-9"),
    (b'{"name": {"$gt": ""}}', "application/json"),
    (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "text/xml"),
    (b"x", "multipart/form-data"),
    (b"x", "multipart/form-data; boundary="),
    (b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n", "multipart/form-data; boundary=b"),
    (
        b"--b\r\nContent-Disposition: form-data; name=\"a\"; filename*=UTF-8''%FF%00\r\n\r\nx\r\n"
        b"--b--\r\n",
        "multipart/form-data; boundary=b",
    ),
    (
        b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64'
        b"\r\n\r\n%%%\r\n--b--\r\n",
        "multipart/form-data; boundary=b",
    ),
    (b"", "\x80\xff"),
)

# Request headers as a scanner or a broken proxy sends them.
HEADERS = (
    {"HTTP_COOKIE": "sessionid=\x00; csrftoken=" + "x" * 9000},
    {"HTTP_COOKIE": "sessionid=../../etc/passwd; messages=[[[["},
    {"HTTP_ACCEPT_LANGUAGE": "xx-" + "y" * 600 + ";q=9"},
    {"HTTP_X_FORWARDED_FOR": "999.1.1.1, ::::, '\""},
    {"HTTP_X_FORWARDED_PROTO": "gopher"},
    {"HTTP_REFERER": "http://[::1"},
    {"HTTP_ORIGIN": "null"},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://[bad"},
    {"HTTP_RANGE": "bytes=0-,5-99999999999999999999"},
    {"HTTP_IF_MODIFIED_SINCE": "Thu, 99 Foo 99999999999999 99:99:99 GMT"},
    {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
    {"HTTP_ACCEPT": "application/json"},
)


def files() -> list[tuple[str, bytes]]:
    """Name and content of files: broken, disguised, oversize, swelling and endless."""
    return [
        ("kosong.xlsx", b""),
        ("../../../etc/cron.d/x.xlsx", b"PK\x03\x04"),
        ("nul\x00.xlsx", b"\x00" * 1000),
        ("=1+1.xlsx", b"<script>alert(1)</script>"),
        ("A" * 5000 + ".xlsx", b"MZ" + b"\x90" * 500),
        ("besar.xlsx", b"PK" + b"\x07" * 3_400_000),
        ("bom.xlsx", _bomb()),
        ("banyak.xlsx", _many_parts()),
        ("bertingkat.xlsx", _zip({"xl/workbook.xml": _entities(), "[Content_Types].xml": b"<a/>"})),
        ("jalur.xlsx", _zip({"../../x": b"1", "/etc/x": b"2", "xl/workbook.xml": b"<x"})),
        ("banjir.png", _pixel_flood(60_000, 60_000)),
        ("banjir.jpg", b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03" + b"\x00" * 64),
        ("rusak.pdf", b"%PDF-1.7\n" + b"\xff" * 500),
        ("skrip.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    ]


def _zip(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def _bomb() -> bytes:
    """40 MB of one letter in some 40 KB."""
    sheet = b"<worksheet><sheetData>" + b"A" * 40_000_000
    return _zip({"xl/worksheets/sheet1.xml": sheet, "xl/workbook.xml": b"<workbook/>"})


def _many_parts() -> bytes:
    return _zip({f"xl/worksheets/sheet{n}.xml": b"<a/>" for n in range(5000)})


def _entities() -> bytes:
    """A thousand million laughs."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY l0 "ha">{levels}]><x>&l9;</x>'.encode()


def _pixel_flood(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        summed = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + summed

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\x00" * 5000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixels + chunk(b"IEND", b"")
