"""The record of processing: on screen, as a draft, and as a numbered paper."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kotim_social.accounts.access import actor, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking
from kotim_social.audit.trail import record
from kotim_social.desk.processing import MEASURES, PURPOSES
from kotim_social.desk.processing_paper import KIND, record_data, record_pdf
from kotim_social.desk.views.office_papers import FILE_NAME, OfficePaper
from kotim_social.files.serving import file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today

PAPER = OfficePaper(KIND, lambda _user: record_data(today()), record_pdf)


@require(Perm.PROCESSING_VIEW)
@require_safe
def processing(request: HttpRequest) -> HttpResponse:
    """No person stands in it: it says what kinds of data there are, why, and how long."""
    context = {
        "purposes": PURPOSES,
        "measures": MEASURES,
        "papers": PAPER.issued().order_by("-created_at")[:20],
        "may_issue": request.user.can(Perm.PROCESSING_ISSUE),
    }
    return render(request, "desk/processing.html", context)


@require(Perm.PROCESSING_VIEW)
@require_safe
def processing_draft(request: HttpRequest) -> HttpResponse:
    user = actor(request)
    record("paper.draft", by=user, changes={"kind": [None, KIND]})
    return PAPER.draft(user)


@require(Perm.PROCESSING_ISSUE)
@idempotent
def processing_issue(request: HttpRequest) -> HttpResponse:
    asking = Asking(
        question=_("Issue the record of processing?"),
        submit=_("Issue the record"),
        back=reverse("desk:processing"),
        done=_("The record is issued."),
        warning=_("The number is used up; an issued paper never changes."),
    )
    return PAPER.issue_page(request, asking)


@require(Perm.PROCESSING_VIEW)
@require_safe
def processing_file(request: HttpRequest, paper_pk: UUID) -> HttpResponse:
    paper = get_object_or_404(PAPER.issued(), pk=paper_pk)
    return file_response(paper.file, filename=FILE_NAME, by=actor(request))
