"""Verification sessions, their results and their minutes."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.actions.sessions import NewSession, record_session
from cases.forms.verval import SessionForm
from cases.models import VerificationSession
from cases.papers.minutes import minutes_data, minutes_pdf
from kotim_social.accounts.access import get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, YesForm, ask, fact
from kotim_social.audit.trail import record
from kotim_social.documents.actions import issue_printed
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import attachment, file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import format_date, today
from kotim_social.workflow import Refused

PAGE = 50
KIND = "verification_minutes"
FILE_NAME = "dokumen.pdf"


@require(Perm.REPORT_VIEW)
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    sessions = VerificationSession.objects.visible_to(request.user).select_related("place")
    rows = sessions.annotate(people=Count("decisions__worker", distinct=True))
    page = Paginator(rows.order_by("-held_on", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_record": request.user.can(Perm.WORKER_VERIFY)}
    return render(request, "cases/session_list.html", context)


@require(Perm.WORKER_VERIFY)
@idempotent
def session_create(request: HttpRequest) -> HttpResponse:
    asking = Asking(
        question=_("Record a verification session"),
        submit=_("Record the session"),
        back=reverse("cases:session_list"),
        done=_("The session is recorded. Its results are recorded with each person."),
    )
    return ask(
        request,
        SessionForm(request.POST or None),
        asking,
        lambda data: reverse(
            "cases:session_detail",
            args=[record_session(NewSession(**data), by=request.user).pk],
        ),
    )


@require(Perm.REPORT_VIEW)
@require_safe
def session_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    session = _session(request, pk)
    decisions = session.decisions.select_related("worker__place__lokalisasi").order_by(
        "worker__name", "pk"
    )
    page = Paginator(decisions, PAGE).get_page(request.GET.get("page"))
    papers = IssuedPaper.objects.about(session).filter(kind=KIND).select_related("void")
    record("session.view", by=request.user, obj=session)
    context = {
        "session": session,
        "page": page,
        "papers": papers.order_by("-created_at"),
        "may_issue": request.user.can(Perm.PAPER_ISSUE),
        "may_record": request.user.can(Perm.WORKER_VERIFY),
    }
    return render(request, "cases/session_detail.html", context)


@require(Perm.REPORT_VIEW)
@require_safe
def session_minutes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The minutes as a draft."""
    session = _session(request, pk)
    record("paper.draft", by=request.user, obj=session, changes={"kind": [None, KIND]})
    data = minutes_data(session, day=today())
    content = minutes_pdf(data, None, by=request.user.full_name, at=timezone.localtime())
    return attachment(content, content_type="application/pdf", filename=FILE_NAME)


@require(Perm.PAPER_ISSUE)
@idempotent
def session_minutes_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    session = _session(request, pk)
    data = minutes_data(session, day=today())
    people = len(data["rows"])
    asking = Asking(
        question=_("Issue the minutes of this session?"),
        submit=_("Issue the minutes"),
        back=reverse("cases:session_detail", args=[session.pk]),
        done=_("The minutes are issued."),
        facts=[
            fact(_("Place"), session.place.label),
            fact(_("Date of the session"), format_date(session.held_on)),
            fact(_("People"), people),
        ],
        warning=_("The number is used up; an issued paper never changes."),
    )

    def run(_data: object) -> None:
        if not people:
            raise Refused(_("No result is recorded in this session yet."))
        issue_printed(kind=KIND, data=data, pdf=minutes_pdf, by=request.user, subject=session)

    return ask(request, YesForm(request.POST or None), asking, run)


@require(Perm.REPORT_VIEW)
@require_safe
def session_paper(request: HttpRequest, pk: UUID, paper_pk: UUID) -> HttpResponse:
    session = _session(request, pk)
    papers = IssuedPaper.objects.about(session).filter(kind=KIND).select_related("file")
    paper = get_object_or_404(papers, pk=paper_pk)
    return file_response(paper.file, filename=FILE_NAME, by=request.user)


def _session(request: HttpRequest, pk: UUID) -> VerificationSession:
    sessions = VerificationSession.objects.select_related("place")
    return get_visible_or_404(sessions, request.user, pk)
