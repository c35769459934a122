"""A closed case is read only (R71): at every address that hangs on one person, not only at one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import consents
from cases.actions import breaches, casework, notes
from cases.actions.consents import Answer, record_consent
from cases.actions.files import NewFile, file_paper
from cases.actions.portraits import add_portrait
from cases.actions.sets import is_open
from cases.actions.verification import Finding, decide_eligibility
from cases.book_minutes import hand_over_book
from cases.models import Consent, Merge, Provider, Worker
from cases.read_only import notes_on_case
from cases.referral_letter import send_referral
from kotim_social.accounts.models import User
from kotim_social.audit.models import Entry
from kotim_social.lib.dates import today
from tests import factories
from tests.cases.test_book_hand_over import BOTH
from tests.disbursements.browsing import browser
from tests.factories import Four
from tests.files import scans
from tests.pages import parse
from tests.test_access import addresses

pytestmark = pytest.mark.django_db
DAY = date(2017, 11, 10)
TYPED = f"{today():%d-%m-%Y}"

# What may be done after the closing all the same, and why. Everything else refuses.
STILL_DONE = {
    "cases:consent_withdraw": "she takes her yes back at any time (R65)",
    "cases:photo_remove": "her no to a photo counts for ever (R82)",
    "cases:ask_about_data": "her data are still here, so she may ask about them (R86)",
    "desk:data_sheet_issue": "the answer to such a request",
    "cases:file_withdraw": "settles what was asked for before the closing (R81)",
    "cases:file_keep": "settles what was asked for before the closing (R81)",
    "cases:correction_decline": "settles what was proposed before the closing",
    "cases:objection_answer": "no case closes over an open objection; merged, it is answered",
    "cases:duplicates": "of two records, that they are of two people (R70)",
    "cases:reveal": "a look, with its reason, that changes nothing of hers",
    "desk:reopen": "the way out of it",
    "desk:merge_undo": "the way out of a merging",
    "desk:closing_withdraw": "settles a request that waited",
    "desk:closing_confirm": "settles a request that waited",
    "desk:closing_decline": "settles a request that waited",
}
READ_ONLY = {
    "desk:worker_page", "desk:worker_trail", "desk:journey", "desk:personal_data",
    "desk:data_sheet_file", "desk:merge_detail", "cases:eligibility", "cases:notice",
    "cases:paper_of_person", "cases:objection_detail", "cases:referral_letter",
    "cases:account", "cases:file_open", "cases:photo", "cases:book_minutes",
}  # fmt: skip
# Pages that are read as well: they stay, without the form that stood on them.
PAGES = {"cases:casework", "cases:consents", "cases:files", "desk:closing", "desk:choice",
         "desk:merge", "cases:correction", "cases:statement_paper"}  # fmt: skip
# What a page leaves in the trail without having written anything of hers.
LOOKS = {"paper.draft", "personfile.list", "duplicate.compare", "request.refused"}
HERS = (
    "penerima/<uuid:pk>/", "catatan/", "penilaian/", "rencana-kasus/", "rujukan/", "pelanggaran/",
    "persetujuan/", "berkas/", "foto/", "serah-buku/", "keberatan/<uuid:pk>/",
    "koreksi/<uuid:pk>/", "penutupan/<uuid:pk>/", "gabungan/<uuid:pk>/",
)  # fmt: skip


@dataclass
class World:
    """One person with everything in her case, written while it was open."""

    four: Four
    she: Worker
    other: Worker
    # Address → its arguments beside `pk`, what is filled in, and whose act it is.
    writes: dict[str, tuple[list[Any], dict[str, Any], User]] = field(default_factory=dict)

    def closed_as(self, state: str) -> Worker:
        """As an owner could: no checklist was asked, so that all of it is still open."""
        Worker.objects.filter(pk=self.she.pk).update(case_state=state)
        if state == "merged":
            Merge.objects.create(
                kept=self.other,
                gone=self.she,
                reason="sama",
                taken={},
                merged_by=self.four.pimpinan,
            )
        self.she.refresh_from_db()
        return self.she


def _yes(layer: str, receiver: str = "") -> Answer:
    return Answer(layer, True, DAY, "Bu RT", "signed", receiver)


@pytest.fixture
def world() -> World:
    four = factories.the_four()
    hand, boss = four.petugas, four.pimpinan
    she, other = factories.register(2, by=hand, choice="stay")
    finding = Finding(act="find_not_eligible", decided_on=DAY, reason_code="LAINNYA", note="uji")
    decide_eligibility(workers=[she.pk], finding=finding, by=four.verifikator)
    provider = Provider.objects.get(name="Dinas Tenaga Kerja")
    record_consent(worker=she, answer=_yes("sharing", provider.name), by=hand)
    record_consent(worker=she, answer=_yes("photo"), by=hand)
    note = notes.add_note(worker=she, text="satu", by=hand)
    found = casework.assess(worker=she, risk="low", summary="baik", assessed_on=DAY, by=hand)
    line = casework.add_plan_line(worker=she, what="kursus", due_on=today(), by=hand)
    referral = send_referral(
        worker=she, provider=provider, need="kursus", referred_on=today(), by=hand
    )
    breach = breaches.report_breach(worker=she, happened_on=DAY, evidence="saksi", by=hand)
    heard = breaches.report_breach(worker=she, happened_on=DAY, evidence="saksi 2", by=hand)
    breaches.hear_breach(breach=heard, her_side="tidak", heard_on=today(), by=hand)
    paper = file_paper(worker=she, new=NewFile(content=scans.picture(), kind="ktp"), by=hand)
    add_portrait(worker=she, content=scans.picture(), by=hand)
    book = hand_over_book(worker=she, facts=BOTH, by=hand)
    written = {"text": "dua", "note": "dua"}
    day = {"on": TYPED, "proof": "surat", "reason": "hilang"}
    account = {"bank": "BNI", "number": "12345678", "holder": she.name, "opened_on": TYPED}
    things = {
        "things": ["book"], "way": "handed", "handed_on": TYPED, "handed_by_name": "Uji",
        "witnesses": "Uji Satu, Uji Dua", "because": "salah",
    }  # fmt: skip
    consent = {
        "subject": "follow_up", "agreed": "yes", "given_on": TYPED, "witness": "Bu RT",
        "form": "signed",
    }  # fmt: skip
    edit = {
        "name": "Nama Lain", "birth_date": f"{she.birth_date:%d-%m-%Y}", "place": she.place_id,
        "home": "Kab. Jember", "children": 0, "version": she.version, "aliases_before": "",
    }  # fmt: skip
    mine: dict[str, tuple[list[Any], dict[str, Any], User]] = {
        "cases:worker_edit": ([she.pk], edit, hand),
        "cases:verification": (
            [she.pk], {"act": "find_eligible", "decided_on": TYPED}, four.verifikator),
        "cases:bank_check": (
            [she.pk], {"act": "confirm_active", "checked_on": TYPED, "evidence": "surat"}, hand),
        "cases:statement": ([she.pk], {"signed_on": TYPED, "witnesses": "Satu, Dua"}, hand),
        "cases:casework": (
            [she.pk], {"note": "sehat", "met_on": TYPED, "way": "visit"}, hand),
        "cases:note_add": ([she.pk], written, hand),
        "cases:note_edit": ([note.pk], written, hand),
        "cases:note_correct": ([note.pk], written, hand),
        "cases:assess": (
            [she.pk], {"risk": "high", "summary": "sakit", "assessed_on": TYPED}, hand),
        "cases:assessment_review": ([found.pk], written, boss),
        "cases:plan_add": ([she.pk], {"what": "modal", "due_on": TYPED}, hand),
        "cases:plan_end": (
            [line.pk], {"act": "finish", "outcome": "lulus", "ended_on": TYPED}, hand),
        "cases:referral_add": (
            [she.pk], {"provider": provider.pk, "need": "kursus", "referred_on": TYPED}, hand),
        "cases:referral_answer": (
            [referral.pk], {"act": "accept", "answer": "ya", "answered_on": TYPED}, hand),
        "cases:breach_report": ([she.pk], {"happened_on": TYPED, "evidence": "saksi"}, hand),
        "cases:breach_hear": ([breach.pk], {"her_side": "tidak", "heard_on": TYPED}, hand),
        "cases:breach_find": ([heard.pk], {"act": "find", "finding": "ya"}, boss),
        "cases:consents": ([she.pk], consent, hand),
        "cases:files": ([she.pk], scans.upload(scans.picture()), hand),
        "cases:photo_add": ([she.pk], {"photo": scans.upload(scans.picture())["scan"]}, hand),
        "cases:file_ask_withdrawal": ([paper.pk], {"because": "salah"}, hand),
        "cases:account_add": ([she.pk], account, hand),
        "cases:account_replace": ([she.pk], account, hand),
        "cases:account_number": ([she.pk], account, hand),
        "cases:account_holder": ([she.pk], {"holder": "Lain", "evidence": "buku"}, hand),
        "cases:book_hand_over": ([she.pk], things, hand),
        "cases:book_correct": ([book.pk], things, hand),
        "cases:object": ([she.pk], {"grounds": "tidak benar", "raised_on": TYPED}, hand),
        "cases:notice_issue": ([she.pk], {}, boss),
        "cases:statement_paper": ([she.pk, "menetap"], {}, hand),
        "desk:choice": (
            [she.pk],
            {"choice": "return", "explained": ["free"], "informed_on": TYPED,
             "decided_on": TYPED, "note": "ingin pulang"},
            hand),
        "desk:closing": ([she.pk], {"reason": "own_request"}, hand),
        "desk:went_alone": ([she.pk], day, hand),
        "desk:deceased": ([she.pk], day, hand),
        "desk:not_found": ([she.pk], day, hand),
        "desk:found_again": ([she.pk], day, hand),
        "desk:merge": ([she.pk, other.pk], {"reason": "sama"}, boss),
    }  # fmt: skip
    return World(four, she, other, mine)


def hanging_on_a_person() -> set[str]:
    """Every address with a person, or something of hers, in it."""
    return {name for name, pattern in addresses() if str(pattern.pattern).startswith(HERS)}


def test_every_address_that_hangs_on_a_person_is_looked_at(world: World) -> None:
    looked_at = {*world.writes, *STILL_DONE, *READ_ONLY, "cases:correction"}
    assert hanging_on_a_person() == looked_at
    assert not READ_ONLY & set(world.writes)


@pytest.mark.parametrize("state", ["closed", "merged"])
def test_nothing_is_written_in_a_case_that_is_not_open(world: World, state: str) -> None:
    """A form is not even shown; one that was open meanwhile is refused, with the same sentence."""
    clients = {user.pk: browser(user) for user in world.four.__dict__.values()}
    kept = {
        name: _filled_in(clients[by.pk], reverse(name, args=arguments))
        for name, (arguments, _fields, by) in world.writes.items()
    }
    she = world.closed_as(state)
    sentences = [
        *is_open(she),
        *(note["sentence"] for note in notes_on_case(she, world.four.petugas)),
    ]
    written = Entry.objects.exclude(act__endswith=".view")
    for name, (arguments, fields, by) in world.writes.items():
        client, path = clients[by.pk], reverse(name, args=arguments)
        _not_offered(client, path, name, sentences)
        count = written.count()
        answer = client.post(path, {**kept[name], **fields}, follow=True)
        assert _says(answer, sentences), f"{name}: {answer.status_code}"
        assert answer.redirect_chain or answer.status_code == 422, name
        new = written.order_by("pk")[count:]
        assert {row.act for row in new} <= LOOKS, name


def _filled_in(client: Client, path: str) -> dict[str, str]:
    """What the form carries along while her case is still open."""
    page = client.get(path)
    assert page.status_code == 200, path
    if page["Content-Type"] == "application/pdf":
        return {}
    fields = [one.attrs for one in parse(page.content.decode()).all("input")]
    hidden = [one for one in fields if one.get("type") == "hidden"]
    assert hidden, path
    return {str(one["name"]): one.get("value") or "" for one in hidden}


def _says(page: Any, sentences: list[str]) -> bool:
    return any(sentence in page.content.decode() for sentence in sentences)


def _not_offered(client: Client, path: str, name: str, sentences: list[str]) -> None:
    page = client.get(path, follow=True)
    if name == "cases:statement_paper":  # a draft of it, which has no number
        assert page["Content-Type"] == "application/pdf"
        return
    assert page.status_code == 200, name
    assert _says(page, sentences), name
    if name in PAGES:
        main = page.content.decode().partition("<main")[2].partition("</main>")[0]
        forms = re.findall(r'<form[^>]* method="post"[^>]*>', main)
        assert all(reverse("accounts:keep_alive") in form for form in forms), name
    else:
        assert page.redirect_chain, f"{name} shows its form"


def test_her_no_counts_after_the_closing_too(world: World) -> None:
    """She takes back what she agreed to, and only that (R65)."""
    she, hand = world.closed_as("closed"), browser(world.four.petugas)
    page = reverse("cases:consents", args=[she.pk])
    given = Consent.objects.get(worker=she, layer="photo")
    path = reverse("cases:consent_withdraw", args=[given.pk])
    assert f'href="{path}"' in hand.get(page).content.decode()
    fields = {**_filled_in(hand, path), "withdrawn_on": TYPED}
    assert hand.post(path, fields).status_code == 302
    assert not consents.allows(she, "photo")
