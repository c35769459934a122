"""Statistics for outside: on screen, as a draft, as a numbered paper, and as a file."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kotim_social.accounts.access import actor, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking
from kotim_social.audit.trail import record
from kotim_social.desk.statistics import HIDDEN, Figures, figures
from kotim_social.desk.statistics_paper import (
    KIND,
    statistics_data,
    statistics_pdf,
    statistics_sheet,
)
from kotim_social.desk.views.office_papers import FILE_NAME, OfficePaper
from kotim_social.documents.exports import CSV, as_csv
from kotim_social.files.serving import attachment, file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today

PAPER = OfficePaper(KIND, lambda _user: statistics_data(today()), statistics_pdf)


@require(Perm.STATISTICS_VIEW)
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """`?tabel=` and `?kolom=` show a part of what is published; nothing is counted anew for it."""
    user = actor(request)
    record("statistics.view", by=user, object_type="report", object_id=KIND)
    every = figures()
    shown, only = _chosen(request, every)
    context = {
        "every": every,
        "places": every[0].heads()[:-1] if every else [],
        "shown": [
            {"figures": one, "heads": one.heads(only), "lines": one.lines(only)} for one in shown
        ],
        "table": request.GET.get("tabel", ""),
        "only": only,
        "hidden": HIDDEN,
        "papers": PAPER.issued().order_by("-created_at")[:20],
        "may_issue": user.can(Perm.STATISTICS_ISSUE),
    }
    return render(request, "desk/statistics.html", context)


def _chosen(request: HttpRequest, every: list[Figures]) -> tuple[list[Figures], int | None]:
    """What the address asks for; what there is not is no page."""
    code, column = request.GET.get("tabel", ""), request.GET.get("kolom", "")
    shown = [one for one in every if not code or one.code == code]
    if not column:
        only = None
    elif column.isascii() and column.isdigit() and len(column) < 4:
        only = int(column)
    else:
        raise Http404
    known = only is None or (bool(every) and only < len(every[0].rows))
    if (code and not shown) or not known:
        raise Http404
    return shown, only


@require(Perm.STATISTICS_VIEW)
@require_safe
def statistics_csv(request: HttpRequest) -> HttpResponse:
    record("statistics.export", by=actor(request), object_type="report", object_id=KIND)
    return attachment(as_csv(statistics_sheet(today())), content_type=CSV, filename="statistik.csv")


@require(Perm.STATISTICS_VIEW)
@require_safe
def statistics_draft(request: HttpRequest) -> HttpResponse:
    user = actor(request)
    record("paper.draft", by=user, changes={"kind": [None, KIND]})
    return PAPER.draft(user)


@require(Perm.STATISTICS_ISSUE)
@idempotent
def statistics_issue(request: HttpRequest) -> HttpResponse:
    asking = Asking(
        question=_("Issue the statistics for outside?"),
        submit=_("Issue the statistics"),
        back=reverse("desk:statistics"),
        done=_("The statistics are issued."),
        warning=_("The number is used up; an issued paper never changes."),
    )
    return PAPER.issue_page(request, asking)


@require(Perm.STATISTICS_VIEW)
@require_safe
def statistics_file(request: HttpRequest, paper_pk: UUID) -> HttpResponse:
    paper = get_object_or_404(PAPER.issued(), pk=paper_pk)
    return file_response(paper.file, filename=FILE_NAME, by=actor(request))
