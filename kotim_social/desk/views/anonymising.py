"""Retention: whose term has run out, the proposal, and the second person's yes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.models import Anonymising
from cases.retention_workflow import ANONYMISING
from kotim_social.accounts.access import actor, fresh_proof, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, YesForm, ask, fact
from kotim_social.audit.trail import record
from kotim_social.desk.anonymising import counts_by_term, decide, due, propose
from kotim_social.desk.retention import RULES
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import format_date, today

PAGE = 50
SHOWN = ("accept", "decline", "withdraw")


@require(Perm.RETENTION_PROPOSE, Perm.RETENTION_ACCEPT)
@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """Who is due, by which term, and who is left out and why; then the proposals so far."""
    user = actor(request)
    record("retention.view", by=user, object_type="report", object_id="retention")
    every = due(today())
    going = [one for one in every if not one.against]
    page = Paginator(going, PAGE).get_page(request.GET.get("page"))
    waits = Anonymising.objects.filter(state__in=("proposed", "accepted")).exists()
    context = {
        "rules": RULES,
        "going": len(going),
        "sees_children": user.can(Perm.CHILD_VIEW),
        "page": page,
        "kept": [
            {"name": one.person.shown, "reason": " ".join(one.against)}
            for one in every
            if one.against
        ],
        "proposals": Anonymising.objects.visible_to(user).order_by("-proposed_at")[:PAGE],
        "may_propose": user.can(Perm.RETENTION_PROPOSE) and bool(going) and not waits,
    }
    return render(request, "desk/retention.html", context)


@require(Perm.RETENTION_PROPOSE)
@idempotent
def retention_propose(request: HttpRequest) -> HttpResponse:
    user, day = actor(request), today()
    going = sum(not one.against for one in due(day))
    asking = Asking(
        question=_("Propose to anonymise them?"),
        submit=_("Propose"),
        back=reverse("desk:retention"),
        done=_("It is proposed. Somebody else accepts it."),
        facts=[fact(_("People"), going), fact(_("Terms that ran out before"), format_date(day))],
    )

    def run(_data: dict[str, Any]) -> str:
        row = propose(day=day, by=user)
        return reverse("desk:anonymising", args=[row.pk])

    return ask(request, YesForm(request.POST or None), asking, run)


@require(Perm.RETENTION_PROPOSE, Perm.RETENTION_ACCEPT)
@require_safe
def anonymising(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = actor(request)
    row = get_visible_or_404(Anonymising, user, pk)
    record("anonymising.view", by=user, obj=row)
    people = row.people.select_related("worker", "child")
    people = people.order_by("worker__register_no", "closed_on", "pk")
    acts = [step for step in ANONYMISING.acts_for(row, user) if step.act in SHOWN]
    context = {
        "row": row,
        "acts": acts,
        "counts": counts_by_term(row),
        "sees_children": user.can(Perm.CHILD_VIEW),
        "page": Paginator(people, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "desk/anonymising.html", context)


@require(Perm.RETENTION_ACCEPT)
@fresh_proof
@idempotent
def anonymising_decide(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """The check page: what goes for good, what stays, and for how many people."""
    user = actor(request)
    row = get_visible_or_404(Anonymising, user, pk)
    step = next((one for one in ANONYMISING.transitions if one.act == act), None)
    if step is None or act not in SHOWN:
        raise Http404
    against = ANONYMISING.can(row, user, act)
    careful = _(
        "After it is carried out nobody brings the data back: names, numbers, addresses, notes, "
        "files and photos are gone. Counts, money and the trail stay. You confirm the terms too."
    )
    asking = Asking(
        question=step.label,
        submit=step.label,
        back=reverse("desk:anonymising", args=[row.pk]),
        done=_("Recorded."),
        facts=[
            *(fact(one["label"], one["people"]) for one in counts_by_term(row)),
            *(fact(term["label"], _("%(years)s years: %(basis)s") % term) for term in row.terms),
        ],
        warning=" ".join(against) or (careful if act == "accept" else ""),
        danger=act == "accept",
    )

    def run(_data: dict[str, Any]) -> None:
        decide(proposal=row, act=act, by=user)

    return ask(request, YesForm(request.POST or None), asking, run)
