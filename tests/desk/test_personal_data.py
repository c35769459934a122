"""Her data sheet: whole, hers alone, without other people, and counted in the trail."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from cases.actions.consents import Answer, record_consent
from cases.actions.notes import add_note
from cases.models import Layer, Worker
from kotim_social.accounts.roles import Role
from kotim_social.audit.models import Entry
from kotim_social.desk.personal_data import categories, looks_by_role, shared_with
from kotim_social.desk.processing import PURPOSES, unassigned
from kotim_social.documents.models import IssuedPaper
from tests import factories
from tests.disbursements.browsing import browser, post
from tests.documents.pdf_text import page_lines
from tests.factories import Four, the_four

pytestmark = pytest.mark.django_db


@pytest.fixture
def four() -> Four:
    return the_four()


@pytest.fixture
def worker(four: Four) -> Worker:
    [person] = factories.ready_people(1, four=four)
    return Worker.objects.get(pk=person.pk)


def sheet_url(worker: Worker) -> str:
    return reverse("desk:data_sheet_issue", args=[worker.pk])


def text_of(paper: IssuedPaper) -> str:
    return "\n".join(line for page in page_lines(paper.file.read()) for line in page)


def test_every_personal_table_belongs_to_one_purpose() -> None:
    labels = [label for one in PURPOSES for label in one.tables]
    assert len(labels) == len(set(labels))
    assert unassigned() == []


def test_every_stored_fact_has_a_word() -> None:
    for one in PURPOSES:
        assert one.ordinary or one.secret, one.code


def test_the_sheet_holds_her_whole_data_and_a_number(worker: Worker, four: Four) -> None:
    factories.walk_to(factories.a_list(by=four.petugas), "ordered", four=four)
    answer = Answer(
        layer=Layer.STATISTICS, agreed=True, given_on=factories.SIGNED, witness="Saksi Rahasia",
        form="signed",
    )  # fmt: skip
    record_consent(worker=worker, answer=answer, by=four.petugas)
    add_note(worker=worker, text="cerita biasa", confidential=False, by=four.petugas)
    add_note(worker=worker, text="cerita tertutup", confidential=True, by=four.petugas)

    response = post(browser(four.pimpinan), sheet_url(worker))

    assert response.status_code == 302
    paper = IssuedPaper.objects.about(worker).get(kind="data_sheet")
    shown = text_of(paper)
    account = worker.accounts.get()
    for value in (worker.name, worker.nik, account.number, worker.mother_name, paper.number,
                  "cerita biasa", "Rp5.050.000", "RAHASIA"):  # fmt: skip
        assert str(value) in shown, value
    for value in ("Saksi Rahasia", "cerita tertutup", four.petugas.full_name, "Uji Satu"):
        assert value not in shown, value
    assert f"Bank {account.bank}" in shown
    row = Entry.objects.get(act="worker.data_sheet", object_id=str(worker.pk))
    assert row.user_id == four.pimpinan.pk


def test_a_long_note_is_not_cut(worker: Worker, four: Four) -> None:
    add_note(worker=worker, text="kata " * 700 + "TAMAT", confidential=False, by=four.petugas)
    post(browser(four.pimpinan), sheet_url(worker))
    assert "TAMAT" in text_of(IssuedPaper.objects.get(kind="data_sheet"))


def test_without_a_fresh_proof_nothing_is_issued_or_opened(worker: Worker, four: Four) -> None:
    post(browser(four.pimpinan), sheet_url(worker))
    paper = IssuedPaper.objects.get(kind="data_sheet")
    stale = browser(four.pimpinan, proof=False)
    opened = reverse("desk:data_sheet_file", args=[worker.pk, paper.pk])
    for response in (post(stale, sheet_url(worker)), stale.get(opened)):
        assert response.status_code == 302
        assert "next=" in response.url
    assert IssuedPaper.objects.filter(kind="data_sheet").count() == 1
    fresh = browser(four.pimpinan)
    assert fresh.get(opened).content.startswith(b"%PDF")
    other = reverse("desk:data_sheet_file", args=[_another(four).pk, paper.pk])
    assert fresh.get(other).status_code == 404


def _another(four: Four) -> Worker:
    [person] = factories.register(1, by=four.petugas)
    return person


def test_looks_are_counted_by_role_and_without_names(worker: Worker, four: Four) -> None:
    auditor = factories.make_user(Role.AUDITOR)
    for user, times in ((four.petugas, 2), (auditor, 1)):
        client = browser(user)
        for _n in range(times):
            assert client.get(reverse("desk:worker_page", args=[worker.pk])).status_code == 200
    assert looks_by_role(worker) == [(str(Role.PETUGAS.label), 2), (str(Role.AUDITOR.label), 1)]
    assert shared_with(worker) == []


def test_the_page_counts_but_shows_no_value(
    worker: Worker, four: Four, django_assert_max_num_queries: Any
) -> None:
    client = browser(four.petugas)
    with django_assert_max_num_queries(70):
        body = client.get(reverse("desk:personal_data", args=[worker.pk])).content.decode()
    assert worker.nik not in body
    assert worker.accounts.get().number not in body
    assert sheet_url(worker) not in body
    assert str(len(categories(worker)[0].rows)) in body
