"""Paper 11, the manifest: the office copy, and the copy that the carrier gets."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.conf import settings

from kotim_social.documents.blocks import Block, Facts, Paragraph, Title
from kotim_social.documents.paper import (
    CONFIDENTIAL,
    RESTRICTED,
    Paper,
    PaperNumber,
    build_paper,
    printed_line,
)
from kotim_social.documents.signatories import signature_block
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.documents.table import Column, Table
from kotim_social.lib.dates import age_on, format_date
from kotim_social.lib.nik import mask_nik
from repatriation import rules
from repatriation.models import Batch
from repatriation.papers.ground import escorts_data, leg_facts, legs_data

BOARDED = "✓"


class Copy(StrEnum):
    """Who gets it."""

    OFFICE = "office"
    CARRIER = "carrier"

    @property
    def kind(self) -> str:
        return "manifest" if self is Copy.OFFICE else "manifest_carrier"


def manifest_data(batch: Batch, copy: Copy, *, day: date, full_ids: bool) -> dict[str, Any]:
    """Everything that will be printed, as JSON; kept as the snapshot of the issued paper."""
    count = rules.count(batch)
    reference = batch.departed_on or batch.planned_departure or day
    members = batch.members.on_manifest().with_journey().by_name()  # type: ignore[attr-defined]
    rows = [
        {
            "name": member.worker.name_in_lists,
            "nik": _nik(
                "" if member.worker.is_child else member.worker.nik,
                full=full_ids and copy is Copy.CARRIER,
            ),
            "age": age_on(member.worker.birth_date, reference),
            "children": member.children,
            **(_office_facts(member) if copy is Copy.OFFICE else {}),
        }
        for member in members.select_related("worker__home_regency")
    ]
    return {
        "code": batch.code,
        "revision": batch.revision,
        "day": day.isoformat(),
        "women": count.women,
        "children": count.children,
        "legs": legs_data(batch),
        "escorts": escorts_data(batch),
        "rows": rows,
        **(_plan(batch) if copy is Copy.OFFICE else {}),
    }


def manifest_pdf(
    data: dict[str, Any],
    copy: Copy,
    number: PaperNumber | None,
    *,
    by: str,
    at: datetime,
    size: str = "",
) -> bytes:
    """The PDF; without a number it is a draft and says so."""
    day = date.fromisoformat(data["day"])
    under = [
        f"Nomor {number.number}" if number else "Nomor ........................",
        f"{data['code']} · revisi {data['revision']}",
    ]
    blocks: list[Block | Table] = [
        Title(["Manifes Penumpang"], under=under),
        Facts(_facts(data)),
        _table_for_office(data) if copy is Copy.OFFICE else _table_for_carrier(data),
        Paragraph(_sum(data)),
        _signatures(data, day, copy),
    ]
    return build_paper(
        Paper(
            blocks=blocks,
            number=number,
            size=size,
            classification=CONFIDENTIAL if copy is Copy.OFFICE else RESTRICTED,
            printed=printed_line(by, at),
        )
    )


def _nik(nik: str | None, *, full: bool) -> str:
    return (nik if full else mask_nik(nik)) if nik else "–"


def _plan(batch: Batch) -> dict[str, str]:
    """What the office copy says beside the names; the carrier needs none of it."""
    return {
        "receiver": batch.receiving_office,
        "drop_offs": batch.drop_offs,
        "emergency": batch.emergency_contacts or "",
    }


def _office_facts(member: Any) -> dict[str, Any]:
    home = member.worker.home_regency
    return {
        "home": home.name if home else "–",
        "boarded": member.boarded_on is not None,
        "arrived": member.arrived_on is not None,
    }


def _facts(data: dict[str, Any]) -> list[tuple[str, str]]:
    facts = leg_facts(data["legs"])
    escorts = "; ".join(
        f"{escort['name']}{' (ketua)' if escort['head'] else ''}" for escort in data["escorts"]
    )
    facts.append(("Pendamping", escorts or "–"))
    if "receiver" in data:
        facts.append(("Diterima oleh", data["receiver"] or "–"))
        facts.append(("Tempat turun", data.get("drop_offs") or "–"))
        facts.append(("Hubungan darurat", data.get("emergency") or "–"))
    return facts


def _table_for_office(data: dict[str, Any]) -> Table:
    columns = [
        Column("No.", 1, "center"),
        Column("Nama", 6),
        Column("NIK", 4, "center"),
        Column("Umur", 1.5, "center"),
        Column("Daerah asal", 4.5),
        Column("Anak", 1.3, "number", total=True),
        Column("Naik", 1.3, "center"),
        Column("Tiba", 1.3, "center"),
    ]
    rows = [
        [
            number,
            row["name"],
            row["nik"],
            row["age"],
            row["home"],
            row["children"],
            BOARDED if row["boarded"] else "☐",
            BOARDED if row["arrived"] else "☐",
        ]
        for number, row in enumerate(data["rows"], start=1)
    ]
    label = f"JUMLAH {len(rows)} ORANG DAN ANAK YANG MENYERTAI"
    return Table(columns, rows, page_totals=False, grand_total=label)


def _table_for_carrier(data: dict[str, Any]) -> Table:
    """Name, number of the identity card, age: what a carrier must know, and nothing else."""
    lines: list[list[str | int]] = []
    for row in data["rows"]:
        lines.append([len(lines) + 1, row["name"], row["nik"], row["age"]])
        for child in range(1, row["children"] + 1):
            lines.append([len(lines) + 1, f"Anak {child} dari {row['name']}", "–", "–"])
    for escort in data["escorts"]:
        lines.append([len(lines) + 1, escort["name"], escort["nip"] or "–", "–"])
    columns = [
        Column("No.", 1, "center"),
        Column("Nama", 8),
        Column("Nomor identitas", 5, "center"),
        Column("Umur", 2, "center", derive=lambda _sums: f"{len(lines)} orang"),
    ]
    return Table(columns, lines, page_totals=False, grand_total="JUMLAH PENUMPANG")


def _sum(data: dict[str, Any]) -> str:
    women, children, escorts = data["women"], data["children"], len(data["escorts"])
    return (
        f"Jumlah penumpang {women + children + escorts} orang: {women} dewasa, "
        f"{children} anak, {escorts} pendamping."
    )


def _signatures(data: dict[str, Any], day: date, copy: Copy) -> Signatures:
    head = next((escort for escort in data["escorts"] if escort["head"]), None)
    leader = SignatureBlock(
        "Ketua Rombongan" if copy is Copy.OFFICE else "Ketua Kelompok",
        head["name"] if head else "",
        rank=head["rank"] if head else "",
        nip=head["nip"] if head else "",
    )
    # The name of the division would tell a carrier more than he needs to know.
    blocks = [leader, signature_block("kabid", day)] if copy is Copy.OFFICE else [leader]
    return Signatures(blocks, place_and_date=f"{settings.OFFICE_TOWN}, {format_date(day)}")
