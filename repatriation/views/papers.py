"""Papers of a batch: a draft to look at, an issued one with a number, and the issued file again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.documents.actions import issue_paper, void_paper
from kotim_social.documents.models import IssuedPaper
from kotim_social.documents.paper import PaperNumber
from kotim_social.files.serving import attachment, file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today
from repatriation.actions import preparing
from repatriation.models import Batch, Escort
from repatriation.papers.ground import Printing
from repatriation.papers.handover import handover_data, handover_pdf
from repatriation.papers.manifest import Copy, manifest_data, manifest_pdf
from repatriation.papers.orders import (
    assignment_order_pdf,
    orders_data,
    travel_order_data,
    travel_order_pdf,
)
from repatriation.papers.trip import trip_data, trip_pdf
from repatriation.sharing import against_opening

# They say neither who, nor where, nor why.
FILE_NAMES = {
    "manifest": "manifes.pdf",
    "manifest_carrier": "manifes.pdf",
    "assignment_order": "surat-tugas.pdf",
    "travel_order": "sppd.pdf",
    "origin_request": "surat.pdf",
    "handover_of_people": "berita-acara.pdf",
    "trip_report": "laporan-perjalanan.pdf",
}


@dataclass(frozen=True)
class Job:
    """One paper of a batch: what it prints, how, and what follows from its number."""

    kind: str
    data: dict[str, Any]
    pdf: Callable[[dict[str, Any], PaperNumber | None, Printing], bytes]
    after: Callable[[IssuedPaper], Any] | None = None


@require(Perm.BATCH_TRAVEL, Perm.PAPER_ISSUE)
@idempotent
def paper_manifest(request: HttpRequest, pk: str, copy: str) -> HttpResponse:
    """GET shows a draft with masked numbers; POST issues the paper under its number.

    The issued carrier copy holds whole numbers of identity cards, which the carrier must have:
    whoever issues or opens it leaves a row in the trail.
    """
    batch = get_visible_or_404(Batch, actor(request), pk)
    which = _copy_or_404(copy)
    data = manifest_data(batch, which, day=today(), full_ids=request.method == "POST")

    def pdf(data: dict[str, Any], number: PaperNumber | None, printing: Printing) -> bytes:
        return manifest_pdf(data, which, number, by=printing.by, at=printing.at)

    def withdraw_older(paper: IssuedPaper) -> None:
        """A manifest of an earlier revision no longer holds."""
        reason = _("Replaced by revision %(number)s") % {"number": batch.revision}
        older = IssuedPaper.objects.about(batch).filter(kind=which.kind, void__isnull=True)
        for one in older.exclude(pk=paper.pk):
            if one.snapshot["revision"] < batch.revision:
                void_paper(one, reason=reason, by=actor(request))

    return draft_or_issue(request, batch, Job(which.kind, data, pdf, withdraw_older))


@require(Perm.BATCH_TRAVEL, Perm.PAPER_ISSUE)
@idempotent
def assignment_order(request: HttpRequest, pk: str) -> HttpResponse:
    """Paper 9; its number becomes the escort order of the batch."""
    batch = get_visible_or_404(Batch, actor(request), pk)

    def note(paper: IssuedPaper) -> None:
        preparing.record_escort_order(
            batch=batch, number=paper.number, on=paper.issued_on, by=actor(request)
        )

    data = orders_data(batch, day=today())
    return draft_or_issue(request, batch, Job("assignment_order", data, assignment_order_pdf, note))


@require(Perm.BATCH_TRAVEL, Perm.PAPER_ISSUE)
@idempotent
def travel_order(request: HttpRequest, pk: str, escort_pk: str) -> HttpResponse:
    """Paper 10, for one escort."""
    batch = get_visible_or_404(Batch, actor(request), pk)
    rows = Escort.objects.select_related("officer")
    escort = get_object_or_404(rows, pk=escort_pk, batch=batch, active=True)

    def note(paper: IssuedPaper) -> None:
        preparing.record_travel_order(
            batch=batch, escort=escort, number=paper.number, by=actor(request)
        )

    data = travel_order_data(batch, escort, day=today())
    return draft_or_issue(request, batch, Job("travel_order", data, travel_order_pdf, note))


@require(Perm.BATCH_TRAVEL, Perm.PAPER_ISSUE)
@idempotent
def handover_minutes(request: HttpRequest, pk: str) -> HttpResponse:
    """Paper 13."""
    batch = get_visible_or_404(Batch, actor(request), pk)
    data = handover_data(batch, day=today())
    return draft_or_issue(request, batch, Job("handover_of_people", data, handover_pdf))


@require(Perm.BATCH_TRAVEL, Perm.PAPER_ISSUE)
@idempotent
def trip_report(request: HttpRequest, pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    return draft_or_issue(
        request, batch, Job("trip_report", trip_data(batch, day=today()), trip_pdf)
    )


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


def draft_or_issue(request: HttpRequest, batch: Batch, job: Job) -> HttpResponse:
    """GET gives a draft without a number and leaves a row in the trail; POST issues the paper."""
    user = actor(request)
    printing = Printing(user.full_name, timezone.localtime())
    if request.method != "POST":
        record("paper.draft", by=user, obj=batch, changes={"kind": [None, job.kind]})
        content = job.pdf(job.data, None, printing)
        return attachment(content, content_type="application/pdf", filename=FILE_NAMES[job.kind])
    paper = issue_paper(
        kind=job.kind,
        build=lambda number: job.pdf(job.data, number, printing),
        snapshot=job.data,
        issued_on=today(),
        by=user,
        subject=batch,
    )
    if job.after is not None:
        job.after(paper)
    messages.success(request, _("Issued under number %(number)s.") % {"number": paper.number})
    return redirect("repatriation:batch_detail", batch.pk)


def _copy_or_404(copy: str) -> Copy:
    try:
        return Copy(copy)
    except ValueError:
        raise Http404 from None
