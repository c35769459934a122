"""Doing the work of a job, in a worker or in the request that asked for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404
from django.utils import timezone

from kotim_social.audit.scope import set_actor
from kotim_social.audit.trail import record
from kotim_social.jobs.kinds import Report, job_kind
from kotim_social.jobs.models import Job
from kotim_social.workflow import Refused

logger = logging.getLogger(__name__)


class TakenAway(Exception):  # noqa: N818
    """The work was given to somebody else meanwhile; what was done here is thrown away."""


def run_here(job: Job) -> Job:
    """In the request's own transaction: a refusal is shown at once and leaves nothing."""
    started = _start(job.pk)
    if started is None:
        raise TakenAway
    result = job_kind(job.kind).work(started, lambda _done: None)
    return _finish(started, result)


def run(job_id: UUID) -> None:
    """In a worker: whatever happens is written to the job, and nothing is raised."""
    job = _start(job_id)
    if job is None:
        return
    try:
        with _reporter(job) as report, transaction.atomic():
            kind = job_kind(job.kind)
            set_actor(job.requested_by_id, people=kind.people(job))
            result = kind.work(job, report)
            _finish(job, result)
    except TakenAway:
        logger.warning("A job was taken away from this worker.")
    except (Refused, Http404, PermissionDenied):
        _fail(job, "refused")
    except Exception:
        logger.exception("A job failed.")
        _fail(job, "error")


@transaction.atomic
def _start(job_id: UUID) -> Job | None:
    """Nothing when somebody else has it, or it is over: a queue may deliver twice."""
    job = Job.objects.select_for_update(of=("self",)).select_related("requested_by").get(pk=job_id)
    if job.state != "waiting":
        return None
    if not job.requested_by.is_active or not job_kind(job.kind).may(job.requested_by):
        end(job, "failed", failure="no_right")
        return None
    now = timezone.now()
    job.state, job.started_at, job.beat_at, job.done = "running", now, now, 0
    job.attempt += 1
    job.save(update_fields=["state", "started_at", "beat_at", "done", "attempt"])
    return job


@contextmanager
def _reporter(job: Job) -> Iterator[Report]:
    """Writes through a connection of its own: the work's transaction is seen only when it ends."""
    aside = connection.copy()

    def report(done: int) -> None:
        with aside.cursor() as cursor:
            cursor.execute(
                "UPDATE jobs_job SET done = %s, beat_at = now()"
                " WHERE id = %s AND attempt = %s AND state = 'running'",
                [done, job.pk, job.attempt],
            )
            found = cursor.rowcount
        if not found:
            raise TakenAway

    try:
        yield report
    finally:
        aside.close()


def _finish(job: Job, result: UUID) -> Job:
    locked = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if locked.state != "running" or locked.attempt != job.attempt:
        raise TakenAway
    return end(locked, "finished", result_id=result, done=locked.total)


@transaction.atomic
def _fail(job: Job, failure: str) -> None:
    locked = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if locked.state == "running" and locked.attempt == job.attempt:
        end(locked, "failed", failure=failure)


def end(job: Job, state: str, **values: Any) -> Job:
    """Writes the end of a locked job, and the trail."""
    before, job.state, job.finished_at = job.state, state, timezone.now()
    for name, value in values.items():
        setattr(job, name, value)
    job.save(update_fields=["state", "finished_at", *values])
    record(f"job.{state}", by=job.requested_by, obj=job, changes={"state": [before, state]})
    return job
