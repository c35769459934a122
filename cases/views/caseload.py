"""Work list and caseloads: what is to be done, who holds how much, and handing cases over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases import worklist
from cases.actions.caseload import LIMIT, accept_offer, decline_offer, offer_cases, take_offer_back
from cases.casework_states import CASE_OFFER
from cases.forms.casework import OfferForm
from cases.forms.fields import refuse
from cases.models import CaseOffer, ChildReferral, DataBreach
from cases.views.sets import chosen_set
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import thank_with_undo
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

PAGE = 50
NOBODY = "tanpa"
ANSWERS = {"accept": accept_offer, "decline": decline_offer, "take_back": take_offer_back}


@require(Perm.CASEWORK_VIEW)
def work_list(request: HttpRequest) -> HttpResponse:
    """Every number is the address of the list that has exactly that many rows."""
    user = actor(request)
    found = worklist.counts(user)
    cells = [
        {
            "label": work.label,
            "value": found[work.column],
            "url": reverse("cases:work_set", args=[work.code]),
            "tone": work.tone if found[work.column] else "",
        }
        for work in worklist.SETS
    ]
    first = worklist.cases_in(worklist.SETS[0], user).select_related("place")[:PAGE]
    children = ChildReferral.objects.visible_to(user).overdue().select_related("place", "officer")
    context = {
        "cells": cells,
        "offers": _waiting(user),
        "breaches": DataBreach.objects.running() if user.can(Perm.BREACH_HANDLE) else [],
        "children": children.select_related("provider").order_by("due_on", "pk")[:PAGE],
        "rows": first,
        "today": today(),
    }
    return render(request, "cases/work_list.html", context)


@require(Perm.CASEWORK_VIEW)
def work_set(request: HttpRequest, kind: str) -> HttpResponse:
    work = worklist.work_of(kind)
    if work is None:
        raise Http404
    return _cases(request, worklist.cases_in(work, actor(request)), str(work.label))


@require(Perm.CASEWORK_VIEW)
def caseloads(request: HttpRequest) -> HttpResponse:
    user = actor(request)
    rows = [
        {
            "load": load,
            "url": reverse("cases:caseload", args=[load.holder_id or NOBODY]),
        }
        for load in worklist.caseloads(user)
    ]
    offers = CaseOffer.objects.visible_to(user).select_related("receiver", "offered_by")
    context = {"rows": rows, "offers": offers.order_by("-offered_at")[:PAGE]}
    return render(request, "cases/caseloads.html", context)


@require(Perm.CASEWORK_VIEW)
def caseload(request: HttpRequest, holder: str) -> HttpResponse:
    """The cases of one holder (or of nobody), to be chosen and handed over."""
    user = actor(request)
    rows = worklist.open_cases(user).order_by("name", "pk")
    if holder == NOBODY:
        return _cases(request, rows.filter(holder_id__isnull=True), _("Held by nobody"))
    person = User.objects.filter(pk=int(holder)).first() if holder.isdecimal() else None
    if person is None or len(holder) > 9:
        raise Http404
    return _cases(request, rows.filter(holder_id=person.pk), person.full_name)


def _cases(request: HttpRequest, rows: QuerySet[Any], title: str) -> HttpResponse:
    page = Paginator(rows.select_related("place"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "title": title,
        "today": today(),
        "may_offer": actor(request).can(Perm.CASELOAD_OFFER),
        "limit": LIMIT,
    }
    return render(request, "cases/work_set.html", context)


@require(Perm.CASELOAD_OFFER)
def hand_over(request: HttpRequest, token: UUID) -> HttpResponse:
    """The chosen cases, whom they go to, and why: then they wait for her acceptance."""
    chosen = chosen_set(request, token)
    return _hand_over(request, chosen.people)


@idempotent
def _hand_over(request: HttpRequest, people: list[Any]) -> HttpResponse:
    user = actor(request)
    form = OfferForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            offer = offer_cases(workers=people, **form.cleaned_data, by=user)
        except Refused as refusal:
            refuse(form, refusal.sentences)
        else:
            url = reverse("cases:hand_over_answer", args=[offer.pk])
            thank_with_undo(request, _("The cases wait for acceptance."), url, _("Take it back"))
            return redirect("cases:caseloads")
    context = {"form": form, "people": people, "back": reverse("cases:caseloads")}
    return render(request, "cases/hand_over.html", context, status=422 if form.errors else 200)


@require(Perm.CASELOAD_OFFER, Perm.CASELOAD_ACCEPT)
def hand_over_answer(request: HttpRequest, offer: UUID) -> HttpResponse:
    """One page for whoever is to accept and whoever may take the offer back."""
    rows = CaseOffer.objects.select_related("receiver", "offered_by")
    return _answer(request, get_visible_or_404(rows, actor(request), offer))


@idempotent
def _answer(request: HttpRequest, offer: CaseOffer) -> HttpResponse:
    user = actor(request)
    against: list[str] = []
    if request.method == "POST":
        act = ANSWERS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        try:
            act(offer=offer, by=user)
        except Refused as refusal:
            against = refusal.sentences
        else:
            messages.success(request, _("Recorded."))
            return redirect("cases:caseloads")
    context = {
        "offer": offer,
        "numbers": offer.cases.order_by("worker__register_no").values_list(
            "worker__register_no", flat=True
        ),
        "acts": {step.act for step in CASE_OFFER.acts_for(offer, user)},
        "against": against,
    }
    return render(request, "cases/hand_over_answer.html", context, status=422 if against else 200)


def _waiting(user: User) -> QuerySet[CaseOffer]:
    offers = CaseOffer.objects.filter(receiver=user, state="offered")
    return offers.select_related("offered_by").order_by("offered_at")
