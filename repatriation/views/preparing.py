"""Legs and escorts of a batch."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.idempotency.forms import idempotent
from kotim_social.rewriting import hold, rewrite
from repatriation import rules
from repatriation.actions import preparing
from repatriation.forms import EmptyForm, EscortForm, HeadForm, LegForm, OfficerForm
from repatriation.models import Batch, Escort, Leg
from repatriation.proposal import escorts_for
from repatriation.views.common import UNPROCESSABLE, Act, act_page, done, rewritten


@require(Perm.BATCH_PLAN)
@idempotent
def leg_add(request: HttpRequest, pk: str) -> HttpResponse:
    return _leg_page(request, get_visible_or_404(Batch, actor(request), pk), None)


@require(Perm.BATCH_PLAN)
@idempotent
def leg_edit(request: HttpRequest, pk: str, leg_pk: str) -> HttpResponse:
    # The batch is held: every act on a leg holds it first.
    batch = hold(request, get_visible_or_404(Batch, actor(request), pk))
    return _leg_page(request, batch, _leg_or_404(batch, leg_pk))


@require(Perm.BATCH_PLAN)
@idempotent
def leg_remove(request: HttpRequest, pk: str, leg_pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    leg = _leg_or_404(batch, leg_pk)
    act = Act(
        batch=batch,
        question=_("Take leg %(number)s out?") % {"number": leg.number},
        submit_label=_("Take the leg out"),
        done=_("The leg is taken out."),
        do=lambda form: preparing.remove_leg(batch=batch, leg=leg, by=actor(request)),
        form=EmptyForm(request.POST or None),
    )
    return act_page(request, act)


@require(Perm.BATCH_PLAN)
@idempotent
def escorts(request: HttpRequest, pk: str) -> HttpResponse:
    """Who escorts the batch, and the form that sends an officer along who is known already."""
    batch = get_visible_or_404(Batch, actor(request), pk)
    form = EscortForm(request.POST or None, batch=batch)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(
            lambda filled: preparing.add_escort(
                batch=batch, by=actor(request), **filled.cleaned_data
            ),
            form,
        )
    ):
        return redirect("repatriation:escorts", batch.pk)
    return _escorts_page(request, batch, form=form)


@require(Perm.BATCH_PLAN)
@idempotent
def officer_add(request: HttpRequest, pk: str) -> HttpResponse:
    """An officer who is not known yet is added and sent along in one act."""
    batch = get_visible_or_404(Batch, actor(request), pk)
    form = OfficerForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(
            lambda filled: preparing.send_new_officer(
                batch=batch, by=actor(request), **filled.cleaned_data
            ),
            form,
        )
    ):
        return redirect("repatriation:escorts", batch.pk)
    return _escorts_page(request, batch, new=form)


@require(Perm.BATCH_PLAN)
@idempotent
def escort_remove(request: HttpRequest, pk: str, escort_pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    escort = _escort_or_404(batch, escort_pk)
    act = Act(
        batch=batch,
        question=_("Take %(name)s out?") % {"name": escort.officer.name},
        submit_label=_("Take the officer out"),
        done=_("The officer no longer goes with the batch."),
        do=lambda form: preparing.remove_escort(batch=batch, escort=escort, by=actor(request)),
        form=EmptyForm(request.POST or None),
    )
    return act_page(request, act)


@require(Perm.BATCH_PLAN)
@idempotent
def escort_head(request: HttpRequest, pk: str, escort_pk: str) -> HttpResponse:
    batch = hold(request, get_visible_or_404(Batch, actor(request), pk))
    escort = _escort_or_404(batch, escort_pk)
    about = rewritten(batch, "batch.head", back="repatriation:escorts")
    form, conflict = rewrite(request, lambda data: HeadForm(data, batch=batch), about)
    if conflict is not None:
        return conflict
    if request.method != "POST":
        form.initial["head"] = escort.pk
    act = Act(
        batch=batch,
        question=_("Make %(name)s head of the batch?") % {"name": escort.officer.name},
        submit_label=_("Make head of the batch"),
        done=_("The batch has a new head."),
        do=lambda filled: preparing.make_head(
            batch=batch, escort=filled.cleaned_data["head"], by=actor(request)
        ),
        form=form,
        back="repatriation:escorts",
    )
    return act_page(request, act)


def _leg_or_404(batch: Batch, pk: str) -> Leg:
    return get_object_or_404(Leg, pk=pk, batch=batch, active=True)


def _escort_or_404(batch: Batch, pk: str) -> Escort:
    rows = Escort.objects.select_related("officer")
    return get_object_or_404(rows, pk=pk, batch=batch, active=True)


def _leg_page(request: HttpRequest, batch: Batch, leg: Leg | None) -> HttpResponse:
    about = rewritten(batch, "batch.leg", leg=[None, leg.number if leg else None])
    form, conflict = LegForm(request.POST or None), None
    if leg is not None:
        form, conflict = rewrite(request, lambda data: LegForm(data, instance=leg), about)
    if conflict is not None:
        return conflict
    if (
        request.method == "POST"
        and form.is_valid()
        and done(
            lambda filled: preparing.save_leg(
                batch=batch, leg=leg, facts=filled.cleaned_data, by=actor(request)
            ),
            form,
        )
    ):
        messages.success(request, _("The leg is recorded."))
        return redirect("repatriation:batch_detail", batch.pk)
    context = {"batch": batch, "form": form, "question": _("Leg of the way"), "leg": leg}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "repatriation/form.html", context, status=status)


def _escorts_page(
    request: HttpRequest,
    batch: Batch,
    *,
    form: EscortForm | None = None,
    new: OfficerForm | None = None,
) -> HttpResponse:
    along = batch.escorts.filter(active=True).select_related("officer")
    count = rules.count(batch)
    context: dict[str, Any] = {
        "batch": batch,
        "along": along.order_by("-is_head", "officer__name"),
        "count": count,
        "wanted": escorts_for(count.women),
        "form": form or EscortForm(batch=batch),
        "new": new or OfficerForm(),
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "repatriation/escorts.html", context, status=status)
