"""Requests about personal data: their deadlines, their road, their letter, who sees them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cases import worklist
from cases.actions.data_requests import Wanted, answer, take_down
from cases.data_letter import send_answer
from cases.data_terms import RequestKind, term_of
from cases.models import DataRequest, Worker
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
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
    return factories.register(1, by=four.petugas)[0]


def ask(worker: Worker, four: Four, kind: str = "access", ago: int = 1) -> DataRequest:
    received = timezone.now() - timedelta(hours=ago)
    wish = Wanted(kind=kind, channel="spoken", wanted="mau lihat data", received_at=received)
    return take_down(worker=worker, wish=wish, by=four.petugas)


def test_the_hours_of_the_law_run_from_the_receipt(worker: Worker, four: Four) -> None:
    row = ask(worker, four, ago=71)
    assert row.deadline - row.received_at == timedelta(hours=72)
    assert not row.is_late
    assert ask(worker, four, ago=73).is_late
    for kind in RequestKind.values:
        assert term_of(kind, today()).within > timedelta(0)


def test_only_a_supervisor_answers_and_a_letter_tells_her(worker: Worker, four: Four) -> None:
    row = ask(worker, four)
    with pytest.raises(Refused):
        answer(request=row, act="grant", outcome="ya", by=four.petugas)
    with pytest.raises(Refused):
        send_answer(request=row, act="refuse", outcome="  ", by=four.pimpinan)
    done = send_answer(request=row, act="refuse", outcome="menyangkut orang lain", by=four.pimpinan)
    shown = "\n".join(line for page in page_lines(done.letter.file.read()) for line in page)
    for text in (worker.name, "menyangkut orang lain", "tidak dapat dikabulkan", "RAHASIA"):
        assert text in shown
    with pytest.raises(Refused):
        send_answer(request=done, act="grant", outcome="ya", by=four.pimpinan)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_datarequest SET state = 'open'")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_datarequest SET deadline = now()")


def test_a_moment_that_has_not_come_is_refused(worker: Worker, four: Four) -> None:
    with pytest.raises(Refused):
        ask(worker, four, ago=-1)
    assert not DataRequest.objects.exists()


def test_the_pages_lead_from_her_words_to_the_answer(worker: Worker, four: Four) -> None:
    form = {
        "kind": "correction",
        "wanted": "nama saya salah",
        "channel": "letter",
        "received_on": f"{today():%d-%m-%Y}",
        "received_time": "00.01",
    }
    client = browser(four.petugas)
    url = reverse("cases:ask_about_data", args=[worker.pk])
    assert post(client, url, **{**form, "received_time": "25.99"}).status_code == 422
    assert post(client, url, **form).status_code == 302
    row = DataRequest.objects.get()
    received = timezone.localtime(row.received_at)
    assert received == timezone.make_aware(datetime(today().year, today().month, today().day, 0, 1))
    assert worklist.counts(four.petugas)["permintaan_data"] == 1
    listed = client.get(reverse("cases:data_request_list")).content.decode()
    detail = reverse("cases:data_request", args=[row.pk])
    assert detail in listed
    assert client.get(detail).status_code == 200
    # The supervisor, who answers, has it on the first page; the list says which are too late.
    waiting, head = reverse("cases:data_request_list") + "?state=open", browser(four.pimpinan)
    assert waiting in head.get(reverse("desk:home")).content.decode()
    assert detail in head.get(waiting).content.decode()
    assert detail not in head.get(waiting.replace("open", "late")).content.decode()
    assert head.get(waiting.replace("open", "none")).status_code == 404
    grant = reverse("cases:data_request_answer", args=[row.pk, "grant"])
    assert post(browser(four.pimpinan), grant, outcome="sudah diperbaiki").status_code == 302
    letter = reverse("cases:data_request_letter", args=[row.pk])
    assert client.get(letter).content.startswith(b"%PDF")
    assert worklist.counts(four.petugas)["permintaan_data"] == 0


def test_a_foreign_request_does_not_exist(worker: Worker, four: Four) -> None:
    row = ask(worker, four)
    client = browser(factories.make_user("petugas", lokalisasi=["TANGAR"]))
    assert client.get(reverse("cases:data_request", args=[row.pk])).status_code == 404
    assert client.get(reverse("cases:data_request_letter", args=[row.pk])).status_code == 404
    assert worker.name not in client.get(reverse("cases:data_request_list")).content.decode()
