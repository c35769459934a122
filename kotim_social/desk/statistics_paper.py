"""The statistics for outside as a paper and as a file: the very numbers of the page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.conf import settings

from kotim_social.desk.statistics import HIDDEN, figures
from kotim_social.documents.blocks import Block, Facts, Gap, Paragraph, Title
from kotim_social.documents.exports import NUMBER, Column, Sheet
from kotim_social.documents.paper import Paper, PaperNumber, build_paper, printed_line
from kotim_social.documents.signatories import signature_block
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.documents.table import Column as PaperColumn
from kotim_social.documents.table import Table
from kotim_social.lib.dates import format_date
from kotim_social.lib.money import format_rupiah
from kotim_social.templatetags.formats import angka

KIND = "statistics"
LEGEND = (
    f"Tanda {HIDDEN}: angka di bawah 5 disembunyikan, beserta angka lain secukupnya supaya angka "
    "itu tidak dapat dihitung. Yang menolak diikutkan dalam statistik tidak dihitung."
)

_ALL_HIDDEN = "semua angka disembunyikan, karena orangnya terlalu sedikit."


def statistics_data(day: date) -> dict[str, Any]:
    """Everything that will be printed, as JSON; hidden numbers are not in it."""
    return {
        "day": day.isoformat(),
        "tables": [
            {
                "title": one.title,
                "is_hidden": one.is_hidden,
                "heads": [label for _row, label in one.heads()],
                "lines": [asdict(line) for line in one.lines()],
            }
            for one in figures()
        ],
        "signature": asdict(signature_block("kepala_dinas", day)),
    }


def statistics_pdf(
    data: dict[str, Any], number: PaperNumber | None, *, by: str, at: datetime
) -> bytes:
    """Without a number it is a draft and says so."""
    day = format_date(date.fromisoformat(data["day"]))
    shown = f"Nomor {number.number}" if number else "Nomor ........................"
    blocks: list[Block | Table] = [
        Title(["Statistik Penerima Manfaat"], under=[shown]),
        Facts([("Instansi", settings.OFFICE_NAME), ("Keadaan per", day)]),
        Paragraph(LEGEND, align="justify"),
    ]
    for one in data["tables"]:
        if one["is_hidden"]:
            blocks += [Gap(6), Paragraph(f"{one['title']}: {_ALL_HIDDEN}")]
            continue
        columns = [PaperColumn("", 6), *(PaperColumn(head, 3, "number") for head in one["heads"])]
        rows = [
            [line["label"], *(_shown(value, line["is_money"]) for value in line["values"])]
            for line in one["lines"]
        ]
        table = Table(columns, rows, caption=one["title"], page_totals=False, grand_total="")
        blocks += [Gap(6), table]
    if not data["tables"]:
        blocks.append(Paragraph("NIHIL: terlalu sedikit orang untuk statistik.", bold=True))
    blocks.append(
        Signatures(
            [SignatureBlock.from_snapshot(data["signature"])],
            place_and_date=f"{settings.OFFICE_TOWN}, {day}",
        )
    )
    return build_paper(Paper(blocks=blocks, number=number, printed=printed_line(by, at)))


def statistics_sheet(day: date) -> Sheet:
    """One row for each published number; hidden ones carry the sign."""
    rows: list[list[Any]] = [
        [one.title, line.label, head, HIDDEN if value is None else value]
        for one in figures()
        for line in one.lines()
        for (_row, head), value in zip(one.heads(), line.values, strict=True)
    ]
    columns = [Column("Tabel"), Column("Rincian"), Column("Tempat"), Column("Angka", NUMBER)]
    about = [("Keadaan per", format_date(day)), ("Keterangan", LEGEND)]
    return Sheet("Statistik", columns, rows, about)


def _shown(value: int | None, is_money: bool) -> str:
    if value is None:
        return HIDDEN
    return format_rupiah(value) if is_money else angka(value)
