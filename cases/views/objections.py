"""Objections: the list by due date, taking one down, and answering it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.actions.objections import answer_objection, contested_finding, raise_objection
from cases.actions.sets import is_open
from cases.forms.verval import AnswerForm, ObjectionForm
from cases.models import Objection, Worker
from cases.verval_workflow import OBJECTION
from kotim_social.accounts.access import get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, fact
from kotim_social.audit.trail import record
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import format_date, today

PAGE = 50


@require(Perm.REPORT_VIEW)
@require_safe
def objection_list(request: HttpRequest) -> HttpResponse:
    """Open ones first, by the day on which the answer is due."""
    seen = Objection.objects.visible_to(request.user)
    sets = {
        "": seen,
        "late": seen.overdue(),
        "again": seen.to_verify_again(),
        **{code: seen.filter(state=code) for code in dict(OBJECTION.choices)},
    }
    rows = sets.get(request.GET.get("state", ""))
    if rows is None:
        raise Http404
    rows = rows.select_related("worker__place")
    page = Paginator(rows.order_by("decided_on", "due_on", "pk"), PAGE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "today": today(),
        "waiting": sets["open"].count(),
        "overdue": sets["late"].count(),
        "again": sets["again"].count(),
    }
    return render(request, "cases/objection_list.html", context)


@require(Perm.WORKER_EDIT)
def objection_raise(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = get_visible_or_404(Worker, request.user, pk)
    finding = contested_finding(worker)
    reason = finding.get_reason_code_display() if finding else ""
    asking = Asking(
        question=_("Take down her objection"),
        submit=_("Record the objection"),
        back=reverse("cases:eligibility", args=[worker.pk]),
        done=_("The objection is recorded, with the day by which it is answered."),
        facts=[
            fact(_("Name"), worker.name),
            fact(_("Result"), finding.get_state_display() if finding else _("none")),
            *([fact(_("Reason"), reason)] if reason else []),
        ],
        against=is_open(worker),
    )

    def run(data: dict[str, Any]) -> None:
        raise_objection(worker=worker, by=request.user, **data)

    return ask(request, ObjectionForm(request.POST or None), asking, run)


@require(Perm.REPORT_VIEW)
@require_safe
def objection_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    objection = _objection(request, pk)
    record("objection.view", by=request.user, obj=objection)
    acts = OBJECTION.acts_for(objection, request.user)
    again = Objection.objects.to_verify_again().filter(pk=objection.pk).exists()
    context = {
        "objection": objection,
        "acts": acts,
        "is_late": _is_late(objection),
        "waits_for_verifier": again,
        "may_verify": request.user.can(Perm.WORKER_VERIFY),
    }
    return render(request, "cases/objection_detail.html", context)


@require(Perm.OBJECTION_DECIDE, Perm.WORKER_EDIT)
@idempotent
def objection_answer(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    objection = _objection(request, pk)
    steps = {step.act: step for step in OBJECTION.transitions}
    if act not in steps:
        raise Http404
    if not request.user.can(steps[act].perm):
        return redirect("cases:objection_detail", pk=objection.pk)
    asking = Asking(
        question=steps[act].label,
        submit=steps[act].label,
        back=reverse("cases:objection_detail", args=[objection.pk]),
        done=_("The answer is recorded."),
        facts=[
            fact(_("Name"), objection.worker.name),
            fact(_("What she says against the finding"), objection.grounds),
            fact(_("Answer due on"), format_date(objection.due_on)),
        ],
        against=OBJECTION.can(objection, request.user, act),
    )

    def run(data: dict[str, Any]) -> None:
        answer_objection(objection=objection, act=act, by=request.user, **data)

    return ask(request, AnswerForm(request.POST or None), asking, run)


def _objection(request: HttpRequest, pk: UUID) -> Objection:
    rows = Objection.objects.select_related(
        "worker__place", "decision", "recorded_by", "decided_by"
    )
    return get_visible_or_404(rows, request.user, pk)


def _is_late(objection: Objection) -> bool:
    return objection.state == "open" and objection.due_on < today()
