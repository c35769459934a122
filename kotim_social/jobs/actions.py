"""Asking for work, and taking it away from a worker that died."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.jobs.kinds import job_kind
from kotim_social.jobs.models import Job, WorkerBeat
from kotim_social.jobs.queue import enqueue
from kotim_social.jobs.running import end, run_here
from kotim_social.jobs.workflow import JOB
from kotim_social.workflow import Refused

# Without a worker as much as this is done at once, in the request that asks for it.
MOST_AT_ONCE = 500
MOST_ATTEMPTS = 3
# A worker beats every few seconds, and work reports at least as often as this.
WORKER_IS_GONE = timedelta(seconds=30)
WORK_IS_DEAD = timedelta(minutes=2)


def has_worker() -> bool:
    """Whether a worker gave a sign of life lately."""
    return WorkerBeat.objects.filter(beat_at__gt=timezone.now() - WORKER_IS_GONE).exists()


@transaction.atomic
def request_job(
    *, kind: str, total: int, arguments: dict[str, Any], by: User, soon: bool = False
) -> Job:
    """Asks for work of `total` rows; small work without a worker is done before this returns.

    `soon`: small work is done here even if a worker is there, for it takes a second or two.
    `arguments` hold ids, dates, amounts, the wording of a decree: nothing of a person. Raises
    Refused when it may not be done.
    """
    if not (job_kind(kind).may(by) and by.can(Perm.JOB_RUN)):
        raise Refused(_("You do not have the right to do this."))
    job = Job.objects.create(kind=kind, total=total, arguments=arguments, requested_by=by)
    record("job.request", by=by, obj=job, changes={"kind": [None, kind], "total": [None, total]})
    if total <= MOST_AT_ONCE and (soon or not has_worker()):
        return run_here(job)
    return _queue(job)


@transaction.atomic
def request_once(*, kind: str, total: int, arguments: dict[str, Any], by: User) -> Job:
    """The same; who asks again for what is under way, by a double click too, is led to that."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"jobs.{kind}.{by.pk}"]
        )
    under_way = Job.objects.filter(
        kind=kind, arguments=arguments, requested_by=by, state__in=("waiting", "running")
    ).first()
    return under_way or request_job(kind=kind, total=total, arguments=arguments, by=by)


def _queue(job: Job) -> Job:
    job.task_id = enqueue(job.pk)
    job.save(update_fields=["task_id"])
    return job


@transaction.atomic
def retry_job(*, job: Job, by: User) -> Job:
    """Once more, from the beginning."""
    waiting: Job = JOB.apply(job, "retry", by=by, failure="", done=0, attempt=0, finished_at=None)
    return _queue(waiting)


# -- workers -----------------------------------------------------------------------------------


@transaction.atomic
def beat(name: str) -> None:
    """A worker says that it lives."""
    WorkerBeat.objects.update_or_create(name=name, defaults={"beat_at": timezone.now()})


def quit_work(name: str) -> None:
    """A worker that ends in good order says so: nothing is queued for it any more."""
    WorkerBeat.objects.filter(pk=name).update(beat_at=F("beat_at") - WORKER_IS_GONE)


@transaction.atomic
def reap() -> int:
    """Takes jobs away from workers that were killed: once more, or failed after three times."""
    dead = Job.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state="running", beat_at__lt=timezone.now() - WORK_IS_DEAD
    )
    jobs = list(dead.select_related("requested_by").order_by("pk"))
    for job in jobs:
        # The queue's own row would say RUNNING for ever.
        DBTaskResult.objects.filter(pk__in=[job.task_id], status="RUNNING").update(
            status="FAILED", finished_at=timezone.now()
        )
        if job.attempt >= MOST_ATTEMPTS:
            end(job, "failed", failure="stopped")
            continue
        job.state = "waiting"
        job.save(update_fields=["state"])
        record("job.interrupt", by=None, obj=job, changes={"attempt": [job.attempt, None]})
        _queue(job)
    return len(jobs)
