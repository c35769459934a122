"""Closing a case: asked for by one, decided by another, read only after it, and opened again."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.actions import closing as acts
from cases.actions.accounts import AccountFacts, add_account
from cases.actions.choices import change_choice
from cases.actions.journey import confirm_origin, join_batch
from cases.actions.journey_ends import go_alone, report_death
from cases.actions.statements import record_statements
from cases.actions.verification import Finding, decide_eligibility
from cases.actions.workers import edit_worker
from cases.models import CaseClosing, Worker
from disbursements.models import Entitlement
from kotim_social.desk import closing
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests import factories
from tests.disbursements.browsing import browser
from tests.factories import Four, a_list, ready_people, the_four

pytestmark = pytest.mark.django_db


@pytest.fixture
def four() -> Four:
    return the_four()


def asked(worker: Worker, four: Four, reason: str = "own_request") -> CaseClosing:
    return acts.request_closing(worker=worker, reason=reason, by=four.petugas)


def closed(worker: Worker, four: Four) -> CaseClosing:
    return closing.close(closing=asked(worker, four), lapse=True, by=four.pimpinan)


def test_a_second_person_closes(four: Four) -> None:
    worker = factories.register(1, by=four.petugas)[0]
    row = asked(worker, four)
    with pytest.raises(Refused):
        closing.close(closing=row, lapse=False, by=four.petugas)
    assert closing.close(closing=row, lapse=False, by=four.pimpinan).state == "closed"
    worker.refresh_from_db()
    assert worker.case_state == "closed"


def test_nobody_closes_what_she_asked_for_herself(four: Four) -> None:
    worker = factories.register(1, by=four.petugas)[0]
    row = acts.request_closing(worker=worker, reason="own_request", by=four.pimpinan)
    with pytest.raises(Refused):
        closing.close(closing=row, lapse=False, by=four.pimpinan)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseClosing.objects.filter(pk=row.pk).update(
            state="closed", decided_by=four.pimpinan, decided_at=row.requested_at
        )


def test_money_under_way_keeps_the_case_open(four: Four) -> None:
    worker = ready_people(1, four=four)[0]
    a_list(by=four.petugas)
    with pytest.raises(Refused):
        closing.close(closing=asked(worker, four), lapse=True, by=four.pimpinan)


def test_unpaid_money_lapses_only_when_the_supervisor_says_so(four: Four) -> None:
    worker = ready_people(1, four=four)[0]
    row = asked(worker, four)
    with pytest.raises(Refused):
        closing.close(closing=row, lapse=False, by=four.pimpinan)
    closing.close(closing=row, lapse=True, by=four.pimpinan)
    assert not Entitlement.objects.filter(worker=worker, state="determined").exists()
    lapsed = Entitlement.objects.filter(worker=worker, state="lapsed")
    assert lapsed.exists()
    assert all(row.lapsed_because for row in lapsed)


@pytest.mark.parametrize(
    "reason", ["followed_up", "stays", "referred", "not_target", "went_home_alone", "deceased"]
)
def test_a_reason_has_to_fit_her_record(four: Four, reason: str) -> None:
    """A returnee on site: not handed over, not gone, who does not stay, and is not ineligible."""
    worker = factories.register(1, by=four.petugas)[0]
    with pytest.raises(Refused):
        closing.close(closing=asked(worker, four, reason), lapse=False, by=four.pimpinan)


def test_a_reason_that_tells_of_her_journey_closes_once_that_is_recorded(four: Four) -> None:
    alone, dead = factories.register(2, by=four.petugas, account=False)
    go_alone(worker=alone.pk, proof="tiket", on=today(), by=four.petugas)
    report_death(worker=dead.pk, proof="surat", on=today(), by=four.petugas)
    for worker, reason in ((alone, "went_home_alone"), (dead, "deceased")):
        row = closing.close(closing=asked(worker, four, reason), lapse=False, by=four.pimpinan)
        assert row.state == "closed", reason


def test_a_closed_case_is_read_only(four: Four) -> None:
    ready = ready_people(1, four=four)[0]
    bare = factories.register(1, by=four.petugas, account=False, choice="undecided")[0]
    closed(ready, four)
    closed(bare, four)
    day = date(2017, 11, 25)
    finding = Finding(act="verify", decided_on=day)
    tries = (
        lambda: edit_worker(
            worker=bare, values={"wisma": "A"}, version=bare.version, by=four.petugas
        ),
        lambda: change_choice(worker=bare, choice="stay", decided_on=day, by=four.petugas),
        lambda: add_account(worker=bare, facts=AccountFacts(bank="BRI"), by=four.petugas),
        lambda: record_statements(
            workers=[ready], signed_on=day, witnesses="A, B", by=four.petugas
        ),
        lambda: decide_eligibility(workers=[bare], finding=finding, by=four.verifikator),
        lambda: confirm_origin(workers=[ready.pk], letter="1", on=today(), by=four.petugas),
        lambda: join_batch(workers=[ready.pk], batch_code="ROM-1", by=four.petugas),
        lambda: asked(bare, four),
        lambda: a_list(by=four.petugas),
    )
    for act in tries:
        with pytest.raises(Refused):
            act()


def test_opening_again_keeps_the_history(four: Four) -> None:
    worker = factories.register(1, by=four.petugas)[0]
    row = closed(worker, four)
    with pytest.raises(Refused):
        acts.reopen_case(worker=worker, reason="kembali", by=four.petugas)
    acts.reopen_case(worker=worker, reason="kembali", by=four.pimpinan)
    row.refresh_from_db()
    worker.refresh_from_db()
    assert (worker.case_state, row.state, row.reopened_because) == ("open", "reopened", "kembali")
    closed(worker, four)
    assert worker.closings.count() == 2


def test_the_pages(four: Four) -> None:
    worker = factories.register(1, by=four.petugas)[0]
    own, boss = browser(four.petugas), browser(four.pimpinan)
    page = reverse("desk:closing", args=[worker.pk])
    assert own.get(page).status_code == 200
    assert own.post(page, {"reason": ""}).status_code == 422
    assert own.post(page, {"reason": "own_request"}).status_code == 302
    row = CaseClosing.objects.get()
    confirm = reverse("desk:closing_confirm", args=[row.pk])
    assert own.post(confirm, {"idempotency_key": uuid4()}).status_code == 403
    assert worker.register_no in boss.get(reverse("desk:closing_list")).content.decode()
    decline = reverse("desk:closing_decline", args=[row.pk])
    boss.post(decline, {"idempotency_key": uuid4(), "reason": "belum"})
    own.post(page, {"reason": "own_request"})
    own.post(reverse("desk:closing_withdraw", args=[worker.pk]), {"idempotency_key": uuid4()})
    own.post(page, {"reason": "own_request"})
    row = CaseClosing.objects.get(state="requested")
    confirm = reverse("desk:closing_confirm", args=[row.pk])
    assert boss.get(confirm).status_code == 200
    assert boss.post(confirm, {"idempotency_key": uuid4()}).status_code == 302
    worker.refresh_from_db()
    assert worker.case_state == "closed"
    # Her page tells what became of each request, not only that it was asked for.
    story = boss.get(reverse("desk:worker_page", args=[worker.pk])).content.decode()
    for words in ("Penutupan diminta", "Penutupan tidak disetujui", "Permintaan penutupan ditarik"):
        assert words in story
    assert boss.get(page).status_code == 200
    reopen = reverse("desk:reopen", args=[worker.pk])
    boss.post(reopen, {"idempotency_key": uuid4(), "reason": "kembali"})
    assert set(worker.closings.values_list("state", flat=True)) == {
        "declined", "withdrawn", "reopened",
    }  # fmt: skip


def test_the_page_of_a_closed_case_says_so_and_offers_nothing(four: Four) -> None:
    worker = factories.register(1, by=four.petugas)[0]
    page = reverse("desk:worker_page", args=[worker.pk])
    own = browser(four.petugas)
    assert reverse("cases:worker_edit", args=[worker.pk]) in own.get(page).content.decode()
    row = closed(worker, four)
    answer = own.get(page)
    text = answer.content.decode()
    assert reverse("cases:worker_edit", args=[worker.pk]) not in text
    assert "tasks-title" not in text
    link = reverse("desk:closing", args=[worker.pk])
    assert f'<a class="alert-link" href="{link}">' in text
    # The words of the closing, never its code.
    assert row.get_reason_display() in text
    assert "own_request" not in text
