"""Papers 6 and 7: the collective receipt that all sign, and the minutes of the hand-over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings

from disbursements.models import PaymentLine
from disbursements.papers.payments import Payment, Payments, by_list
from disbursements.papers.rekap import PaperFacts, place_and_date
from kotim_social.documents.blocks import Facts, Paragraph, Title
from kotim_social.documents.paper import CONFIDENTIAL, RESTRICTED, Paper, PaperNumber, build_paper
from kotim_social.documents.signatories import signature_block
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.documents.table import Cell, Column, Row, Table
from kotim_social.lib.dates import date_in_words, format_date
from kotim_social.lib.money import format_rupiah, terbilang

_SIGN = "Tanda tangan"
_WITNESSES = [
    SignatureBlock("Saksi I", lead="Saksi-saksi,", official=False),
    SignatureBlock("Saksi II", official=False),
]


def collective_pdf(
    payments: Payments, facts: PaperFacts, number: PaperNumber | None = None, *, size: str = ""
) -> bytes:
    """Each signs beside her own number: odd ones on the left, even ones on the right."""
    columns = [
        Column("No", 4, kind="center"),
        Column("Nama", 26),
        Column("NIK", 15),
        Column("Jenis bantuan", 16),
        Column("Jumlah (Rp)", 12, kind="money"),
        Column("ganjil", 15, group=_SIGN),
        Column("genap", 15, group=_SIGN),
    ]
    blocks: list[Any] = [
        Title(["Tanda Terima Kolektif"], under=_under(number, facts.day)),
        Facts(list(facts.scope)),
        Table(columns, list(_signing_rows(payments)), size=8, terbilang=4, least_lines=3),
        Signatures(
            [*_WITNESSES, *facts.signatures], place_and_date=place_and_date(facts.day), columns=3
        ),
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


def _under(number: PaperNumber | None, day: date) -> list[str]:
    return [f"Nomor {number.number}"] if number else [f"Keadaan per {format_date(day)}"]


def _signing_rows(payments: Payments) -> Iterator[Row]:
    """Numbered through; where they are drawn from several lists, each list with its sum."""
    index = 0
    for row in by_list(payments):
        if not isinstance(row, Payment):
            yield row
            continue
        index += 1
        cells = [f"{index} ……………", ""] if index % 2 else ["", f"{index} ……………"]
        yield [str(index), row.name, row.nik, row.kind, row.amount, *cells]


def _handed_over(payments: Payments) -> Table:
    columns = [
        Column("No", 4, kind="center"),
        Column("Jenis bantuan", 40),
        Column("Penerima (orang)", 16, kind="number", total=True),
        Column("Jumlah (Rp)", 20, kind="money"),
    ]
    rows: list[list[Cell]] = [
        [str(n), name, len(amounts), sum(amounts)]
        for n, (name, amounts) in enumerate(payments.by_kind().items(), start=1)
    ]
    return Table(columns, rows, size=8.5, page_totals=False, terbilang=3)


def handover_pdf(
    payments: Payments, facts: PaperFacts, number: PaperNumber | None = None, *, size: str = ""
) -> bytes:
    """Berita acara serah terima: what was handed over, by kind, and how much."""
    blocks: list[Any] = [
        Title(["Berita Acara Serah Terima Bantuan"], under=_under(number, facts.day)),
        Paragraph(
            f"Pada hari ini {date_in_words(facts.day)}, bertempat di {settings.OFFICE_TOWN}, kami "
            f"yang bertanda tangan di bawah ini: PIHAK PERTAMA, {settings.OFFICE_NAME}, telah "
            "menyerahkan kepada PIHAK KEDUA, penerima bantuan atau wakilnya, dan PIHAK KEDUA telah "
            f"menerima dengan baik bantuan menurut daftar bayar {payments.lists_in_words}:",
            align="justify",
        ),
        *([Facts(narrowing)] if (narrowing := list(facts.scope[1:])) else []),
        _handed_over(payments),
        Paragraph(
            "Rincian menurut nama terlampir dalam daftar nominatif dan tanda terima. Demikian "
            "berita acara ini dibuat dengan sebenarnya untuk dipergunakan sebagaimana mestinya.",
            align="justify",
        ),
        Signatures(
            [SignatureBlock("PIHAK KEDUA", official=False), *facts.signatures],
            place_and_date=place_and_date(facts.day),
        ),
        Signatures(_WITNESSES),
    ]
    return build_paper(
        Paper(
            blocks=blocks,
            number=number,
            size=size,
            classification=RESTRICTED,
            printed=facts.printed,
        )
    )


def refund_letter(line: PaymentLine, facts: PaperFacts, number: PaperNumber | None = None) -> bytes:
    """The letter that demands a payment back. The reason stays in the register."""
    frozen: dict[str, Any] = line.snapshot or {}
    blocks: list[Any] = [
        Title(["Surat Permintaan Pengembalian"], under=_under(number, facts.day)),
        Paragraph(
            f"Kepada yang bersangkutan: {frozen['name']} ({frozen['register_no']}). Menurut "
            "pemeriksaan kami pembayaran berikut diterima lebih dari satu kali. Mohon jumlah "
            "tersebut dikembalikan melalui bendahara; bukti setor menjadi tanda pelunasan.",
            align="justify",
        ),
        Facts(
            [
                ("Daftar bayar", f"{line.payment_list.number}, baris {line.number}"),
                ("Dibayar pada", format_date(line.result_on) if line.result_on else "–"),
                ("Jumlah", format_rupiah(line.amount, cents=True)),
                ("Terbilang", terbilang(line.amount)),
            ]
        ),
        Signatures(
            [signature_block("kepala_dinas", facts.day)], place_and_date=place_and_date(facts.day)
        ),
    ]
    return build_paper(
        Paper(blocks=blocks, number=number, classification=CONFIDENTIAL, printed=facts.printed)
    )
