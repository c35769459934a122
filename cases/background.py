"""The background work of the register: large imports, and the list of people as a file."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.importing import IMPORTABLE, confirm_import
from cases.list_file import export_people, people_rows, sees_all_of
from cases.minutes_file import draft_minutes, issue_minutes, minutes_rows, minutes_still_hers
from cases.models import RegisterImport
from cases.rejected import make_rejected, rejected_count, rejected_still_hers
from cases.workflow import IMPORT
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.jobs.actions import request_job
from kotim_social.jobs.kinds import JobKind, Report, register
from kotim_social.jobs.made_files import FileKind, register_file
from kotim_social.jobs.models import Job
from kotim_social.lib.progress import watched
from kotim_social.workflow import Refused

KIND = "register_import"
PEOPLE, REJECTED = "people_export", "rejected_rows"
MINUTES, MINUTES_ISSUE = "minutes_draft", "minutes_issue"


def request_import(source: RegisterImport, *, by: User) -> Job:
    """Imports a small register at once; a larger one waits for the worker.

    Raises Refused when it may not be imported, or when this was asked for already.
    """
    if against := IMPORT.can(source, by, "confirm"):
        raise Refused(*against)
    arguments = {"import": str(source.pk)}
    asked = Job.objects.filter(kind=KIND, arguments=arguments, state__in=("waiting", "running"))
    if asked.exists():
        raise Refused(_("This import is under way already: look at the background work."))
    total = source.rows.filter(outcome__in=IMPORTABLE).count()
    return request_job(kind=KIND, total=total, arguments=arguments, by=by, soon=True)


def _import(job: Job, report: Report) -> UUID:
    """The work itself; whoever asked for it may have lost the place or the right since."""
    imports = RegisterImport.objects.visible_to(job.requested_by)
    source = imports.filter(pk=job.arguments["import"]).first()
    if source is None:
        raise Refused(_("You do not have the right to do this."))
    confirm_import(source, by=job.requested_by, report=lambda done: report(min(done, job.total)))
    return source.pk


register(
    JobKind(
        code=KIND,
        label=gettext_lazy("Import of a register"),
        perms=(Perm.REGISTER_IMPORT,),
        work=_import,
        result_page="cases:import_detail",
    )
)


def _session(job: Job) -> str:
    """Minutes hold whoever was spoken of in the session."""
    return f"session:{job.arguments['session']}"


register_file(
    FileKind(
        code=PEOPLE,
        label=gettext_lazy("List of beneficiaries"),
        perms=(Perm.REPORT_EXPORT,),
        rows=people_rows,
        make=export_people,
        still_holds=sees_all_of,
    )
)
register_file(
    FileKind(
        code=REJECTED,
        label=gettext_lazy("Rows that were not imported"),
        perms=(Perm.REGISTER_IMPORT, Perm.CHILD_VIEW),
        rows=rejected_count,
        make=make_rejected,
        still_holds=rejected_still_hers,
    )
)
register_file(
    FileKind(
        code=MINUTES,
        label=gettext_lazy("Draft of the minutes of a session"),
        perms=(Perm.REPORT_VIEW,),
        rows=minutes_rows,
        make=draft_minutes,
        still_holds=minutes_still_hers,
        people=_session,
    )
)


def _issue_minutes(job: Job, report: Report) -> UUID:
    with watched(lambda done: report(min(done, job.total))):
        issue_minutes(job.requested_by, job.arguments)
    return UUID(job.arguments["session"])


register(
    JobKind(
        code=MINUTES_ISSUE,
        label=gettext_lazy("Minutes of a session with a number"),
        perms=(Perm.PAPER_ISSUE,),
        work=_issue_minutes,
        result_page="cases:session_detail",
        people=_session,
    )
)
