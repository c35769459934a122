"""Blank forms to print and fill in by hand."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kotim_social.accounts.access import require
from kotim_social.accounts.roles import Perm
from kotim_social.desk.blank_papers import PAPERS, blank_pdf
from kotim_social.files.serving import attachment

SHOWN = ("F4", "A4")


@require(Perm.WORKER_VIEW)
@require_safe
def blank_papers(request: HttpRequest) -> HttpResponse:
    context = {"papers": PAPERS.values(), "sizes": SHOWN}
    return render(request, "desk/blank_papers.html", context)


@require(Perm.WORKER_VIEW)
@require_safe
def blank_paper(request: HttpRequest, kind: str) -> HttpResponse:
    """Without anybody's data, so that nothing is noted of it."""
    paper = PAPERS.get(kind)
    size = request.GET.get("paper", "")
    if paper is None or size not in ("", *settings.PAPER_SIZES):
        raise Http404
    content = blank_pdf(paper, size=size)
    return attachment(content, content_type="application/pdf", filename=f"formulir-{kind}.pdf")
