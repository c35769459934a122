"""The record of processing: on screen, as a draft, and as a numbered paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kotim_social.accounts.access import actor, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, YesForm, ask
from kotim_social.audit.trail import record
from kotim_social.desk.processing import MEASURES, PURPOSES
from kotim_social.desk.processing_paper import KIND, record_data, record_pdf
from kotim_social.documents.actions import issue_paper
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import attachment, file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today

PDF, FILE_NAME = "application/pdf", "dokumen.pdf"


@require(Perm.PROCESSING_VIEW)
@require_safe
def processing(request: HttpRequest) -> HttpResponse:
    """No person stands in it: it says what kinds of data there are, why, and how long."""
    context = {
        "purposes": PURPOSES,
        "measures": MEASURES,
        "papers": _papers().order_by("-created_at")[:20],
        "may_issue": request.user.can(Perm.PROCESSING_ISSUE),
    }
    return render(request, "desk/processing.html", context)


@require(Perm.PROCESSING_VIEW)
@require_safe
def processing_draft(request: HttpRequest) -> HttpResponse:
    user = actor(request)
    record("paper.draft", by=user, changes={"kind": [None, KIND]})
    content = record_pdf(record_data(today()), None, by=user.full_name, at=timezone.localtime())
    return attachment(content, content_type=PDF, filename=FILE_NAME)


@require(Perm.PROCESSING_ISSUE)
@idempotent
def processing_issue(request: HttpRequest) -> HttpResponse:
    user = actor(request)
    asking = Asking(
        question=_("Issue the record of processing?"),
        submit=_("Issue the record"),
        back=reverse("desk:processing"),
        done=_("The record is issued."),
        warning=_("The number is used up; an issued paper never changes."),
    )

    def run(_data: dict[str, Any]) -> None:
        data, now = record_data(today()), timezone.localtime()
        issue_paper(
            kind=KIND,
            build=lambda number: record_pdf(data, number, by=user.full_name, at=now),
            snapshot=data,
            issued_on=today(),
            by=user,
        )

    return ask(request, YesForm(request.POST or None), asking, run)


@require(Perm.PROCESSING_VIEW)
@require_safe
def processing_file(request: HttpRequest, paper_pk: UUID) -> HttpResponse:
    paper = get_object_or_404(_papers(), pk=paper_pk)
    return file_response(paper.file, filename=FILE_NAME, by=actor(request))


def _papers() -> Any:
    return IssuedPaper.objects.filter(kind=KIND).select_related("file")
