"""Costs of a batch: a list, a form under it, and striking out."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.idempotency.forms import idempotent
from repatriation.actions import costs
from repatriation.forms import CostForm, EmptyForm
from repatriation.models import Batch, Cost
from repatriation.views.common import UNPROCESSABLE, Act, act_page, done


@require(Perm.BATCH_PLAN)
@idempotent
def cost_list(request: HttpRequest, pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    form = CostForm(request.POST or None)
    filled = request.method == "POST" and form.is_valid()
    if filled and done(
        lambda form: costs.add_cost(batch=batch, cost=form.cost, by=actor(request)), form
    ):
        messages.success(request, _("The cost is recorded."))
        return redirect("repatriation:costs", batch.pk)
    rows = batch.costs.filter(struck_at__isnull=True)
    context = {
        "batch": batch,
        "form": form,
        "rows": rows.order_by("spent_on", "id"),
        "total": rows.aggregate(total=Sum("amount"))["total"] or 0,
        "open": batch.state not in ("finished", "cancelled"),
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "repatriation/costs.html", context, status=status)


@require(Perm.BATCH_PLAN)
@idempotent
def cost_strike(request: HttpRequest, pk: str, cost_pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    cost = get_object_or_404(Cost, pk=cost_pk, batch=batch, struck_at__isnull=True)
    act = Act(
        batch=batch,
        question=_("Strike this cost out?"),
        submit_label=_("Strike out"),
        done=_("The cost is struck out."),
        do=lambda form: costs.strike_cost(batch=batch, cost=cost, by=actor(request)),
        form=EmptyForm(request.POST or None),
        danger=True,
        back="repatriation:costs",
        context={"cost": cost},
    )
    return act_page(request, act)
