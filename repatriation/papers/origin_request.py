"""Paper 12: the confidential letter that asks a home office about its people."""

from __future__ import annotations

from datetime import date
from typing import Any

from cases.consents import home_office
from cases.models import Worker
from kotim_social.documents.blocks import Block, Facts, Paragraph
from kotim_social.documents.paper import (
    CONFIDENTIAL,
    Paper,
    PaperNumber,
    build_paper,
    printed_line,
)
from kotim_social.documents.signatories import signature_block
from kotim_social.documents.signatures import Signatures
from kotim_social.documents.table import Column, Table
from kotim_social.lib.dates import format_date
from kotim_social.lib.nik import mask_nik
from kotim_social.regions.models import Regency
from repatriation.models import Batch
from repatriation.papers.ground import BLANK, Printing, day_or_blank, iso, place_and_day
from repatriation.sharing import asked_about


def origin_request_data(
    batch: Batch, regency: Regency, *, office: str, day: date, full_ids: bool
) -> dict[str, Any]:
    """The people of one home region who agreed to it; the office finds them by whole NIK only."""
    rows, _missing = asked_about(batch, regency)
    return {
        "code": batch.code,
        "day": day.isoformat(),
        "office": office,
        "receiver": home_office(regency),
        "regency": regency.name,
        "planned": iso(batch.planned_departure),
        "rows": [
            {
                "worker": str(member.worker_id),
                "name": member.worker.name_in_lists,
                "nik": "–" if member.worker.is_child else _nik(member.worker.nik, full=full_ids),
                "born": "–" if member.worker.is_child else _born(member.worker),
                "district": getattr(member.worker.home_district, "name", "–"),
                "children": member.children,
            }
            for member in rows
        ],
    }


def _born(worker: Worker) -> str:
    return f"{worker.birth_place or '–'}, {format_date(worker.birth_date)}"


def origin_request_pdf(
    data: dict[str, Any], number: PaperNumber | None, printing: Printing
) -> bytes:
    day = date.fromisoformat(data["day"])
    people = len(data["rows"])
    blocks: list[Block | Table] = [
        Facts(
            [
                ("Nomor", number.number if number else BLANK),
                ("Sifat", "Rahasia"),
                ("Lampiran", "–"),
                ("Hal", "Permintaan konfirmasi daerah asal"),
                ("Kepada", f"Yth. {data['office']}"),
            ]
        ),
        Paragraph(
            f"Bersama ini kami mohon konfirmasi apakah {people} orang berikut benar berasal dari "
            f"{data['regency']} dan dapat diterima kembali. Keberangkatan direncanakan pada "
            f"{day_or_blank(data['planned'])}.",
            align="justify",
        ),
        _table(data["rows"]),
        Paragraph(
            "Mohon jawaban tertulis beserta nama dan nomor telepon petugas yang menerima. Surat "
            "ini memuat data pribadi: mohon dibuka oleh yang berwenang saja dan tidak disebarkan.",
            align="justify",
        ),
        Signatures([signature_block("kepala_dinas", day)], place_and_date=place_and_day(day)),
    ]
    printed = printed_line(printing.by, printing.at)
    return build_paper(
        Paper(blocks=blocks, number=number, classification=CONFIDENTIAL, printed=printed)
    )


def _table(people: list[dict[str, Any]]) -> Table:
    columns = [
        Column("No.", 1, "center"),
        Column("Nama", 5),
        Column("NIK", 4.2, "center"),
        Column("Tempat, tanggal lahir", 5),
        Column("Kecamatan asal", 3.5),
        Column("Anak", 1.2, "number", total=True),
        Column("Benar/tidak", 2.5),
    ]
    rows = [
        [n, row["name"], row["nik"], row["born"], row["district"], row["children"], ""]
        for n, row in enumerate(people, start=1)
    ]
    label = f"JUMLAH {len(rows)} ORANG"
    return Table(columns, rows, page_totals=False, grand_total=label)


def _nik(nik: str | None, *, full: bool) -> str:
    return (nik if full else mask_nik(nik)) if nik else "–"
