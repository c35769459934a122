"""Closing a case: asking for it, deciding, withdrawing, and opening again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.actions.closing import (
    decline_closing,
    reopen_case,
    request_closing,
    withdraw_closing,
)
from cases.actions.sets import is_open
from cases.closing_workflow import CLOSING
from cases.forms.fields import refuse
from cases.models import CaseClosing, Worker
from cases.workflow import CASE
from kotim_social.accounts.access import get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, fact
from kotim_social.desk.closing import checks_as_context, close, lapses_with
from kotim_social.desk.forms import BecauseForm, CloseForm, CloseRequestForm
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.money import format_rupiah
from kotim_social.workflow import Refused

PAGE = 50
PAGE_OF_AN_ACT = "desk/act.html"


@require(Perm.WORKER_EDIT)
@require_safe
def closing_list(request: HttpRequest) -> HttpResponse:
    """Requests that wait for a supervisor."""
    rows = (
        CaseClosing.objects.visible_to(request.user)
        .filter(state="requested")
        .select_related("worker__place", "requested_by")
        .order_by("requested_at")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/closing_list.html", {"page": page})


@require(Perm.WORKER_EDIT)
def closing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET: where the case stands and what is open; POST asks for closing."""
    worker = get_visible_or_404(Worker, request.user, pk)
    form = CloseRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            request_closing(worker=worker, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal.sentences)
        else:
            messages.success(request, _("A supervisor is asked to close the case."))
            return redirect("desk:closing", pk=worker.pk)
    rows = list(
        worker.closings.select_related("requested_by", "decided_by", "reopened_by").order_by("-pk")
    )
    pending = next((row for row in rows if row.state == "requested"), None)
    may_decide, read_only = request.user.can(Perm.CASE_CLOSE), is_open(worker)
    context = {
        "worker": worker,
        "read_only": read_only,
        "may_reopen": not CASE.can(worker, request.user, "reopen"),
        "form": form if not read_only and pending is None else None,
        "pending": pending,
        "rows": [row for row in rows if row.state != "requested"],
        "may_decide": may_decide,
        "may_confirm": may_decide and pending is not None
        and pending.requested_by_id != request.user.pk,
        **(checks_as_context(worker, pending.reason if pending else "")),
    }  # fmt: skip
    return render(request, "desk/closing.html", context, status=422 if form.errors else 200)


@require(Perm.CASE_CLOSE)
@idempotent
def closing_confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_visible_or_404(CaseClosing.objects.select_related("worker"), request.user, pk)
    unpaid = lapses_with(row.worker)
    asking = Asking(
        question=_("Close this case?"),
        submit=_("Close the case"),
        back=reverse("desk:closing", args=[row.worker_id]),
        done=_("The case is closed."),
        facts=_facts(row, unpaid),
        template=PAGE_OF_AN_ACT,
        more=checks_as_context(row.worker, row.reason),
        against=CLOSING.can(row, request.user, "confirm"),
    )

    def run(data: dict[str, Any]) -> None:
        close(closing=row, lapse=data.get("lapse", False), by=request.user)

    form = CloseForm(request.POST or None, has_unpaid=bool(unpaid))
    return ask(request, form, asking, run)


@require(Perm.CASE_CLOSE)
@idempotent
def closing_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_visible_or_404(CaseClosing.objects.select_related("worker"), request.user, pk)
    asking = Asking(
        question=_("Leave this case open?"),
        submit=_("Leave the case open"),
        back=reverse("desk:closing", args=[row.worker_id]),
        done=_("The case stays open."),
        facts=_facts(row, 0),
        template=PAGE_OF_AN_ACT,
        against=CLOSING.can(row, request.user, "decline"),
    )

    def run(data: dict[str, Any]) -> None:
        decline_closing(closing=row, by=request.user, **data)

    return ask(request, BecauseForm(request.POST or None), asking, run)


@require(Perm.WORKER_EDIT)
def closing_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = get_visible_or_404(Worker, request.user, pk)
    here = reverse("desk:closing", args=[worker.pk])
    row = worker.closings.select_related("worker").filter(state="requested").first()
    if row is None:
        messages.info(request, _("Nobody asks for closing this case."))
        return redirect(here)
    if request.method == "POST":
        try:
            withdraw_closing(closing=row, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The request is withdrawn."))
        return redirect(here)
    context = {
        "question": _("Withdraw the request to close this case?"),
        "facts": _facts(row, 0),
        "submit_label": _("Withdraw the request"),
        "cancel_url": here,
    }
    return render(request, "desk/act.html", context)


@require(Perm.CASE_CLOSE)
@idempotent
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = get_visible_or_404(Worker, request.user, pk)
    asking = Asking(
        question=_("Open this case again?"),
        submit=_("Open the case again"),
        back=reverse("desk:closing", args=[worker.pk]),
        done=_("The case is open again."),
        facts=[fact(worker.register_no, worker.name)],
        template=PAGE_OF_AN_ACT,
        against=CASE.can(worker, request.user, "reopen"),
    )

    def run(data: dict[str, Any]) -> None:
        reopen_case(worker=worker, by=request.user, **data)

    return ask(request, BecauseForm(request.POST or None), asking, run)


def _facts(row: CaseClosing, unpaid: int) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": row.worker.register_no, "value": row.worker.name},
        {"label": _("Reason"), "value": row.get_reason_display()},
        {"label": _("Note"), "value": row.note or "–"},
        {"label": _("Asked by"), "value": row.requested_by},
    ]
    if unpaid:
        facts.append({"label": _("Would lapse"), "value": format_rupiah(unpaid)})
    return facts
