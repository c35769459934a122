"""The letter that tells her what became of her request about her data."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cases.actions.data_requests import answer
from cases.models import DataRequest
from kotim_social.accounts.models import User
from kotim_social.documents.actions import issue_printed
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
from kotim_social.lib.dates import format_date, today

FILE_NAME = "surat.pdf"
_COMPLAIN = (
    "Bila Anda tidak setuju dengan jawaban ini, Anda boleh menyampaikan keberatan kepada pimpinan "
    "Dinas Sosial. Tidak dipungut biaya."
)


@transaction.atomic
def send_answer(*, request: DataRequest, act: str, outcome: str, by: User) -> DataRequest:
    """The answer and its letter, both or neither."""
    row = answer(request=request, act=act, outcome=outcome, by=by)
    day = today()
    data = {
        "day": day.isoformat(),
        "name": row.worker.name,
        "register_no": row.worker.register_no,
        "asked": str(row.get_kind_display()),
        "received": format_date(timezone.localtime(row.received_at).date()),
        "result": "dikabulkan" if row.state == "granted" else "tidak dapat dikabulkan",
        "outcome": row.outcome,
        "signature": asdict(signature_block("kepala_dinas", day)),
    }
    row.letter = issue_printed(kind="data_answer", data=data, pdf=letter_pdf, by=by, subject=row)
    row.save(update_fields=["letter"])
    return row


def letter_pdf(data: dict[str, Any], number: PaperNumber, *, by: str, at: datetime) -> bytes:
    day = format_date(date.fromisoformat(data["day"]))
    facts = [
        ("Nama", data["name"]),
        ("Nomor register", data["register_no"]),
        ("Permintaan", data["asked"]),
        ("Diterima pada", data["received"]),
        ("Hasil", data["result"]),
    ]
    blocks: list[Block] = [
        Title(["Jawaban atas Permintaan tentang Data Pribadi"], under=[f"Nomor {number.number}"]),
        Facts(facts, size=10),
        Paragraph(data["outcome"], size=10.5, align="justify"),
        Paragraph(_COMPLAIN, size=10.5, align="justify"),
        Signatures(
            [SignatureBlock.from_snapshot(data["signature"])],
            place_and_date=f"{settings.OFFICE_TOWN}, {day}",
        ),
    ]
    printed = printed_line(by, at)
    return build_paper(
        Paper(blocks=blocks, number=number, classification=CONFIDENTIAL, printed=printed)
    )
