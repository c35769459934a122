"""Consent, casework and hand-over: what is refused, what is hidden, and what the pages do."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cases import consents
from cases.actions import breaches, caseload, casework, notes
from cases.actions.consents import Answer, record_consent, withdraw_consent
from cases.actions.journey import hand_over
from cases.actions.referrals import answer_referral, refer
from cases.models import CaseHolder, Consent, Note, Provider, Referral, Worker
from cases.referral_letter import send_referral
from cases.workflow import CASE
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.audit.scope import set_actor
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests import factories
from tests.cases.people import acts, client_of
from tests.documents.pdf_text import page_texts
from tests.test_access import signed_in

pytestmark = pytest.mark.django_db
DAY = date(2017, 11, 10)


@pytest.fixture
def petugas() -> User:
    return factories.make_user(Role.PETUGAS)


@pytest.fixture
def pimpinan() -> User:
    return factories.make_user(Role.PIMPINAN)


@pytest.fixture
def worker(petugas: User) -> Worker:
    return factories.register(1, by=petugas, choice="stay")[0]


def answer(layer: str, agreed: bool = True, on: date = DAY, receiver: str = "") -> Answer:
    return Answer(layer, agreed, on, "Bu RT", "signed", receiver)


def hand(workers: list[Worker], *, to: User, by: User) -> None:
    offer = caseload.offer_cases(workers=workers, receiver=to, reason="beban", by=by)
    caseload.accept_offer(offer=offer, by=to)


def posted(**fields: object) -> dict[str, object]:
    return {**fields, "idempotency_key": str(uuid4())}


# -- consent -----------------------------------------------------------------------------------


def test_nothing_recorded_means_no_and_each_receiver_is_asked(
    worker: Worker, petugas: User
) -> None:
    assert not consents.allows(worker, "photo")
    yes = answer("sharing", receiver="Dinas Kesehatan")
    record_consent(worker=worker, answer=yes, by=petugas)
    assert consents.allows(worker, "sharing", "DINAS  KESEHATAN.")
    assert not consents.allows(worker, "sharing", "Dinas Tenaga Kerja")
    assert not consents.allows(worker, "sharing")
    assert not consents.allows(worker, "photo")
    with pytest.raises(Refused):
        record_consent(worker=worker, answer=yes, by=petugas)
    with pytest.raises(Refused):
        record_consent(worker=worker, answer=answer("sharing"), by=petugas)
    assert "consent.give" in acts(worker)


def test_a_withdrawal_counts_at_once_and_stays_on_record(worker: Worker, petugas: User) -> None:
    consent = record_consent(worker=worker, answer=answer("photo"), by=petugas)
    with pytest.raises(Refused):
        withdraw_consent(consent=consent, withdrawn_on=DAY - timedelta(days=1), by=petugas)
    withdraw_consent(consent=consent, withdrawn_on=DAY, reason="tidak mau", by=petugas)
    assert not consents.allows(worker, "photo")
    with pytest.raises(Refused):
        withdraw_consent(consent=consent, withdrawn_on=DAY, by=petugas)
    record_consent(worker=worker, answer=answer("photo"), by=petugas)
    assert consents.allows(worker, "photo")
    no = answer("photo", agreed=False)
    record_consent(worker=worker, answer=no, by=petugas)
    assert not consents.allows(worker, "photo")
    assert Consent.objects.filter(worker=worker).count() == 3


def test_the_database_keeps_an_answer_as_it_was_given(worker: Worker, petugas: User) -> None:
    consent = record_consent(worker=worker, answer=answer("photo", agreed=False), by=petugas)
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(agreed=True)


def test_a_referral_needs_her_yes_to_that_receiver(worker: Worker, petugas: User) -> None:
    provider = Provider.objects.get(name="Dinas Tenaga Kerja")
    about = {"worker": worker, "provider": provider, "need": "kursus menjahit", "by": petugas}
    record_consent(worker=worker, answer=answer("sharing", receiver="Dinas Kesehatan"), by=petugas)
    with pytest.raises(Refused):
        refer(referred_on=today(), **about)
    record_consent(worker=worker, answer=answer("sharing", receiver=provider.name), by=petugas)
    referral = send_referral(referred_on=today(), **about)
    text = " ".join(page_texts(referral.letter.file.read()))
    assert worker.name in text
    assert "kursus menjahit" in text
    for hidden in (worker.nik, "Km 12", "KM12", worker.register_no, "penerima manfaat"):
        assert hidden not in text
    with pytest.raises(Refused):
        answer_referral(referral=referral, act="accept", answer="", answered_on=today(), by=petugas)
    answer_referral(referral=referral, act="accept", answer="ya", answered_on=today(), by=petugas)
    assert Referral.objects.get().state == "accepted"


def test_a_missing_yes_is_told_with_the_page_that_asks_for_it(
    worker: Worker, petugas: User
) -> None:
    """What was typed stays in the form; the page of the answer is asked for that very receiver."""
    provider, client = Provider.objects.get(name="Dinas Tenaga Kerja"), client_of(petugas)
    fields = {"provider": provider.pk, "need": "kursus <menjahit>", "referred_on": "10-11-2017"}
    path = reverse("cases:referral_add", args=[worker.pk])
    refused = client.post(path, posted(**fields))
    asked = consents.page_of(worker.pk, f"sharing:{provider.pk}")
    assert refused.status_code == 422
    assert f'href="{asked}" target="_blank"' in refused.content.decode()
    assert "kursus &lt;menjahit&gt;" in refused.content.decode()
    form = client.get(asked).context["form"]
    assert form["subject"].value() == f"sharing:{provider.pk}"
    answers = {"agreed": "yes", "given_on": "10-11-2017", "witness": "Bu RT", "form": "signed"}
    assert client.post(asked, posted(subject=form["subject"].value(), **answers)).status_code == 302
    assert client.post(path, posted(**fields)).status_code == 302
    assert Referral.objects.get().provider == provider


def test_the_letter_stays_closed_after_a_withdrawal(
    worker: Worker, petugas: User, pimpinan: User
) -> None:
    provider = Provider.objects.get(name="Dinas Kesehatan")
    consent = record_consent(
        worker=worker, answer=answer("sharing", receiver=provider.name), by=petugas
    )
    referral = send_referral(
        worker=worker, provider=provider, need="periksa", referred_on=today(), by=petugas
    )
    client = client_of(petugas)
    address = reverse("cases:referral_letter", args=[referral.pk])
    assert client.get(address)["Content-Type"] == "application/pdf"
    withdraw_consent(consent=consent, withdrawn_on=today(), by=petugas)
    told = client.get(address, follow=True)
    assert told.redirect_chain[-1][0] == reverse("cases:casework", args=[worker.pk])
    asked = consents.page_of(worker.pk, f"sharing:{provider.pk}")
    assert f'href="{asked}"' in told.content.decode()


def test_contact_after_leaving_needs_her_yes(petugas: User, pimpinan: User) -> None:
    gone = factories.register(1, by=petugas)[0]
    four = factories.the_four()
    factories.arrive([gone], four=four)
    visit = {"worker": gone, "met_on": today(), "note": "baik", "by": petugas}
    casework.record_visit(**visit)  # not handed over yet
    hand_over(workers=[gone.pk], on=today(), by=petugas)
    with pytest.raises(Refused):
        casework.record_visit(**visit)
    path = reverse("cases:casework", args=[gone.pk])
    typed = {"note": "sehat, tinggal di rumah ibu", "met_on": f"{today():%d-%m-%Y}", "way": "visit"}
    page = client_of(petugas).post(path, posted(**typed)).content.decode()
    assert f'href="{consents.page_of(gone.pk, "follow_up")}"' in page
    assert typed["note"] in page
    record_consent(worker=gone, answer=answer("follow_up"), by=petugas)
    casework.record_visit(**visit)


# -- notes -------------------------------------------------------------------------------------


def test_a_note_is_mended_for_a_day_by_its_author_then_corrected(
    worker: Worker, petugas: User, pimpinan: User
) -> None:
    note = notes.add_note(worker=worker, text="satu", by=petugas)
    with pytest.raises(Refused):
        notes.edit_note(note=note, text="dua", by=pimpinan)
    notes.edit_note(note=note, text="dua", by=petugas)
    assert Note.objects.get(pk=note.pk).text == "dua"
    assert note.may_be_edited_by(petugas)
    note.recorded_at = timezone.now() - timedelta(days=1)
    assert not note.may_be_edited_by(petugas)
    correction = notes.correct_note(note=note, text="tiga", by=pimpinan)
    assert correction.corrects_id == note.pk
    assert Note.objects.get(pk=note.pk).text == "dua"
    with pytest.raises(DatabaseError), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(recorded_at=timezone.now())


def test_an_old_note_stands_in_the_database_too(worker: Worker, petugas: User) -> None:
    notes.add_note(worker=worker, text="satu", by=petugas)
    old = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_note (id, worker_id, text, confidential, recorded_at,"
            " recorded_by_id) SELECT %s, worker_id, text, confidential,"
            " now() - interval '2 days', recorded_by_id FROM cases_note",
            [old],
        )
        cursor.execute("UPDATE cases_note SET text = text WHERE id <> %s", [old])
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("UPDATE cases_note SET text = text WHERE id = %s", [old])


def test_confidential_notes_are_the_authors_and_the_supervisors(
    worker: Worker, petugas: User, pimpinan: User
) -> None:
    other = factories.make_user(Role.PETUGAS)
    note = notes.add_note(worker=worker, text="rahasia sekali", confidential=True, by=petugas)
    address = reverse("cases:casework", args=[worker.pk])
    for user, sees in ((petugas, True), (other, False)):
        client = client_of(user)
        assert ("rahasia sekali" in client.get(address).content.decode()) is sees
        for name in ("note_edit", "note_correct"):
            status = client.get(reverse(f"cases:{name}", args=[note.pk])).status_code
            assert (status == 200) is sees
    supervisor = signed_in(Role.PIMPINAN)
    assert "rahasia sekali" in supervisor.get(address).content.decode()
    with pytest.raises(Refused):
        notes.correct_note(note=note, text="x", by=other)


@pytest.mark.parametrize("statement", ["SELECT count(*) FROM cases_note WHERE confidential"])
def test_the_table_itself_hides_confidential_notes(
    statement: str, worker: Worker, petugas: User, pimpinan: User
) -> None:
    notes.add_note(worker=worker, text="rahasia", confidential=True, by=petugas)
    notes.add_note(worker=worker, text="biasa", by=petugas)
    other = factories.make_user(Role.PETUGAS)
    found = {}
    for user in (petugas, pimpinan, other):
        set_actor(user.pk)
        with connection.cursor() as cursor:
            cursor.execute(statement)
            found[user.pk] = cursor.fetchone()[0]
        assert Note.objects.all().count() == 1 + found[user.pk]
    assert found == {petugas.pk: 1, pimpinan.pk: 1, other.pk: 0}


# -- assessment, breaches ----------------------------------------------------------------------


def test_an_assessment_is_reviewed_by_somebody_else(worker: Worker, pimpinan: User) -> None:
    about = {"worker": worker, "summary": "ringkas", "assessed_on": today(), "by": pimpinan}
    with pytest.raises(Refused):
        casework.assess(risk="sangat", **about)
    found = casework.assess(risk="high", **about)
    with pytest.raises(Refused):
        casework.review_assessment(assessment=found, note="baik", by=pimpinan)
    second = factories.make_user(Role.PIMPINAN)
    casework.review_assessment(assessment=found, note="baik", by=second)
    with pytest.raises(Refused):
        casework.review_assessment(assessment=found, note="baik", by=second)


def test_a_breach_is_found_only_after_she_was_heard_and_by_another(
    worker: Worker, petugas: User, pimpinan: User
) -> None:
    returns = factories.register(1, by=petugas)[0]
    with pytest.raises(Refused):
        breaches.report_breach(worker=returns, happened_on=DAY, evidence="foto", by=petugas)
    breach = breaches.report_breach(worker=worker, happened_on=DAY, evidence="foto", by=petugas)
    with pytest.raises(Refused):
        breaches.find_breach(breach=breach, act="find", finding="ya", by=pimpinan)
    breaches.hear_breach(breach=breach, her_side="bukan saya", heard_on=today(), by=pimpinan)
    with pytest.raises(Refused):
        breaches.find_breach(breach=breach, act="find", finding="ya", by=pimpinan)
    with pytest.raises(Refused):
        breaches.find_breach(breach=breach, act="find", finding="ya", by=petugas)
    second = factories.make_user(Role.PIMPINAN)
    found = breaches.find_breach(breach=breach, act="dismiss", finding="tidak", by=second)
    assert found.state == "unfounded"


# -- hand-over ---------------------------------------------------------------------------------


def test_forty_cases_change_hands_together_and_the_old_hands_let_go(petugas: User) -> None:
    people = factories.register(41, by=petugas)
    receiver = factories.make_user(Role.PETUGAS, lokalisasi="TANGAR")
    with pytest.raises(Refused):
        caseload.offer_cases(workers=people, receiver=receiver, reason="beban", by=petugas)
    offer = caseload.offer_cases(workers=people[:40], receiver=receiver, reason="beban", by=petugas)
    assert Worker.objects.visible_to(receiver).count() == 0
    old, new = client_of(petugas), client_of(receiver)
    page = reverse("desk:worker_page", args=[people[0].pk])
    assert (old.get(page).status_code, new.get(page).status_code) == (200, 404)
    with pytest.raises(Refused):
        caseload.accept_offer(offer=offer, by=petugas)
    address = reverse("cases:hand_over_answer", args=[offer.pk])
    assert people[0].name not in new.get(address).content.decode()
    assert new.post(address, posted(act="accept")).status_code == 302
    assert (old.get(page).status_code, new.get(page).status_code) == (404, 200)
    case = reverse("cases:casework", args=[people[0].pk])
    assert (old.get(case).status_code, new.get(case).status_code) == (404, 200)
    assert set(Worker.objects.visible_to(petugas)) == {people[40]}
    assert CaseHolder.objects.current().filter(user=receiver).count() == 40


def test_all_or_none(petugas: User, pimpinan: User) -> None:
    people = factories.register(3, by=petugas)
    first, second = factories.make_user(Role.PETUGAS), factories.make_user(Role.PETUGAS)
    offer = caseload.offer_cases(workers=people, receiver=first, reason="beban", by=petugas)
    with pytest.raises(Refused):  # waits already
        caseload.offer_cases(workers=people[:1], receiver=second, reason="beban", by=pimpinan)
    # One case slips into other hands past the action: then nothing moves.
    CaseHolder.objects.create(worker=people[1], user=second, valid_from=today(), handed_by=pimpinan)
    with pytest.raises(Refused) as refusal:
        caseload.accept_offer(offer=offer, by=first)
    assert people[1].register_no in str(refusal.value)
    assert not CaseHolder.objects.filter(user=first).exists()
    caseload.take_offer_back(offer=offer, by=petugas)
    with pytest.raises(Refused):
        caseload.accept_offer(offer=offer, by=first)


def test_a_colleague_sees_the_record_and_not_the_case(petugas: User, pimpinan: User) -> None:
    worker = factories.register(1, by=petugas)[0]
    holder = factories.make_user(Role.PETUGAS)
    notes.add_note(worker=worker, text="kata hatinya", by=petugas)
    hand([worker], to=holder, by=pimpinan)
    colleague = client_of(petugas)
    overview = reverse("desk:worker_page", args=[worker.pk])
    assert colleague.get(overview).context["visit_form"] is None
    assert client_of(holder).get(overview).context["visit_form"] is not None
    page = colleague.get(reverse("cases:casework", args=[worker.pk]))
    assert page.status_code == 403
    assert "kata hatinya" not in page.content.decode()
    for name in ("note_add", "assess", "plan_add", "referral_add", "consents", "breach_report"):
        assert colleague.get(reverse(f"cases:{name}", args=[worker.pk])).status_code == 404, name
    with pytest.raises(Refused):
        notes.add_note(worker=worker, text="x", by=petugas)
    with pytest.raises(Refused):
        caseload.offer_cases(workers=[worker], receiver=holder, reason="x", by=petugas)
    hand([worker], to=petugas, by=holder)
    assert colleague.get(reverse("cases:casework", args=[worker.pk])).status_code == 200
    assert not Worker.objects.visible_to(holder).exists()


# -- pages -------------------------------------------------------------------------------------


def test_a_visit_is_noted_on_the_case_page(worker: Worker, petugas: User) -> None:
    client = client_of(petugas)
    address = reverse("cases:casework", args=[worker.pk])
    fields = posted(note="sehat", met_on=f"{today():%d-%m-%Y}", way="visit")
    assert client.post(address, fields).status_code == 302
    assert client.post(address, fields).status_code == 302  # the same form twice
    visit = worker.visits.get()
    assert (visit.note, visit.was_met) == ("sehat", True)
    assert "sehat" in client.get(address).content.decode()
    wrong = client.post(address, posted(note="", met_on="31-02-2017", way="visit"))
    assert wrong.status_code == 422


def test_every_form_does_its_act(worker: Worker, petugas: User) -> None:
    client = client_of(petugas)
    day = f"{today():%d-%m-%Y}"
    provider = Provider.objects.get(name="Dinas Kesehatan")

    def post(name: str, pk: object, **fields: object) -> None:
        response = client.post(reverse(f"cases:{name}", args=[pk]), posted(**fields))
        assert response.status_code == 302, (name, response.content.decode()[-3000:])

    post("note_add", worker.pk, text="catatan")
    note = worker.notes.get()
    form = client.get(reverse("cases:note_edit", args=[note.pk])).context["form"]
    post("note_edit", note.pk, text="catatan baru", seen=form.seen)
    post("note_correct", note.pk, text="ralat")
    post("assess", worker.pk, risk="medium", summary="ringkas", assessed_on=day)
    post("plan_add", worker.pk, what="KTP", provider=provider.pk, due_on=day)
    line = worker.plan_lines.get()
    post("plan_end", line.pk, act="finish", outcome="jadi", ended_on=day)
    subject = f"sharing:{provider.pk}"
    answers = {"agreed": "yes", "given_on": day, "witness": "Bu RT", "form": "thumb"}
    post("consents", worker.pk, subject=subject, **answers)
    post("referral_add", worker.pk, provider=provider.pk, need="periksa", referred_on=day)
    referral = worker.referrals.get()
    post("referral_answer", referral.pk, act="decline", answer="penuh", answered_on=day)
    post("consent_withdraw", worker.consents.get().pk, withdrawn_on=day, reason="")
    post("breach_report", worker.pk, happened_on=day, evidence="foto")
    post("breach_hear", worker.stay_breaches.get().pk, her_side="bukan", heard_on=day)
    providers = reverse("cases:providers")
    assert client.post(providers, posted(name="Klinik Uji", address="")).status_code == 302
    assert client.post(providers, posted(name="klinik  uji", address="")).status_code == 422
    body = client.get(reverse("cases:casework", args=[worker.pk])).content.decode()
    for text in ("catatan baru", "ralat", "ringkas", "jadi", "penuh", "bukan"):
        assert text in body


def test_cases_are_chosen_and_offered_from_a_list(petugas: User) -> None:
    people = factories.register(2, by=petugas)
    receiver = factories.make_user(Role.PETUGAS)
    client = client_of(petugas)
    chosen = {"act": "hand_over", "chosen": [str(worker.pk) for worker in people]}
    page = client.post(reverse("cases:select"), chosen)
    assert client.get(page.url).status_code == 200
    done = client.post(page.url, posted(receiver=receiver.pk, reason="cuti"))
    assert done.status_code == 302
    assert client_of(receiver).get(reverse("cases:work_list")).status_code == 200
    assert receiver.full_name in client.get(done.url).content.decode()


def test_a_closed_case_is_read_only(worker: Worker, petugas: User) -> None:
    CASE.apply(worker, "close", by=factories.make_user(Role.PIMPINAN), reason="selesai")
    for act in (
        lambda: notes.add_note(worker=worker, text="x", by=petugas),
        lambda: record_consent(worker=worker, answer=answer("photo"), by=petugas),
        lambda: casework.record_visit(worker=worker, met_on=today(), note="x", by=petugas),
    ):
        with pytest.raises(Refused):
            act()
    assert client_of(petugas).get(reverse("cases:casework", args=[worker.pk])).status_code == 200


def test_foreign_rows_of_a_case_are_not_found(worker: Worker, petugas: User) -> None:
    note = notes.add_note(worker=worker, text="x", by=petugas)
    line = casework.add_plan_line(worker=worker, what="x", due_on=today(), by=petugas)
    breach = breaches.report_breach(worker=worker, happened_on=DAY, evidence="x", by=petugas)
    consent = record_consent(worker=worker, answer=answer("photo"), by=petugas)
    stranger = client_of(factories.make_user(Role.PETUGAS, lokalisasi="TANGAR"))
    for name, row in (
        ("note_edit", note),
        ("note_correct", note),
        ("plan_end", line),
        ("breach_hear", breach),
        ("consent_withdraw", consent),
    ):
        address = reverse(f"cases:{name}", args=[row.pk])
        assert stranger.get(address).status_code == 404, name
        assert stranger.post(address, posted()).status_code == 404, name
