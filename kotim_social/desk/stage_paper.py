"""The stage report as a paper: the figures by place, and every difference by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.conf import settings

from cases.models import Worker
from kotim_social.accounts.models import User
from kotim_social.desk.stage_reasons import explain
from kotim_social.desk.stages import GAPS, StageReport, stage_report, with_stages
from kotim_social.documents.blocks import Facts, Paragraph, Title
from kotim_social.documents.paper import (
    CONFIDENTIAL,
    Paper,
    PaperNumber,
    build_paper,
    printed_line,
)
from kotim_social.documents.signatories import signature_block
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.documents.table import Column, Row, Section, Table
from kotim_social.lib.dates import format_date

KIND = "stage_report"
STAGES = {
    "registered": "Terdata",
    "verified": "Terverifikasi",
    "eligible": "Layak",
    "determined": "Ditetapkan",
    "paid": "Dibayar penuh",
}
DIFFERENCES = {
    "registered": "Terdata, belum diverifikasi",
    "verified": "Terverifikasi, tidak layak",
    "eligible": "Layak, belum ditetapkan",
    "determined": "Ditetapkan, belum dibayar penuh",
}


def stage_data(user: User, *, day: date) -> dict[str, Any]:
    """Everything that will be printed, as JSON."""
    report = stage_report(user)
    people = with_stages(Worker.objects.visible_to(user)).exclude(stage="paid")
    named = explain(list(people.named().order_by("name", "pk")))
    return {
        "day": day.isoformat(),
        "scope": "semua" if user.sees_everything else _places(report),
        "figures": [
            [place.label, *(report.stages[code][place.pk] for code in STAGES)]
            for place in report.places
        ],
        "differences": {
            gap: [
                [
                    stopped.worker.name_in_lists,
                    stopped.worker.register_no,
                    stopped.worker.place.label,
                    " ".join(because.sentence for because in stopped.because),
                ]
                for stopped in named
                if stopped.worker.stage == gap
            ]
            for gap in GAPS
        },
        "signatures": [
            asdict(signature_block("kepala_dinas", day, lead="Mengetahui,")),
            asdict(signature_block("kabid", day)),
        ],
    }


def _places(report: StageReport) -> str:
    return ", ".join(place.label for place in report.places) or "–"


def stage_pdf(
    data: dict[str, Any], number: PaperNumber | None, *, by: str, at: datetime, size: str = ""
) -> bytes:
    """The paper; without a number it is a draft and says so."""
    day = format_date(date.fromisoformat(data["day"]))
    under = [f"Keadaan per {day}"]
    if number:
        under.insert(0, f"Nomor {number.number}")
    return build_paper(
        Paper(
            blocks=[
                Title(["Laporan Tahapan Penerima Bantuan"], under=under),
                Facts([("Tempat", data["scope"])]),
                Table(_figure_columns(), data["figures"], page_totals=False, grand_total="JUMLAH"),
                Paragraph("Setiap selisih antara dua tahap disebut dengan nama di bawah ini."),
                Table(_name_columns(), _names(data), page_totals=False, grand_total=""),
                Signatures(
                    [SignatureBlock(**block) for block in data["signatures"]],
                    place_and_date=f"{settings.OFFICE_TOWN}, {day}",
                ),
            ],
            number=number,
            size=size,
            classification=CONFIDENTIAL,
            printed=printed_line(by, at),
        )
    )


def _figure_columns() -> list[Column]:
    return [
        Column("Tempat", 12),
        *(Column(label, 6, kind="number", total=True) for label in STAGES.values()),
    ]


def _name_columns() -> list[Column]:
    return [
        Column("No", 2.4, kind="center"),
        Column("Nama", 10.5),
        Column("Nomor register", 8),
        Column("Tempat", 12),
        Column("Alasan", 37.5),
    ]


def _names(data: dict[str, Any]) -> Iterator[Row]:
    for gap, rows in data["differences"].items():
        yield Section(f"{DIFFERENCES[gap]} – {len(rows)} orang")
        for number, row in enumerate(rows, start=1):
            yield [str(number), *row]
        if not rows:
            yield ["–", "NIHIL", "", "", ""]
