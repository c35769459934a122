"""The background work of the way home: papers of batches that name many people."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.roles import Perm
from kotim_social.jobs.kinds import JobKind, Report, register
from kotim_social.jobs.made_files import FileKind, register_file
from kotim_social.jobs.models import Job
from kotim_social.lib.progress import watched
from repatriation.batch_files import draft_paper, issue_batch_paper, rows_of, still_hers

BATCH_DRAFT, BATCH_ISSUE, ORIGIN_ISSUE = "batch_draft", "batch_issue", "origin_issue"


def _batch(job: Job) -> str:
    """Whoever sees a batch sees its whole manifest."""
    return f"batch:{job.arguments['batch']}"


def _issue(job: Job, report: Report) -> UUID:
    with watched(lambda done: report(min(done, job.total))):
        issue_batch_paper(job.requested_by, job.arguments)
    return UUID(job.arguments["batch"])


register_file(
    FileKind(
        BATCH_DRAFT,
        _("Draft of a batch's paper"),
        (Perm.BATCH_TRAVEL, Perm.PAPER_ISSUE),
        rows_of,
        draft_paper,
        still_hers,
        people=_batch,
    )
)
register(
    JobKind(
        BATCH_ISSUE,
        _("Paper of a batch with a number"),
        (Perm.BATCH_TRAVEL, Perm.PAPER_ISSUE),
        _issue,
        "repatriation:batch_detail",
        _batch,
    )
)
register(
    JobKind(
        ORIGIN_ISSUE,
        _("Letter to a home office"),
        (Perm.BATCH_PLAN,),
        _issue,
        "repatriation:batch_detail",
        _batch,
    )
)
