"""Paper 16, sampul SPJ: the payments, and the evidence that belongs to each of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from disbursements.papers.rekap import PaperFacts, place_and_date
from disbursements.realisation import EVIDENCE, Evidence
from kotim_social.documents.blocks import Facts, Paragraph, Title
from kotim_social.documents.paper import CONFIDENTIAL, Paper, PaperNumber, build_paper
from kotim_social.documents.signatures import Signatures
from kotim_social.documents.table import Column, Row, Section, Subtotal, Table
from kotim_social.lib.dates import format_date

AMOUNT = 5
EXPLAINED = (
    "✓ ada dalam program; ☐ dilampirkan dan diperiksa bendahara; – tidak diperlukan untuk "
    "jenis bantuan ini."
)
COLUMNS = [
    Column("No", 3.2, kind="center"),
    Column("Nama", 14),
    Column("Nomor register", 8.5),
    Column("Jenis bantuan", 10),
    Column("Tanggal bayar", 7, kind="center"),
    Column("Jumlah (Rp)", 9, kind="money"),
    *(Column(title, 5.2, kind="center", group="Bukti") for title in EVIDENCE),
]


def spj_pdf(
    data: Evidence, facts: PaperFacts, number: PaperNumber | None = None, *, size: str = ""
) -> bytes:
    """The paper; without a number it is marked KONSEP."""
    under = [f"Keadaan per {format_date(facts.day)}"]
    if number:
        under.insert(0, f"Nomor {number.number}")
    blocks: list[Any] = [
        Title(["Sampul Surat Pertanggungjawaban", "Daftar Periksa Bukti Pembayaran"], under=under),
        Facts(
            [
                *facts.scope,
                ("Pembayaran", f"{len(data.rows)}"),
                ("Bukti yang dilampirkan", f"{data.missing} kotak"),
            ]
        ),
        Table(COLUMNS, _rows(data), size=7, number_row=True, terbilang=AMOUNT),
        Paragraph(EXPLAINED, size=8),
        Signatures(list(facts.signatures), place_and_date=place_and_date(facts.day)),
    ]
    return build_paper(
        Paper(
            blocks=blocks,
            number=number,
            orientation="landscape",
            size=size,
            classification=CONFIDENTIAL,
            printed=facts.printed,
        )
    )


def _rows(data: Evidence) -> Iterator[Row]:
    """By list with its sum; the number is that of the line on its list."""
    for number, rows in groupby(data.rows, key=lambda row: row.payment_list):
        yield Section(f"Daftar bayar {number}")
        for row in rows:
            yield [
                str(row.number), row.name, row.register_no, row.kind,
                f"{row.paid_on:%d-%m-%Y}", row.amount, *row.marks,
            ]  # fmt: skip
        yield Subtotal(f"Jumlah {number}", level=1)
