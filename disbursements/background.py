"""The background work of the money: receipts of a whole list, large papers and large files."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from disbursements import decree_files, list_files, report_files
from disbursements.papers.list_papers import RECEIPTS, print_receipts
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.scope import COUNTED
from kotim_social.documents.models import IssuedPaper
from kotim_social.jobs.kinds import JobKind, Report, register
from kotim_social.jobs.made_files import Arguments, FileKind, register_file
from kotim_social.jobs.models import Job
from kotim_social.lib.progress import watched

REPORT_EXPORT, REPORT_DRAFT, REPORT_ISSUE = "report_export", "report_draft", "report_issue"
LIST_DRAFT, PAPER_DRAFT, PAPER_ISSUE = "list_draft", "list_paper_draft", "list_paper_issue"
PAPER_EXPORT = "list_paper_export"
BANK_FILE = "bank_file"
DECREE_DRAFT, DECREE_ISSUE = "decree_draft", "decree_issue"


def _group(job: Job) -> str:
    """A list shows all its lines; sums and papers of several count a child who stands on one."""
    pk = job.arguments.get("list")
    return f"list:{pk}" if pk else COUNTED


def _receipts(job: Job, report: Report) -> UUID:
    return UUID(str(print_receipts(job, report).pk))


def _issues(issue: Callable[[User, Arguments], IssuedPaper]) -> Callable[[Job, Report], UUID]:
    """The work of giving a large paper its number; retried, it starts from nothing."""

    def work(job: Job, report: Report) -> UUID:
        with watched(lambda done: report(min(done, job.total))):
            return UUID(str(issue(job.requested_by, job.arguments).pk))

    return work


def _decree(job: Job, report: Report) -> UUID:
    """The same; its paper is shown on the decree's own page."""
    _issues(decree_files.issue_decree)(job, report)
    return UUID(job.arguments["decree"])


for _kind in (
    JobKind(
        RECEIPTS,
        _("Receipts of payments"),
        (Perm.PAPER_ISSUE,),
        _receipts,
        "disbursements:paper_page",
        _group,
    ),
    JobKind(
        REPORT_ISSUE,
        _("Report with a number"),
        (Perm.PAPER_ISSUE,),
        _issues(report_files.issue_large_report),
        "disbursements:paper_page",
        _group,
    ),
    JobKind(
        PAPER_ISSUE,
        _("Paper of payments with a number"),
        (Perm.PAPER_ISSUE,),
        _issues(list_files.issue_large_paper),
        "disbursements:paper_page",
        _group,
    ),
    JobKind(
        DECREE_ISSUE,
        _("Paper of a decree with a number"),
        (Perm.PAPER_ISSUE,),
        _decree,
        "disbursements:decree_detail",
        _group,
    ),
):
    register(_kind)

for _file in (
    FileKind(
        REPORT_EXPORT,
        _("Report as a table"),
        (Perm.REPORT_EXPORT,),
        report_files.rows_of,
        report_files.export_report,
        report_files.still_holds,
        people=_group,
    ),
    FileKind(
        REPORT_DRAFT,
        _("Draft of a report"),
        (Perm.REPORT_VIEW,),
        report_files.rows_of,
        report_files.draft_report,
        report_files.still_holds,
        people=_group,
    ),
    FileKind(
        LIST_DRAFT,
        _("Draft of a list's report"),
        (Perm.LIST_VIEW,),
        report_files.rows_of,
        report_files.draft_report,
        report_files.still_holds,
        people=_group,
    ),
    FileKind(
        PAPER_DRAFT,
        _("Draft of a paper of payments"),
        (Perm.LIST_PAY, Perm.PAPER_ISSUE),
        list_files.rows_of,
        list_files.draft_paper,
        report_files.still_holds,
        people=_group,
    ),
    FileKind(
        PAPER_EXPORT,
        _("Payments as a table"),
        (Perm.REPORT_EXPORT,),
        list_files.rows_of,
        list_files.export_payments,
        report_files.still_holds,
        people=_group,
    ),
    FileKind(
        BANK_FILE,
        _("List for the bank"),
        (Perm.LIST_PAY,),
        list_files.bank_rows_of,
        list_files.make_bank_file,
        list_files.bank_file_still_holds,
        "disbursements:transfer_file",
        _group,
    ),
    FileKind(
        DECREE_DRAFT,
        _("Draft of a decree's paper"),
        (Perm.PAPER_ISSUE,),
        decree_files.decree_rows,
        decree_files.draft_decree,
        report_files.still_holds,
        people=_group,
    ),
):
    register_file(_file)
