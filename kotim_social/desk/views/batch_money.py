"""The page of the travel money of one batch."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from disbursements.listing import may_book
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.desk.travel_money import lists_of, warnings_for
from repatriation.models import Batch


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
