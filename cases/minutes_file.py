"""The minutes of a session as a draft or with a number: read anew, for a request or a worker."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import VerificationSession, children_among
from cases.papers.minutes import minutes_data, minutes_pdf
from kotim_social.accounts.access import get_visible_or_404
from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.documents.actions import issue_printed
from kotim_social.documents.models import IssuedPaper
from kotim_social.jobs.made_files import Arguments, Made
from kotim_social.jobs.models import MadeFile
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

KIND = "verification_minutes"
FILE_NAME, PDF = "dokumen.pdf", "application/pdf"


def session_or_404(by: User, arguments: Arguments) -> VerificationSession:
    sessions: Any = VerificationSession.objects.select_related("place")
    return get_visible_or_404(sessions, by, arguments["session"])


def minutes_rows(by: User, arguments: Arguments) -> int:
    return session_or_404(by, arguments).decisions.values("worker").distinct().count()


def draft_minutes(by: User, arguments: Arguments) -> Made:
    session = session_or_404(by, arguments)
    record("paper.draft", by=by, obj=session, changes={"kind": [None, KIND]})
    data = minutes_data(session, day=today())
    content = minutes_pdf(data, None, by=by.full_name, at=timezone.localtime())
    people = set(session.decisions.values_list("worker", flat=True))
    return Made(content, PDF, FILE_NAME, people=lambda: people - children_among(people, by))


def issue_minutes(by: User, arguments: Arguments) -> IssuedPaper:
    session = session_or_404(by, arguments)
    data = minutes_data(session, day=today())
    if not data["rows"]:
        raise Refused(_("No result is recorded in this session yet."))
    return issue_printed(kind=KIND, data=data, pdf=minutes_pdf, by=by, subject=session)


def minutes_still_hers(user: User, made: MadeFile) -> bool:
    """Whether she yet sees the session, and nobody in it turned out to be a child (R19)."""
    session_or_404(user, made.job.arguments)
    return not children_among(made.people, user)
