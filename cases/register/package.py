"""The XLSX container: limits checked and cells counted before any spreadsheet reader opens it."""

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field

# Expat is used directly, with every document type refused: no entity is ever declared or expanded.
from xml.parsers import expat  # nosec B407

from django.utils.translation import gettext as _

MAX_FILE_BYTES = 2 * 1024 * 1024
MAX_UNPACKED_BYTES = 20 * 1024 * 1024
MAX_ENTRIES = 500
MAX_ROWS = 5_000
MAX_COLUMNS = 256

_OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACRO_TYPE = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
# Nothing else is handed on: a part that was not looked at is not there to be read.
_READER_PARTS = frozenset(
    {
        "[content_types].xml",
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/sharedstrings.xml",
        "xl/styles.xml",
    }
)


class WorkbookError(ValueError):
    """The file cannot be read as a register; `sentence` says why and what helps."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


@dataclass
class SheetScan:
    """What the raw XML of one sheet says: its extent, and cells a reader would show as empty."""

    name: str
    hidden: bool
    rows: int = 0
    columns: int = 0
    broken: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Package:
    content: bytes
    sheets: list[SheetScan]


def check_package(content: bytes) -> Package:
    """The checked workbook, packed anew from the parts that were counted."""
    _check_signature(content)
    parts = _unpack(content)
    _check_kind(parts)
    scans: list[SheetScan] = []
    kept = {name: data for name, data in parts.items() if name.lower() in _READER_PARTS}
    for name, hidden, part in _sheet_parts(parts):
        scan = SheetScan(name, hidden)
        _scan_cells(parts[part], scan)
        scans.append(scan)
        kept[part] = parts[part]
    if not scans:
        raise WorkbookError("no_sheet", _("The workbook has no sheet with cells."))
    if sum(scan.rows for scan in scans) > MAX_ROWS:
        raise WorkbookError(
            "too_many_rows",
            _("The workbook has more than %(limit)s rows. Divide it into several files.")
            % {"limit": MAX_ROWS},
        )
    return Package(_repack(kept), scans)


def _check_signature(content: bytes) -> None:
    if not content:
        raise WorkbookError("empty", _("The file is empty."))
    if len(content) > MAX_FILE_BYTES:
        raise WorkbookError("too_large", _("The file is larger than 2 MB."))
    if content.startswith(_OLE_SIGNATURE):
        if _ENCRYPTED_STREAM in content:
            raise WorkbookError(
                "encrypted",
                _("The workbook is protected by a password. Save it without one and try again."),
            )
        raise WorkbookError(
            "not_xlsx",
            _("This is a workbook of the old kind (.xls). Save it as .xlsx and try again."),
        )
    if not content.startswith(b"PK"):
        raise WorkbookError(
            "not_xlsx", _("This is not an Excel workbook (.xlsx). Save the register as .xlsx.")
        )


def _unpack(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check_entries(entries)
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise WorkbookError("broken", _broken_sentence()) from error
    except (RuntimeError, ValueError, UnicodeError, OverflowError) as error:
        if isinstance(error, WorkbookError):
            raise
        raise WorkbookError("broken", _broken_sentence()) from error


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise WorkbookError("bomb", _("The file holds too many parts to be a register."))
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise WorkbookError("bomb", _("The workbook is larger than 20 MB when unpacked."))
    if len({entry.filename for entry in entries}) < len(entries):
        raise WorkbookError("broken", _broken_sentence())
    if any(entry.flag_bits & 1 for entry in entries):
        raise WorkbookError(
            "encrypted",
            _("The workbook is protected by a password. Save it without one and try again."),
        )


def _broken_sentence() -> str:
    return _("The file is damaged. Open it in Excel, save it as .xlsx and try again.")


def _check_kind(parts: dict[str, bytes]) -> None:
    types = parts.get("[Content_Types].xml", b"")
    if _MACRO_TYPE in types:
        raise WorkbookError(
            "not_xlsx", _("The workbook holds macros. Save it as .xlsx and try again.")
        )
    if _MAIN_TYPE not in types or "xl/workbook.xml" not in parts:
        raise WorkbookError(
            "not_xlsx", _("This is not an Excel workbook (.xlsx). Save the register as .xlsx.")
        )


def _sheet_parts(parts: dict[str, bytes]) -> list[tuple[str, bool, str]]:
    targets: dict[str, str] = {}
    found: list[tuple[str, bool, str]] = []

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            path = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", "")))
            targets[attributes.get("Id", "")] = path.lstrip("/")

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag != "sheet":
            return
        relation_id = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
        part = targets.get(relation_id, "")
        if part in parts:
            hidden = attributes.get("state", "visible") != "visible"
            found.append((attributes.get("name", ""), hidden, part))

    _parse(parts.get("xl/_rels/workbook.xml.rels", b""), start=relation)
    _parse(parts["xl/workbook.xml"], start=sheet)
    return found


class _CellScanner:
    """Counts cells that hold something; keeps error values and formulas without a result."""

    def __init__(self, scan: SheetScan) -> None:
        self.scan = scan
        self.row = 0
        self.column = 0
        self.type = ""
        self.filled = False
        self.formula = False
        self.value: list[str] = []
        self.in_value = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self.row = _whole(attributes.get("r"), self.row + 1)
            self.column = 0
        elif tag == "c":
            self.row, self.column = _position(attributes.get("r"), self.row, self.column + 1)
            self.type = attributes.get("t", "n")
            self.filled = self.formula = False
            self.value = []
        elif tag in {"v", "t"}:
            self.in_value = True
        elif tag == "f":
            self.formula = True

    def text(self, data: str) -> None:
        if self.in_value:
            self.value.append(data)

    def end(self, tag: str) -> None:
        if tag in {"v", "t"}:
            self.in_value = False
        elif tag == "c" and (self.value or self.formula):
            self._close_cell("".join(self.value).strip())

    def _close_cell(self, value: str) -> None:
        if self.row > MAX_ROWS or self.column > MAX_COLUMNS:
            raise WorkbookError(
                "too_many_rows",
                _(
                    "Sheet %(sheet)s has cells beyond row %(rows)s or column %(columns)s. "
                    "Delete what lies there."
                )
                % {"sheet": self.scan.name, "rows": MAX_ROWS, "columns": MAX_COLUMNS},
            )
        self.scan.rows = max(self.scan.rows, self.row)
        self.scan.columns = max(self.scan.columns, self.column)
        if self.type == "e":
            self.scan.broken[(self.row, self.column)] = value or "#"
        elif self.formula and not value and self.type != "str":
            self.scan.broken[(self.row, self.column)] = "="


def _scan_cells(data: bytes, scan: SheetScan) -> None:
    scanner = _CellScanner(scan)
    _parse(data, start=scanner.start, end=scanner.end, text=scanner.text)


def _parse(data: bytes, *, start, end=None, text=None) -> None:  # type: ignore[no-untyped-def]
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_args: object) -> None:
        raise WorkbookError("broken", _broken_sentence())

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, UnicodeError) as error:
        if isinstance(error, WorkbookError):
            raise
        raise WorkbookError("broken", _broken_sentence()) from error


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default


def _position(reference: str | None, row: int, column: int) -> tuple[int, int]:
    match = re.fullmatch(r"([A-Za-z]{1,3})([0-9]{1,9})", reference or "")
    if match is None:
        return max(row, 1), column
    number = 0
    for letter in match[1].upper():
        number = number * 26 + ord(letter) - 64
    return int(match[2]), number


def _repack(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()
