"""The travel money of one batch: its page, and the departure that shows how it stands."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from disbursements.listing import may_book
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.desk.travel_money import lists_of, warnings_for
from kotim_social.idempotency.forms import idempotent
from repatriation.models import Batch
from repatriation.views.common import act_page
from repatriation.views.travel import departure


@require(Perm.LIST_VIEW)
def batch_money(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its lists with links: to the results, preset from who boarded, or to make one."""
    user = actor(request)
    batch = get_visible_or_404(Batch.objects.select_related("destination"), user, pk)
    lists = lists_of(batch, user)
    manifest = batch.members.filter(removed_at__isnull=True).with_journey()  # type: ignore[attr-defined]
    context = {
        "batch": batch,
        "rows": [(row, may_book(row.list, user)) for row in lists],
        "warnings": warnings_for(batch, lists),
        "women": manifest.count(),
        "boarded": manifest.filter(boarded_on__isnull=False).count(),
        "absent": batch.members.filter(did_not_board=True).count(),
        "may_prepare": user.can(Perm.LIST_PREPARE),
    }
    return render(request, "desk/batch_money.html", context)


@require(Perm.BATCH_TRAVEL)
@idempotent
def batch_depart(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The roll-call at departure. Money that is not ready warns, and keeps nobody back."""
    user = actor(request)
    batch = get_visible_or_404(Batch, user, pk)
    act = departure(request, batch)
    if user.can(Perm.LIST_VIEW) and batch.state == "approved":
        act.context["money_warnings"] = warnings_for(batch, lists_of(batch, user))
    return act_page(request, act)
