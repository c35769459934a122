"""The background work of the money: receipts of many payments."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from disbursements.papers.list_papers import RECEIPTS, print_receipts
from kotim_social.accounts.roles import Perm
from kotim_social.jobs.kinds import JobKind, Report, register
from kotim_social.jobs.models import Job


def _receipts(job: Job, report: Report) -> UUID:
    return UUID(str(print_receipts(job, report).pk))


register(
    JobKind(
        code=RECEIPTS,
        label=_("Receipts of payments"),
        perm=Perm.PAPER_ISSUE,
        work=_receipts,
        result_page="disbursements:paper_page",
        people=lambda job: f"list:{job.arguments['list']}",
    )
)
