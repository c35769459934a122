"""The register of late proposals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.actions.proposals import (
    NewProposal,
    accept_proposal,
    check_proposal,
    end_proposal,
    likely_of,
    propose_late,
)
from cases.forms.verval import AcceptForm, AnswerForm, CheckForm, ProposalForm
from cases.models import LateProposal
from cases.verval_workflow import PROPOSAL
from kotim_social.accounts.access import get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, fact
from kotim_social.audit.trail import record
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.nik import mask_nik
from kotim_social.workflow import Refused

PAGE = 50


@require(Perm.REPORT_VIEW)
@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    seen = LateProposal.objects.visible_to(request.user)
    state = request.GET.get("state", "")
    if state and state not in dict(PROPOSAL.choices):
        raise Http404
    rows = seen.filter(state=state) if state else seen
    page = Paginator(rows.select_related("place").order_by("-proposed_on", "-pk"), PAGE)
    counts = dict(seen.values_list("state").annotate(n=Count("pk")).order_by())
    context = {
        "page": page.get_page(request.GET.get("page")),
        "counts": [(shown, counts.get(shown.code, 0)) for shown in PROPOSAL.states],
        "state": state,
        "may_propose": request.user.can(Perm.WORKER_EDIT),
    }
    return render(request, "cases/proposal_list.html", context)


@require(Perm.WORKER_EDIT)
@idempotent
def proposal_create(request: HttpRequest) -> HttpResponse:
    form = ProposalForm(request.POST or None, user=request.user)
    asking = Asking(
        question=_("Put somebody forward late"),
        submit=_("Record the proposal"),
        back=reverse("cases:proposal_list"),
        done=_("The proposal is recorded. A second officer now checks the evidence."),
    )

    def run(_data: dict[str, Any]) -> str:
        row = propose_late(NewProposal(**form.values()), by=request.user)
        return reverse("cases:proposal_detail", args=[row.pk])

    return ask(request, form, asking, run)


@require(Perm.REPORT_VIEW)
@require_safe
def proposal_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    proposal = _proposal(request, pk)
    record("proposal.view", by=request.user, obj=proposal)
    open_still = proposal.state in ("proposed", "checked")
    context = {
        "proposal": proposal,
        "nik": mask_nik(proposal.nik) if proposal.nik else "",
        "acts": PROPOSAL.acts_for(proposal, request.user),
        "likely": likely_of(proposal, user=request.user) if open_still else None,
    }
    return render(request, "cases/proposal_detail.html", context)


def _accept(proposal: LateProposal, by: User, **data: Any) -> LateProposal:
    return accept_proposal(proposal=proposal, by=by, **data)


def _check(proposal: LateProposal, by: User, **data: Any) -> LateProposal:
    return check_proposal(proposal=proposal, by=by, **data)


def _end(act: str) -> Callable[..., LateProposal]:
    return lambda proposal, by, **data: end_proposal(proposal=proposal, act=act, by=by, **data)


ACTS: dict[str, tuple[type[forms.Form], Callable[..., LateProposal]]] = {
    "check": (CheckForm, _check),
    "accept": (AcceptForm, _accept),
    "reject": (AnswerForm, _end("reject")),
    "withdraw": (AnswerForm, _end("withdraw")),
}


@require(Perm.PROPOSAL_CHECK, Perm.PROPOSAL_DECIDE, Perm.WORKER_EDIT)
@idempotent
def proposal_act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """One step of a proposal's road; the workflow says who may take it."""
    proposal = _proposal(request, pk)
    if act not in ACTS:
        raise Http404
    form_class, do = ACTS[act]
    label = PROPOSAL.transition(act).label
    asking = Asking(
        question=label,
        submit=label,
        back=reverse("cases:proposal_detail", args=[proposal.pk]),
        done=_("Recorded."),
        facts=[
            fact(_("Name"), proposal.name),
            fact(_("Place"), proposal.place.label),
            fact(_("Wisma / room"), proposal.wisma),
            fact(_("Evidence that she lives there"), proposal.evidence),
        ],
    )

    def run(data: dict[str, Any]) -> None:
        against = PROPOSAL.can(proposal, request.user, act)
        if against:
            raise Refused(*against)
        do(proposal, request.user, **data)

    return ask(request, form_class(request.POST or None), asking, run)


def _proposal(request: HttpRequest, pk: UUID) -> LateProposal:
    rows = LateProposal.objects.select_related(
        "place__lokalisasi", "home_regency", "recorded_by", "checked_by", "decided_by", "worker"
    )
    return get_visible_or_404(rows, request.user, pk)
