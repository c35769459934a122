"""All that the office holds about one person, by category: what stands on her own data sheet.

Names of third people (witnesses, staff, escorts) are left out, and confidential notes are only
counted: UU 27/2022 art. 33 keeps what would disclose others or endanger somebody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from cases.models import (
    BookHandOver,
    CaseClosing,
    Consent,
    Layer,
    Note,
    OriginConfirmation,
    Referral,
    Worker,
)
from disbursements.models import PaymentLine
from kotim_social.accounts.models import RoleGrant
from kotim_social.accounts.roles import Role
from kotim_social.audit.models import Entry
from kotim_social.desk.casework_data import casework_rows
from kotim_social.desk.money import lines_of, shares_of
from kotim_social.desk.processing import PURPOSES, Purpose
from kotim_social.desk.retention import term_in_words
from kotim_social.documents.models import IssuedPaper
from kotim_social.lib.dates import format_date
from kotim_social.lib.money import format_rupiah
from repatriation.models import Member

Row = tuple[str, str]
# Acts in the trail that showed her data to somebody.
LOOKS = Q(act__endswith=".view") | Q(act__in=["worker.reveal", "paper.draft"])
CARRIER = "manifest_carrier"


@dataclass(frozen=True)
class Category:
    """The data of one purpose: label and value, in the order of the paper."""

    purpose: Purpose
    rows: list[Row]
    term: str


def categories(worker: Worker) -> list[Category]:
    """Every purpose with something in it; the values are hers and whole."""
    found: dict[str, list[Row]] = {
        "registration": _identity(worker),
        "verification": _verification(worker),
        "choice": _choices(worker),
        "payment": _money(worker),
        "casework": [*_consents(worker), *casework_rows(worker)],
        "journey": _journeys(worker),
        "papers": _papers(worker),
    }
    closed_on, kind = closed_day(worker), retention_class(worker)
    return [
        Category(one, found[one.code], term_in_words(kind, closed_on))
        for one in PURPOSES
        if found.get(one.code)
    ]


def retention_class(worker: Worker) -> str:
    paid = PaymentLine.objects.filter(entitlement__worker=worker, state="paid").exists()
    return "paid" if paid else "unpaid"


def closed_day(worker: Worker) -> date | None:
    """The day on which her case was closed; None while it is open."""
    closing = CaseClosing.objects.filter(worker=worker, state="closed").first()
    return closing.decided_at.date() if closing and closing.decided_at else None


def shared_with(worker: Worker) -> list[Row]:
    """Who outside the office got what, when, and on what ground."""
    rows: list[Row] = []
    hers = {"worker": worker}
    letters = Referral.objects.filter(**hers).select_related("provider", "letter")
    for sent in letters.order_by("referred_on", "pk"):
        number = f", surat {sent.letter.number}" if sent.letter else ""
        rows.append((format_date(sent.referred_on), f"{sent.provider.name} (rujukan{number})"))
    asked = OriginConfirmation.objects.filter(**hers).select_related("regency")
    for one in asked.order_by("recorded_at", "pk"):
        day = format_date(one.recorded_at.date())
        rows.append((day, f"Dinas sosial {one.regency.name} (konfirmasi daerah asal)"))
    ordered = PaymentLine.objects.filter(
        entitlement__worker=worker, state__in=["ordered", "paid", "returned"]
    )
    for line in ordered.select_related("payment_list").order_by("pk"):
        if line.payment_list.ordered_on and line.payment_list.method == "transfer":
            bank = (line.snapshot or {}).get("bank", "")
            number = line.payment_list.number
            day = format_date(line.payment_list.ordered_on)
            rows.append((day, f"Bank {bank} (daftar bayar {number}: nama, rekening, jumlah)"))
    batches = [str(pk) for pk in Member.objects.filter(**hers).values_list("batch_id", flat=True)]
    manifests = IssuedPaper.objects.filter(kind=CARRIER, subject_id__in=batches)
    for paper in manifests.order_by("issued_on", "pk"):
        day = format_date(paper.issued_on)
        rows.append((day, f"Pengangkut (manifes {paper.number}: nama, identitas, umur)"))
    return rows


def looks_by_role(worker: Worker) -> list[tuple[str, int]]:
    """How often somebody of each role looked at her record; roles as held on that day."""
    looks = (
        Entry.objects.filter(LOOKS, object_type="cases.worker", object_id=str(worker.pk))
        .annotate(day=TruncDate("at"))
        .values("user_id", "day")
        .annotate(times=Count("pk"))
        .order_by()
    )
    found = list(looks)
    grants = list(RoleGrant.objects.filter(user__in={row["user_id"] for row in found}))
    counts: Counter[str] = Counter()
    for row in found:
        counts[_role_on(grants, row["user_id"], row["day"])] += row["times"]
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _role_on(grants: Iterable[RoleGrant], user_id: int | None, day: date) -> str:
    for grant in grants:
        until = grant.valid_until or date.max
        if grant.user_id == user_id and grant.valid_from <= day <= until:
            return str(Role(grant.role).label)
    return "program" if user_id is None else "peran yang sudah berakhir"


def _identity(worker: Worker) -> list[Row]:
    """Empty values are left out, except that a missing NIK is said."""
    aliases = ", ".join(worker.aliases.order_by("pk").values_list("name", flat=True))
    home = ", ".join(
        str(part.name) for part in (worker.home_district, worker.home_regency) if part is not None
    )
    rows = [
        ("Nomor register", worker.register_no),
        ("Nama", worker.name),
        ("Nama lain", aliases),
        ("NIK", worker.nik or "belum ada"),
        ("Status NIK", str(worker.get_nik_status_display())),
        ("Catatan NIK", worker.nik_note),
        ("Tempat, tanggal lahir", f"{worker.birth_place}, {format_date(worker.birth_date)}"),
        ("Nama ibu", worker.mother_name),
        ("Telepon", worker.phone or ""),
        ("Tempat tinggal saat didata", f"{worker.place.label} {worker.wisma}".strip()),
        ("Daerah asal", home),
        ("Alamat asal", worker.home_address or ""),
        ("Anak yang ikut", str(worker.children)),
        ("Keterangan", worker.remark),
        ("Terdaftar sejak", format_date(worker.registered_on)),
    ]
    corrections = worker.corrections.order_by("proposed_at")
    rows += [
        ("Koreksi", f"{row.get_field_display()}: {row.old or '–'} → {row.new}")
        for row in corrections.filter(state="accepted")
    ]
    return [row for row in rows if row[1]]


def _verification(worker: Worker) -> list[Row]:
    rows = [
        (format_date(row.decided_on), _joined(row.get_state_display(),
                                              row.get_reason_code_display(), row.note))
        for row in worker.eligibility_decisions.order_by("decided_on", "pk")
    ]  # fmt: skip
    for objection in worker.objections.order_by("raised_on", "pk"):
        text = _joined("keberatan", objection.grounds, objection.outcome)
        rows.append((format_date(objection.raised_on), text))
    if worker.determined_on:
        rows.append((format_date(worker.determined_on), "ditetapkan dengan SK"))
    return rows


def _choices(worker: Worker) -> list[Row]:
    rows = [
        (format_date(row.decided_on), _joined(row.get_choice_display(), row.note))
        for row in worker.choice_changes.order_by("decided_on", "pk")
    ]
    for row in worker.statements.order_by("signed_on", "pk"):
        text = f"surat pernyataan: {row.get_choice_display()}"
        rows.append((format_date(row.signed_on), text))
    return rows


def _money(worker: Worker) -> list[Row]:
    rows = [
        (f"Rekening {account.bank}", _joined(
            account.number or "belum ada nomor", account.holder and f"a.n. {account.holder}",
            account.get_state_display()))
        for account in worker.accounts.order_by("pk")
    ]  # fmt: skip
    handed = BookHandOver.objects.filter(account__worker=worker).standing()
    for row in handed.order_by("handed_on", "pk"):
        things = {"buku tabungan": row.book, "kartu": row.card}
        got = [name for name, there in things.items() if there]
        if got:
            rows.append((format_date(row.handed_on), f"{' dan '.join(got)} di tangan Anda"))
    for share in shares_of(worker):
        for position in share.positions:
            text = f"hak {format_rupiah(position.entitled)}, dibayar {format_rupiah(position.paid)}"
            rows.append((str(position.kind.name), f"{share.funder_name}: {text}"))
    for line in reversed(lines_of(worker)):
        day = format_date(line.result_on) if line.result_on else "belum dibukukan"
        text = _joined(format_rupiah(line.amount), line.get_state_display(), line.result_note)
        rows.append((f"Daftar bayar {line.payment_list.number}", f"{text} ({day})"))
    return rows


def _consents(worker: Worker) -> list[Row]:
    rows = []
    for row in Consent.objects.filter(worker=worker).order_by("given_on", "pk"):
        what = str(Layer(row.layer).label) + (f": {row.receiver}" if row.receiver else "")
        answer = "setuju" if row.agreed else "tidak setuju"
        if row.withdrawn_on:
            answer += f", ditarik {format_date(row.withdrawn_on)}"
        rows.append((format_date(row.given_on), f"{what}: {answer}"))
    hidden = Note.objects.filter(worker=worker, confidential=True).count()
    if hidden:
        text = f"{hidden} catatan rahasia; isinya dapat ditanyakan langsung kepada pimpinan"
        rows.append(("Catatan rahasia", text))
    return rows


def _journeys(worker: Worker) -> list[Row]:
    rows = []
    for row in worker.journeys.order_by("pk"):
        days = [
            f"{word} {format_date(day)}"
            for word, day in (
                ("berangkat", row.boarded_on),
                ("tiba", row.arrived_on),
                ("diserahterimakan", row.handed_over_on),
            )
            if day
        ]
        label = f"Rombongan {row.batch_code}" if row.batch_code else "Perjalanan"
        rows.append((label, _joined(str(row.state_shown.label), *days, row.note)))
    return rows


def _papers(worker: Worker) -> list[Row]:
    papers = IssuedPaper.objects.about(worker).order_by("issued_on", "pk")
    return [(format_date(paper.issued_on), f"{paper.label} {paper.number}") for paper in papers]


def _joined(*parts: Any) -> str:
    return "; ".join(str(part) for part in parts if part)
