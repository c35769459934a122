"""The notices of a data breach: to each person it touches, and to the authority (art. 46)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.models import BreachNotice, DataBreach, Worker
from cases.models.data_breach import RUNNING, Receiver
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
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
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.lib.dates import format_date, today
from kotim_social.workflow import Refused

# Says neither to whom nor about what.
FILE_NAME = "surat.pdf"
# Letters issued with one yes: the page waits for them.
AT_ONCE = 50
_LAW = "Pasal 46 Undang-Undang Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi"
_TO_HER = (
    "Dengan hormat, sesuai {law} kami memberitahukan bahwa telah terjadi kegagalan pelindungan "
    "atas data Anda yang kami simpan. Kami mohon maaf atas kejadian ini."
)
_TO_OFFICE = (
    "Dengan hormat, sesuai {law} kami memberitahukan kegagalan pelindungan data pribadi yang "
    "terjadi pada instansi kami sebagai berikut:"
)
_ASK = (
    "Anda berhak bertanya, melihat data Anda, meminta perbaikan atau penghapusan, dan menyampaikan "
    "keberatan kepada pimpinan kami. Semuanya tanpa biaya. Petugas kami siap menjelaskan surat ini "
    "secara lisan."
)
_MORE = (
    "Keterangan lanjutan kami sampaikan segera setelah diketahui. Nama orang yang terdampak tidak "
    "kami cantumkan dalam surat ini."
)
_KINDS = {
    "disclosed": "data diketahui pihak luar",
    "altered": "data diubah tanpa hak",
    "lost": "data hilang atau tidak dapat diakses",
}
_NOT_KNOWN = "masih diselidiki"


@transaction.atomic
def issue_to_people(*, breach: DataBreach, by: User) -> int:
    """A letter to each person named who has none yet, at most AT_ONCE of them; how many."""
    row = _held(breach, by=by)
    waiting = Worker.objects.filter(pk__in=row.unwritten().values("worker"))
    found = list(waiting.order_by("register_no")[:AT_ONCE])
    if not found:
        raise Refused(_("Everybody named has her letter already."))
    for worker in found:
        data = {
            **_facts(row),
            "receiver": "person",
            "name": worker.name,
            "register_no": worker.register_no,
        }
        _issue(row, data, worker=worker, receiver=Receiver.PERSON, by=by)
    return len(found)


@transaction.atomic
def issue_to_authority(*, breach: DataBreach, office: str, by: User) -> BreachNotice:
    """A further letter may follow with what was learnt since; nobody's name stands in it."""
    row = _held(breach, by=by)
    if not office.strip():
        raise Refused(_("Name the office."))
    named = row.people.filter(removed_at__isnull=True).count()
    data = {
        **_facts(row),
        "receiver": "authority",
        "name": office.strip()[:120],
        "people": max(named, row.people_estimated),
        "cause": row.cause or _NOT_KNOWN,
    }
    return _issue(row, data, worker=None, receiver=Receiver.AUTHORITY, by=by)


def _held(breach: DataBreach, *, by: User) -> DataBreach:
    if not by.can(Perm.BREACH_HANDLE):
        raise Refused(_("You do not have the right to do this."))
    row = DataBreach.objects.select_for_update(of=("self",)).get(pk=breach.pk)
    if row.state not in RUNNING:
        raise Refused(_("This breach is closed."))
    if row.state == "open":
        raise Refused(_("Confirm the breach first."))
    if not row.measures:
        raise Refused(_("Write the measures first: the law wants them in the letter."))
    return row


def _facts(row: DataBreach) -> dict[str, Any]:
    """What both letters say (art. 46 (2)): which data, when and how, what is done about it."""
    return {
        "day": today().isoformat(),
        "kind": _KINDS[row.kind],
        "data": row.data,
        "how": row.how,
        "happened": _moment(row.happened),
        "discovered": _moment(row.discovered),
        "measures": row.measures,
        "signature": asdict(signature_block("kepala_dinas", today())),
    }


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return _NOT_KNOWN
    local = timezone.localtime(moment)
    return f"{format_date(local.date())} pukul {local:%H.%M} WIB"


def _issue(
    row: DataBreach, data: dict[str, Any], *, worker: Worker | None, receiver: str, by: User
) -> BreachNotice:
    letter = issue_printed(
        kind="breach_notice", data=data, pdf=notice_pdf, by=by, subject=worker or row
    )
    return BreachNotice.objects.create(
        breach=row,
        receiver=receiver,
        receiver_name="" if worker else data["name"],
        worker=worker,
        letter=letter,
        issued_by=by,
    )


def notice_pdf(data: dict[str, Any], number: PaperNumber, *, by: str, at: datetime) -> bytes:
    """Papers are Indonesian whatever the language of the screen."""
    with translation.override("id"):
        blocks = _blocks(data, number)
    printed = printed_line(by, at)
    return build_paper(
        Paper(
            blocks=blocks,
            number=number,
            classification=CONFIDENTIAL,
            printed=printed,
            letterhead=True,
        )
    )


def _blocks(data: dict[str, Any], number: PaperNumber) -> Sequence[Block]:
    day = format_date(date.fromisoformat(data["day"]))
    to_her = data["receiver"] == "person"
    facts = [
        ("Jenis kejadian", data["kind"]),
        ("Data yang terdampak", data["data"]),
        ("Waktu kejadian", data["happened"]),
        ("Diketahui pada", data["discovered"]),
        ("Bagaimana terjadi", data["how"]),
        ("Penanganan dan pemulihan", data["measures"]),
    ]
    if not to_her:
        facts[1:1] = [("Jumlah orang terdampak", f"{data['people']} orang")]
        facts.append(("Penyebab", data["cause"]))
    title = "Pemberitahuan Kegagalan Pelindungan Data Pribadi"
    about = [("Nomor register", data["register_no"])] if to_her else []
    return [
        Title([title], under=[f"Nomor {number.number}"]),
        Facts([("Sifat", "Rahasia"), ("Kepada", f"Yth. {data['name']}"), *about]),
        Gap(8),
        Paragraph((_TO_HER if to_her else _TO_OFFICE).format(law=_LAW), align="justify"),
        Facts(facts),
        Gap(6),
        Paragraph(_ASK if to_her else _MORE, align="justify"),
        Signatures(
            [SignatureBlock.from_snapshot(data["signature"])],
            place_and_date=f"{settings.OFFICE_TOWN}, {day}",
        ),
    ]
