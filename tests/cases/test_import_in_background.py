"""An import that is too large for one request waits for the worker; a small one does not."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cases import background
from cases.actions.importing import stage_register
from cases.models import RegisterImport, Worker
from kotim_social.accounts.models import User
from kotim_social.jobs import actions as jobs
from kotim_social.jobs.models import Job
from kotim_social.workflow import Refused
from tests.cases.import_helpers import DAY, person, signed_in, url, user, workbook

KEY = {"idempotency_key": "3f7c2b52-2f60-4f7e-9f0e-7d7d8a1f0c11"}


@pytest.fixture
def sari() -> User:
    return user("sari")


@pytest.fixture
def client(sari: User) -> Client:
    return signed_in(sari)


def staged(by: User) -> RegisterImport:
    rows = [person(number) for number in (1, 2, 3)]
    return stage_register(workbook(*rows), file_name="r.xlsx", by=by, registered_on=DAY)


@pytest.mark.django_db
def test_a_small_one_is_done_at_once_and_its_message_leads_to_the_undo(
    client: Client, sari: User
) -> None:
    source = staged(sari)
    jobs.beat("worker")  # although somebody works in the background
    answer = client.post(url("import_confirm", source.pk), KEY, follow=True)
    assert answer.request["PATH_INFO"] == url("import_detail", source.pk)
    assert url("import_undo", source.pk) in "".join(map(str, answer.context["messages"]))
    assert Worker.objects.count() == 3
    assert Job.objects.get().state == "finished"


@pytest.mark.django_db(transaction=True)
def test_a_large_one_waits_for_the_worker(
    client: Client, sari: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_AT_ONCE", 2)
    source = staged(sari)
    answer = client.post(url("import_confirm", source.pk), KEY)
    job = Job.objects.get()
    assert answer.url == reverse("jobs:job_detail", args=[job.pk])
    assert (job.state, job.total, Worker.objects.count()) == ("waiting", 3, 0)
    with pytest.raises(Refused):
        background.request_import(source, by=sari)
    call_command("job_worker", once=True)
    job.refresh_from_db()
    source.refresh_from_db()
    assert (job.state, job.done, source.state) == ("finished", 3, "confirmed")
    assert Worker.objects.count() == 3
    page = client.get(answer.url).content.decode()
    assert url("import_detail", source.pk) in page


@pytest.mark.django_db(transaction=True)
def test_what_was_put_away_meanwhile_is_not_imported(
    client: Client, sari: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_AT_ONCE", 2)
    source = staged(sari)
    client.post(url("import_confirm", source.pk), KEY)
    client.post(url("import_discard", source.pk), {})
    call_command("job_worker", once=True)
    assert Job.objects.get().failure == "refused"
    assert not Worker.objects.exists()
