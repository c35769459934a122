"""Reads a bank's file of results (CSV or XLSX) and judges each row against its list."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from cases.register.package import MAX_FILE_BYTES, MAX_ROWS
from cases.register.workbook import BrokenCell, WorkbookError, open_workbook
from disbursements.models import PaymentLine, PaymentList
from kotim_social.lib.dates import DateError, format_date, parse_date, today
from kotim_social.lib.money import MoneyError, format_rupiah, parse_rupiah

NUMBER, AMOUNT, STATUS, DATE, REASON, ACCOUNT, MESSAGE = (
    "number", "amount", "status", "date", "reason", "account", "message",
)  # fmt: skip
NEEDED = (NUMBER, AMOUNT, STATUS)
# Headings as banks write them, folded; the office's own list for the bank is among them.
_HEADINGS = {
    NUMBER: {"no baris", "no", "nomor", "nomor baris", "baris", "no urut"},
    AMOUNT: {"nominal", "jumlah", "amount", "nilai"},
    STATUS: {"status", "hasil", "status transfer"},
    DATE: {"tanggal", "tgl", "tanggal transaksi", "date"},
    REASON: {"keterangan", "alasan", "alasan gagal"},
    ACCOUNT: {"nomor rekening", "no rekening", "rekening"},
    MESSAGE: {"berita", "berita transfer"},
}
_PAID = {"berhasil", "sukses", "sudah dibayar", "dibayar", "ok", "success", "paid"}
_RETURNED = {"gagal", "retur", "ditolak", "tolak", "failed", "returned"}
_WAITING = {"proses", "dalam proses", "pending", "menunggu"}
_REASONS = (
    ("refused", ("menolak",)),
    ("name_differs", ("nama",)),
    ("wrong_bank", ("bank",)),
    ("account_closed", ("tutup", "tidak aktif", "dormant", "blokir")),
    ("wrong_number", ("nomor", "rekening")),
)
_LONGEST = 300
# A workbook, and one of the old kind or under a password: the reader of workbooks says which.
_BOOKS = (b"PK", bytes.fromhex("d0cf11e0a1b11ae1"))
_TOTAL = "jumlah"


class UnreadableFileError(WorkbookError):
    """The file as a whole is no list of results."""


@dataclass(frozen=True)
class FileRow:
    """A row as text: field → what stands there; `row_no` counts from 1 with the heading."""

    row_no: int
    cells: dict[str, str]


@dataclass
class Judged:
    """One row against its line. `outcome` is empty while something is wrong with it."""

    row_no: int
    line: PaymentLine | None = None
    outcome: str = ""  # paid | returned | waiting | same
    reason: str = ""
    note: str = ""
    on: date | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)  # column heading, sentence

    def wrong(self, column: str, sentence: str) -> None:
        self.problems.append((HEADING_SHOWN[column], sentence))


HEADING_SHOWN = {
    NUMBER: "NO BARIS",
    AMOUNT: "NOMINAL",
    STATUS: "STATUS",
    DATE: "TANGGAL",
    REASON: "KETERANGAN",
    ACCOUNT: "NOMOR REKENING",
    MESSAGE: "BERITA",
}


# -- reading -----------------------------------------------------------------------------------


def read_results(content: bytes) -> list[FileRow]:
    """Raises WorkbookError (with `.sentence`) for what is no readable list of results."""
    grid = _grid_of_workbook(content) if content.startswith(_BOOKS) else _grid_of_csv(content)
    rows = [(n, cells) for n, cells in enumerate(grid, start=1) if any(c.strip() for c in cells)]
    if not rows:
        raise UnreadableFileError("empty", _("The file is empty."))
    head_at, columns = _find_heading(rows)
    found = []
    for row_no, cells in rows:
        if row_no <= head_at:
            continue
        named = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
        if _fold(named[NUMBER]) != _TOTAL:
            found.append(FileRow(row_no, {k: v[:_LONGEST] for k, v in named.items()}))
    if not found:
        raise UnreadableFileError("empty", _("No row stands under the heading."))
    return found


def _grid_of_workbook(content: bytes) -> list[list[str]]:
    """The first sheet that is shown; the checks of the register's workbooks hold here too."""
    book = open_workbook(content)
    return [[_text(cell) for cell in row] for row in book.sheets[0].rows]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, BrokenCell):
        return cell.shown
    if isinstance(cell, datetime | date):
        return f"{cell:%d-%m-%Y}"
    return str(cell)


