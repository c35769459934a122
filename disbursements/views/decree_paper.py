"""The paper of a decree: a draft to look at, issued with a number, opened and copied."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from disbursements.forms.decree_paper import DecreePaperForm
from disbursements.models import Decree
from disbursements.papers.decree import KIND, DecreePaper, decree_paper
from disbursements.wording import first_wording
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, fact
from kotim_social.audit.trail import record
from kotim_social.documents.actions import issue_paper, reprint, void_paper
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import attachment, file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import format_date, today

PDF = "application/pdf"
FILE_NAME = "dokumen.pdf"


@require(Perm.PAPER_ISSUE)
@require_safe
def decree_draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The paper with the first wording and masked numbers, marked as a draft."""
    decree, user = _decree(pk), actor(request)
    record("paper.draft", by=user, obj=decree, changes={"kind": [None, KIND]})
    paper = decree_paper(decree, first_wording(decree), by=user, whole=False)
    return attachment(paper.pdf(), content_type=PDF, filename=FILE_NAME)


@require(Perm.PAPER_ISSUE)
@idempotent
def decree_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its wording, and the number; issued again, the earlier one is voided with the reason."""
    decree, user = _decree(pk), actor(request)
    form = DecreePaperForm(
        request.POST or None, first=first_wording(decree), again=_in_force(decree).exists()
    )
    people = decree.entitlements.values("worker").distinct().count()
    asking = Asking(
        question=_("Issue the paper of this decree?"),
        submit=_("Issue the paper"),
        back=reverse("disbursements:decree_detail", args=[decree.pk]),
        done=_("The paper of the decree is issued."),
        facts=[
            fact(_("Number of the decree"), decree.number),
            fact(_("Date of the decree"), format_date(decree.decided_on)),
            fact(_("People"), people),
        ],
        warning=_("The number is used up; an issued paper never changes."),
    )

    def run(data: dict[str, Any]) -> None:
        whole = user.can(Perm.WORKER_REVEAL)
        paper = decree_paper(decree, form.wording(), by=user, whole=whole, size=data["size"])
        _issue(paper, because=data.get("because", ""), by=user)

    return ask(request, form, asking, run)


@transaction.atomic
def _issue(paper: DecreePaper, *, because: str, by: User) -> None:
    for older in _in_force(paper.decree):
        void_paper(older, reason=because, by=by)
    issue_paper(
        kind=KIND,
        build=paper.pdf,
        snapshot=paper.snapshot(),
        issued_on=today(),
        by=by,
        subject=paper.decree,
        paper_size=paper.size,
    )


@require(Perm.WORKER_REVEAL)
def decree_print(request: HttpRequest, pk: UUID, paper_pk: UUID) -> HttpResponse:
    """GET opens the issued paper, whole numbers in it; POST prints a copy, stamped as such."""
    papers = IssuedPaper.objects.about(_decree(pk)).filter(kind=KIND).select_related("file")
    paper = get_visible_or_404(papers, actor(request), paper_pk)
    if request.method == "POST":
        content = reprint(paper, by=actor(request))
        return attachment(content, content_type=PDF, filename="salinan.pdf")
    return file_response(paper.file, filename=FILE_NAME, by=request.user)


def _decree(pk: UUID) -> Decree:
    """Decrees are no one's scope; their people are, and only who sees all prints these."""
    return get_object_or_404(Decree, pk=pk)


def _in_force(decree: Decree) -> Any:
    return IssuedPaper.objects.about(decree).filter(kind=KIND, void__isnull=True)
