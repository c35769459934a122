"""What a thief of the disk would read: the dump of the database, and the folder of the files.

Names, aliases and mother's names stand there, because search needs them. All else that was told
of her does not: not in a column, not in the history of rows, not in a job, a session or a file.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.actions import breaches, casework, data_requests, journey_ends, notes, objections
from cases.actions.choices import change_choice
from cases.actions.closing import request_closing
from cases.actions.consents import Answer, record_consent, withdraw_consent
from cases.actions.data_requests import Wanted
from cases.actions.files import NewFile, ask_withdrawal, file_paper
from cases.actions.verification import Finding, decide_eligibility
from cases.actions.workers import edit_worker
from cases.models import BankAccount, Provider, Worker
from cases.referral_letter import send_referral
from kotim_social.lib.dates import today
from kotim_social.operations.backup import programs
from tests import factories
from tests.cases.import_helpers import imported, person, workbook
from tests.cases.people import DAY
from tests.disbursements.browsing import browser
from tests.factories import Four, the_four
from tests.files import scans

# Each stands in one field only, so that whatever is found says where it came from.
ADDRESS, EARLIER_ADDRESS, PHONE = "Jalan Kenanga Biru 17", "Gang Cempaka Lama 3", "081355507788"
TOLD = {
    "address": ADDRESS,
    "address before": EARLIER_ADDRESS,
    "address in a register": "Dusun Sumbersuko Wetan",
    "telephone": PHONE,
    "note": "anaknya dititipkan di nenek",
    "confidential note": "suaminya pernah mengancam",
    "assessment": "rumahnya bocor sejak Maret",
    "plan": "kursus menjahit tingkat dua",
    "visit": "sehat dan mulai berdagang",
    "referral": "pemeriksaan paru berkala",
    "breach": "terlihat satpam pada malam itu",
    "her side": "hanya mengantar tetangganya",
    "finding": "saksi tidak dapat dipercaya",
    "objection": "tinggal di sini sejak lahir",
    "verification": "tetangga tidak mengenalnya",
    "request about data": "salinan seluruh catatannya",
    "consent taken back": "tidak suka dipotret lagi",
    "remark of a scan": "kartu lama bertanda robek",
    "reason of a withdrawal": "ternyata kartu sepupunya",
    "journey": "dijemput pamannya dengan truk",
    "closing": "ingin tenang bersama keluarga",
    "draft": "belum selesai menceritakan semuanya",
}
# How a picture, a PDF and a workbook begin; a workbook's sheets are packed, its head is not.
CONTENTS = (b"JFIF", b"\x89PNG", b"%PDF-", b"xl/workbook.xml")


def told_about(four: Four) -> Worker:
    """A woman of whom everything was written down that can be, and a register with another."""
    hand, boss, day = four.petugas, four.pimpinan, today()
    she, other = factories.register(2, by=hand, choice="stay")
    for values in ({"home_address": EARLIER_ADDRESS}, {"home_address": ADDRESS, "phone": PHONE}):
        edit_worker(worker=she, values=values, version=she.version, by=hand)
        she.refresh_from_db()
    provider = Provider.objects.get(name="Dinas Kesehatan")
    yes = Answer("sharing", True, DAY, "Bu RT", "signed", provider.name)
    record_consent(worker=she, answer=yes, by=hand)
    photo = record_consent(
        worker=she, answer=Answer("photo", True, DAY, "Bu RT", "signed"), by=hand
    )
    withdraw_consent(consent=photo, withdrawn_on=day, reason=TOLD["consent taken back"], by=hand)
    notes.add_note(worker=she, text=TOLD["note"], by=hand)
    notes.add_note(worker=she, text=TOLD["confidential note"], confidential=True, by=hand)
    casework.assess(worker=she, risk="low", summary=TOLD["assessment"], assessed_on=day, by=hand)
    casework.add_plan_line(worker=she, what=TOLD["plan"], due_on=day, by=hand)
    casework.record_visit(worker=she, met_on=day, note=TOLD["visit"], by=hand)
    send_referral(worker=she, provider=provider, need=TOLD["referral"], referred_on=day, by=hand)
    breach = breaches.report_breach(
        worker=she, happened_on=DAY, evidence=TOLD["breach"], by=factories.make_user("petugas")
    )
    breaches.hear_breach(breach=breach, her_side=TOLD["her side"], heard_on=day, by=hand)
    breaches.find_breach(breach=breach, act="dismiss", finding=TOLD["finding"], by=boss)
    finding = Finding(
        act="find_not_eligible",
        decided_on=DAY,
        reason_code="LAINNYA",
        note=TOLD["verification"],
    )
    decide_eligibility(workers=[she.pk], finding=finding, by=four.verifikator)
    objections.raise_objection(worker=she, raised_on=day, grounds=TOLD["objection"], by=hand)
    wish = Wanted("access", "spoken", TOLD["request about data"], timezone.now() - timedelta(1))
    data_requests.take_down(worker=she, wish=wish, by=hand)
    for content in (scans.picture(), scans.pdf()):
        new = NewFile(content=content, kind="ktp", remark=TOLD["remark of a scan"])
        paper = file_paper(worker=she, new=new, by=hand)
    ask_withdrawal(paper=paper, because=TOLD["reason of a withdrawal"], by=hand)
    request_closing(worker=she, reason="own_request", note=TOLD["closing"], by=hand)
    change_choice(worker=other, choice="return", decided_on=day, note="pulang", by=hand)
    journey_ends.go_alone(worker=other.pk, proof=TOLD["journey"], on=day, by=hand)
    home = f"{TOLD['address in a register']}, Kab. Jember"
    imported(workbook(person(1, ALAMAT_ASAL=home)), hand)
    page = reverse("cases:proposal_create")
    draft = {"draft": "save", "draft_page": page, "evidence": TOLD["draft"]}
    assert browser(hand).post(page, draft).status_code == 302
    return she


def dump_of(owner: Any) -> bytes:
    with tempfile.TemporaryFile() as target:
        program = programs.find("pg_dump", version=programs.major_of(owner))
        programs.run([str(program)], env=programs.environment(owner), stdout=target)
        target.seek(0)
        return target.read().lower()


def found_in(content: bytes, told: dict[str, str]) -> list[str]:
    """As text, and as the dump writes bytes: what lies unencrypted in a binary column."""
    lower = {name: text.lower().encode() for name, text in told.items()}
    return [
        name
        for name, text in lower.items()
        if text in content or told[name].encode().hex().encode() in content
    ]


@pytest.mark.django_db(transaction=True)
def test_the_dump_and_the_files_tell_nothing_that_was_told(key_file: Path, owner: Any) -> None:
    she = told_about(the_four())
    account = BankAccount.objects.get(worker=she).number
    assert she.nik and account
    secret = {**TOLD, "NIK": she.nik, "account": account}
    dump = dump_of(owner)
    # It is the dump of this office: her name stands in it.
    assert found_in(dump, {"name": she.name}) == ["name"]
    assert found_in(dump, secret) == []
    files = [path for path in (key_file.parent / "files").rglob("*") if path.is_file()]
    assert len(files) >= 4  # two scans, a letter, a workbook
    for path in files:
        content = path.read_bytes()
        assert found_in(content.lower(), {**secret, "name": she.name}) == [], path.name
        assert not [head for head in CONTENTS if head in content], path.name
