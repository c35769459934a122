"""The papers of one list: what can be printed, receipts in the background, what was issued."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.forms.fields import refuse
from disbursements.forms.paying import ReceiptsForm
from disbursements.listing import sums_of
from disbursements.papers.bank_files import issued_list
from disbursements.papers.list_papers import (
    LIST_PAPERS,
    ListPaper,
    against_papers,
    draft_list_paper,
    issue_list_paper,
    issued_receipts,
    papers_for,
    request_receipts,
)
from disbursements.views.paying import visible_list
from disbursements.views.showing import facts_of
from kotim_social.accounts.access import fresh_proof, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import YesForm
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import attachment
from kotim_social.idempotency.forms import idempotent
from kotim_social.workflow import Refused

PDF = "application/pdf"


@require(Perm.LIST_PAY, Perm.PAPER_ISSUE)
@require_safe
def list_papers(request: HttpRequest, pk: UUID) -> HttpResponse:
    payment_list = visible_list(request.user, pk)
    issued = IssuedPaper.objects.about(payment_list).visible_to(request.user)
    context = {
        "list": payment_list,
        "papers": papers_for(payment_list),
        "against": against_papers(payment_list),
        "receipts": issued_receipts(payment_list),
        "issued": issued.select_related("created_by", "void").order_by("-pk"),
        "transfer_list": issued_list(payment_list),
        "may_issue": request.user.can(Perm.PAPER_ISSUE),
        "may_export": request.user.can(Perm.LIST_PAY) and payment_list.method == "transfer",
    }
    return render(request, "disbursements/list_papers.html", context)


@require(Perm.LIST_PAY, Perm.PAPER_ISSUE)
@fresh_proof
@require_safe
def list_paper_draft(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """The paper marked KONSEP."""
    payment_list = visible_list(request.user, pk)
    size = request.GET.get("paper", "")
    size = size if size in settings.PAPER_SIZES else ""
    try:
        content = draft_list_paper(
            _paper(kind, payment_list.method), payment_list, by=request.user, size=size
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("disbursements:list_papers", pk)
    return attachment(content, content_type=PDF, filename="dokumen.pdf")


def _paper(kind: str, method: str) -> ListPaper:
    paper = LIST_PAPERS.get(kind)
    if paper is None or method not in paper.methods:
        raise Http404
    return paper


@require(Perm.PAPER_ISSUE)
@fresh_proof
@idempotent
def list_paper_issue(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    payment_list = visible_list(request.user, pk)
    paper = _paper(kind, payment_list.method)
    form = YesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            issued = issue_list_paper(paper, payment_list, by=request.user)
            number = {"number": issued.number}
            messages.success(request, _("The paper is issued: %(number)s.") % number)
            return redirect("disbursements:paper_page", issued.pk)
        except Refused as refused:
            refuse(form, refused.sentences)
    context = {
        "question": _("Issue with a number: %(paper)s?")
        % {"paper": f"{paper.label} {payment_list.number}"},
        "facts": [
            {"label": _("Paper"), "value": paper.label},
            *facts_of(payment_list, sums_of(payment_list)),
        ],
        "form": form,
        "submit_label": _("Issue the paper"),
        "cancel_url": reverse("disbursements:list_papers", args=[pk]),
        "warning": _("The number is used up; an issued paper never changes."),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "disbursements/list_act.html", context, status=status)


@require(Perm.PAPER_ISSUE)
@idempotent
def list_receipts(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A receipt for each payment in one file: printed in the background."""
    payment_list = visible_list(request.user, pk)
    form = ReceiptsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            job = request_receipts(payment_list=payment_list, by=request.user, **form.cleaned_data)
            return redirect("jobs:job_detail", job.pk)
        except Refused as refused:
            refuse(form, refused.sentences)
    context = {
        "question": _("Print the receipts of this list?"),
        "facts": facts_of(payment_list, sums_of(payment_list)),
        "form": form,
        "submit_label": _("Print the receipts"),
        "cancel_url": reverse("disbursements:list_papers", args=[pk]),
        "warning": _("They take one number of the register; each receipt has the number of its "
                     "list and line."),
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "disbursements/list_act.html", context, status=status)
