"""The letter that goes with a referral: who she is and what she needs, and not where from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from cases.actions.referrals import keep_letter, refer
from cases.models import Provider, Referral, Worker
from kotim_social.accounts.models import User
from kotim_social.documents.actions import issue_printed
from kotim_social.documents.blocks import Block, Facts, Gap, Paragraph, Title
from kotim_social.documents.paper import (
    CONFIDENTIAL,
    Paper,
    PaperNumber,
    build_paper,
    printed_line,
)
from kotim_social.documents.signatories import signature_block
from kotim_social.documents.signatures import Signatures
from kotim_social.lib.dates import age_on, format_date

# Says neither who, nor where, nor why.
FILE_NAME = "surat.pdf"


@transaction.atomic
def send_referral(
    *, worker: Worker, provider: Provider, need: str, referred_on: date, by: User
) -> Referral:
    """The referral and its letter, both or neither; consent is asked by the act itself."""
    referral = refer(worker=worker, provider=provider, need=need, referred_on=referred_on, by=by)
    data = letter_data(referral)
    letter = issue_printed(
        kind="referral_letter",
        data=data,
        pdf=letter_pdf,
        by=by,
        issued_on=referred_on,
        subject=referral,
    )
    keep_letter(referral=referral, letter=letter)
    referral.refresh_from_db()
    return referral


def letter_data(referral: Referral) -> dict[str, Any]:
    """Everything that will be printed. Neither NIK nor place nor a word of the programme."""
    worker, provider = referral.worker, referral.provider
    return {
        "day": referral.referred_on.isoformat(),
        "to": provider.name,
        "address": provider.address,
        "name": worker.name,
        "age": age_on(worker.birth_date, referral.referred_on),
        "children": worker.children,
        "need": referral.need,
    }


_OPENING = (
    "Dengan hormat, bersama ini kami rujuk orang berikut untuk memperoleh layanan dari instansi "
    "Saudara:"
)
_CLOSING = (
    "Yang bersangkutan telah menyetujui bahwa keterangan di atas disampaikan kepada instansi "
    "Saudara, dan hanya untuk keperluan tersebut. Kami mohon agar keterangan ini dijaga "
    "kerahasiaannya, dan agar hasil layanan disampaikan kembali kepada kami."
)
_THANKS = "Atas perhatian dan kerja sama Saudara kami ucapkan terima kasih."


def letter_pdf(data: dict[str, Any], number: PaperNumber, *, by: str, at: datetime) -> bytes:
    day = date.fromisoformat(data["day"])
    children = f"{data['children']} orang" if data["children"] else "tidak ada"
    facts = [
        ("Nama", data["name"]),
        ("Umur", f"{data['age']} tahun"),
        ("Anak yang ikut", children),
        ("Layanan yang diperlukan", data["need"]),
    ]
    blocks: list[Block] = [
        Title(["Surat Rujukan"], under=[f"Nomor {number.number}"]),
        Facts([("Sifat", "Rahasia"), ("Hal", "Rujukan layanan")]),
        Gap(8),
        Paragraph(f"Kepada Yth. {data['to']}", bold=True),
        Paragraph(data["address"] or "di tempat"),
        Gap(8),
        Paragraph(_OPENING, align="justify"),
        Facts(facts),
        Gap(6),
        Paragraph(_CLOSING, align="justify"),
        Paragraph(_THANKS),
        Signatures(
            [signature_block("kepala_dinas", day)],
            place_and_date=f"{settings.OFFICE_TOWN}, {format_date(day)}",
        ),
    ]
    return build_paper(
        Paper(
            blocks=blocks,
            number=number,
            classification=CONFIDENTIAL,
            printed=printed_line(by, at),
            letterhead=True,
        )
    )
