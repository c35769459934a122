"""Paper 13, minutes of the hand-over: those handed over, and the others as differences."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from kotim_social.documents.blocks import Block, Facts, Paragraph, Title
from kotim_social.documents.paper import (
    CONFIDENTIAL,
    Paper,
    PaperNumber,
    build_paper,
    printed_line,
)
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.documents.table import Column, Table
from kotim_social.lib.dates import age_on, date_in_words
from repatriation import rules
from repatriation.models import Batch, HandOver, Incident, Member
from repatriation.papers.ground import (
    BLANK,
    Printing,
    escorts_data,
    head_of,
    iso,
    leg_facts,
    legs_data,
    place_and_day,
)
from repatriation.sharing import agreed_to

CONDITIONS = {
    HandOver.Condition.WELL: "baik",
    HandOver.Condition.ILL: "sakit",
    HandOver.Condition.CARE: "perlu perawatan",
}
DOCUMENTS = {
    HandOver.Document.ID_CARD: "KTP",
    HandOver.Document.FAMILY_CARD: "KK",
    HandOver.Document.TRANSFER: "surat pindah",
    HandOver.Document.SAVINGS_BOOK: "buku tabungan",
    HandOver.Document.BANK_CARD: "kartu ATM",
    HandOver.Document.HEALTH: "surat kesehatan",
}
HAPPENED = {
    Incident.Kind.ILL: "sakit di perjalanan",
    Incident.Kind.LEFT: "meninggalkan rombongan",
    Incident.Kind.REFUSED: "menolak",
    Incident.Kind.OTHER: "lainnya",
}
UNTOLD = "–"
ENDS = {
    "returned_alone": "melanjutkan perjalanan sendiri",
    "not_found": "tidak ditemukan",
    "deceased": "meninggal dunia",
    "on_site": "kembali ke tempat semula",
}


def handover_data(batch: Batch, *, day: date) -> dict[str, Any]:
    """Those handed over with their papers, and everybody else who travelled, as JSON."""
    reference = batch.departed_on or day
    members = batch.members.on_manifest().with_journey().by_name()  # type: ignore[attr-defined]
    told = agreed_to(batch, batch.receiving_office)
    rows, others = [], []
    for member in members.select_related("received", "worker__home_regency"):
        if member.journey_state == "handed_over":
            rows.append(_row(member, reference, tells=member.worker_id in told))
        elif member.boarded_on is not None:
            others.append(member)
    return {
        "code": batch.code,
        "day": iso(batch.handed_over_on) or day.isoformat(),
        "office": batch.receiving_office,
        "contact": batch.receiving_contact,
        "legs": legs_data(batch),
        "escorts": escorts_data(batch),
        "rows": rows,
        "differences": _differences(others, told),
        "did_not_board": batch.members.filter(did_not_board=True).count(),
    }


def handover_pdf(data: dict[str, Any], number: PaperNumber | None, printing: Printing) -> bytes:
    day = date.fromisoformat(data["day"])
    head = head_of(data["escorts"])
    people, children = len(data["rows"]), sum(row["children"] for row in data["rows"])
    blocks: list[Block | Table] = [
        Title(
            ["Berita Acara Serah Terima Orang"],
            under=[f"Nomor {number.number if number else BLANK}", data["code"]],
        ),
        Paragraph(
            f"Pada hari ini {date_in_words(day)}, {head['name'] or BLANK} selaku ketua rombongan "
            f"(pihak pertama) menyerahkan kepada {data['contact'] or BLANK}, "
            f"{data['office'] or BLANK} (pihak kedua), {people} orang dewasa dan {children} anak "
            "yang tersebut di bawah ini, dalam keadaan dan dengan dokumen seperti tercatat.",
            align="justify",
        ),
        Facts(leg_facts(data["legs"])),
        _table(data["rows"]),
        _table_of_differences(data["differences"]),
        Paragraph(
            "Demikian berita acara ini dibuat dalam rangkap dua untuk dipergunakan seperlunya.",
            align="justify",
        ),
        Signatures(
            [
                SignatureBlock("Pihak Kedua", data["contact"], official=False),
                SignatureBlock("Pihak Pertama", head["name"], rank=head["rank"], nip=head["nip"]),
            ],
            place_and_date=f"............................, {place_and_day(day).split(', ')[1]}",
        ),
    ]
    printed = printed_line(printing.by, printing.at)
    return build_paper(
        Paper(blocks=blocks, number=number, classification=CONFIDENTIAL, printed=printed)
    )


def _row(member: Member, reference: date, *, tells: bool) -> dict[str, Any]:
    """How she is goes to the receiving office only with her yes to it; the hand-over needs none."""
    received: HandOver = member.received
    home = member.worker.home_regency
    return {
        "name": member.worker.name_in_lists,
        "age": age_on(member.worker.birth_date, reference),
        "home": home.name if home else "–",
        "children": member.children,
        "condition": CONDITIONS[HandOver.Condition(received.condition)] if tells else UNTOLD,
        "documents": ", ".join(
            DOCUMENTS[HandOver.Document(code)] for code in received.documents.split(",") if code
        ),
        "differences": received.differences or "",
    }


def _differences(members: list[Member], told: set[UUID]) -> list[dict[str, str]]:
    """What happened to the others: how it ended, and their newest incident if they agreed."""
    newest = {
        incident.member_id: incident
        for incident in Incident.objects.filter(
            member__in=[member.pk for member in members]
        ).order_by("id")
    }
    rows = []
    for member in members:
        incident = newest.get(member.pk) if member.worker_id in told else None
        end = ENDS.get(member.journey_state or "", "") if rules.has_outcome(member) else ""
        rows.append(
            {
                "name": member.worker.name_in_lists,
                "what": HAPPENED[Incident.Kind(incident.kind)] if incident else "–",
                "note": incident.note if incident else "",
                "end": end or "belum selesai",
            }
        )
    return rows


def _table(rows: list[dict[str, Any]]) -> Table:
    columns = [
        Column("No.", 1, "center"),
        Column("Nama", 5),
        Column("Umur", 1.4, "center"),
        Column("Daerah asal", 4),
        Column("Anak", 1.2, "number", total=True),
        Column("Keadaan", 2.2),
        Column("Dokumen yang diserahkan", 5.5),
    ]
    lines = [
        [
            number,
            row["name"],
            row["age"],
            row["home"],
            row["children"],
            row["condition"],
            "; ".join(part for part in (row["documents"], row["differences"]) if part) or "–",
        ]
        for number, row in enumerate(rows, start=1)
    ]
    return Table(columns, lines, page_totals=False, grand_total=f"JUMLAH {len(lines)} ORANG")


def _table_of_differences(rows: list[dict[str, str]]) -> Table:
    columns = [
        Column("No.", 1, "center"),
        Column("Nama", 5),
        Column("Kejadian", 4),
        Column("Keterangan", 6),
        Column("Penyelesaian", 4),
    ]
    lines: list[list[str | int]] = [
        [number, row["name"], row["what"], row["note"], row["end"]]
        for number, row in enumerate(rows, start=1)
    ]
    caption = "Perbedaan: yang berangkat dan tidak diserahterimakan"
    return Table(columns, lines, caption=caption, page_totals=False)
