"""From registration to payment: the figures, who stands behind each of them, and the paper."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, fact
from kotim_social.audit.trail import record
from kotim_social.desk.stage_paper import KIND, stage_data, stage_pdf
from kotim_social.desk.stage_reasons import Stopped, explain, may_follow
from kotim_social.desk.stages import (
    GAPS,
    STAGES,
    Asked,
    StageReport,
    reason_label,
    stage_report,
)
from kotim_social.desk.views.office_papers import FILE_NAME, PDF, OfficePaper
from kotim_social.documents.actions import reprint
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import attachment, file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today
from kotim_social.regions.models import Place
from kotim_social.replica import from_replica

PAGE = 50
ALL = 1000
ISSUED_SHOWN = 20
PAPER = OfficePaper(KIND, lambda user: stage_data(user, day=today()), stage_pdf)


@require(Perm.REPORT_VIEW)
@require_safe
@from_replica
def stage_report_page(request: HttpRequest) -> HttpResponse:
    """Every number is a link to the page of exactly that many people."""
    user = actor(request)
    report = stage_report(user)
    record("stages.view", by=user, object_type="report", object_id="stages")
    papers = IssuedPaper.objects.visible_to(user).filter(kind=KIND).select_related("void")
    context = {
        "report": report,
        "stages": [(label, _link(reached=code)) for code, label in STAGES.items()],
        "rows": _figures(report),
        "totals": [(report.count(code), _link(reached=code)) for code in STAGES],
        "gaps": [_gap(report, code) for code in GAPS],
        "papers": papers.order_by("-created_at")[:ISSUED_SHOWN],
        "may_issue": user.can(Perm.PAPER_ISSUE),
    }
    return render(request, "desk/stages.html", context)


def _link(**parts: str) -> str:
    return f"{reverse('desk:stage_people')}?{urlencode(parts)}"


def _figures(report: StageReport) -> list[dict[str, Any]]:
    return [
        {
            "place": place.label,
            "cells": [
                (counts[place.pk], _link(reached=code, place=place.pk))
                for code, counts in report.stages.items()
            ],
        }
        for place in report.places
    ]


def _gap(report: StageReport, code: str) -> dict[str, Any]:
    gap = next(gap for gap in report.gaps if gap.stage == code)
    reasons = sorted(gap.by_reason.items(), key=lambda pair: (-pair[1], pair[0]))
    return {
        "label": gap.label,
        "people": gap.people,
        "url": _link(stopped=code),
        "reasons": [
            {"label": reason_label(why), "people": n, "url": _link(stopped=code, why=why)}
            for why, n in reasons
        ],
    }


@require(Perm.REPORT_VIEW)
@require_safe
@from_replica
def stage_people(request: HttpRequest) -> HttpResponse:
    """The people behind one number, each with the reason that she came no further."""
    user = actor(request)
    asked = _asked(request)
    rows = asked.people(user).select_related("place").order_by("name", "pk")
    size = ALL if request.GET.get("all") else PAGE
    page = Paginator(rows, size).get_page(request.GET.get("page"))
    page.object_list = [_shown(stopped, user) for stopped in explain(list(page.object_list))]
    record("stages.people", by=user, object_type="report", object_id="stages", changes={
        name: [None, value] for name, value in asked.query.items()
    })  # fmt: skip
    context = {
        "asked": asked,
        "page": page,
        "tags": _tags(asked),
        "all_url": f"?{urlencode({**asked.query, 'all': '1'})}" if page.has_other_pages() else "",
    }
    return render(request, "desk/stage_people.html", context)


def _asked(request: HttpRequest) -> Asked:
    """An unknown stage, reason or place is no page."""
    parts = {name: request.GET.get(name, "") for name in ("reached", "stopped", "why", "place")}
    asked = Asked(**parts)
    try:
        known = (
            (not asked.reached or asked.reached in STAGES)
            and (not asked.stopped or asked.stopped in GAPS)
            and (not asked.why or bool(reason_label(asked.why)))
            and (not asked.place or Place.objects.filter(pk=asked.place).exists())
        )
    except (KeyError, ValueError):
        known = False
    if not known:
        raise Http404
    return asked


def _tags(asked: Asked) -> list[dict[str, str]]:
    labels = {
        "reached": asked.label,
        "stopped": asked.label,
        "why": reason_label(asked.why) if asked.why else "",
    }
    if asked.place:
        labels["place"] = Place.objects.get(pk=asked.place).label
    return [
        {
            "label": labels[name],
            "remove_url": "?" + urlencode({n: v for n, v in asked.query.items() if n != name}),
        }
        for name in asked.query
    ]


def _shown(stopped: Stopped, user: User) -> dict[str, Any]:
    worker = stopped.worker
    return {
        "worker": worker,
        "stage": STAGES[worker.stage],
        "because": [
            (because.sentence, because.url if may_follow(because.url, user) else "")
            for because in stopped.because
        ],
    }


@require(Perm.REPORT_VIEW)
@require_safe
@from_replica
def stage_report_draft(request: HttpRequest) -> HttpResponse:
    """The paper without a number, marked as a draft."""
    user = actor(request)
    record("paper.draft", by=user, object_type="paper", object_id=KIND)
    return PAPER.draft(user)


@require(Perm.PAPER_ISSUE)
@idempotent
def stage_report_issue(request: HttpRequest) -> HttpResponse:
    report = stage_report(actor(request))
    asking = Asking(
        question=_("Issue the report of the stages?"),
        submit=_("Issue the report"),
        back=reverse("desk:stage_report"),
        done=_("The report is issued."),
        facts=[fact(label, report.count(code)) for code, label in STAGES.items()],
        warning=_("The number is used up; an issued paper never changes."),
    )
    return PAPER.issue_page(request, asking)


@require(Perm.REPORT_VIEW)
def stage_report_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET opens the issued report; POST prints a copy, stamped as such."""
    paper = get_visible_or_404(PAPER.issued(), actor(request), pk)
    if request.method == "POST":
        content = reprint(paper, by=actor(request))
        return attachment(content, content_type=PDF, filename="salinan.pdf")
    return file_response(paper.file, filename=FILE_NAME, by=request.user)
