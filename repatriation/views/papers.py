"""The manifest: a draft to look at, an issued one with a number, and the issued file again."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.documents.actions import issue_paper
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import attachment, file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today
from repatriation.models import Batch
from repatriation.papers import Copy, manifest_data, manifest_pdf

# Says neither who, nor where, nor why.
FILE_NAME = "manifes.pdf"


@require(Perm.BATCH_TRAVEL, Perm.PAPER_ISSUE)
@idempotent
def paper_manifest(request: HttpRequest, pk: str, copy: str) -> HttpResponse:
    """GET shows a draft with masked numbers; POST issues the paper under its number.

    The issued carrier copy holds whole numbers of identity cards, which the carrier must have:
    whoever issues or opens it leaves a row in the trail.
    """
    user = actor(request)
    batch = get_visible_or_404(Batch, user, pk)
    kind = _copy_or_404(copy)
    day, now = today(), timezone.localtime()
    issues = request.method == "POST"
    data = manifest_data(batch, kind, day=day, full_ids=issues)
    if not issues:
        record("paper.draft", by=user, obj=batch, changes={"kind": [None, kind.kind]})
        content = manifest_pdf(data, kind, None, by=user.full_name, at=now)
        return attachment(content, content_type="application/pdf", filename=FILE_NAME)
    paper = issue_paper(
        kind=kind.kind,
        build=lambda number: manifest_pdf(data, kind, number, by=user.full_name, at=now),
        snapshot=data,
        issued_on=day,
        by=user,
        subject=batch,
    )
    messages.success(request, _("Issued under number %(number)s.") % {"number": paper.number})
    return redirect("repatriation:batch_detail", batch.pk)


@require(Perm.BATCH_TRAVEL, Perm.PAPER_ISSUE)
def paper_file(request: HttpRequest, pk: str, paper_pk: str) -> HttpResponse:
    user = actor(request)
    batch = get_visible_or_404(Batch, user, pk)
    papers = IssuedPaper.objects.about(batch).select_related("file")
    paper = get_object_or_404(papers, pk=paper_pk)
    return file_response(paper.file, filename=FILE_NAME, by=user)


def _copy_or_404(copy: str) -> Copy:
    try:
        return Copy(copy)
    except ValueError:
        raise Http404 from None
