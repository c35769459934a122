"""The record of processing on paper (UU 27/2022 art. 31)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.conf import settings

from kotim_social.desk.processing import MEASURES, PURPOSES, Purpose
from kotim_social.documents.blocks import Block, Facts, Gap, Paragraph, Title
from kotim_social.documents.paper import Paper, PaperNumber, build_paper, printed_line
from kotim_social.documents.signatories import signature_block
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.lib.dates import format_date

KIND = "processing_record"


def record_data(day: date) -> dict[str, Any]:
    """Everything that will be printed, as JSON."""
    return {
        "day": day.isoformat(),
        "purposes": [_purpose(one) for one in PURPOSES],
        "measures": [str(text) for text in MEASURES],
        "signature": asdict(signature_block("kepala_dinas", day)),
    }


def _purpose(one: Purpose) -> dict[str, Any]:
    rows = [
        ("Dasar hukum", str(one.basis)),
        ("Sumber data", str(one.source)),
        ("Data pribadi", ", ".join(one.ordinary) or "–"),
        ("Data tersandi", ", ".join(one.secret) or "–"),
        ("Penerima", str(one.recipients)),
        *(("Disimpan", f"{r.years} tahun: {r.label} ({r.basis})") for r in one.retention),
    ]
    return {"title": str(one.label), "rows": rows}


def record_pdf(
    data: dict[str, Any], number: PaperNumber | None, *, by: str, at: datetime, size: str = ""
) -> bytes:
    day = date.fromisoformat(data["day"])
    shown = f"Nomor {number.number}" if number else "Nomor ........................"
    blocks: list[Block] = [
        Title(["Rekaman Kegiatan Pemrosesan Data Pribadi"], under=[shown]),
        Facts([("Pengendali", settings.OFFICE_NAME), ("Keadaan per", format_date(day))]),
    ]
    for n, one in enumerate(data["purposes"], start=1):
        rows = [(str(label), str(value)) for label, value in one["rows"]]
        blocks += [Paragraph(f"{n}. {one['title']}", bold=True, space_after=2), Facts(rows), Gap(2)]
    blocks.append(Paragraph("Langkah pengamanan", bold=True, space_after=2))
    blocks += [Paragraph(f"• {text}", space_after=2) for text in data["measures"]]
    blocks.append(
        Signatures(
            [SignatureBlock.from_snapshot(data["signature"])],
            place_and_date=f"{settings.OFFICE_TOWN}, {format_date(day)}",
        )
    )
    return build_paper(Paper(blocks=blocks, number=number, size=size, printed=printed_line(by, at)))
