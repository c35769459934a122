"""Paper 1, Berita Acara Verifikasi dan Validasi: what a team found in one session."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.conf import settings

from cases.models import EligibilityDecision, VerificationSession, Whereabouts
from cases.papers.words import FINDINGS, REASONS
from kotim_social.documents.blocks import Block, Facts, Paragraph, Title
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
from kotim_social.lib.dates import date_in_words, format_date
from kotim_social.lib.nik import mask_nik


def minutes_data(session: VerificationSession, *, day: date) -> dict[str, Any]:
    """Everything that will be printed, as JSON: of each person the newest result of the session."""
    place = session.place
    newest: dict[Any, EligibilityDecision] = {}
    rows = session.decisions.named().order_by("decided_on", "pk")
    for decision in rows:
        newest[decision.worker_id] = decision
    decisions = sorted(newest.values(), key=lambda row: (row.worker.name, row.worker.register_no))
    return {
        "held_on": session.held_on.isoformat(),
        "day": day.isoformat(),
        "place": place.label,
        "village": place.name,
        "district": place.district_name,
        "venue": session.venue,
        "team": [list(member) for member in session.members],
        "registered": Whereabouts.objects.filter(place=place).count(),
        "states": dict(Counter(row.state for row in decisions)),
        "reasons": dict(Counter(row.reason_code for row in decisions if row.reason_code)),
        "rows": [_row(decision) for decision in decisions],
        "signatures": [asdict(block) for block in _signatures(session)],
    }


def _row(decision: EligibilityDecision) -> dict[str, Any]:
    worker = decision.worker
    birth = ", ".join(p for p in (worker.birth_place, f"{worker.birth_date:%d-%m-%Y}") if p)
    facts = {
        "nik": mask_nik(worker.nik) if worker.nik else "belum ada",
        "birth": birth,
        "wisma": worker.wisma or "–",
    }
    return {
        "register_no": worker.register_no,
        "name": worker.name_in_lists,
        **(dict.fromkeys(facts, "–") if worker.is_child else facts),
        "state": decision.state,
        "reason": decision.reason_code,
    }


def _signatures(session: VerificationSession) -> list[SignatureBlock]:
    place = session.place
    team = [SignatureBlock(function or "Anggota tim", name) for name, function in session.members]
    return [
        *team,
        signature_block("kabid", session.held_on),
        SignatureBlock(f"Lurah/Kepala Desa {place.name}", session.village_head, lead="Mengetahui,"),
        SignatureBlock(f"Camat {place.district_name}", session.district_head, lead="Mengetahui,"),
    ]


def minutes_pdf(
    data: dict[str, Any], number: PaperNumber | None, *, by: str, at: datetime, size: str = ""
) -> bytes:
    """The PDF; without a number it is a draft and says so."""
    held_on, day = date.fromisoformat(data["held_on"]), date.fromisoformat(data["day"])
    where = f" bertempat di {data['venue']}" if data["venue"] else ""
    blocks: list[Block | Table] = [
        Title(
            ["Berita Acara Verifikasi dan Validasi"],
            under=[f"Nomor {number.number}" if number else "Nomor ........................"],
        ),
        Paragraph(
            f"Pada hari ini {date_in_words(held_on)} ({held_on:%d-%m-%Y}){where}, tim yang namanya "
            f"tersebut di bawah telah melaksanakan verifikasi dan validasi data penerima manfaat "
            f"di {data['village']}, Kecamatan {data['district']}, dengan hasil sebagai berikut.",
            align="justify",
        ),
        Facts(_figures(data)),
        Table(_columns(), _cells(data), page_totals=False, grand_total=_sum(data)),
        Paragraph(
            "Demikian berita acara ini dibuat dengan sebenarnya untuk dipergunakan sebagaimana "
            "mestinya.",
            align="justify",
        ),
        Signatures(
            [SignatureBlock(**block) for block in data["signatures"]],
            place_and_date=f"{settings.OFFICE_TOWN}, {format_date(day)}",
        ),
    ]
    return build_paper(
        Paper(
            blocks=blocks,
            number=number,
            size=size,
            classification=CONFIDENTIAL,
            printed=printed_line(by, at),
        )
    )


def _figures(data: dict[str, Any]) -> list[tuple[str, str]]:
    team = "; ".join(" – ".join(p for p in member if p) for member in data["team"])
    counted = ((state, data["states"].get(state, 0)) for state in FINDINGS if state != "registered")
    reasons = "; ".join(f"{REASONS[c]} {n} orang" for c, n in sorted(data["reasons"].items()))
    return [
        ("Tim", team),
        ("Terdata di tempat ini", f"{data['registered']} orang"),
        ("Diperiksa dalam sesi ini", f"{len(data['rows'])} orang"),
        *((FINDINGS[state].capitalize(), f"{count} orang") for state, count in counted),
        ("Alasan", reasons or "NIHIL"),
    ]


def _columns() -> list[Column]:
    return [
        Column("No.", 1.2, "center"),
        Column("Nama", 5.5),
        Column("NIK", 4, "center"),
        Column("Tempat, tanggal lahir", 4.8),
        Column("Wisma / kamar", 3.2),
        Column("Hasil", 3, derive=lambda _sums: ""),
        Column("Alasan", 3.6),
    ]


def _cells(data: dict[str, Any]) -> list[list[Any]]:
    return [
        [
            str(number),
            row["name"],
            row["nik"],
            row["birth"],
            row["wisma"],
            FINDINGS[row["state"]],
            REASONS.get(row["reason"], ""),
        ]
        for number, row in enumerate(data["rows"], start=1)
    ]


def _sum(data: dict[str, Any]) -> str:
    return f"JUMLAH {len(data['rows'])} ORANG"
