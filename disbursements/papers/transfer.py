"""Paper 4, the list for the bank, as PDF, XLSX and CSV with the same check sum.

Nothing in it says which programme pays, or where the receivers are from.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from disbursements.papers.payments import Payment, Payments, by_list
from disbursements.papers.rekap import PaperFacts, place_and_date
from kotim_social.documents.blocks import Facts, Title
from kotim_social.documents.exports import safe_text, saved, write_cell
from kotim_social.documents.paper import CONFIDENTIAL, Paper, PaperNumber, build_paper
from kotim_social.documents.signatures import Signatures
from kotim_social.documents.table import Column, Row, Table
from kotim_social.documents.text import plain
from kotim_social.lib.money import format_rupiah
from kotim_social.lib.nik import mask_account

HEADS = ("NO BARIS", "NAMA PEMILIK REKENING", "BANK", "NOMOR REKENING", "NOMINAL", "BERITA")
TOTAL = "JUMLAH"
_WIDTHS = (10, 44, 18, 24, 18, 24)


def transfer_pdf(
    payments: Payments, facts: PaperFacts, number: PaperNumber | None = None, *, size: str = ""
) -> bytes:
    """A draft is for looking: whole account numbers stand in the numbered paper alone."""
    under = [f"Nomor {number.number}"] if number else []
    columns = [
        Column("No", 5, kind="center"),
        Column("Nama pemilik rekening", 28),
        Column("Bank", 12),
        Column("Nomor rekening", 18),
        Column("Nominal (Rp)", 14, kind="money"),
        Column("Berita", 18),
    ]
    rows = _pdf_rows(payments, whole=number is not None)
    blocks: list[Any] = [
        Title(["Daftar Transfer"], under=under),
        Facts(
            [
                ("Daftar", payments.lists_in_words),
                ("Jumlah transfer", f"{len(payments.rows)}"),
                ("Nilai seluruhnya", format_rupiah(payments.total, cents=True)),
                ("Kode jumlah", payments.check_sum),
            ]
        ),
        Table(columns, rows, size=8, terbilang=4),
        Signatures(list(facts.signatures), place_and_date=place_and_date(facts.day)),
    ]
    return build_paper(
        Paper(
            blocks=blocks,
            number=number,
            size=size,
            classification=CONFIDENTIAL,
            printed=facts.printed,
        )
    )


def _pdf_rows(payments: Payments, *, whole: bool) -> Iterator[Row]:
    for row in by_list(payments):
        if not isinstance(row, Payment):
            yield row
            continue
        account = row.account if whole else mask_account(row.account)
        yield [str(row.line), row.holder, row.bank, account, row.amount, payments.message(row)]


def transfer_csv(payments: Payments) -> bytes:
    """UTF-8 with BOM and `;`. A text that a spreadsheet would take for a formula gets a quote.

    Account numbers stand as they are: the bank's program reads them, not a spreadsheet.
    """
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADS)
    for row in _rows(payments):
        writer.writerow([safe_text(value) if isinstance(value, str) else value for value in row])
    return target.getvalue().encode("utf-8-sig")


def transfer_xlsx(payments: Payments) -> bytes:
    """One sheet; accounts are text, amounts are numbers, no cell is a formula."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Transfer"
    sheet.freeze_panes = "A2"
    book.properties.creator = ""
    for line, values in enumerate([HEADS, *_rows(payments)], start=1):
        for column, value in enumerate(values, start=1):
            write_cell(sheet, line, column, value)
    for letter, width in zip("ABCDEF", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = Font(bold=True)
    sheet.auto_filter.ref = f"A1:F{len(payments.rows) + 1}"
    return saved(book)


def _rows(payments: Payments) -> list[list[str | int]]:
    rows: list[list[str | int]] = [
        [row.line, plain(row.holder), plain(row.bank), row.account, row.amount,
         payments.message(row)]
        for row in payments.rows
    ]  # fmt: skip
    return [*rows, [TOTAL, "", "", "", payments.total, payments.check_sum]]
