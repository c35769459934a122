"""Paper 7 for the savings book and the card: the minutes that they are now in her own hands."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from cases.actions.books import HandOver, draw_up_correction, draw_up_hand_over, keep_hand_over
from cases.models import BookHandOver, Worker
from kotim_social.accounts.models import User
from kotim_social.documents.actions import issue_printed, void_paper
from kotim_social.documents.blocks import Block, Facts, Gap, Paragraph, Title
from kotim_social.documents.paper import (
    CONFIDENTIAL,
    Paper,
    PaperNumber,
    build_paper,
    printed_line,
)
from kotim_social.documents.signatories import signature_block
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.documents.table import Column, Table
from kotim_social.lib.dates import date_in_words, format_date, today
from kotim_social.lib.nik import mask_account, mask_nik

KIND = "handover_of_book"
# Says neither who, nor where, nor why.
FILE_NAME = "dokumen.pdf"
_SIZE = 10.0
_PIN = (
    "PIHAK KEDUA menerima sendiri barang tersebut dan memegangnya sendiri. Nomor rahasia (PIN) "
    "hanya diketahui PIHAK KEDUA; PIHAK PERTAMA tidak mencatat dan tidak menyimpannya. Sejak saat "
    "ini tidak ada buku tabungan atau kartu PIHAK KEDUA yang disimpan di Dinas Sosial selain yang "
    "dicatat belum diserahkan."
)
_END = (
    "Berita acara ini dibacakan kepada PIHAK KEDUA dengan bahasa yang dimengertinya, dibuat dengan "
    "sebenarnya, dan ditandatangani di depan dua orang saksi."
)


@transaction.atomic
def hand_over_book(*, worker: Worker, facts: HandOver, by: User) -> BookHandOver:
    """The entry and its minutes, both or neither."""
    row = draw_up_hand_over(worker=worker, facts=facts, by=by)
    return _keep(row, by=by)


@transaction.atomic
def correct_hand_over(
    *, row: BookHandOver, facts: HandOver, because: str, by: User
) -> BookHandOver:
    """A new entry stands instead; the minutes of the wrong one are voided."""
    new = draw_up_correction(row=row, facts=facts, because=because, by=by)
    if row.paper is not None and not row.paper.is_void:
        void_paper(row.paper, reason=because, by=by)
    return _keep(new, by=by)


def _keep(row: BookHandOver, *, by: User) -> BookHandOver:
    if row.way == BookHandOver.Way.HANDED and (row.book or row.card):
        data = minutes_data(row)
        row.paper = issue_printed(
            kind=KIND, data=data, pdf=minutes_pdf, by=by, subject=row.account.worker
        )
    return keep_hand_over(row, by=by)


def minutes_data(row: BookHandOver) -> dict[str, Any]:
    """Everything that will be printed, as JSON. Neither place nor a word of the programme."""
    account, worker = row.account, row.account.worker
    number = mask_account(account.number) if account.number else ""
    things = []
    if row.book:
        things.append(["Buku tabungan", account.bank, number, account.holder])
    if row.card:
        things.append(["Kartu ATM", account.bank, number, account.holder])
    return {
        "handed_on": row.handed_on.isoformat(),
        "day": today().isoformat(),
        "name": worker.name,
        "register_no": worker.register_no,
        "nik": mask_nik(worker.nik) if worker.nik else "belum ada",
        "handed_by": row.handed_by_name,
        "things": things,
        "no_card": row.no_card,
        "by_thumb": row.by_thumb,
        "witnesses": row.witnesses.split(", "),
        "corrects": _corrected_number(row),
        "signature": asdict(signature_block("kepala_dinas", today(), lead="Mengetahui,")),
    }


def _corrected_number(row: BookHandOver) -> str:
    before = row.corrects
    return before.paper.number if before is not None and before.paper is not None else ""


def minutes_pdf(data: dict[str, Any], number: PaperNumber, *, by: str, at: datetime) -> bytes:
    blocks: list[Any] = [
        Title(
            ["Berita Acara Serah Terima", "Buku Tabungan dan Kartu ATM"],
            under=[f"Nomor {number.number}", *_under(data)],
        ),
        *_parties(data),
        _things(data),
        Gap(6),
        *_no_card(data),
        Paragraph(_PIN, size=_SIZE, align="justify"),
        Paragraph(_END, size=_SIZE, align="justify"),
        *_signed(data),
    ]
    printed = printed_line(by, at)
    return build_paper(
        Paper(
            blocks=blocks,
            number=number,
            classification=CONFIDENTIAL,
            printed=printed,
            letterhead=True,
        )
    )


def _parties(data: dict[str, Any]) -> list[Block]:
    handed = date_in_words(date.fromisoformat(data["handed_on"]))
    her = [
        ("PIHAK KEDUA", data["name"]),
        ("Nomor register", data["register_no"]),
        ("NIK", data["nik"]),
    ]
    return [
        Paragraph(
            f"Pada hari {handed}, bertempat di {settings.OFFICE_TOWN}, kami yang bertanda tangan "
            "di bawah ini:",
            size=_SIZE,
            align="justify",
        ),
        # An officer, or somebody of the bank: the name alone says who.
        Facts([("PIHAK PERTAMA", data["handed_by"])], size=_SIZE),
        Facts(her, size=_SIZE),
        Paragraph(
            "PIHAK PERTAMA telah menyerahkan kepada PIHAK KEDUA, dan PIHAK KEDUA telah menerima "
            "dengan baik:",
            size=_SIZE,
        ),
    ]


def _no_card(data: dict[str, Any]) -> list[Block]:
    if not data["no_card"]:
        return []
    return [Paragraph("Bank tidak menerbitkan kartu untuk rekening ini.", size=_SIZE)]


def _under(data: dict[str, Any]) -> list[str]:
    return [f"Menggantikan berita acara nomor {data['corrects']}"] if data["corrects"] else []


def _things(data: dict[str, Any]) -> Table:
    columns = [
        Column("No", 5, kind="center"),
        Column("Barang", 24),
        Column("Bank", 18),
        Column("Nomor rekening", 24),
        Column("Atas nama", 29),
    ]
    rows = [[str(n), *cells] for n, cells in enumerate(data["things"], start=1)]
    return Table(columns, rows, size=9, page_totals=False)


def _signed(data: dict[str, Any]) -> list[Block]:
    day = format_date(date.fromisoformat(data["handed_on"]))
    how = "cap jempol" if data["by_thumb"] else "tanda tangan"
    return [
        Signatures(
            [
                SignatureBlock("PIHAK PERTAMA", data["handed_by"], official=False),
                SignatureBlock(f"PIHAK KEDUA ({how})", data["name"], official=False),
            ],
            place_and_date=f"{settings.OFFICE_TOWN}, {day}",
            columns=2,
        ),
        Signatures(
            [
                *(
                    SignatureBlock(f"Saksi {n}", name, official=False)
                    for n, name in enumerate(data["witnesses"][:2], start=1)
                ),
                SignatureBlock.from_snapshot(data["signature"], lead="Mengetahui,"),
            ],
        ),
    ]