def _grid_of_csv(content: bytes) -> list[list[str]]:
    if not content.strip():
        raise UnreadableFileError("empty", _("The file is empty."))
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableFileError("too_large", _("The file is larger than 2 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise UnreadableFileError(
            "not_text", _("This is neither a CSV file nor an Excel workbook.")
        )
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = ";" if first.count(";") >= first.count(",") else ","
    try:
        grid = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error as error:
        raise UnreadableFileError(
            "broken", _("The file is damaged: a quote is not closed.")
        ) from error
    if len(grid) > MAX_ROWS:
        raise UnreadableFileError("too_many_rows", _("The file has too many rows."))
    return [[cell.removeprefix("'") for cell in row] for row in grid]


def _find_heading(rows: Sequence[tuple[int, list[str]]]) -> tuple[int, dict[str, int]]:
    """The first of the upper rows that names number, amount and status."""
    for row_no, cells in rows[:20]:
        columns: dict[str, int] = {}
        for at, cell in enumerate(cells):
            name = next((n for n, words in _HEADINGS.items() if _fold(cell) in words), None)
            if name is not None:
                columns.setdefault(name, at)
        if all(name in columns for name in NEEDED):
            return row_no, columns
    raise UnreadableFileError(
        "no_header",
        _("The file does not name its columns: NO BARIS, NOMINAL and STATUS are needed."),
    )


def _fold(text: str) -> str:
    flat = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[^\w]+", " ", flat.replace("_", " ")).split())


# -- judging -----------------------------------------------------------------------------------


def judge(
    rows: Iterable[FileRow],
    payment_list: PaymentList,
    *,
    lines: Mapping[int, PaymentLine],
    happened_on: date,
) -> list[Judged]:
    """Each row with its outcome, or with what is wrong, by column. `lines` are by number."""
    seen: dict[int, int] = {}
    return [
        _judge_row(row, payment_list, lines=lines, seen=seen, happened_on=happened_on)
        for row in rows
    ]


def _judge_row(
    row: FileRow,
    payment_list: PaymentList,
    *,
    lines: Mapping[int, PaymentLine],
    seen: dict[int, int],
    happened_on: date,
) -> Judged:
    judged = Judged(row.row_no, on=happened_on)
    for name in NEEDED:
        if not row.cells[name]:
            judged.wrong(name, _("This cell is blank."))
    _find_line(judged, row, payment_list, lines=lines, seen=seen)
    _read_status(judged, row)
    _read_date(judged, row, payment_list)
    line = judged.line
    if line is not None:
        _check_amount(judged, row, line)
        _check_account(judged, row, line)
        _check_booked(judged, line)
    if judged.problems:
        judged.outcome = ""
    return judged


def _find_line(
    judged: Judged,
    row: FileRow,
    payment_list: PaymentList,
    *,
    lines: Mapping[int, PaymentLine],
    seen: dict[int, int],
) -> None:
    text = row.cells[NUMBER]
    message = row.cells.get(MESSAGE, "")
    if message and not message.upper().startswith(payment_list.number):
        judged.wrong(MESSAGE, _("This row belongs to another list."))
        return
    if not text:
        return
    if not re.fullmatch(r"[0-9]{1,6}", text):
        judged.wrong(NUMBER, _("This is no line number."))
        return
    number = int(text)
    if number in seen:
        judged.wrong(NUMBER, _("Line %(n)s stands in row %(row)s already.")
                     % {"n": number, "row": seen[number]})  # fmt: skip
        return
    seen[number] = row.row_no
    judged.line = lines.get(number)
    if judged.line is None:
        judged.wrong(NUMBER, _("The list has no line %(n)s.") % {"n": number})


def _read_status(judged: Judged, row: FileRow) -> None:
    word, said = _fold(row.cells[STATUS]), row.cells.get(REASON, "")
    if word in _PAID:
        judged.outcome = "paid"
    elif word in _WAITING:
        judged.outcome = "waiting"
    elif word in _RETURNED:
        judged.outcome, judged.note = "returned", said
        folded = _fold(said)
        judged.reason = next(
            (code for code, signs in _REASONS if any(sign in folded for sign in signs)), "other"
        )
    elif word:
        judged.wrong(STATUS, _("Known are: BERHASIL, GAGAL, PROSES."))


def _read_date(judged: Judged, row: FileRow, payment_list: PaymentList) -> None:
    text = row.cells.get(DATE, "")
    if text:
        try:
            judged.on = parse_date(text)
        except DateError as error:
            judged.wrong(DATE, error.sentence)
            return
    if judged.on is None:
        return
    if judged.on > today():
        judged.wrong(DATE, _("The date lies in the future."))
    elif payment_list.ordered_on and judged.on < payment_list.ordered_on:
        judged.wrong(
            DATE,
            _("The date lies before the order of %(day)s.")
            % {"day": format_date(payment_list.ordered_on)},
        )


def _check_amount(judged: Judged, row: FileRow, line: PaymentLine) -> None:
    text = row.cells[AMOUNT]
    if not text:
        return
    try:
        amount = parse_rupiah(text)
    except MoneyError as error:
        judged.wrong(AMOUNT, error.sentence)
        return
    if amount != line.amount:
        judged.wrong(
            AMOUNT, _("The line is about %(amount)s.") % {"amount": format_rupiah(line.amount)}
        )


def _check_account(judged: Judged, row: FileRow, line: PaymentLine) -> None:
    def digits(text: str) -> str:
        return re.sub(r"[^0-9A-Za-z]", "", text)

    text = row.cells.get(ACCOUNT, "")
    frozen = (line.snapshot or {}).get("account", "") or ""
    if text and digits(text) != digits(frozen):
        judged.wrong(ACCOUNT, _("This is not the account of the line."))


def _check_booked(judged: Judged, line: PaymentLine) -> None:
    """The same result again says nothing new; another one may not be booked over it."""
    if line.state == "ordered" or not judged.outcome or judged.outcome == "waiting":
        return
    if line.state == judged.outcome:
        judged.outcome = "same"
        return
    judged.wrong(STATUS, _("Another result is already booked: %(state)s.")
                 % {"state": line.state_shown.label})  # fmt: skip
