"""Background jobs: at once without a worker, in the queue with one, and after a worker died."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kotim_social.accounts.roles import Perm
from kotim_social.audit.models import Entry
from kotim_social.jobs import kinds
from kotim_social.jobs.actions import beat, has_worker, reap, request_job, retry_job
from kotim_social.jobs.models import Job
from kotim_social.jobs.running import TakenAway, run
from kotim_social.workflow import Refused
from tests.disbursements.browsing import browser, text
from tests.factories import Four, the_four

MADE = uuid4()


def works(job: Job, report: kinds.Report) -> UUID:
    report(job.total // 2)
    report(job.total)
    return MADE


def refuses(job: Job, report: kinds.Report) -> UUID:
    raise Refused("not any more")


def breaks(job: Job, report: kinds.Report) -> UUID:
    raise ValueError("Siti Contoh")


@pytest.fixture(autouse=True)
def _kinds() -> None:
    for work in (works, refuses, breaks):
        kinds.register(
            kinds.JobKind(work.__name__, work.__name__, (Perm.PAPER_ISSUE,), work,
                          "disbursements:paper_page")
        )  # fmt: skip


@pytest.fixture
def four(transactional_db: None) -> Four:
    return the_four()


def ask(four: Four, kind: str = "works", total: int = 10) -> Job:
    job = request_job(kind=kind, total=total, arguments={"list": str(uuid4())}, by=four.bendahara)
    job.refresh_from_db()
    return job


def test_small_work_without_a_worker_is_done_at_once(four: Four) -> None:
    job = ask(four, total=500)
    assert (job.state, job.done, job.result_id) == ("finished", 500, MADE)
    assert not DBTaskResult.objects.exists()


def test_large_work_waits_and_says_so(four: Four) -> None:
    job = ask(four, total=501)
    assert job.state == "waiting"
    page = browser(four.bendahara).get(reverse("jobs:job_detail", args=[job.pk]))
    assert page.context["nobody_works"] is True
    assert '<progress max="501" value="0"' in text(page)
    call_command("job_worker", once=True)
    job.refresh_from_db()
    assert (job.state, job.done, job.result_id) == ("finished", 501, MADE)
    task = DBTaskResult.objects.get(pk=job.task_id)
    assert task.args_kwargs == {"args": [str(job.pk)], "kwargs": {}}
    assert task.return_value is None
    assert not has_worker()


def test_with_a_worker_small_work_is_queued(four: Four) -> None:
    beat("here")
    assert ask(four).state == "waiting"


def test_a_failure_keeps_no_text_and_can_be_tried_again(four: Four) -> None:
    beat("here")
    job, refused = ask(four, "breaks"), ask(four, "refuses")
    call_command("job_worker", once=True)
    for one, code in ((job, "error"), (refused, "refused")):
        one.refresh_from_db()
        assert (one.state, one.failure) == ("failed", code)
    assert not DBTaskResult.objects.exclude(traceback="").exists()
    with pytest.raises(Refused):
        retry_job(job=job, by=four.pimpinan)
    assert browser(four.pimpinan).post(reverse("jobs:job_retry", args=[job.pk])).status_code == 302
    job.refresh_from_db()
    assert job.state == "failed"
    browser(four.bendahara).post(reverse("jobs:job_retry", args=[job.pk]))
    job.refresh_from_db()
    assert (job.state, job.failure) == ("waiting", "")


def test_a_refusal_in_the_request_leaves_nothing(four: Four) -> None:
    with pytest.raises(Refused):
        request_job(kind="refuses", total=1, arguments={}, by=four.bendahara)
    assert not Job.objects.exists()
    with pytest.raises(Refused):
        request_job(kind="works", total=1, arguments={}, by=four.petugas)


def test_the_reaper_gives_a_killed_workers_job_to_the_next(four: Four) -> None:
    beat("here")
    job = ask(four)
    long_ago = timezone.now() - timedelta(minutes=3)
    for attempt in (1, 2, 3):
        DBTaskResult.objects.filter(pk=job.task_id).update(status="RUNNING")
        Job.objects.filter(pk=job.pk).update(state="running", attempt=attempt, beat_at=long_ago)
        dead = job.task_id
        assert reap() == 1
        assert reap() == 0
        assert DBTaskResult.objects.get(pk=dead).status == "FAILED"
        job.refresh_from_db()
        assert job.state == ("failed" if attempt == 3 else "waiting")
    assert job.failure == "stopped"
    assert Entry.objects.filter(act="job.interrupt").count() == 2


def test_a_worker_whose_job_was_taken_away_writes_nothing(four: Four) -> None:
    beat("here")
    job = ask(four)

    def slow(mine: Job, report: kinds.Report) -> UUID:
        aside = connection.copy()
        with aside.cursor() as cursor:
            cursor.execute("UPDATE jobs_job SET attempt = attempt + 1 WHERE id = %s", [mine.pk])
        aside.close()
        with pytest.raises(TakenAway):
            report(1)
        raise TakenAway

    kinds.register(kinds.JobKind("works", "works", (Perm.PAPER_ISSUE,), slow, ""))
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.result_id) == ("running", 2, None)


def test_who_lost_the_right_gets_nothing(four: Four) -> None:
    beat("here")
    job = ask(four)
    four.bendahara.is_active = False
    four.bendahara.save(update_fields=["is_active"])
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.failure) == ("failed", "no_right")


def test_others_do_not_see_it(four: Four) -> None:
    job = ask(four)
    page = reverse("jobs:job_detail", args=[job.pk])
    assert browser(four.verifikator).get(page).status_code == 404
    looked = browser(four.pimpinan).get(page)
    assert looked.status_code == 200 and looked.context["result_url"] == ""
    assert browser(four.bendahara).get(reverse("jobs:job_list")).status_code == 200
