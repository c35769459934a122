"""Requests about personal data: the list by deadline, taking one down, and answering it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Case, F, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.actions.data_requests import Wanted, answer, take_down
from cases.data_letter import FILE_NAME, send_answer
from cases.data_terms import term_of
from cases.data_workflow import DATA_REQUEST
from cases.forms.data_requests import OutcomeForm, WishForm
from cases.models import DataRequest
from cases.views.casework import case_or_404
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, fact
from kotim_social.audit.trail import record
from kotim_social.files.serving import file_response
from kotim_social.idempotency.forms import idempotent

PAGE = 50


@require(Perm.DATA_REQUEST)
@require_safe
def data_request_list(request: HttpRequest) -> HttpResponse:
    """Open ones first, the most urgent on top."""
    seen = DataRequest.objects.visible_to(actor(request))
    waiting = seen.filter(state="open")
    sets = {"": seen, "open": waiting, "late": waiting.filter(deadline__lt=timezone.now())}
    rows = sets.get(request.GET.get("state", ""))
    if rows is None:
        raise Http404
    rows = rows.select_related("worker", "owner")
    waits = Case(When(state="open", then=Value(0)), default=Value(1))
    page = Paginator(rows.order_by(waits, F("deadline"), "pk"), PAGE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "waiting": waiting.count(),
        "overdue": sets["late"].count(),
    }
    return render(request, "cases/data_request_list.html", context)


@require(Perm.DATA_REQUEST)
@idempotent
def ask_about_data(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = actor(request)
    worker = case_or_404(pk, user)
    asking = Asking(
        question=_("Take down a request about her data"),
        submit=_("Record the request"),
        back=reverse("desk:personal_data", args=[worker.pk]),
        done=_("The request is recorded, with the moment by which it is answered."),
        facts=[fact(_("Name"), worker.name)],
    )

    def run(data: dict[str, Any]) -> None:
        moment = datetime.combine(data.pop("received_on"), data.pop("received_time"))
        wish = Wanted(received_at=timezone.make_aware(moment), **data)
        take_down(worker=worker, wish=wish, by=user)

    return ask(request, WishForm(request.POST or None), asking, run)


@require(Perm.DATA_REQUEST)
@require_safe
def data_request(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = actor(request)
    row = _row(request, pk)
    record("datarequest.view", by=user, obj=row)
    context = {
        "row": row,
        "acts": DATA_REQUEST.acts_for(row, user),
        "term": term_of(row.kind, timezone.localtime(row.received_at).date()),
        "corrects": row.kind == "correction" and row.state == "open",
        "may_correct": user.can(Perm.CORRECTION_ACCEPT),
    }
    return render(request, "cases/data_request.html", context)


@require(Perm.DATA_REQUEST)
@idempotent
def data_request_answer(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    user = actor(request)
    row = _row(request, pk)
    step = next((one for one in DATA_REQUEST.transitions if one.act == act), None)
    if step is None:
        raise Http404
    if not user.can(step.perm):
        return redirect("cases:data_request", pk=row.pk)
    asking = Asking(
        question=step.label,
        submit=step.label,
        back=reverse("cases:data_request", args=[row.pk]),
        done=_("The answer is recorded."),
        facts=[
            fact(_("Name"), row.worker.name),
            fact(_("What she asks for"), row.get_kind_display()),
            fact(_("In her words"), row.wanted),
        ],
        warning=_("A letter with a number tells her the answer.") if act != "withdraw" else "",
        against=DATA_REQUEST.can(row, user, act),
    )

    def run(data: dict[str, Any]) -> None:
        if act == "withdraw":
            answer(request=row, act=act, by=user, **data)
        else:
            send_answer(request=row, act=act, by=user, **data)

    return ask(request, OutcomeForm(request.POST or None), asking, run)


@require(Perm.DATA_REQUEST)
@require_safe
def data_request_letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _row(request, pk)
    if row.letter is None:
        raise Http404
    return file_response(row.letter.file, filename=FILE_NAME, by=actor(request))


def _row(request: HttpRequest, pk: UUID) -> DataRequest:
    rows = DataRequest.objects.select_related("worker", "owner", "answered_by", "letter__file")
    return get_visible_or_404(rows, actor(request), pk)
