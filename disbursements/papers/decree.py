"""Paper 2, SK Penetapan Penerima: the decree's own text and, turned, its nominative annex."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.utils import timezone

from disbursements.models import Decree, Entitlement
from disbursements.papers.issuing import roll_as_json
from disbursements.papers.nominatif import roll_table
from disbursements.papers.rekap import place_and_date
from disbursements.reports import Nominatif, nominatif_of_decree
from disbursements.wording import Wording
from kotim_social.accounts.models import User
from kotim_social.documents.blocks import Block, Clause, Facts, Gap, Paragraph, Title, Turn
from kotim_social.documents.models import Signatory
from kotim_social.documents.paper import (
    CONFIDENTIAL,
    Paper,
    PaperNumber,
    build_paper,
    printed_line,
)
from kotim_social.documents.signatories import signature_block
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.documents.table import Table
from kotim_social.lib.dates import format_date
from kotim_social.lib.money import format_rupiah, terbilang

KIND = "decree"
ABOUT = "Penetapan Penerima Bantuan Sosial bagi Penerima Manfaat"
_ORDINALS = ("KESATU", "KEDUA", "KETIGA", "KEEMPAT", "KELIMA")


@dataclass(frozen=True)
class KindShare:
    """What the decree gives of one kind."""

    name: str
    fund: str
    people: int
    amount: int


@dataclass(frozen=True)
class DecreePaper:
    """A decree ready to be printed, as a draft or with a number."""

    decree: Decree
    wording: Wording
    roll: Nominatif
    shares: list[KindShare]
    signature: SignatureBlock
    printed: str
    whole: bool
    size: str = ""

    @property
    def authority(self) -> str:
        """In whose name it is given: by the master data, or as the decree was recorded."""
        return self.signature.title

    @property
    def total(self) -> int:
        return sum(share.amount for share in self.shares)

    def snapshot(self) -> dict[str, Any]:
        """All that was printed, as JSON."""
        return {
            "decree": self.decree.number,
            "day": self.decree.decided_on.isoformat(),
            "wording": self.wording.as_json(),
            "resolved": [list(pair) for pair in _resolved(self)],
            "signature": asdict(self.signature),
            "shares": [asdict(share) for share in self.shares],
            "total": self.total,
            "rows": roll_as_json(self.roll),
        }

    def pdf(self, number: PaperNumber | None = None) -> bytes:
        return build_paper(
            Paper(
                blocks=[*_text(self), *_annex(self)],
                number=number,
                size=self.size,
                classification=CONFIDENTIAL,
                printed=self.printed,
                # A regent's decree does not stand under the kop of one of his offices.
                letterhead=self.wording.signer != Signatory.Function.BUPATI,
            )
        )


def decree_paper(
    decree: Decree, wording: Wording, *, by: User, whole: bool, size: str = ""
) -> DecreePaper:
    """Reads whom the decree names, and the sums of each kind; whoever has lapsed since stays."""
    rows = Entitlement.objects.filter(decree=decree)
    block = signature_block(wording.signer, decree.decided_on)
    if not block.name:
        block = replace(block, title=decree.signed_by_title)
    if wording.signer == Signatory.Function.BUPATI:
        block = replace(block, official=False)  # elected, without a NIP
    return DecreePaper(
        decree=decree,
        wording=wording,
        roll=nominatif_of_decree(rows),
        shares=_shares(decree),
        signature=block,
        printed=printed_line(by.full_name or by.username, timezone.localtime()),
        whole=whole,
        size=size,
    )


def _shares(decree: Decree) -> list[KindShare]:
    """One row for each person and kind, also where a right lapsed and was given again."""
    rows = (
        Entitlement.objects.filter(decree=decree)
        .values("kind__name", "kind__funder__source", "kind__component_of__funder__source")
        .annotate(people=Count("worker", distinct=True), each=Sum("amount") / Count("pk"))
        .order_by("kind__funder__order", "kind__order")
    )
    return [
        KindShare(
            row["kind__name"],
            row["kind__component_of__funder__source"] or row["kind__funder__source"],
            row["people"],
            row["people"] * row["each"],
        )
        for row in rows
    ]


def _about(paper: DecreePaper) -> str:
    return f"{ABOUT} Tahun Anggaran {paper.decree.budget_year_id}"


def _money(amount: int) -> str:
    return f"{format_rupiah(amount, cents=True)} ({terbilang(amount)})"


def _count(people: int) -> str:
    words = terbilang(people).removesuffix(" rupiah").lower()
    return f"{people} ({words}) orang"


def _resolved(paper: DecreePaper) -> Iterator[tuple[str, str]]:
    """What is decided, each with its ordinal; parts of one share an empty one."""
    funds = sorted({share.fund for share in paper.shares})
    yield (
        _ORDINALS[0],
        f"Menetapkan {_count(len(paper.roll.rows))} penerima bantuan sosial sebagaimana tercantum "
        "dalam Lampiran yang merupakan bagian tidak terpisahkan dari Keputusan ini.",
    )
    yield (
        _ORDINALS[1],
        f"Besaran bantuan sebagaimana dimaksud pada diktum KESATU seluruhnya {_money(paper.total)},"
        " terdiri atas:",
    )
    for share in paper.shares:
        yield (
            "",
            f"{share.name} bagi {_count(share.people)} sebesar "
            f"{format_rupiah(share.amount, cents=True)};",
        )
    yield (
        _ORDINALS[2],
        "Bantuan dibayarkan kepada penerima sendiri setelah syarat bagi setiap jenis bantuan "
        "dipenuhi.",
    )
    yield (
        _ORDINALS[3],
        f"Biaya yang timbul akibat Keputusan ini dibebankan pada {' dan '.join(funds)} Tahun "
        f"Anggaran {paper.decree.budget_year_id}.",
    )
    yield (
        _ORDINALS[4],
        "Keputusan ini mulai berlaku pada tanggal ditetapkan, dan diperbaiki apabila di kemudian "
        "hari terdapat kekeliruan.",
    )


def _text(paper: DecreePaper) -> list[Block]:
    head = [f"Keputusan {paper.authority}", f"Nomor {paper.decree.number}"]
    return [
        Title([*head, "tentang", _about(paper), f"{paper.authority},"]),
        *_clauses("Menimbang", paper.wording.considering, _letter),
        *_clauses("Mengingat", paper.wording.recalling, _figure),
        Gap(4),
        Title(["Memutuskan:"]),
        Clause("Menetapkan", "", f"Keputusan {paper.authority} tentang {_about(paper)}."),
        *_resolutions(paper),
        Signatures([paper.signature], place_and_date=_given(paper)),
        *_copies(paper),
    ]


def _letter(n: int) -> str:
    return f"{chr(ord('a') + n)}." if n < 26 else "–"


def _figure(n: int) -> str:
    return f"{n + 1}."


def _clauses(label: str, texts: Sequence[str], mark: Any) -> Iterator[Block]:
    for n, text in enumerate(texts):
        yield Clause("" if n else label, mark(n), text)


def _resolutions(paper: DecreePaper) -> Iterator[Block]:
    part = 0
    for ordinal, text in _resolved(paper):
        part = 0 if ordinal else part + 1
        yield Clause(ordinal, "" if ordinal else _letter(part - 1), text)


def _given(paper: DecreePaper) -> str:
    return f"Ditetapkan di {settings.OFFICE_TOWN}, {format_date(paper.decree.decided_on)}"


def _copies(paper: DecreePaper) -> Iterator[Block]:
    """In one piece, so that the word never stands on another page than who gets a copy."""
    if paper.wording.copies:
        lines = [f"{n}. {copy}" for n, copy in enumerate(paper.wording.copies, start=1)]
        yield Paragraph("\n".join(["Tembusan:", *lines]), size=8.5)


def _annex(paper: DecreePaper) -> list[Block | Table]:
    decree = paper.decree
    return [
        Turn("landscape"),
        Facts(
            [
                ("Lampiran", f"Keputusan {paper.authority}"),
                ("Nomor", decree.number),
                ("Tanggal", format_date(decree.decided_on)),
                ("Tentang", _about(paper)),
            ]
        ),
        Title(["Daftar Nominatif Penerima Bantuan Sosial"]),
        roll_table(paper.roll, whole=paper.whole),
        Signatures([paper.signature], place_and_date=place_and_date(decree.decided_on)),
    ]
