"""Verification deepened: sessions, frozen stages, objections, late proposals, who was reached."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from cases.actions.briefings import NewBriefing, record_attendance, record_briefing
from cases.actions.closing_calendar import ClosingDates, change_closing
from cases.actions.objections import answer_objection, raise_objection
from cases.actions.proposals import (
    NewProposal,
    accept_proposal,
    check_proposal,
    propose_late,
)
from cases.actions.sessions import NewSession, record_session
from cases.actions.stages import freeze_stage, lift_freeze
from cases.actions.verification import Finding, decide_eligibility
from cases.models import Objection, Stage, Worker
from kotim_social.accounts.roles import Role
from kotim_social.lib.dates import today
from kotim_social.regions.models import Lokalisasi, Place
from kotim_social.workflow import Refused
from tests import factories
from tests.disbursements.browsing import browser, text
from tests.documents.pdf_text import page_texts
from tests.factories import Four
from tests.test_access import signed_in

pytestmark = pytest.mark.django_db
FOUND, RAISED = date(2017, 11, 6), date(2017, 11, 8)


@pytest.fixture
def four() -> Four:
    return factories.the_four()


def not_eligible(four: Four, **about: Any) -> Worker:
    worker = factories.register(1, by=four.petugas, **about)[0]
    finding = Finding(
        act="find_not_eligible", reason_code="PENGHUNI_BARU", note="", decided_on=FOUND
    )
    decide_eligibility(workers=[worker.pk], finding=finding, by=four.verifikator)
    worker.refresh_from_db()
    return worker


def objection_of(worker: Worker, four: Four) -> Objection:
    return raise_objection(
        worker=worker, raised_on=RAISED, grounds="tinggal sejak 2012", by=four.petugas
    )


def test_an_objection_has_its_day_and_is_answered_by_somebody_else(four: Four) -> None:
    objection = objection_of(not_eligible(four), four)
    assert objection.due_on == RAISED + timedelta(days=14)
    for hand in (four.petugas, four.verifikator):
        with pytest.raises(Refused):
            answer_objection(
                objection=objection, act="uphold", outcome="benar", decided_on=RAISED, by=hand
            )
    answer_objection(
        objection=objection, act="uphold", outcome="benar", decided_on=RAISED, by=four.pimpinan
    )
    objection.refresh_from_db()
    assert objection.state == "upheld"
    assert objection.decided_by == four.pimpinan


def test_an_upheld_objection_waits_for_a_verifier_until_she_is_looked_at_again(four: Four) -> None:
    factories.register(1, by=four.petugas)  # somebody who counts: the office is not empty
    worker = not_eligible(four)
    objection = objection_of(worker, four)
    verifier, page = browser(four.verifikator), reverse("cases:objection_list") + "?state=again"
    detail = reverse("cases:objection_detail", args=[objection.pk])
    mends = reverse("cases:verification", args=[worker.pk])

    def waits() -> bool:
        here = detail in text(verifier.get(page))
        assert (page in text(verifier.get(reverse("desk:home")))) is here
        assert (mends in text(verifier.get(detail))) is here
        return here

    assert not waits()
    answer = {"act": "uphold", "outcome": "benar", "decided_on": RAISED, "by": four.pimpinan}
    answer_objection(objection=objection, **answer)
    assert waits()
    finding = Finding(act="find_eligible", decided_on=today())
    decide_eligibility(workers=[worker.pk], finding=finding, by=four.verifikator)
    assert not waits()
    assert verifier.get(reverse("cases:objection_list") + "?state=none").status_code == 404


def test_nothing_to_object_to_is_said(four: Four) -> None:
    worker = factories.register(1, by=four.petugas)[0]
    with pytest.raises(Refused):
        objection_of(worker, four)


def test_a_frozen_registration_takes_nobody_in_but_through_a_late_proposal(four: Four) -> None:
    factories.register(1, by=four.petugas)
    freeze = freeze_stage(
        lokalisasi=Lokalisasi.objects.get(pk="KM12"),
        stage=Stage.REGISTRATION,
        frozen_on=today(),
        by=four.pimpinan,
    )
    assert freeze.people == 1
    with pytest.raises(Refused):
        factories.register(1, by=four.petugas)
    row = propose_late(late_name(), by=four.petugas)
    with pytest.raises(Refused):
        check_proposal(proposal=row, note="dilihat", checked_on=today(), by=four.petugas)
    check_proposal(proposal=row, note="dilihat", checked_on=today(), by=four.verifikator)
    row.refresh_from_db()
    accept_proposal(proposal=row, outcome="diterima", decided_on=today(), by=four.pimpinan)
    row.refresh_from_db()
    assert row.state == "accepted"
    assert row.worker is not None and row.worker.name == "Suparmi Lestari"
    assert Worker.objects.count() == 2
    lift_freeze(freeze=freeze, because="salah tanggal", by=four.pimpinan)
    factories.register(1, by=four.petugas)
    assert Worker.objects.count() == 3


def late_name() -> NewProposal:
    return NewProposal(
        name="Suparmi Lestari",
        birth_date=date(1990, 2, 3),
        place_id="KM12",
        wisma="Wisma Melati 3",
        arrived_on=date(2015, 1, 1),
        rt_witness="Ketua RT 4",
        evidence="surat keterangan domisili",
        proposed_on=today(),
    )


def test_who_was_never_reached_by_a_session(four: Four) -> None:
    people = factories.register(3, by=four.petugas)
    briefing = record_briefing(
        NewBriefing(
            lokalisasi=Lokalisasi.objects.get(pk="KM12"),
            held_on=date(2017, 11, 2),
            venue="balai",
            agencies="Kemensos, BNI",
            told="empat jenis bantuan",
            managers=2,
        ),
        by=four.petugas,
    )
    ids = factories.ids(people)
    record_attendance(briefing=briefing, shown=ids, came=set(ids[:2]), by=four.petugas)
    client = signed_in(Role.PIMPINAN)
    page = client.get(reverse("cases:briefing_list"))
    [row] = page.context["coverage"]
    assert (row["people"], row["reached"], row["missing"]) == (3, 2, 1)
    hers = client.get(reverse("cases:eligibility", args=[ids[0]]))
    assert [a.briefing for a in hers.context["attended"]] == [briefing]
    record_attendance(briefing=briefing, shown=ids, came={ids[0]}, by=four.petugas)
    assert briefing.attendances.filter(active=True).count() == 1
    body = client.get(reverse("cases:briefing_list")).content.decode()
    for asked, names in (("never", people[1:]), ("came", people[:1])):
        assert f"place=KM12&amp;briefing={asked}" in body
        shown = (
            client.get(reverse("cases:worker_list"), {"place": "KM12", "briefing": asked})
            .context["page"]
            .rows
        )
        assert {row.register_no for row in shown} == {one.register_no for one in names}


def test_the_closing_dates_change_with_a_reason_and_a_right(four: Four) -> None:
    place = Lokalisasi.objects.get(pk="TANGAR")
    dates = ClosingDates(planned_closing=date(2017, 12, 5), declared_on=date(2017, 12, 6))
    with pytest.raises(Refused):
        change_closing(lokalisasi=place, dates=dates, because="ditunda", by=four.petugas)
    change_closing(lokalisasi=place, dates=dates, because="ditunda", by=four.pimpinan)
    place.refresh_from_db()
    assert place.planned_closing == date(2017, 12, 5)
    page = signed_in(Role.PIMPINAN).get(reverse("cases:closing_calendar"))
    assert page.status_code == 200
    assert page.context["changes"][0]["reason"] == "ditunda"


def test_minutes_notice_and_statement_are_papers(four: Four) -> None:
    session = record_session(
        NewSession(place=Place.objects.get(pk="KM12"), held_on=FOUND, team="Contoh Satu – Ketua"),
        by=four.verifikator,
    )
    worker = not_eligible(four)
    client = signed_in(Role.PIMPINAN)
    for address in (
        reverse("cases:session_minutes", args=[session.pk]),
        reverse("cases:notice", args=[worker.pk]),
        reverse("cases:statement_paper", args=[worker.pk, "pulang"]),
    ):
        answer = client.get(address)
        assert answer["content-type"] == "application/pdf", address
        words = " ".join(page_texts(b"".join(answer)))
        assert "KONSEP" in words
    address = reverse("cases:notice_issue", args=[worker.pk])
    answer = client.post(address, {"idempotency_key": uuid4()})
    assert answer.status_code == 302
    page = reverse("cases:eligibility", args=[worker.pk])
    hers = client.get(page)
    assert address not in hers.content.decode()
    # One finding, one notice: another number would be a second letter about the same thing.
    assert client.post(address, {"idempotency_key": uuid4()}).status_code == 422
    hers = client.get(page)
    assert [paper.kind for paper in hers.context["papers"]] == ["refusal_notice"]


def test_a_result_goes_into_the_session_that_is_running(four: Four) -> None:
    """It is preset, until the minutes have a number; and the session leads to whom it is about."""
    place = Place.objects.get(pk="KM12")
    session = record_session(
        NewSession(place=place, held_on=FOUND, team="Contoh – Ketua"), by=four.verifikator
    )
    client = signed_in(Role.VERIFIKATOR)
    there, elsewhere = (
        factories.register(1, by=four.petugas, place=code)[0] for code in ("KM12", "TANGAR")
    )

    def preset(worker: Worker) -> Any:
        page = client.get(reverse("cases:verification", args=[worker.pk]))
        return page.context["form"].initial.get("session")

    assert preset(there) == session
    assert preset(elsewhere) is None
    page = client.get(reverse("cases:session_detail", args=[session.pk])).content.decode()
    people = f"{reverse('cases:worker_list')}?place=KM12&amp;eligibility=registered"
    assert people in page
    not_eligible(four)
    found = Finding(act="find_eligible", decided_on=FOUND, session=session)
    decide_eligibility(workers=[there.pk], finding=found, by=four.verifikator)
    boss = signed_in(Role.PIMPINAN)
    address = reverse("cases:session_minutes_issue", args=[session.pk])
    assert boss.post(address, {"idempotency_key": uuid4()}).status_code == 302
    assert preset(there) is None


def test_another_place_knows_nothing_of_it(four: Four) -> None:
    worker = not_eligible(four, place="TANGAR")
    objection = objection_of(worker, four)
    session = record_session(
        NewSession(place=Place.objects.get(pk="TANGAR"), held_on=FOUND, team="Contoh – Ketua"),
        by=four.verifikator,
    )
    stranger = signed_in(Role.PETUGAS, lokalisasi=["KM12"])
    own = signed_in(Role.PETUGAS, lokalisasi=["TANGAR"])
    for name, pk in (("objection_detail", objection.pk), ("session_detail", session.pk)):
        address = reverse(f"cases:{name}", args=[pk])
        assert stranger.get(address).status_code == 404
        assert own.get(address).status_code == 200
    assert worker.name not in stranger.get(reverse("cases:objection_list")).content.decode()


def test_every_page_of_it_opens(four: Four) -> None:
    row = propose_late(late_name(), by=four.petugas)
    client = signed_in(Role.PIMPINAN)
    for name in ("session_list", "stage_list", "objection_list", "proposal_list", "briefing_list"):
        assert client.get(reverse(f"cases:{name}")).status_code == 200, name
    assert client.get(reverse("cases:proposal_detail", args=[row.pk])).status_code == 200
    assert client.get(reverse("cases:stage_freeze", args=["KM12", "registration"])).status_code in (
        200, 404,
    )  # fmt: skip
    petugas = signed_in(Role.PETUGAS)
    assert petugas.get(reverse("cases:proposal_create")).status_code == 200
    assert petugas.get(reverse("cases:briefing_create")).status_code == 200
