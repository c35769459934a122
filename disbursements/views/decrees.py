"""Decrees: all of them, a new one with whom it determines, and one with its people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.forms.fields import refuse
from cases.workflow import ELIGIBILITY
from disbursements.actions.decrees import issue_decree, waiting_for_decree
from disbursements.determining import not_waiting, preview_decree
from disbursements.forms.decrees import DecreeForm
from disbursements.models import BudgetYear, Decree, Entitlement
from disbursements.workflow import ENTITLEMENT
from kotim_social.accounts.access import require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.documents.models import IssuedPaper
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

PAGE = 50
ALL = 1000


@require(Perm.DECREE_VIEW)
@require_safe
def decree_list(request: HttpRequest) -> HttpResponse:
    """The decrees with the people and rupiah of each in this user's scope."""
    seen = Entitlement.objects.visible_to(request.user)
    sums = {
        row["decree"]: row
        for row in seen.values("decree")
        .annotate(people=Count("worker", distinct=True), total=Sum("amount"))
        .order_by()
    }
    nothing = {"people": 0, "total": 0}
    entries = [
        (decree, sums.get(decree.pk, nothing))
        for decree in Decree.objects.select_related("budget_year").order_by("-decided_on", "-pk")
    ]
    context = {
        "entries": entries,
        "waiting": len(waiting_for_decree(request.user)),
        "may_sign": request.user.can(Perm.DECREE_SIGN),
    }
    return render(request, "disbursements/decree_list.html", context)


@require(Perm.DECREE_SIGN)
@idempotent
def decree_create(request: HttpRequest) -> HttpResponse:
    """First number and date, beside whom it would determine; then the check; then the decree."""
    posted = request.method == "POST"
    source = request.POST if posted else request.GET
    form = DecreeForm(source if posted or "number" in source else None)
    workers = waiting_for_decree(request.user)
    ready = form.is_bound and form.is_valid()
    if posted and ready:
        try:
            named = _named(request.POST.getlist("worker"))
            decree = issue_decree(workers=named, by=request.user, **form.cleaned_data)
            messages.success(request, _("The decree is recorded."))
            return redirect("disbursements:decree_detail", decree.pk)
        except Refused as refused:
            refuse(form, refused.sentences)
    context = {
        "form": form,
        "workers": workers,
        "hidden": form.as_hidden() if ready else [],
        **_preview(form, workers, request.user),
    }
    page = "disbursements/decree_check.html" if ready else "disbursements/decree_create.html"
    return render(request, page, context, status=422 if posted else 200)


def _named(values: list[str]) -> list[UUID]:
    """Whom the check page named; whoever may not be determined by now stops the whole decree."""
    try:
        return [UUID(value) for value in values]
    except ValueError:
        return []


def _preview(form: DecreeForm, workers: list[UUID], user: User) -> dict[str, Any]:
    data = getattr(form, "cleaned_data", {})
    year = data.get("budget_year") or BudgetYear.objects.filter(closed_on=None).last()
    preview = preview_decree(workers, on=data.get("decided_on") or today(), year=year)
    others = not_waiting(user)
    return {
        "preview": preview,
        "others": [(worker, _why_not(worker)) for worker in others],
    }


def _why_not(worker: Any) -> str:
    if worker.case_state != "open":
        return _("Her case is closed.")
    if worker.is_child:
        return _("She is under 18 on the day of closing.")
    state = ELIGIBILITY.state(worker.eligibility).label
    return _("Eligibility: %(state)s") % {"state": state}


@require(Perm.DECREE_VIEW)
@require_safe
def decree_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    decree = get_object_or_404(Decree.objects.select_related("recorded_by"), pk=pk)
    entitlements = Entitlement.objects.visible_to(request.user).filter(decree=decree)
    by_kind = list(
        entitlements.values("kind__name", "state")
        .annotate(people=Count("worker", distinct=True), total=Sum("amount"))
        .order_by("kind__funder__order", "kind__order", "state")
    )
    for row in by_kind:
        row["state_label"] = ENTITLEMENT.state(row["state"]).label
    people = (
        entitlements.values("worker", "worker__name", "worker__register_no", "worker__place__label")
        .annotate(total=Sum("amount"))
        .order_by("worker__name", "worker")
    )
    size = ALL if request.GET.get("all") else PAGE
    page = Paginator(people, size).get_page(request.GET.get("page"))
    record("decree.view", by=request.user, obj=decree)
    context = {
        "decree": decree,
        "by_kind": by_kind,
        "total": sum(row["total"] for row in by_kind),
        "page": page,
        "all_url": "?all=1" if page.has_other_pages() else "",
        "papers": IssuedPaper.objects.about(decree).visible_to(request.user)
        .filter(kind="decree").select_related("void").order_by("-created_at"),
        "may_issue": request.user.can(Perm.PAPER_ISSUE),
        "may_open": request.user.can(Perm.WORKER_REVEAL),
    }  # fmt: skip
    return render(request, "disbursements/decree_detail.html", context)
