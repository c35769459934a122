"""Paper 14, rekapitulasi penyaluran: what was to be paid, what was, and what was not, by place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from disbursements.reports import Rekap, RekapRow, percent
from kotim_social.documents.blocks import Facts, Gap, Paragraph, Title
from kotim_social.documents.paper import RESTRICTED, Paper, PaperNumber, build_paper
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.documents.table import Cell, Column, Row, Section, Subtotal, Table, Totals
from kotim_social.lib.dates import format_date
from kotim_social.lib.money import terbilang

TARGET, PAID = 3, 5
BACK, OPEN = "Retur", "Belum dibayar"
IDENTITY = (
    "Sasaran = dibayar + retur + dalam proses + ditahan + terbuka. Dibayar dihitung bersih: "
    "pembayaran yang kembali tidak termasuk."
)


@dataclass(frozen=True)
class PaperFacts:
    """What stands around the figures of a report."""

    day: date
    scope: Sequence[tuple[str, str]]
    signatures: Sequence[SignatureBlock]
    printed: str
    trail_head: str = ""


def _percent(sums: Totals) -> str:
    return percent(sums[PAID], sums[TARGET])


def _columns(first: str) -> list[Column]:
    return [
        Column("No", 2, kind="center"),
        Column(first, 12),
        Column("Orang", 3.6, kind="number", group="Sasaran"),
        Column("Rp", 8, kind="money", group="Sasaran"),
        Column("Orang", 3.6, kind="number", group="Dibayar"),
        Column("Rp", 8, kind="money", group="Dibayar"),
        Column("Orang", 3.6, kind="number", group=BACK),
        Column("Rp", 7, kind="money", group=BACK),
        Column("Dalam proses (Rp)", 8, kind="money"),
        Column("Ditahan (Rp)", 7.5, kind="money", group=OPEN),
        Column("Terbuka (Rp)", 8, kind="money", group=OPEN),
        Column("%", 3.4, kind="center", derive=_percent),
    ]


def _cells(number: int, row: RekapRow, label: str = "") -> list[Cell]:
    return [
        str(number), label or row.label, row.people, row.entitled, row.people_paid, row.paid,
        row.people_returned, row.returned, row.in_process, row.withheld, row.open, row.percent,
    ]  # fmt: skip


def rekap_pdf(
    rekap: Rekap, facts: PaperFacts, number: PaperNumber | None = None, *, size: str = ""
) -> bytes:
    """The paper; without a number it is marked KONSEP."""
    under = [f"Keadaan per {format_date(facts.day)}"]
    if number:
        under.insert(0, f"Nomor {number.number}")
    blocks: list[Any] = [
        Title(["Rekapitulasi Penyaluran Bantuan"], under=under),
        Facts([*facts.scope, ("Penerima manfaat", f"{rekap.total.people} orang")]),
        *_tables(rekap),
        Paragraph(IDENTITY, size=8),
        Signatures(list(facts.signatures), place_and_date=place_and_date(facts.day)),
        Gap(4),
        Paragraph(f"Kepala jejak audit: {facts.trail_head}", size=6.5, space_after=0),
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


def _tables(rekap: Rekap) -> list[Any]:
    """By place with page totals and both sums in words; by kind; by home province."""
    return [
        Table(
            _columns("Tempat / jenis bantuan"),
            list(_place_rows(rekap)),
            caption="A. Menurut tempat dan jenis bantuan",
        ),
        Facts(
            [
                ("Sasaran, terbilang", terbilang(rekap.total.entitled)),
                ("Dibayar, terbilang", terbilang(rekap.total.paid)),
            ]
        ),
        Table(
            _columns("Jenis bantuan"),
            [_cells(i, row) for i, row in enumerate(rekap.kinds, 1)],
            caption="B. Menurut jenis bantuan",
            page_totals=False,
        ),
        Table(
            _columns("Provinsi asal"),
            [_cells(i, p.total, p.label) for i, p in enumerate(rekap.provinces, 1)],
            caption="C. Menurut provinsi asal (orang: penerima, bukan pembayaran)",
            page_totals=False,
        ),
    ]


def place_and_date(day: date) -> str:
    return f"{settings.OFFICE_TOWN}, {format_date(day)}"


def _place_rows(rekap: Rekap) -> Iterator[Row]:
    """Rows by place; each lokalisasi closes with its sum, of several places above theirs."""
    for lokalisasi in rekap.lokalisasi:
        several = len(lokalisasi.places) > 1
        for place in lokalisasi.places:
            yield Section(f"{place.label} – {place.total.people} orang")
            for number, row in enumerate(place.rows, 1):
                yield _cells(number, row)
            yield Subtotal(f"Jumlah {place.label}", level=1 if several else 2)
        if several:
            people = f"{lokalisasi.total.people} orang"
            yield Subtotal(f"Jumlah {lokalisasi.label} – {people}", level=2)
