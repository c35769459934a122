"""Paper 3, daftar nominatif: every woman with her account and her amount of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from disbursements.papers.rekap import PaperFacts, place_and_date
from disbursements.reports import Nominatif, NominatifRow
from kotim_social.documents.blocks import Facts, Paragraph, Title
from kotim_social.documents.paper import CONFIDENTIAL, Paper, PaperNumber, build_paper
from kotim_social.documents.signatures import Signatures
from kotim_social.documents.table import Cell, Column, Row, Section, Subtotal, Table
from kotim_social.lib.dates import format_date
from kotim_social.lib.money import format_rupiah

PLANS = {
    "return": "Pulang",
    "stay": "Menetap",
    "undecided": "Belum memilih",
    "referred": "Dirujuk",
}
FIXED = 6  # columns before the kinds


def _columns(roll: Nominatif) -> list[Column]:
    return [
        Column("No", 2.6, kind="center"),
        Column("Nama", 13),
        Column("NIK", 10.5),
        Column("Tempat, tanggal lahir", 11),
        Column("Alamat asal", 15),
        Column("Bank – nomor rekening – atas nama", 14.5),
        *(Column(kind.name, 7.4, kind="money", group="Bantuan (Rp)") for kind in roll.kinds),
        Column("Jumlah (Rp)", 8.6, kind="money"),
        Column("Ket.", 9),
    ]


def nominatif_pdf(
    roll: Nominatif,
    facts: PaperFacts,
    number: PaperNumber | None = None,
    *,
    whole: bool = True,
    size: str = "",
) -> bytes:
    """The paper; `whole` prints NIK and account unmasked. Without a number it is KONSEP."""
    under = [f"Keadaan per {format_date(facts.day)}"]
    if number:
        under.insert(0, f"Nomor {number.number}")
    blocks: list[Any] = [
        Title(["Daftar Nominatif Penerima Bantuan"], under=under),
        Facts([*facts.scope, ("Penerima manfaat", f"{len(roll.rows)} orang")]),
        roll_table(roll, whole=whole),
        Paragraph(
            "Demikian daftar nominatif ini dibuat dengan sebenarnya untuk dipergunakan "
            "sebagaimana mestinya."
        ),
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


def roll_table(roll: Nominatif, *, whole: bool) -> Table:
    """The roll itself, with page sums, carried-over row and the total in words."""
    return Table(
        _columns(roll),
        _rows(roll, whole=whole),
        size=7,
        number_row=True,
        terbilang=FIXED + len(roll.kinds),
    )


def _rows(roll: Nominatif, *, whole: bool) -> Iterator[Row]:
    """By place with its sum; a lokalisasi of several places has a sum of its own after the last."""
    number = 0
    several = {place.lokalisasi for place in roll.places if place.closes_lokalisasi}
    for place in roll.places:
        yield Section(f"{place.label} – {len(place.rows)} orang")
        for row in place.rows:
            number += 1
            yield _cells(roll, row, number, whole=whole)
        level = 1 if place.lokalisasi in several else 2
        yield Subtotal(f"Jumlah {place.label}", level=level)
        if place.closes_lokalisasi:
            yield Subtotal(f"Jumlah {place.lokalisasi}", level=2)


def _cells(roll: Nominatif, row: NominatifRow, number: int, *, whole: bool) -> list[Cell]:
    place, day = row.birth
    return [
        str(number),
        row.name,
        row.nik(whole=whole) or "belum ada",
        ", ".join(part for part in (place, f"{day:%d-%m-%Y}" if day else "") if part),
        row.home or "–",
        " – ".join(part for part in row.payee(whole=whole) if part) or "belum ada",
        *(row.amounts.get(kind.code) for kind in roll.kinds),
        row.total,
        _remark(row),
    ]


def _remark(row: NominatifRow) -> str:
    plan = PLANS[row.worker.choice]
    if row.withheld:
        return f"{plan}; ditahan {format_rupiah(row.withheld).removeprefix('Rp')}"
    return plan
