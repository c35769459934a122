"""The way from a job to the queue of django-tasks: a task that takes the job's id."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task

from kotim_social.jobs.running import run


@task()
def run_job(job_id: str) -> None:
    """What a worker calls. It returns nothing: the job's own row says what came of it."""
    run(UUID(job_id))


def enqueue(job_id: UUID) -> UUID:
    """Puts the job into the queue, in the running transaction; the id of the queue's row."""
    return UUID(run_job.enqueue(str(job_id)).id)
