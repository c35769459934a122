"""The programme: funders, kinds, rates, policies, ceilings."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from disbursements.listing import ceiling_rows
from disbursements.models import AssistanceKind, BudgetYear, Funder, ProgrammeChange, Rate
from kotim_social.accounts.access import require
from kotim_social.accounts.roles import Perm


@require(Perm.PROGRAMME_VIEW)
@require_safe
def programme(request: HttpRequest) -> HttpResponse:
    kinds = (
        AssistanceKind.objects.select_related("funder", "policy", "component_of__funder")
        .prefetch_related(Prefetch("rates", Rate.objects.order_by("valid_from")), "components")
        .order_by("funder__order", "order")
    )
    years = [(year, ceiling_rows(year)) for year in BudgetYear.objects.order_by("-year")]
    changes = ProgrammeChange.objects.select_related("proposed_by", "decided_by")
    context = {
        "kinds": kinds,
        "years": years,
        "funders": Funder.objects.all(),
        "may_edit": request.user.can(Perm.PROGRAMME_EDIT),
        "waiting": changes.filter(state="proposed").order_by("-pk"),
        "decided": changes.exclude(state="proposed").order_by("-pk")[:20],
    }
    return render(request, "disbursements/programme.html", context)
