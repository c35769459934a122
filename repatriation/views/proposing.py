"""The list of batches, and the proposal of new ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Worker
from kotim_social.accounts.access import actor, require
from kotim_social.accounts.roles import Perm
from kotim_social.idempotency.forms import idempotent
from kotim_social.regions.models import Province, Regency
from kotim_social.workflow import Refused
from repatriation import rules
from repatriation.actions.planning import NewBatch, create_batches
from repatriation.forms import SeatsForm
from repatriation.models import Batch
from repatriation.proposal import (
    WOMEN_AN_ESCORT,
    Proposal,
    ProposedBatch,
    Reason,
    Traveller,
    by_province,
    by_regency,
    by_route,
    propose,
)
from repatriation.views.common import UNPROCESSABLE
from repatriation.workflow import BATCH

PAGE = 50


@require(Perm.BATCH_VIEW)
def batch_list(request: HttpRequest) -> HttpResponse:
    user = actor(request)
    travelling = Q(members__removed_at__isnull=True)
    batches = (
        Batch.objects.visible_to(user)
        .select_related("destination")
        .annotate(women=Count("members", filter=travelling))
        .annotate(children=Sum("members__children", filter=travelling, default=0))
        .order_by("-created_at", "-pk")
    )
    state = request.GET.get("state", "")
    known = dict(BATCH.choices)
    tags = []
    if state in known:
        batches = batches.filter(state=state)
        tags = [{"label": known[state], "remove_url": reverse("repatriation:batch_list")}]
    page = Paginator(batches, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "tags": tags,
        "states": BATCH.states,
        "may_plan": user.can(Perm.BATCH_PLAN),
    }
    return render(request, "repatriation/batch_list.html", context)


@dataclass(frozen=True)
class Offer:
    """A proposed batch on the screen. Its key stands for exactly these people."""

    batch: ProposedBatch
    key: str
    destination: str
    regions: list[str]


@require(Perm.BATCH_PLAN)
@idempotent
def propose_batches(request: HttpRequest) -> HttpResponse:
    """Asks for the seats, shows the proposal under them, and makes drafts of the ticked batches."""
    user = actor(request)
    asked = request.POST if request.method == "POST" else request.GET
    form = SeatsForm(asked if "seats" in asked else None)
    context: dict[str, Any] = {"form": form, "women_an_escort": WOMEN_AN_ESCORT}
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        context["waiting"] = rules.ready_pool(Worker.objects.visible_to(user)).count()
        return render(request, "repatriation/propose.html", context, status=status)
    seats = form.cleaned_data["seats"]
    pool = Worker.objects.visible_to(user)
    if destination := form.cleaned_data["destination"]:
        pool = pool.filter(home_regency__province=destination)
    proposal = propose(rules.travellers(pool), seats=seats, group_by=_grouping(form))
    offers = _offers(proposal)
    if request.method == "POST":
        try:
            return redirect(_create(request, offers, seats))
        except Refused as refusal:
            form.add_error(None, refusal.sentences)
    context |= {
        "proposal": proposal,
        "offers": offers,
        "seats": seats,
        "asked": _asked(form),
        "left_out": _left_out(proposal),
        "people": sum(offer.batch.size for offer in offers),
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "repatriation/propose.html", context, status=status)


def _asked(form: SeatsForm) -> list[tuple[str, str]]:
    """The choice as hidden fields of the form that makes the batches."""
    chosen = form.cleaned_data
    route = [("route", province.pk) for province in chosen["route"]]
    one = [("destination", chosen["destination"].pk)] if chosen["destination"] else []
    return [("grouping", chosen["grouping"]), *one, *route]


def _create(request: HttpRequest, offers: list[Offer], seats: int) -> str:
    """Makes the chosen drafts; the address of the one that was made, or of all batches."""
    chosen = set(request.POST.getlist("batch"))
    if not chosen:
        raise Refused(_("Choose at least one batch."))
    wanted = [offer.batch for offer in offers if offer.key in chosen]
    if len(wanted) != len(chosen):
        raise Refused(_("The people have changed meanwhile. Look at the new proposal."))
    new = [
        NewBatch(
            province_code=batch.provinces[0],
            seats=seats,
            drop_offs=_drop_offs(batch),
            workers=[traveller.worker_id for traveller in batch.travellers],
        )
        for batch in wanted
    ]
    made = create_batches(new, by=actor(request))
    messages.success(request, _("Batches made: %(count)s") % {"count": len(made)})
    if len(made) == 1:
        return reverse("repatriation:batch_detail", args=[made[0].pk])
    return reverse("repatriation:batch_list")


def _grouping(form: SeatsForm) -> Callable[[Traveller], str]:
    chosen = form.cleaned_data["grouping"]
    if chosen == "regency":
        return by_regency
    if chosen == "route":
        return by_route({province.pk for province in form.cleaned_data["route"]})
    return by_province


def _drop_offs(batch: ProposedBatch) -> str:
    """Where people get off, when the batch serves more than one province."""
    if len(batch.provinces) < 2:
        return ""
    regencies = Regency.objects.in_bulk(batch.regions)
    return ", ".join(regencies[code].short_name for code in batch.regions)[:300]


def _offers(proposal: Proposal) -> list[Offer]:
    codes = {code for batch in proposal.batches for code in batch.regions}
    provinces = Province.objects.in_bulk(
        {code for batch in proposal.batches for code in batch.provinces}
    )
    regencies = Regency.objects.in_bulk(codes)
    return [
        Offer(
            batch=batch,
            key=_key(batch),
            destination=" – ".join(provinces[code].name for code in reversed(batch.provinces)),
            regions=[regencies[code].short_name for code in batch.regions],
        )
        for batch in proposal.batches
    ]


def _key(batch: ProposedBatch) -> str:
    ids = sorted(str(traveller.worker_id) for traveller in batch.travellers)
    return hashlib.sha256("".join(ids).encode()).hexdigest()[:24]


def _left_out(proposal: Proposal) -> list[dict[str, Any]]:
    """Everybody who is left over: all of them are people whom she may see."""
    names = Worker.objects.in_bulk([row.traveller.worker_id for row in proposal.left_over])
    return [
        {
            "name": names[row.traveller.worker_id].name,
            "reason": rules.LEFT_OVER[row.reason],
            "url": reverse("cases:worker_edit", args=[row.traveller.worker_id])
            if row.reason is Reason.HOME_UNKNOWN
            else "",
        }
        for row in proposal.left_over
    ]
