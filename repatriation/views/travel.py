"""Roll-calls on the road: departure, arrival, hand-over; and what went otherwise."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.marks import marks_here
from kotim_social.idempotency.forms import idempotent
from repatriation import rules
from repatriation.actions import outcomes, road
from repatriation.forms import EmptyForm, HandOverForm, ReasonForm, RollCallForm, TravelCallForm
from repatriation.models import Batch, Member
from repatriation.models.member import MemberQuerySet
from repatriation.views.common import Act, act_page

ROLL_CALL = "repatriation/roll_call.html"


def departure(request: HttpRequest, batch: Batch) -> Act:
    """The first roll-call; its page stands in the desk, which knows of the travel money too."""
    return Act(
        batch=batch,
        question=_("Record the departure"),
        submit_label=_("They have left"),
        done=_("The batch is on the road."),
        do=lambda form: road.depart(
            batch=batch, on=form.cleaned_data["on"], stayed=form.exceptions, by=actor(request)
        ),
        form=RollCallForm(request.POST or None, members=_roll(batch, "in_batch")),
        template=ROLL_CALL,
        context={
            "hint": _("Take the tick away from whoever did not board, and say why."),
            "missing": rules.gate(batch),
            "warnings": rules.warnings(batch),
        },
    )


@require(Perm.BATCH_TRAVEL)
@idempotent
def arrive(request: HttpRequest, pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    act = Act(
        batch=batch,
        question=_("Record the arrival"),
        submit_label=_("They have arrived"),
        done=_("The arrival is recorded."),
        do=lambda form: road.arrive(
            batch=batch,
            on=form.cleaned_data["on"],
            missing=form.exceptions,
            kinds=form.kinds,
            by=actor(request),
        ),
        form=TravelCallForm(request.POST or None, members=_roll(batch, "departed")),
        template=ROLL_CALL,
        context={"hint": _("Take the tick away from whoever has not arrived, and say why.")},
        undo=reverse("repatriation:undo_arrivals", args=[batch.pk, marks_here()]),
    )
    return act_page(request, act)


@require(Perm.BATCH_TRAVEL)
@idempotent
def undo_arrivals(request: HttpRequest, pk: str, marks: UUID) -> HttpResponse:
    """Takes back what one roll-call at the arrival marked for all who were there."""
    batch = get_visible_or_404(Batch, actor(request), pk)
    act = Act(
        batch=batch,
        question=_("Undo this roll-call?"),
        submit_label=_("Undo"),
        done=_("It is undone. They are on the road again."),
        do=lambda form: road.undo_arrivals(batch=batch, marks=str(marks), by=actor(request)),
        form=EmptyForm(request.POST or None),
        warning=_("Money that opens on arrival and is not paid yet closes again."),
    )
    return act_page(request, act)


@require(Perm.BATCH_TRAVEL)
@idempotent
def hand_over(request: HttpRequest, pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    act = Act(
        batch=batch,
        question=_("Record the hand-over"),
        submit_label=_("They are handed over"),
        done=_("The hand-over is recorded."),
        do=lambda form: road.hand_over(
            batch=batch,
            on=form.cleaned_data["on"],
            missing=form.exceptions,
            kinds=form.kinds,
            terms=form.terms,
            by=actor(request),
        ),
        form=HandOverForm(request.POST or None, members=_roll(batch, "arrived")),
        template=ROLL_CALL,
        context={"hint": _("Take the tick away from whoever was not handed over, and say why.")},
    )
    return act_page(request, act)


@require(Perm.BATCH_TRAVEL)
@idempotent
def undo_arrival(request: HttpRequest, pk: str, member_pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    member = get_visible_or_404(_active(batch), actor(request), member_pk)
    act = Act(
        batch=batch,
        question=_("Undo her arrival?"),
        submit_label=_("Undo the arrival"),
        done=_("Her arrival is undone."),
        do=lambda form: road.undo_arrival(
            batch=batch, member=member, reason=form.cleaned_data["reason"], by=actor(request)
        ),
        form=ReasonForm(request.POST or None),
        danger=True,
        warning=_("Money that opens on arrival and is not paid yet closes again."),
        context={"member": member},
    )
    return act_page(request, act)


@require(Perm.BATCH_TRAVEL)
@idempotent
def lose(request: HttpRequest, pk: str, member_pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    member = get_visible_or_404(_active(batch), actor(request), member_pk)
    act = Act(
        batch=batch,
        question=_("Record that she was not found?"),
        submit_label=_("She was not found"),
        done=_("It is recorded that she was not found."),
        do=lambda form: outcomes.lose(
            batch=batch, member=member, reason=form.cleaned_data["reason"], by=actor(request)
        ),
        form=ReasonForm(request.POST or None),
        danger=True,
        context={"member": member},
    )
    return act_page(request, act)


def _active(batch: Batch) -> MemberQuerySet:
    members: MemberQuerySet = Member.objects.filter(batch=batch, active=True).named()
    return members


def _roll(batch: Batch, state: str) -> MemberQuerySet:
    """Whom a roll-call asks about, by name."""
    return _active(batch).with_journey().filter(journey_state=state).by_name()
