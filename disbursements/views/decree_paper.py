"""The paper of a decree: a draft to look at, issued with a number, opened and copied."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from disbursements.background import DECREE_DRAFT, DECREE_ISSUE
from disbursements.decree_files import (
    decree_or_404,
    decree_rows,
    issue_decree,
    of_decree,
    of_wording,
    papers_in_force,
    void_older,
)
from disbursements.forms.decree_paper import DecreePaperForm
from disbursements.papers.decree import KIND
from disbursements.report_files import FILE_NAME, PDF
from disbursements.wording import first_wording
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, fact
from kotim_social.documents.actions import reprint
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import attachment, file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.jobs.actions import MOST_AT_ONCE
from kotim_social.jobs.offering import give_file, job_url
from kotim_social.lib.dates import format_date


@require(Perm.PAPER_ISSUE)
def decree_draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The paper with the first wording and masked numbers, marked as a draft."""
    return give_file(request, DECREE_DRAFT, of_decree(pk), back=_page(pk))


@require(Perm.PAPER_ISSUE)
@idempotent
def decree_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its wording, and the number; issued again, the earlier one is voided with the reason."""
    decree, user = decree_or_404(pk), actor(request)
    form = DecreePaperForm(
        request.POST or None, first=first_wording(decree), again=papers_in_force(decree).exists()
    )
    people = decree_rows(user, of_decree(pk))
    is_large = people > MOST_AT_ONCE
    asking = Asking(
        question=_("Issue the paper of this decree?"),
        submit=_("Issue the paper"),
        back=_page(pk),
        done=_("The paper is being made. It has its number when the work is done.")
        if is_large
        else _("The paper of the decree is issued."),
        facts=[
            fact(_("Number of the decree"), decree.number),
            fact(_("Date of the decree"), format_date(decree.decided_on)),
            fact(_("People"), people),
        ],
        warning=_("The number is used up; an issued paper never changes."),
    )

    def run(data: dict[str, Any]) -> str | None:
        void_older(decree, because=data.get("because", ""), by=user)
        arguments = of_wording(pk, form.wording(), data["size"])
        if is_large:
            return job_url(DECREE_ISSUE, arguments, rows=people, by=user)
        issue_decree(user, arguments)
        return None

    return ask(request, form, asking, run)


@require(Perm.WORKER_REVEAL)
def decree_print(request: HttpRequest, pk: UUID, paper_pk: UUID) -> HttpResponse:
    """GET opens the issued paper, whole numbers in it; POST prints a copy, stamped as such."""
    papers = IssuedPaper.objects.about(decree_or_404(pk)).filter(kind=KIND).select_related("file")
    paper = get_visible_or_404(papers, actor(request), paper_pk)
    if request.method == "POST":
        content = reprint(paper, by=actor(request))
        return attachment(content, content_type=PDF, filename="salinan.pdf")
    return file_response(paper.file, filename=FILE_NAME, by=request.user)


def _page(pk: UUID) -> str:
    return reverse("disbursements:decree_detail", args=[pk])
