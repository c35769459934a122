"""Verification sessions, their results and their minutes."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.actions.sessions import NewSession, record_session
from cases.background import MINUTES, MINUTES_ISSUE
from cases.forms.verval import SessionForm
from cases.minutes_file import FILE_NAME, KIND, issue_minutes, minutes_rows
from cases.models import VerificationSession
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, YesForm, ask, fact
from kotim_social.audit.trail import record
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.jobs.actions import MOST_AT_ONCE
from kotim_social.jobs.offering import give_file, job_url
from kotim_social.lib.dates import format_date

PAGE = 50


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
    decisions = session.decisions.named().order_by("worker__name", "pk")
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
def session_minutes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The minutes as a draft."""
    back = reverse("cases:session_detail", args=[pk])
    return give_file(request, MINUTES, {"session": str(pk)}, back=back)


@require(Perm.PAPER_ISSUE)
@idempotent
def session_minutes_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, arguments = actor(request), {"session": str(pk)}
    session = _session(request, pk)
    people = minutes_rows(user, arguments)
    is_large = people > MOST_AT_ONCE
    asking = Asking(
        question=_("Issue the minutes of this session?"),
        submit=_("Issue the minutes"),
        back=reverse("cases:session_detail", args=[session.pk]),
        done=_("The paper is being made. It has its number when the work is done.")
        if is_large
        else _("The minutes are issued."),
        facts=[
            fact(_("Place"), session.place.label),
            fact(_("Date of the session"), format_date(session.held_on)),
            fact(_("People"), people),
        ],
        warning=_("The number is used up; an issued paper never changes."),
    )

    def run(_data: object) -> str | None:
        if is_large:
            return job_url(MINUTES_ISSUE, arguments, rows=people, by=user)
        issue_minutes(user, arguments)
        return None

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
