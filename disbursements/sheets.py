"""The reports as tables: what the screen shows of papers 15 and 16, and what is exported of all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from disbursements.realisation import EVIDENCE, Evidence, Realisation
from disbursements.reports import (
    Nominatif,
    Rekap,
    RekapRow,
)
from kotim_social.documents.exports import DAY, MONEY, NUMBER, Column, Sheet, Value

About = list[tuple[str, str]]


def rekap_sheet(rekap: Rekap, about: About) -> Sheet:
    """One row for each place and kind; sums are left to the reader of the file."""
    columns = [
        Column("Lokalisasi"), Column("Tempat"), Column("Jenis bantuan"),
        Column("Sasaran (orang)", NUMBER), Column("Sasaran (Rp)", MONEY),
        Column("Dibayar (orang)", NUMBER), Column("Dibayar (Rp)", MONEY),
        Column("Retur (orang)", NUMBER), Column("Retur (Rp)", MONEY),
        Column("Dalam proses (Rp)", MONEY), Column("Ditahan (Rp)", MONEY),
        Column("Terbuka (Rp)", MONEY), Column("%"),
    ]  # fmt: skip
    rows = [
        [lokalisasi.label, place.label, *_rekap_cells(row)]
        for lokalisasi in rekap.lokalisasi
        for place in lokalisasi.places
        for row in place.rows
    ]
    return Sheet("Rekapitulasi", columns, rows, about)


def _rekap_cells(row: RekapRow) -> list[Value]:
    return [
        row.label, row.people, row.entitled, row.people_paid, row.paid, row.people_returned,
        row.returned, row.in_process, row.withheld, row.open, row.percent,
    ]  # fmt: skip


def nominatif_sheet(roll: Nominatif, about: About) -> Sheet:
    """Everybody with masked numbers: a file leaves the house more easily than a paper."""
    columns = [
        Column("No", NUMBER), Column("Nomor register"), Column("Nama"), Column("NIK"),
        Column("Tanggal lahir", DAY), Column("Tempat"), Column("Bank"), Column("Rekening"),
        Column("Atas nama"), *(Column(f"{kind.name} (Rp)", MONEY) for kind in roll.kinds),
        Column("Jumlah (Rp)", MONEY),
    ]  # fmt: skip
    return Sheet("Nominatif", columns, list(_nominatif_rows(roll)), about)


def _nominatif_rows(roll: Nominatif) -> Iterator[list[Value]]:
    number = 0
    for place in roll.places:
        for row in place.rows:
            number += 1
            yield [
                number, row.worker.register_no, row.name, row.nik(whole=False), row.birth[1],
                place.label, *row.payee(whole=False),
                *(row.amounts.get(kind.code, 0) for kind in roll.kinds), row.total,
            ]  # fmt: skip


def realisation_sheet(data: Realisation, about: About) -> Sheet:
    columns = [
        Column("Sumber dana"), Column("Jenis bantuan"), Column("Tahun", NUMBER),
        Column("Pagu (Rp)", MONEY), Column("Diperintahkan (Rp)", MONEY),
        Column("Dibayar (Rp)", MONEY), Column("Retur (Rp)", MONEY),
        Column("Disetor kembali (Rp)", MONEY), Column("Sisa pagu (Rp)", MONEY), Column("%"),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            row.funder, row.kind, row.year, row.ceiling, row.ordered, row.paid, row.returned,
            row.deposited, row.rest, row.percent,
        ]
        for row in data.rows
    ]  # fmt: skip
    return Sheet("Realisasi", columns, rows, [*about, ("Catatan", data.history.in_words())])


def evidence_sheet(data: Evidence, about: About) -> Sheet:
    columns = [
        Column("Daftar bayar"), Column("Baris", NUMBER), Column("Nama"), Column("Nomor register"),
        Column("Jenis bantuan"), Column("Tanggal bayar", DAY), Column("Jumlah (Rp)", MONEY),
        *(Column(title) for title in EVIDENCE),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            row.payment_list, row.number, row.name, row.register_no, row.kind, row.paid_on,
            row.amount, *row.marks,
        ]
        for row in data.rows
    ]  # fmt: skip
    return Sheet("SPJ", columns, rows, about)


_SHEETS: dict[type[Any], Callable[[Any, About], Sheet]] = {
    Rekap: rekap_sheet,
    Nominatif: nominatif_sheet,
    Realisation: realisation_sheet,
    Evidence: evidence_sheet,
}


def sheet_of(data: Any, about: About) -> Sheet:
    """The table of a report's figures; `about` says what it covers."""
    return _SHEETS[type(data)](data, about)
