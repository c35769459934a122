"""What went otherwise on the way: roll-call at a leg, incidents, and other outcomes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import history_of
from kotim_social.idempotency.forms import idempotent
from kotim_social.rewriting import Page, hold, rewrite
from repatriation.actions import incidents, outcomes
from repatriation.forms import (
    HandIncidentForm,
    IncidentForm,
    OutcomeForm,
    SettleForm,
    TravelCallForm,
)
from repatriation.models import Batch, Incident, Leg, Member, MemberQuerySet
from repatriation.views.common import Act, act_page


@require(Perm.BATCH_TRAVEL)
@idempotent
def call_leg(request: HttpRequest, pk: str, leg_pk: str) -> HttpResponse:
    """Who is there at the beginning of a leg; the first one's is the departure itself."""
    batch = get_visible_or_404(Batch, actor(request), pk)
    leg = get_object_or_404(Leg, pk=leg_pk, batch=batch, active=True)
    members = _active(batch).with_journey().filter(journey_state="departed").by_name()
    act = Act(
        batch=batch,
        question=_("Roll-call: %(origin)s – %(target)s")
        % {"origin": leg.origin, "target": leg.target},
        submit_label=_("They are present"),
        done=_("The roll-call is recorded."),
        do=lambda form: incidents.call_leg(
            batch=batch,
            leg=leg,
            on=form.cleaned_data["on"],
            missing=form.exceptions,
            kinds=form.kinds,
            by=actor(request),
        ),
        form=TravelCallForm(request.POST or None, members=members),
        template="repatriation/roll_call.html",
        context={"hint": _("Take the tick away from whoever is not there, and say why.")},
    )
    return act_page(request, act)


@require(Perm.BATCH_TRAVEL)
@idempotent
def report(request: HttpRequest, pk: str, member_pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    member = get_visible_or_404(_active(batch), actor(request), member_pk)
    act = Act(
        batch=batch,
        question=_("Record an incident"),
        submit_label=_("Record the incident"),
        done=_("The incident is recorded; you clear it up within a week."),
        do=lambda form: incidents.report_incident(
            batch=batch, member=member, report=form.report, by=actor(request)
        ),
        form=IncidentForm(request.POST or None),
        context={"member": member},
    )
    return act_page(request, act)


@require(Perm.BATCH_TRAVEL)
@idempotent
def settle(request: HttpRequest, pk: str, incident_pk: str) -> HttpResponse:
    batch, incident = _incident_or_404(request, pk, incident_pk)
    act = Act(
        batch=batch,
        question=_("Is it cleared up?"),
        submit_label=_("It is cleared up"),
        done=_("The incident is cleared up."),
        do=lambda form: incidents.settle(incident=incident, by=actor(request), **form.cleaned_data),
        form=SettleForm(request.POST or None),
        context={"member": incident.member},
    )
    return act_page(request, act)


@require(Perm.BATCH_TRAVEL)
@idempotent
def hand_on(request: HttpRequest, pk: str, incident_pk: str) -> HttpResponse:
    """Another officer, or another day."""
    batch, incident = _incident_or_404(request, pk, incident_pk)
    incident = hold(request, incident)
    initial = {"owner": incident.owner_id, "due_on": incident.due_on}
    about = Page(
        caption=batch.code,
        back=reverse("repatriation:batch_detail", args=[batch.pk]),
        last=history_of(incident).filter(act="incident.hand").first,
    )
    form, conflict = rewrite(request, lambda data: HandIncidentForm(data, initial=initial), about)
    if conflict is not None:
        return conflict
    act = Act(
        batch=batch,
        question=_("Who clears it up, and by when?"),
        submit_label=_("Save"),
        done=_("The incident has its owner and its day."),
        do=lambda filled: incidents.hand_incident(
            incident=incident, by=actor(request), **filled.cleaned_data
        ),
        form=form,
        context={"member": incident.member},
    )
    return act_page(request, act)


@require(Perm.BATCH_TRAVEL)
@idempotent
def outcome(request: HttpRequest, pk: str, member_pk: str) -> HttpResponse:
    """Her journey ends otherwise than by the hand-over."""
    batch = get_visible_or_404(Batch, actor(request), pk)
    member = get_visible_or_404(_active(batch), actor(request), member_pk)
    act = Act(
        batch=batch,
        question=_("Record what became of her"),
        submit_label=_("Record the outcome"),
        done=_("Her outcome is recorded."),
        do=lambda form: outcomes.conclude(
            batch=batch, member=member, outcome=form.outcome, by=actor(request)
        ),
        form=OutcomeForm(request.POST or None),
        danger=True,
        warning=_("Whoever comes back waits for a batch again, and her arrival falls away."),
        context={"member": member},
    )
    return act_page(request, act)


def _active(batch: Batch) -> MemberQuerySet:
    members: MemberQuerySet = Member.objects.filter(batch=batch, active=True).named()
    return members


def _incident_or_404(request: HttpRequest, pk: str, incident_pk: str) -> tuple[Batch, Incident]:
    batch = get_visible_or_404(Batch, actor(request), pk)
    rows = Incident.objects.open().named()
    return batch, get_object_or_404(rows, pk=incident_pk, batch=batch)
