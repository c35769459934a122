"""Jobs with their progress, and the signs of life of the workers that run them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.immutable import ImmutableModel, ImmutableQuerySet
from kotim_social.files.models import StoredFile
from kotim_social.jobs.kinds import FAILURES, job_kind
from kotim_social.jobs.workflow import JOB
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User) -> JobQuerySet:
        """One's own; whoever reads the trail sees that the others' ran, but not what they made."""
        return self if user.can(Perm.TRAIL_VIEW) else self.filter(requested_by=user)


class Job(models.Model):
    """One piece of long work. It holds ids and counts only: no name, no number of a person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=JOB.choices, default="waiting")
    # What it is about, and how: ids, dates, amounts.
    arguments = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()
    attempt = models.PositiveSmallIntegerField(default=0)
    requested_at = models.DateTimeField(auto_now_add=True)
    requested_by = models.ForeignKey(_USER, models.PROTECT, related_name="jobs")
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # The row of the queue that carries it to a worker.
    task_id = models.UUIDField(null=True, blank=True)
    result_id = models.UUIDField(null=True, blank=True)
    # A code of `kinds.FAILURES`: an exception's own text may hold a person's name.
    failure = models.CharField(max_length=20, blank=True)
    acts_of_the_machine: ClassVar[set[str]] = {"started_at", "beat_at", "finished_at"}

    objects = JobQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "kind": "umum",
        "state": "umum",
        "arguments": "umum",
        "done": "umum",
        "total": "umum",
        "attempt": "umum",
        "requested_at": "umum",
        "requested_by": "umum",
        "started_at": "umum",
        "beat_at": "umum",
        "finished_at": "umum",
        "task_id": "umum",
        "result_id": "umum",
        "failure": "umum",
    }

    class Meta:
        indexes = [models.Index(fields=["state", "beat_at"], name="job_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(done__lte=F("total")), name="job_not_more_done_than_asked"
            ),
            known_states(JOB),
        ]
        triggers = [road(JOB)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return JOB.state(self.state)

    @property
    def is_over(self) -> bool:
        return self.state in ("finished", "failed")

    @property
    def label(self) -> str:
        return str(job_kind(self.kind).label)

    @property
    def failure_shown(self) -> str:
        return str(FAILURES.get(self.failure, ""))


class MadeFileQuerySet(ImmutableQuerySet):
    def visible_to(self, user: User) -> MadeFileQuerySet:
        """What somebody asked for is hers alone, whatever the others' roles."""
        return self.filter(job__requested_by=user)


class MadeFile(ImmutableModel):
    """The file that a job made for whoever asked for it, for a day. One job makes one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    job = models.OneToOneField(Job, models.PROTECT, related_name="made_file")
    stored = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    # It says neither who, nor where, nor why.
    filename = models.CharField(max_length=60)
    expires_at = models.DateTimeField()
    # Made for somebody who saw everybody; else the ids of those in it, whom she must still see.
    of_everybody = models.BooleanField()
    people = ArrayField(models.UUIDField(), default=list)
    # A hash of what it speaks of, where it may not be had once that has changed.
    mark = models.CharField(max_length=64, blank=True)
    acts_of_the_machine: ClassVar[set[str]] = {"expires_at"}

    objects = MadeFileQuerySet.as_manager()  # type: ignore[misc]
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "job": "umum",
        "stored": "umum",
        "filename": "umum",
        "expires_at": "umum",
        "of_everybody": "umum",
        "people": "umum",
        "mark": "umum",
    }

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="made_file_by_end")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class WorkerBeat(models.Model):
    """A worker process that was alive at that moment."""

    name = models.CharField(max_length=64, primary_key=True)
    beat_at = models.DateTimeField(_("last sign of life"))
    acts_of_the_machine: ClassVar[set[str]] = {"beat_at"}
    privacy: ClassVar[dict[str, str]] = {"name": "umum", "beat_at": "umum"}

    def __str__(self) -> str:
        return self.name
