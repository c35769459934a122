"""Papers of a batch: a draft to look at, an issued one with a number, and the issued file again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.jobs.actions import MOST_AT_ONCE
from kotim_social.jobs.made_files import Arguments
from kotim_social.jobs.offering import give_file, job_url
from repatriation.background import BATCH_DRAFT, BATCH_ISSUE
from repatriation.batch_files import FILE_NAMES, PAPERS, issue_batch_paper, of_batch, rows_of
from repatriation.models import Batch
from repatriation.sharing import against_opening

# How addresses name what a batch prints.
OFFERED = {
    "manifes-kantor": "manifest",
    "manifes-pengangkut": "manifest_carrier",
    "surat-tugas": "assignment_order",
    "sppd": "travel_order",
    "berita-acara": "handover_of_people",
    "laporan-perjalanan": "trip_report",
}


@require(Perm.BATCH_TRAVEL, Perm.PAPER_ISSUE)
def paper_draft(request: HttpRequest, pk: str, paper: str, escort_pk: str = "") -> HttpResponse:
    """The paper with masked numbers, marked KONSEP."""
    return give_file(request, BATCH_DRAFT, _asked(pk, paper, escort_pk), back=_page(pk))


@require(Perm.BATCH_TRAVEL, Perm.PAPER_ISSUE)
@require_POST
@idempotent
def paper_issue(request: HttpRequest, pk: str, paper: str, escort_pk: str = "") -> HttpResponse:
    return issued_or_begun(request, BATCH_ISSUE, _asked(pk, paper, escort_pk))


def issued_or_begun(request: HttpRequest, code: str, arguments: Arguments) -> HttpResponse:
    """The number at once, or a worker is asked for it: the page that shows what became of it."""
    user = actor(request)
    rows = rows_of(user, arguments)
    if rows > MOST_AT_ONCE:
        target = job_url(code, arguments, rows=rows, by=user)
        messages.success(
            request, _("The paper is being made. It has its number when the work is done.")
        )
        return redirect(target)
    paper = issue_batch_paper(user, arguments)
    messages.success(request, _("Issued under number %(number)s.") % {"number": paper.number})
    return redirect(_page(arguments["batch"]))


@require(Perm.BATCH_TRAVEL, Perm.PAPER_ISSUE)
def paper_file(request: HttpRequest, pk: str, paper_pk: str) -> HttpResponse:
    user = actor(request)
    batch = get_visible_or_404(Batch, user, pk)
    papers = IssuedPaper.objects.about(batch).select_related("file")
    paper = get_object_or_404(papers, pk=paper_pk)
    if against := against_opening(paper, by=user):
        messages.error(request, " ".join(against))
        return redirect("repatriation:batch_detail", batch.pk)
    return file_response(paper.file, filename=FILE_NAMES.get(paper.kind, "surat.pdf"), by=user)


def offered(batch: Batch, escorts: Any, *, travelled: bool) -> list[dict[str, Any]]:
    """What the page of a batch offers to print: words and both addresses."""
    rows = []
    for slug, kind in OFFERED.items():
        if kind in ("handover_of_people", "trip_report") and not travelled:
            continue
        label = PAPERS[kind].label
        if kind != "travel_order":
            rows.append(_offer(label, batch.pk, slug))
        else:
            rows += [
                _offer(f"{label}: {escort.officer.name}", batch.pk, slug, escort.pk)
                for escort in escorts
            ]
    return rows


def _offer(label: Any, *args: Any) -> dict[str, Any]:
    return {
        "label": label,
        "draft": reverse("repatriation:paper_draft", args=args),
        "issue": reverse("repatriation:paper_issue", args=args),
    }


def _asked(pk: str, paper: str, escort: str) -> Arguments:
    """An unknown paper is no page; a travel order is of one escort, the others of none."""
    kind = OFFERED.get(paper, "")
    if (kind == "travel_order") != bool(escort):
        kind = ""
    return of_batch(pk, kind, **({"escort": str(escort)} if escort else {}))


def _page(pk: str) -> str:
    return reverse("repatriation:batch_detail", args=[pk])
