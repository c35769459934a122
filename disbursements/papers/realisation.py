"""Paper 15, laporan realisasi per sumber dana: what became of each ceiling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from disbursements.papers.rekap import PaperFacts, place_and_date
from disbursements.realisation import Realisation
from disbursements.reports import percent
from kotim_social.documents.blocks import Facts, Paragraph, Title
from kotim_social.documents.paper import RESTRICTED, Paper, PaperNumber, build_paper
from kotim_social.documents.signatures import Signatures
from kotim_social.documents.table import Column, Row, Section, Subtotal, Table, Totals
from kotim_social.lib.dates import format_date

CEILING, PAID = 3, 5
EXPLAINED = (
    "Dibayar dihitung bersih: pembayaran yang kembali tidak termasuk. Retur = kembali (dari bank, "
    "tidak diambil, atau jurnal balik) dan belum dibayar lagi. Setiap hak dihitung sekali, juga "
    "bila diperintahkan lagi. Sisa = pagu – dibayar."
)


def _percent(sums: Totals) -> str:
    return percent(sums[PAID], sums[CEILING])


COLUMNS = [
    Column("No", 2, kind="center"),
    Column("Jenis bantuan", 12),
    Column("Tahun", 3, kind="center"),
    Column("Pagu (Rp)", 8.5, kind="money"),
    Column("Diperintahkan (Rp)", 8.5, kind="money"),
    Column("Dibayar (Rp)", 8.5, kind="money"),
    Column("Retur (Rp)", 7.5, kind="money"),
    Column("Disetor kembali (Rp)", 8, kind="money"),
    Column("Sisa pagu (Rp)", 8.5, kind="money"),
    Column("%", 3.4, kind="center", derive=_percent),
]


def realisation_pdf(
    data: Realisation, facts: PaperFacts, number: PaperNumber | None = None, *, size: str = ""
) -> bytes:
    """The paper; without a number it is marked KONSEP."""
    under = [f"Keadaan per {format_date(facts.day)}"]
    if number:
        under.insert(0, f"Nomor {number.number}")
    blocks: list[Any] = [
        Title(["Laporan Realisasi per Sumber Dana"], under=under),
        Facts(list(facts.scope)),
        Table(COLUMNS, list(_rows(data)), number_row=True, terbilang=PAID),
        Paragraph(EXPLAINED, size=8),
        Paragraph(data.history.in_words(), size=8),
        Signatures(list(facts.signatures), place_and_date=place_and_date(facts.day)),
    ]
    return build_paper(
        Paper(
            blocks=blocks,
            number=number,
            orientation="landscape",
            size=size,
            classification=RESTRICTED,
            printed=facts.printed,
        )
    )


def _rows(data: Realisation) -> Iterator[Row]:
    """By funder with its sum."""
    for funder in data.funders:
        yield Section(funder)
        for number, row in enumerate(data.of_funder(funder), 1):
            yield [
                str(number), row.kind, str(row.year), row.ceiling, row.ordered, row.paid,
                row.returned, row.deposited, row.rest, row.percent,
            ]  # fmt: skip
        yield Subtotal(f"Jumlah {funder}", level=1)
