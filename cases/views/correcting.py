"""Corrections that wait for a supervisor: the list, and one with its yes and no."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.actions.correcting import accept, decline, stands_now
from cases.actions.sets import is_open
from cases.forms.correcting import DeclineForm
from cases.forms.fields import refuse
from cases.masks import HIDDEN
from cases.models import Correction
from kotim_social.accounts.access import get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import format_date
from kotim_social.lib.nik import mask_account, mask_nik, mask_phone
from kotim_social.workflow import Refused

PAGE = 50
_MASKS = {
    "nik": mask_nik,
    "phone": mask_phone,
    "number": mask_account,
    "home_address": lambda text: HIDDEN,
    "mother_name": lambda text: HIDDEN,
}


@require(Perm.CORRECTION_ACCEPT)
@require_safe
def correction_list(request: HttpRequest) -> HttpResponse:
    """Those that wait first, then what became of the others."""
    rows = (
        Correction.objects.visible_to(request.user)
        .select_related("worker__place", "proposed_by")
        .order_by("decided_at", "-proposed_at")
    )
    waiting = Paginator(rows.filter(state="proposed"), PAGE).get_page(request.GET.get("page"))
    decided = rows.exclude(state="proposed").order_by("-decided_at")[:PAGE]
    context = {"page": waiting, "decided": decided}
    return render(request, "cases/correction_list.html", context)


@require(Perm.CORRECTION_ACCEPT)
@idempotent
def correction(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET shows old and new, masked; POST accepts, or shows both values with a row in the trail."""
    row = get_visible_or_404(_rows(), request.user, pk)
    reveals = request.method == "POST" and request.POST.get("act") == "show"
    if reveals:
        reason = _("to decide on a correction")
        changes = {"field": [None, row.field]}
        record("worker.reveal", by=request.user, obj=row.worker, reason=reason, changes=changes)
    elif request.method == "POST":
        try:
            accept(correction=row, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The correction is applied."))
        return redirect("cases:correction", pk=row.pk)
    record("correction.view", by=request.user, obj=row)
    context = _context(row, masked=not reveals)
    return render(request, "cases/correction.html", context)


@require(Perm.CORRECTION_ACCEPT)
@idempotent
def correction_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_visible_or_404(_rows(), request.user, pk)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decline(correction=row, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal.sentences)
        else:
            messages.success(request, _("The correction is declined; nothing is changed."))
            return redirect("cases:correction_list")
    context = {**_context(row, masked=True), "form": form}
    status = 422 if form.errors else 200
    return render(request, "cases/correction_decline.html", context, status=status)


def _rows() -> Any:
    return Correction.objects.named().select_related("proposed_by", "decided_by")


def _context(row: Correction, *, masked: bool) -> dict[str, Any]:
    facts = [
        {"label": row.worker.register_no, "value": row.worker.name},
        {"label": _("Field"), "value": row.get_field_display()},
        {"label": _("Stands there"), "value": _said(row.field, row.old, masked)},
        {"label": _("Should stand there"), "value": _said(row.field, row.new, masked)},
        {"label": _("Reason"), "value": row.reason},
        {"label": _("Evidence"), "value": row.evidence},
        {"label": _("Proposed by"), "value": row.proposed_by},
    ]
    if row.decided_by is not None:
        facts.append({"label": _("Decided by"), "value": row.decided_by})
    if row.decided_because:
        facts.append({"label": _("Reason for declining"), "value": row.decided_because})
    waits = row.state == "proposed"
    return {
        "correction": row,
        "facts": facts,
        "waits": waits,
        "read_only": is_open(row.worker) if waits else [],
        "is_masked": masked and row.field in _MASKS,
        "is_stale": waits and stands_now(row.worker, row.field) != row.old,
    }


def _said(field: str, value: str, masked: bool) -> str:
    if not value:
        return "–"
    if masked and field in _MASKS:
        return _MASKS[field](value)
    return format_date(date.fromisoformat(value)) if field == "birth_date" else value
