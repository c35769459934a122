"""The paper that answers her question what the office holds about her; it is hers, and whole."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.conf import settings

from cases.models import Worker
from kotim_social.desk.personal_data import categories, looks_by_role, shared_with
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
from kotim_social.lib.dates import format_date

KIND = "data_sheet"
_TOGETHER, _SHORT = 12, 300
_LEAD = (
    "Lembar ini memuat semua data Anda yang disimpan Dinas Sosial, dari mana diperoleh, untuk apa "
    "dipakai, kepada siapa pernah diberikan, dan berapa kali dilihat (UU 27/2022 Pasal 5, 7, dan "
    "32). Lembar ini milik Anda. Simpanlah di tempat yang aman."
)
_RIGHTS = (
    "Anda boleh meminta data yang salah diperbaiki, menarik persetujuan, menolak atau membatasi "
    "pemakaian, dan meminta data dihapus (UU 27/2022 Pasal 6 sampai 11). Sampaikan kepada petugas "
    "atau datang ke Dinas Sosial. Tidak dipungut biaya. Nama orang lain tidak dicantumkan (Pasal "
    "33)."
)


def sheet_data(worker: Worker, day: date) -> dict[str, Any]:
    """Everything that will be printed, as JSON."""
    return {
        "day": day.isoformat(),
        "name": worker.name,
        "register_no": worker.register_no,
        "categories": [
            {
                "title": str(one.purpose.label),
                "rows": one.rows,
                "source": str(one.purpose.source),
                "basis": str(one.purpose.basis),
                "recipients": str(one.purpose.recipients),
                "term": one.term,
            }
            for one in categories(worker)
        ],
        "shared": shared_with(worker),
        "looks": looks_by_role(worker),
        "signature": asdict(signature_block("kepala_dinas", day)),
    }


def sheet_pdf(
    data: dict[str, Any], number: PaperNumber | None, *, by: str, at: datetime, size: str = ""
) -> bytes:
    return build_paper(
        Paper(
            blocks=_blocks(data, number),
            number=number,
            size=size,
            classification=CONFIDENTIAL,
            printed=printed_line(by, at),
            letterhead=True,
        )
    )


def _blocks(data: dict[str, Any], number: PaperNumber | None) -> list[Block]:
    day = date.fromisoformat(data["day"])
    under = [f"Nomor {number.number}" if number else "Nomor ........................"]
    blocks: list[Block] = [
        Title(["Lembar Data Pribadi"], under=[*under, f"Keadaan per {format_date(day)}"]),
        Facts([("Nama", data["name"]), ("Nomor register", data["register_no"])]),
        Paragraph(_LEAD, align="justify"),
    ]
    for n, one in enumerate(data["categories"], start=1):
        blocks += _category(n, one)
    blocks += [
        Paragraph("Pernah diberikan kepada", bold=True),
        *_facts(data["shared"], "Tidak pernah diberikan ke luar Dinas Sosial."),
        Paragraph("Berapa kali dilihat, menurut peran", bold=True),
        *_facts([(role, f"{n} kali") for role, n in data["looks"]], "Belum pernah dilihat."),
        Paragraph(_RIGHTS, align="justify"),
        Signatures(
            [
                SignatureBlock("Yang menerima", data["name"], official=False),
                SignatureBlock.from_snapshot(data["signature"]),
            ],
            place_and_date=f"{settings.OFFICE_TOWN}, {format_date(day)}",
            columns=2,
        ),
    ]
    return blocks


def _category(n: int, one: dict[str, Any]) -> list[Block]:
    origin = [
        ("Diperoleh dari", one["source"]),
        ("Dasar", one["basis"]),
        ("Dapat diberikan kepada", one["recipients"]),
        ("Disimpan selama", one["term"]),
    ]
    return [
        Paragraph(f"{n}. {one['title']}", bold=True, space_after=2),
        *_facts(one["rows"], ""),
        Facts(origin, size=7.5),
        Gap(4),
    ]


def _facts(rows: list[Any], nothing: str) -> list[Block]:
    """Short rows stand in columns; a long text runs as a paragraph and is never cut."""
    if not rows:
        return [Paragraph(nothing)] if nothing else []
    pairs = [(str(label), str(value)) for label, value in rows]
    blocks: list[Block] = []
    for start in range(0, len(pairs), _TOGETHER):
        chunk = pairs[start : start + _TOGETHER]
        if max(len(value) for _label, value in chunk) <= _SHORT:
            blocks.append(Facts(chunk))
        else:
            blocks += [
                Paragraph(f"{label}: {value}", size=9, space_after=2) for label, value in chunk
            ]
    return blocks
