"""Papers 9 and 10: the assignment order of the escorts, and the travel order of each, two-sided."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings

from kotim_social.documents.blocks import Block, Facts, Paragraph, Title
from kotim_social.documents.paper import Paper, PaperNumber, build_paper, printed_line
from kotim_social.documents.signatories import signature_block
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.documents.table import Column, Table
from kotim_social.lib.dates import format_date
from repatriation.models import Batch, Escort
from repatriation.papers.ground import (
    BLANK,
    NextPage,
    Printing,
    day_or_blank,
    escorts_data,
    iso,
    leg_facts,
    legs_data,
    place_and_day,
)


def orders_data(batch: Batch, *, day: date) -> dict[str, Any]:
    """Everything that both orders print, as JSON. They go through many hands: no programme word."""
    begin, end = batch.planned_departure, batch.planned_arrival
    return {
        "code": batch.code,
        "day": day.isoformat(),
        "destination": batch.destination.name,
        "begin": iso(begin),
        "end": iso(end),
        "days": (end - begin).days + 1 if begin and end else 0,
        "legs": legs_data(batch),
        "escorts": escorts_data(batch),
        "order": batch.escort_order,
        "order_on": iso(batch.escort_order_on),
    }


def assignment_order_pdf(
    data: dict[str, Any], number: PaperNumber | None, printing: Printing
) -> bytes:
    """Paper 9, surat perintah tugas."""
    day = date.fromisoformat(data["day"])
    columns = [
        Column("No.", 1, "center"),
        Column("Nama", 7),
        Column("NIP", 5, "center"),
        Column("Pangkat/golongan", 4),
        Column("Keterangan", 3),
    ]
    rows = [
        [n, e["name"], e["nip"] or "–", e["rank"] or "–", "Ketua" if e["head"] else "Anggota"]
        for n, e in enumerate(data["escorts"], start=1)
    ]
    blocks: list[Block | Table] = [
        Title(["Surat Perintah Tugas"], under=[_number(number)]),
        Facts([("Dasar", f"Rencana perjalanan rombongan {data['code']} dan DPA {_year(day)}")]),
        Paragraph("MEMERINTAHKAN:", align="center", bold=True),
        Paragraph("Kepada:"),
        Table(columns, rows, page_totals=False),
        Facts(
            [
                (
                    "Untuk",
                    f"Mendampingi rombongan {data['code']} sampai diserahterimakan di "
                    f"{data['destination']}, memanggil nama pada tiap perjalanan, dan melaporkan "
                    "pelaksanaannya secara tertulis",
                ),
                *leg_facts(data["legs"]),
                ("Lama", _length(data)),
                ("Beban anggaran", f"DPA {settings.OFFICE_NAME} {_year(day)}"),
            ]
        ),
        Paragraph("Demikian surat perintah ini dibuat untuk dilaksanakan.", align="justify"),
        Signatures([signature_block("kepala_dinas", day)], place_and_date=place_and_day(day)),
    ]
    printed = printed_line(printing.by, printing.at)
    return build_paper(Paper(blocks=blocks, number=number, printed=printed))


def travel_order_data(batch: Batch, escort: Escort, *, day: date) -> dict[str, Any]:
    officer = escort.officer
    return {
        **orders_data(batch, day=day),
        "name": officer.name,
        "nip": officer.nip or "",
        "rank": officer.rank,
        "head": escort.is_head,
        "order": escort.order_number or batch.escort_order,
    }


def travel_order_pdf(data: dict[str, Any], number: PaperNumber | None, printing: Printing) -> bytes:
    """Paper 10, SPPD: the ten items in front, the visas of the places on the back."""
    day = date.fromisoformat(data["day"])
    front = [Column("No.", 1, "center"), Column("Uraian", 7), Column("Keterangan", 10)]
    blocks: list[Block | Table] = [
        Title(["Surat Perjalanan Dinas (SPPD)"], under=[_number(number)]),
        Table(front, _items(data, day), size=8.5, page_totals=False),
        Signatures([signature_block("pa_kpa", day)], place_and_date=place_and_day(day)),
        NextPage(),
        Title(["Tanda Tiba dan Berangkat"], under=[data["code"]]),
        *_visas(data),
        Paragraph(
            "Telah diperiksa, dengan keterangan bahwa perjalanan tersebut di atas benar "
            "dilakukan atas perintahnya dan semata-mata untuk kepentingan jabatan dalam waktu "
            "yang sesingkat-singkatnya.",
            align="justify",
        ),
        Signatures([signature_block("pa_kpa", day), signature_block("pptk", day)]),
    ]
    printed = printed_line(printing.by, printing.at)
    return build_paper(Paper(blocks=blocks, number=number, printed=printed))


def _items(data: dict[str, Any], day: date) -> list[list[str | int]]:
    legs = data["legs"]
    means = ", ".join(dict.fromkeys(leg["mode"] for leg in legs)) or BLANK
    begins = legs[0]["origin"] if legs else settings.OFFICE_TOWN
    ends = legs[-1]["target"] if legs else data["destination"]
    under = day_or_blank(data["order_on"])
    rows = [
        ("Pejabat yang memberi perintah", "Pengguna Anggaran/Kuasa Pengguna Anggaran"),
        ("Nama dan NIP yang diperintah", f"{data['name']}, {data['nip'] or '–'}"),
        ("Pangkat dan golongan; jabatan", f"{data['rank'] or BLANK}; {_duty(data)}"),
        ("Maksud perjalanan dinas", f"Mendampingi rombongan {data['code']}"),
        ("Alat angkutan", means),
        ("Tempat berangkat; tempat tujuan", f"{begins}; {ends}"),
        ("Lama; tanggal berangkat; tanggal tiba", _length(data)),
        ("Pengikut", "NIHIL"),
        ("Pembebanan anggaran", f"{settings.OFFICE_NAME}, DPA {_year(day)}"),
        ("Keterangan lain", f"Surat perintah tugas {data['order'] or BLANK}, {under}"),
    ]
    return [[number, *row] for number, row in enumerate(rows, start=1)]


def _visas(data: dict[str, Any]) -> list[Signatures]:
    """One row a place of the way, and one for the way back; dated, signed and stamped by hand."""
    stops = data["legs"] or [{"origin": settings.OFFICE_TOWN, "target": data["destination"]}]
    rows = [[f"Berangkat dari {stops[0]['origin']}"]]
    rows += [[f"Tiba di {leg['target']}", f"Berangkat dari {leg['target']}"] for leg in stops]
    rows.append([f"Tiba kembali di {settings.OFFICE_TOWN}"])
    return [
        Signatures(
            [
                SignatureBlock(f"{title}, tanggal {BLANK}", lead=f"{number}.", official=False)
                for title in row
            ],
            space_before=4.0,
        )
        for number, row in enumerate(rows, start=1)
    ]


def _duty(data: dict[str, Any]) -> str:
    return "ketua rombongan" if data["head"] else "pendamping"


def _length(data: dict[str, Any]) -> str:
    days = f"{data['days']} hari" if data["days"] else "...... hari"
    return f"{days}, dari {day_or_blank(data['begin'])} sampai {day_or_blank(data['end'])}"


def _number(number: PaperNumber | None) -> str:
    return f"Nomor {number.number}" if number else f"Nomor {BLANK}"


def _year(day: date) -> str:
    return f"Tahun Anggaran {format_date(day)[-4:]}"
