"""The review queue of likely duplicates, and one person beside those who are like her."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.actions.different import not_the_same
from cases.forms.duplicates import DifferentForm
from cases.forms.fields import refuse
from cases.models import Merge, Worker
from cases.pairs import CAP, Pair, likely_pairs
from cases.views.import_comparing import beside_workers
from kotim_social.accounts.access import get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused

PAGE = 50


@require(Perm.WORKER_EDIT, Perm.WORKER_MERGE)
@require_safe
def duplicate_list(request: HttpRequest) -> HttpResponse:
    pairs = likely_pairs(request.user)
    page = Paginator(pairs, PAGE).get_page(request.GET.get("page"))
    record(
        "duplicate.list",
        by=request.user,
        object_type="cases.worker",
        changes={"pairs": [None, len(pairs)]},
    )
    merges = Merge.objects.visible_to(request.user).select_related("kept", "gone", "merged_by")
    context = {
        "page": page,
        "is_capped": len(pairs) >= CAP,
        "merges": merges.order_by("-merged_at")[:PAGE],
        "may_merge": request.user.can(Perm.WORKER_MERGE),
    }
    return render(request, "cases/duplicate_list.html", context)


@require(Perm.WORKER_EDIT, Perm.WORKER_MERGE)
def duplicates(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET shows her beside each candidate; POST keeps that one of them is somebody else."""
    worker = get_visible_or_404(_for_comparing(), request.user, pk)
    form = DifferentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        other = get_visible_or_404(Worker, request.user, form.cleaned_data["other"])
        reason = form.cleaned_data["reason"]
        try:
            not_the_same(worker=worker, other=other, reason=reason, by=request.user)
        except Refused as refusal:
            refuse(form, refusal.sentences)
        else:
            messages.success(request, _("Kept: these are two people."))
            return redirect("cases:duplicates", pk=worker.pk)
    pairs = likely_pairs(request.user, worker=worker)
    record("duplicate.compare", by=request.user, obj=worker)
    context = {
        "worker": worker,
        "candidates": [_candidate(worker, pair, form) for pair in pairs],
        "form": form,
        "may_merge": request.user.can(Perm.WORKER_MERGE),
    }
    return render(request, "cases/duplicates.html", context, status=422 if form.errors else 200)


def _for_comparing() -> Any:
    rows = Worker.objects.select_related("place", "home_regency")
    return rows.prefetch_related("accounts", "aliases")


def _candidate(worker: Worker, pair: Pair, form: DifferentForm) -> dict[str, Any]:
    """A candidate out of sight shows her likeness only."""
    other = pair.other if pair.one is not None and pair.one.pk == worker.pk else pair.one
    words = ", ".join(str(word) for word in pair.likeness)
    if other is None:
        return {"words": words, "other": None}
    mine = form.is_bound and str(form.data.get("other")) == str(other.pk)
    return {
        "words": words,
        "other": other,
        "rows": beside_workers(worker, other),
        "form": form if mine else DifferentForm(initial={"other": other.pk}, prefix=None),
    }
