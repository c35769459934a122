"""Papers for one person, in plain words: paper 8 (her statement) and the notice of a finding."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings

from cases.actions.objections import DAYS_TO_ANSWER, DAYS_TO_OBJECT
from cases.models import EligibilityDecision, Worker
from cases.papers.words import FINDINGS, PLAIN_REASONS
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
from kotim_social.lib.nik import mask_nik

LARGE = 11.0  # letters for people who read little


class Variant(StrEnum):
    """What she states. The values stand in addresses."""

    RETURN = "pulang"
    STAY = "menetap"
    REFUSE = "menolak"


TITLES = {
    Variant.RETURN: "Surat Pernyataan Pulang ke Daerah Asal",
    Variant.STAY: "Surat Pernyataan Menetap",
    Variant.REFUSE: "Surat Pernyataan Tidak Menerima Bantuan",
}
_OWN_WILL = (
    "Ini keputusan saya sendiri. Tidak ada orang yang memaksa, mengancam, atau membujuk saya."
)
_COMPLAIN = (
    "Kalau ada yang tidak benar, saya boleh mengajukan keberatan atau pengaduan ke Dinas Sosial. "
    "Tidak dipungut biaya."
)
_CHANGE = (
    "Saya boleh mengubah pilihan ini sebelum keputusan penetapan keluar. Sesudah itu saya "
    "menyampaikannya kepada pimpinan Dinas Sosial."
)
_OWN_MONEY = (
    "Bantuan adalah hak saya dan saya terima sendiri. Buku tabungan, kartu, dan nomor rahasia "
    "(PIN) saya pegang sendiri."
)


def sentences(variant: Variant, home: str) -> list[str]:
    """What she states, one plain sentence a thing."""
    if variant is Variant.RETURN:
        return [
            f"Saya memilih pulang ke daerah asal saya: {home or '..............................'}.",
            _OWN_WILL,
            "Petugas sudah menjelaskan kepada saya perjalanan pulang, siapa yang mendampingi, dan "
            "bantuan apa yang saya terima.",
            "Saya mengerti bahwa sebagian bantuan baru dibayar setelah saya tiba di daerah asal.",
            _OWN_MONEY,
            _CHANGE,
            _COMPLAIN,
        ]
    if variant is Variant.STAY:
        return [
            "Saya memilih tetap tinggal di Kabupaten Kotawaringin Timur.",
            _OWN_WILL,
            "Saya tidak lagi bekerja di tempat yang ditutup dan mengikuti aturan bagi warga yang "
            "menetap. Petugas sudah menjelaskan aturan itu.",
            "Saya mengerti bahwa bantuan untuk perjalanan pulang dan bantuan di daerah asal "
            "ditahan selama saya menetap.",
            _OWN_MONEY,
            _CHANGE,
            _COMPLAIN,
        ]
    return [
        "Saya tidak mau menerima bantuan yang ditawarkan kepada saya.",
        _OWN_WILL,
        "Petugas sudah menjelaskan bantuan apa yang seharusnya dapat saya terima.",
        "Saya mengerti bahwa keputusan ini tidak dihukum dan nama saya tetap dirahasiakan.",
        "Kalau saya berubah pikiran sebelum keputusan penetapan keluar, saya boleh menyampaikannya "
        "kepada petugas.",
        _COMPLAIN,
    ]


@dataclass(frozen=True)
class Letter:
    """A paper about one person: what is printed, as JSON, and how it is drawn."""

    kind: str
    data: dict[str, Any]

    def pdf(self, number: PaperNumber | None, *, by: str, at: datetime, size: str = "") -> bytes:
        """The PDF; without a number it is a draft and says so."""
        blocks = _statement_blocks if self.kind == "statement" else _notice_blocks
        return build_paper(
            Paper(
                blocks=blocks(self.data, number),
                number=number,
                size=size,
                classification=CONFIDENTIAL,
                printed=printed_line(by, at),
            )
        )


def statement_letter(worker: Worker, variant: Variant, *, day: date, whole: bool) -> Letter:
    """Paper 8. `whole` prints her NIK unmasked: the paper is her own."""
    home = worker.home_regency.name if worker.home_regency else ""
    data = {
        "variant": variant.value,
        "day": day.isoformat(),
        "sentences": sentences(variant, home),
        **_who(worker, whole=whole),
    }
    return Letter("statement", data)


def notice_letter(worker: Worker, decision: EligibilityDecision, *, day: date) -> Letter:
    """The notice of a finding against her, with how and until when she may object."""
    data = {
        "day": day.isoformat(),
        "decided_on": decision.decided_on.isoformat(),
        "object_until": (day + timedelta(days=DAYS_TO_OBJECT)).isoformat(),
        "finding": FINDINGS[decision.state],
        "reason": PLAIN_REASONS.get(decision.reason_code, ""),  # type: ignore[call-overload]
        "note": decision.note or "" if decision.reason_code == "LAINNYA" else "",
        "signature": asdict(signature_block("kepala_dinas", day)),
        **_who(worker, whole=False),
    }
    return Letter("refusal_notice", data)


def _who(worker: Worker, *, whole: bool) -> dict[str, Any]:
    nik = worker.nik or ""
    return {
        "register_no": worker.register_no,
        "name": worker.name,
        "nik": (nik if whole else mask_nik(nik)) if nik else "belum ada",
        "birth": ", ".join(p for p in (worker.birth_place, format_date(worker.birth_date)) if p),
    }


def _numbered(number: PaperNumber | None) -> str:
    return f"Nomor {number.number}" if number else "Nomor ........................"


def _statement_blocks(data: dict[str, Any], number: PaperNumber | None) -> list[Block]:
    lines = [
        Paragraph(f"{n}. {text}", size=LARGE) for n, text in enumerate(data["sentences"], start=1)
    ]
    return [
        Title([TITLES[Variant(data["variant"])]], under=[_numbered(number)]),
        Paragraph("Saya yang bertanda tangan di bawah ini:", size=LARGE),
        Facts(
            [
                ("Nama", data["name"]),
                ("Tempat, tanggal lahir", data["birth"]),
                ("NIK", data["nik"]),
                ("Nomor register", data["register_no"]),
            ],
            size=10.5,
        ),
        Paragraph("menyatakan dengan sukarela:", size=LARGE),
        *lines,
        Paragraph(
            "Surat ini dibacakan kepada saya dengan bahasa yang saya mengerti, di depan dua orang "
            "saksi. Saya menandatangani atau membubuhkan cap jempol tanpa paksaan.",
            size=LARGE,
        ),
        Signatures(
            [
                SignatureBlock("Saksi 1", official=False),
                SignatureBlock("Saksi 2", official=False),
                SignatureBlock(
                    "Yang menyatakan (tanda tangan atau cap jempol)", data["name"], official=False
                ),
            ],
            # She signs on another day than the one on which it is printed.
            place_and_date=f"{settings.OFFICE_TOWN}, ..............................",
        ),
    ]


def _notice_blocks(data: dict[str, Any], number: PaperNumber | None) -> list[Block]:
    day = date.fromisoformat(data["day"])
    decided, until = (date.fromisoformat(data[key]) for key in ("decided_on", "object_until"))
    reason = [data["reason"], data["note"]]
    return [
        Title(["Pemberitahuan Hasil Verifikasi"], under=[_numbered(number)]),
        Facts([("Kepada", data["name"]), ("Nomor register", data["register_no"])], size=10.5),
        Paragraph(
            f"Pada {format_date(decided)} petugas Dinas Sosial menyelesaikan pemeriksaan data "
            f"Anda. Hasilnya: {data['finding'].upper()}.",
            size=LARGE,
        ),
        Paragraph(f"Alasannya: {' '.join(part for part in reason if part)}", size=LARGE),
        Paragraph("Kalau Anda tidak setuju", size=LARGE, bold=True),
        Paragraph(
            f"Anda boleh mengajukan keberatan sampai {format_date(until)}, dengan lisan atau "
            "tertulis, kepada petugas yang datang atau di kantor Dinas Sosial. Bawalah bukti yang "
            "Anda punya. Tidak dipungut biaya, dan tidak ada akibat buruk bagi Anda.",
            size=LARGE,
        ),
        Paragraph(
            f"Jawaban diberikan paling lambat {DAYS_TO_ANSWER} hari sesudah keberatan diterima, "
            "oleh orang lain daripada yang memeriksa Anda.",
            size=LARGE,
        ),
        Paragraph(
            "Surat ini hanya untuk Anda. Simpanlah baik-baik; tidak seorang pun berhak memintanya "
            "dari Anda.",
            size=LARGE,
        ),
        Gap(6),
        Signatures(
            [SignatureBlock(**data["signature"])],
            place_and_date=f"{settings.OFFICE_TOWN}, {format_date(day)}",
        ),
    ]
