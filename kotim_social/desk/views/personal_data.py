"""Her personal data as a page of hers: what is held and why, her requests, and her data sheet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.models import Worker
from cases.views.casework import case_or_404
from kotim_social.accounts.access import actor, fresh_proof, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, YesForm, ask, fact
from kotim_social.audit.trail import record
from kotim_social.desk.data_sheet import KIND, sheet_data, sheet_pdf
from kotim_social.desk.personal_data import categories, looks_by_role, shared_with
from kotim_social.documents.actions import issue_printed
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today

FILE_NAME = "dokumen.pdf"


@require(Perm.CASEWORK_VIEW)
@require_safe
def personal_data(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How much of each kind is held, without the values; who got it; who looked, by role."""
    user = actor(request)
    worker = case_or_404(pk, user)
    record("worker.view", by=user, obj=worker)
    context = {
        "worker": worker,
        "categories": categories(worker),
        "shared": shared_with(worker),
        "looks": looks_by_role(worker),
        "sheets": _sheets(worker).order_by("-created_at"),
        "requests": worker.data_requests.order_by("-received_at"),
        "may_request": user.can(Perm.DATA_REQUEST),
        "may_issue": user.can(Perm.DATA_SHEET),
    }
    return render(request, "desk/personal_data.html", context)


@require(Perm.DATA_SHEET)
@fresh_proof
@idempotent
def data_sheet_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The check page, and with a yes the numbered sheet with whole values."""
    user = actor(request)
    worker = case_or_404(pk, user)
    asking = Asking(
        question=_("Issue her personal data sheet?"),
        submit=_("Issue the sheet"),
        back=reverse("desk:personal_data", args=[worker.pk]),
        done=_("The sheet is issued: print it and hand it to her alone."),
        facts=[fact(_("Name"), worker.name), fact(_("Register number"), worker.register_no)],
        warning=_("It holds everything about her, unmasked. It is for her and for nobody else."),
    )

    def run(_data: dict[str, Any]) -> None:
        issue_sheet(worker, by=user)

    return ask(request, YesForm(request.POST or None), asking, run)


def issue_sheet(worker: Worker, *, by: User) -> IssuedPaper:
    """A paper with a number, and a row in the trail that all her data were shown."""
    data = sheet_data(worker, today())
    paper = issue_printed(kind=KIND, data=data, pdf=sheet_pdf, by=by, subject=worker)
    record("worker.data_sheet", by=by, obj=worker, changes={"number": [None, paper.number]})
    return paper


@require(Perm.DATA_SHEET)
@fresh_proof
@require_safe
def data_sheet_file(request: HttpRequest, pk: UUID, paper_pk: UUID) -> HttpResponse:
    user = actor(request)
    paper = get_object_or_404(_sheets(case_or_404(pk, user)), pk=paper_pk)
    return file_response(paper.file, filename=FILE_NAME, by=user)


def _sheets(worker: Worker) -> Any:
    return IssuedPaper.objects.about(worker).filter(kind=KIND).select_related("file")
