"""kill −9 of job workers, and jobs delivered twice: nothing is lost and nothing is made twice."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.models import Sum
from django_tasks_db.models import DBTaskResult

from disbursements.models import PaymentList
from disbursements.papers.issuing import Scope
from disbursements.papers.list_papers import RECEIPTS, request_receipts
from kotim_social.audit.models import Entry
from kotim_social.documents.models import IssuedPaper
from kotim_social.documents.models.issued import NumberSeries
from kotim_social.jobs.actions import beat
from kotim_social.jobs.models import Job
from kotim_social.jobs.queue import enqueue
from kotim_social.jobs.running import run
from tests import factories
from tests.faults.cluster import Cluster
from tests.faults.conftest import FULL, environment, python
from tests.faults.test_requests import wait_until

ROUNDS = 10 if FULL else 1
WORKERS = 4
# As if the last sign of life were long ago: the reaper waits two minutes, the test does not.
LONG_AGO = "UPDATE jobs_job SET beat_at = beat_at - interval '3 minutes' WHERE state = 'running'"
WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '%s'"


@pytest.fixture
def four(office: str) -> factories.Four:
    return factories.the_four()


def asked(four: factories.Four) -> Job:
    """Receipts of a list of its own, queued for a worker."""
    factories.ready_people(2, four=four)
    made = factories.walk_to(factories.a_list(by=four.petugas), "reconciled", four=four)
    assert isinstance(made, PaymentList)
    beat("elsewhere")
    job = request_receipts(
        scope=Scope(payment_list=made),
        budget_code="5.1.05",
        duty=None,
        duty_reason="",
        by=four.bendahara,
    )
    assert job.state == "waiting"
    return job


@contextmanager
def papers_held(cluster: Cluster, office: str) -> Iterator[None]:
    """No paper can be issued: whoever prints waits in the middle of it."""
    with closing(cluster.connect(office)) as frozen, frozen.cursor() as cursor:
        cursor.execute("LOCK TABLE documents_issuedpaper IN SHARE MODE")
        yield


def worker(cluster: Cluster, office: str, *more: str) -> subprocess.Popen[str]:
    return python("manage.py", "job_worker", *more, env=environment(cluster, office))


def waits_in_the_middle(cluster: Cluster, office: str) -> None:
    wait_until(lambda: cluster.sql(WAITS % office), seconds=240)


def each_job_was_done_once(jobs: list[Job]) -> None:
    papers = IssuedPaper.objects.filter(kind=RECEIPTS)
    for job in jobs:
        job.refresh_from_db()
        assert (job.state, job.failure) == ("finished", "")
    assert {paper.pk for paper in papers} == {job.result_id for job in jobs if job.result_id}
    assert papers.count() == len(jobs)
    assert Entry.objects.filter(act="paper.issue").count() == len(jobs)
    assert Entry.objects.filter(act="job.finished").count() == len(jobs)
    # No number was lost with a worker that died.
    assert NumberSeries.objects.aggregate(n=Sum("last_number"))["n"] == IssuedPaper.objects.count()
    assert not DBTaskResult.objects.filter(status__in=("READY", "RUNNING")).exists()


def test_a_killed_worker_s_job_is_done_by_the_next_and_once(
    cluster: Cluster, office: str, four: factories.Four
) -> None:
    jobs = []
    for _round in range(ROUNDS):
        job = asked(four)
        jobs.append(job)
        with papers_held(cluster, office):
            first = worker(cluster, office)
            try:
                waits_in_the_middle(cluster, office)
            finally:
                os.kill(first.pid, signal.SIGKILL)
                first.wait(timeout=20)
        job.refresh_from_db()
        assert (job.state, job.attempt) == ("running", 1)
        assert IssuedPaper.objects.filter(kind=RECEIPTS).count() == len(jobs) - 1
        cluster.sql(LONG_AGO, database=office)
        call_command("job_worker", once=True)
        job.refresh_from_db()
        assert job.attempt == 2
    each_job_was_done_once(jobs)
    assert Entry.objects.filter(act="job.interrupt").count() == ROUNDS


def test_a_job_that_is_delivered_twice_is_done_once(
    cluster: Cluster, office: str, four: factories.Four
) -> None:
    """Here each delivery is a thread with a connection of its own."""
    job = asked(four)
    enqueue(job.pk)
    with papers_held(cluster, office):
        first = Thread(target=delivered, args=(job,))
        first.start()
        waits_in_the_middle(cluster, office)
        run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempt) == ("running", 1)
    first.join(timeout=60)
    call_command("job_worker", once=True)  # both rows of the queue come after it was done
    each_job_was_done_once([job])
    assert job.attempt == 1
    assert DBTaskResult.objects.filter(status="SUCCESSFUL").count() == 2


def delivered(job: Job) -> None:
    try:
        run(job.pk)
    finally:
        connections.close_all()


@pytest.mark.skipif(not FULL, reason="processes of several workers: ./run test --full")
def test_several_workers_share_the_table(
    cluster: Cluster, office: str, four: factories.Four
) -> None:
    """Each job twice in the queue, four processes at once."""
    jobs = [asked(four) for _round in range(ROUNDS)]
    for job in jobs:
        enqueue(job.pk)
    workers = [worker(cluster, office, "--once") for _number in range(WORKERS)]
    assert [one.wait(timeout=600) for one in workers] == [0] * WORKERS
    each_job_was_done_once(jobs)
    assert all(job.attempt == 1 for job in jobs)
    assert DBTaskResult.objects.filter(status="SUCCESSFUL").count() == 2 * ROUNDS
