"""Papers 4–7 as tables: what the screen shows of them, and what is exported."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from disbursements.papers.payments import Payments
from kotim_social.documents.exports import DAY, MONEY, NUMBER, Column, Sheet, Value
from kotim_social.lib.nik import mask_account

About = list[tuple[str, str]]


def _transfer(payments: Payments) -> tuple[list[Column], list[list[Value]]]:
    columns = [
        Column("No baris", NUMBER), Column("Nama pemilik rekening"), Column("Bank"),
        Column("Nomor rekening"), Column("Nominal (Rp)", MONEY), Column("Berita"),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            row.line, row.holder, row.bank, mask_account(row.account), row.amount,
            payments.message(row),
        ]
        for row in payments.rows
    ]  # fmt: skip
    return columns, rows


def _receipts(payments: Payments) -> tuple[list[Column], list[list[Value]]]:
    columns = [
        Column("Nomor kwitansi"), Column("Nama"), Column("Nomor register"), Column("NIK"),
        Column("Jenis bantuan"), Column("Cara bayar"), Column("Tanggal", DAY),
        Column("Jumlah (Rp)", MONEY),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            f"KW-{payments.message(row)}", row.name, row.register_no, row.nik, row.kind,
            row.masked_account or "tunai", row.on, row.amount,
        ]
        for row in payments.rows
    ]  # fmt: skip
    return columns, rows


def _collective(payments: Payments) -> tuple[list[Column], list[list[Value]]]:
    columns = [
        Column("No", NUMBER), Column("Nama"), Column("NIK"), Column("Jenis bantuan"),
        Column("Daftar bayar"), Column("Jumlah (Rp)", MONEY),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [number, row.name, row.nik, row.kind, row.list, row.amount]
        for number, row in enumerate(payments.rows, 1)
    ]
    return columns, rows


def _handover(payments: Payments) -> tuple[list[Column], list[list[Value]]]:
    columns = [
        Column("No", NUMBER), Column("Jenis bantuan"), Column("Penerima (orang)", NUMBER),
        Column("Jumlah (Rp)", MONEY),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [number, kind, len(amounts), sum(amounts)]
        for number, (kind, amounts) in enumerate(payments.by_kind().items(), 1)
    ]
    return columns, rows


_TABLES: dict[str, Callable[[Payments], tuple[list[Column], list[list[Value]]]]] = {
    "transfer_list": _transfer,
    "receipt": _receipts,
    "collective_receipt": _collective,
    "handover_of_goods": _handover,
}


def payment_sheet(kind: str, payments: Payments, about: Sequence[tuple[str, str]]) -> Sheet:
    """The rows as they stand on the paper; NIK and accounts are masked."""
    columns, rows = _TABLES[kind](payments)
    check = [("Kode jumlah", payments.check_sum)] if kind == "transfer_list" else []
    return Sheet("Pembayaran", columns, rows, [*about, *check])
