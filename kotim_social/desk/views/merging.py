"""Merging two records: a check page with the choice of facts, the merging, and its way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.forms.fields import refuse
from cases.models import Merge, Worker
from cases.views.import_comparing import beside_workers
from kotim_social.accounts.access import get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, thank_with_undo
from kotim_social.audit.trail import record
from kotim_social.desk import merging
from kotim_social.desk.forms import BecauseForm, MergeForm
from kotim_social.idempotency.forms import idempotent
from kotim_social.workflow import Refused


@require(Perm.WORKER_MERGE)
@idempotent
def merge(request: HttpRequest, pk: UUID, other: UUID) -> HttpResponse:
    """`pk` leads on, `other` goes; the page offers it the other way round too."""
    kept = get_visible_or_404(_people(), request.user, pk)
    gone = get_visible_or_404(_people(), request.user, other)
    form = MergeForm(request.POST or None, kept=kept, gone=gone)
    if request.method == "POST" and form.is_valid():
        try:
            made = merging.merge(
                kept=kept,
                gone=gone,
                take=form.take(),
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except Refused as refusal:
            refuse(form, refusal.sentences)
        else:
            undo = reverse("desk:merge_undo", args=[made.pk])
            thank_with_undo(request, _("The records are merged."), undo)
            return redirect("desk:merge_detail", pk=made.pk)
    else:
        record("duplicate.compare", by=request.user, obj=kept)
    context = {
        "kept": kept,
        "gone": gone,
        "rows": beside_workers(kept, gone),
        "against": merging.against_merge(kept, gone, request.user),
        "form": form,
    }
    return render(request, "desk/merge.html", context, status=422 if form.errors else 200)


@require(Perm.WORKER_MERGE)
@require_safe
def merge_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_visible_or_404(_merges(), request.user, pk)
    record("merge.view", by=request.user, obj=row)
    context = {
        "merge": row,
        "facts": _facts(row),
        "against": merging.against_undoing(row, request.user),
    }
    return render(request, "desk/merge_detail.html", context)


@require(Perm.WORKER_MERGE)
@idempotent
def merge_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_visible_or_404(_merges(), request.user, pk)
    asking = Asking(
        question=_("Take this merging back?"),
        submit=_("Take the merging back"),
        back=reverse("desk:merge_detail", args=[row.pk]),
        done=_("The merging is taken back: two records again."),
        facts=_facts(row),
        danger=True,
        template="desk/act.html",
    )

    def run(data: dict[str, Any]) -> None:
        merging.undo(merge=row, reason=data["reason"], by=request.user)

    return ask(request, BecauseForm(request.POST or None), asking, run)


def _people() -> Any:
    rows = Worker.objects.select_related("place", "home_regency", "home_district")
    return rows.prefetch_related("accounts", "aliases")


def _merges() -> Any:
    return Merge.objects.select_related("kept", "gone", "merged_by", "undone_by")


def _facts(row: Merge) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": _("Record that leads on"), "value": f"{row.kept.register_no} {row.kept.name}"},
        {"label": _("Record merged into it"), "value": f"{row.gone.register_no} {row.gone.name}"},
        {"label": _("Reason"), "value": row.reason},
        {"label": _("Merged by"), "value": row.merged_by},
    ]
    if row.undone_at is not None:
        facts += [
            {"label": _("Taken back by"), "value": row.undone_by},
            {"label": _("Reason for taking it back"), "value": row.undone_because},
        ]
    return facts
