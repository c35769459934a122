"""The page of a batch, and the acts by which it is planned and confirmed."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Worker
from kotim_social.accounts.access import actor, fresh_proof, get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.documents.models import IssuedPaper
from kotim_social.idempotency.forms import idempotent
from kotim_social.rewriting import hold, rewrite
from repatriation import rules
from repatriation.actions import planning, road
from repatriation.forms import BatchFactsForm, DateForm, EmergencyForm, ReasonForm
from repatriation.listing import open_incidents
from repatriation.models import Batch
from repatriation.views.common import UNPROCESSABLE, Act, act_page, done, rewritten
from repatriation.views.papers import offered
from repatriation.workflow import (
    BATCH,
    BEFORE_DEPARTURE,
    NOT_ENDED,
    ON_THE_ROAD,
    OPEN_FOR_JOINING,
    ROAD,
)

PAGE = 50
# What is seldom wanted stands behind the usual act.
ASIDE = ("cancel", "cancel_own", "send_back")
# Act → the page where it is done; both ways of cancelling have one page. The departure is asked
# for by the desk, which shows how the travel money stands.
PAGE_OF_ACT = {"cancel_own": "repatriation:cancel", "depart": "desk:batch_depart"}


@require(Perm.BATCH_VIEW)
def batch_detail(request: HttpRequest, pk: str) -> HttpResponse:
    user = actor(request)
    batch = get_visible_or_404(Batch.objects.select_related("destination"), user, pk)
    record("batch.view", by=user, obj=batch)
    members = batch.members.on_manifest().with_journey().by_name()  # type: ignore[attr-defined]
    page = Paginator(members, PAGE).get_page(request.GET.get("page"))
    people = [member.worker_id for member in page]
    before = batch.state in BEFORE_DEPARTURE
    missing = rules.gate(batch) if before else []
    going = batch.escorts.filter(active=True).select_related("officer")
    escorts = list(going.order_by("-is_head", "officer__name"))
    travelled = batch.state in ON_THE_ROAD or batch.state == "finished"
    context: dict[str, Any] = {
        "batch": batch,
        "count": rules.count(batch),
        "road": [(state.code, state.label) for state in ROAD],
        "buttons": _buttons(batch, user),
        "missing": missing,
        "warnings": rules.warnings(batch) if before else [],
        "page": page,
        "incidents": open_incidents(batch),
        # Names of the whole manifest; links only to the people whom she may see.
        "linked": set(Worker.objects.visible_to(user).filter(pk__in=people).values_list(
            "pk", flat=True)),
        "gone": batch.members.filter(removed_at__isnull=False).by_name(),  # type: ignore[attr-defined]
        "legs": batch.legs.filter(active=True).order_by("number").prefetch_related("calls"),
        "revisions": batch.revisions.all(),
        "escorts": escorts,
        "papers": IssuedPaper.objects.about(batch).visible_to(user).order_by("-created_at"),
        "offered": offered(batch, escorts, travelled=travelled),
        "spent": batch.costs.filter(struck_at__isnull=True).aggregate(t=Sum("amount"))["t"],
        **_may(batch, user),
    }  # fmt: skip
    return render(request, "repatriation/batch_detail.html", context)


def _may(batch: Batch, user: User) -> dict[str, bool]:
    """What the page offers this user."""
    plans = user.can(Perm.BATCH_PLAN)
    return {
        "may_plan": plans and batch.state in BEFORE_DEPARTURE,
        "may_edit_contacts": plans and batch.state in NOT_ENDED,
        "may_add": plans and batch.state in OPEN_FOR_JOINING,
        "may_call": user.can(Perm.BATCH_TRAVEL) and batch.state == "departed",
        "may_travel": user.can(Perm.BATCH_TRAVEL) and batch.state in ON_THE_ROAD,
        "may_issue": user.can(Perm.BATCH_TRAVEL) or user.can(Perm.PAPER_ISSUE),
        "sees_money": user.can(Perm.LIST_VIEW),
        "plans_costs": plans,
        "sees_phone": plans or user.can(Perm.BATCH_CONFIRM),
    }


def _buttons(batch: Batch, user: User) -> list[dict[str, Any]]:
    """The acts that this user may do now; the first is the usual one."""
    buttons: dict[str, dict[str, Any]] = {}
    for step in BATCH.acts_for(batch, user):
        page = PAGE_OF_ACT.get(step.act, f"repatriation:{step.act}")
        url = reverse(page, args=[batch.pk])
        button = {"label": step.label, "url": url, "act": step.act, "aside": step.act in ASIDE}
        buttons.setdefault(page, button)
    return list(buttons.values())


@require(Perm.BATCH_PLAN)
def batch_edit(request: HttpRequest, pk: str) -> HttpResponse:
    batch = hold(request, get_visible_or_404(Batch, actor(request), pk))
    form, conflict = rewrite(
        request, lambda data: BatchFactsForm(data, instance=batch), rewritten(batch, "batch.edit")
    )
    if conflict is not None:
        return conflict
    status = 200
    if request.method == "POST":
        if form.is_valid() and done(
            lambda filled: planning.edit_facts(
                batch=batch, facts=filled.cleaned_data, by=actor(request)
            ),
            form,
        ):
            return redirect("repatriation:batch_detail", pk)
        status = UNPROCESSABLE
    return render(request, "repatriation/form.html", _form_page(batch, form), status=status)


@require(Perm.BATCH_PLAN)
@idempotent
def emergency(request: HttpRequest, pk: str) -> HttpResponse:
    """The one part of the plan that is written on the road too."""
    batch = hold(request, get_visible_or_404(Batch, actor(request), pk))
    now = {"contacts": batch.emergency_contacts or ""}
    form, conflict = rewrite(
        request, lambda data: EmergencyForm(data, initial=now), rewritten(batch, "batch.edit")
    )
    if conflict is not None:
        return conflict
    act = Act(
        batch=batch,
        question=_("Emergency contacts"),
        submit_label=_("Save the contacts"),
        done=_("The emergency contacts are saved."),
        do=lambda filled: planning.edit_emergency_contacts(
            batch=batch, contacts=filled.cleaned_data["contacts"], by=actor(request)
        ),
        form=form,
    )
    return act_page(request, act)


def _form_page(batch: Batch, form: BatchFactsForm) -> dict[str, Any]:
    return {"batch": batch, "form": form, "question": _("Facts of the batch")}


@require(Perm.BATCH_PLAN)
@idempotent
def submit(request: HttpRequest, pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    act = Act(
        batch=batch,
        question=_("Send the batch for confirmation?"),
        submit_label=_("Send the batch for confirmation"),
        done=_("The batch waits for confirmation."),
        do=lambda form: road.submit(batch=batch, on=form.cleaned_data["on"], by=actor(request)),
        form=DateForm(request.POST or None),
    )
    return act_page(request, act)


@require(Perm.BATCH_CONFIRM)
@idempotent
def send_back(request: HttpRequest, pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    act = Act(
        batch=batch,
        question=_("Send the batch back?"),
        submit_label=_("Send back"),
        done=_("The batch is a draft again."),
        do=lambda form: road.send_back(
            batch=batch, reason=form.cleaned_data["reason"], by=actor(request)
        ),
        form=ReasonForm(request.POST or None),
    )
    return act_page(request, act)


@require(Perm.BATCH_CONFIRM)
@fresh_proof
@idempotent
def approve(request: HttpRequest, pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    act = Act(
        batch=batch,
        question=_("Confirm the batch?"),
        submit_label=_("Confirm the batch"),
        done=_("The batch is confirmed."),
        do=lambda form: road.approve(batch=batch, on=form.cleaned_data["on"], by=actor(request)),
        form=DateForm(request.POST or None),
        context={"missing": [m for m in rules.gate(batch) if m.url != _page_of(batch)]},
    )
    return act_page(request, act)


@require(Perm.BATCH_PLAN, Perm.BATCH_CONFIRM)
@idempotent
def cancel(request: HttpRequest, pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    act = Act(
        batch=batch,
        question=_("Cancel the batch?"),
        submit_label=_("Cancel the batch"),
        done=_("The batch is cancelled."),
        do=lambda form: road.cancel(
            batch=batch, reason=form.cleaned_data["reason"], by=actor(request)
        ),
        form=ReasonForm(request.POST or None),
        danger=True,
        warning=_("Everybody in it goes back to those who wait for a batch."),
    )
    return act_page(request, act)


@require(Perm.BATCH_TRAVEL)
@idempotent
def finish(request: HttpRequest, pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    act = Act(
        batch=batch,
        question=_("Finish the batch?"),
        submit_label=_("Finish the batch"),
        done=_("The batch is finished."),
        do=lambda form: road.finish(batch=batch, on=form.cleaned_data["on"], by=actor(request)),
        form=DateForm(request.POST or None),
    )
    return act_page(request, act)


def _page_of(batch: Batch) -> str:
    return reverse("repatriation:batch_detail", args=[batch.pk])
