"""Adjusting batches by hand: move people, split, merge; and the undo that the message links to."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import thank_with_undo
from kotim_social.idempotency.forms import idempotent
from kotim_social.workflow import Refused
from repatriation.actions import regrouping
from repatriation.forms import EmptyForm, TargetForm
from repatriation.listing import open_batches
from repatriation.models import Batch, Regrouping
from repatriation.views.common import UNPROCESSABLE, Act, act_page, done, facts_of


@require(Perm.BATCH_PLAN)
@idempotent
def move(request: HttpRequest, pk: str) -> HttpResponse:
    """The ticked people go to another batch, or to a new one."""
    user = actor(request)
    batch = get_visible_or_404(Batch, user, pk)
    form = TargetForm(request.POST or None, batches=open_batches(user, but=batch))
    ticked = set(request.POST.getlist("member"))
    if request.method == "POST" and form.is_valid():
        try:
            made = _move(batch, form.batch, ticked, user)
        except Refused as refusal:
            form.add_error(None, refusal.sentences)
        else:
            say_undo(request, _("They are in the batch %(code)s.") % {"code": made.target}, made)
            return redirect("repatriation:batch_detail", made.target_id)
    context = {
        "batch": batch,
        "form": form,
        "members": batch.members.filter(active=True)  # type: ignore[attr-defined]
        .by_name()
        .select_related("worker__home_regency"),
        "ticked": ticked,
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "repatriation/move.html", context, status=status)


def _move(batch: Batch, target: Batch | None, ticked: set[str], user: User) -> Regrouping:
    try:
        members = [UUID(value) for value in ticked]
    except ValueError:
        raise Refused(_("The list has changed meanwhile. Look at it again.")) from None
    if target is None:
        return regrouping.split(source=batch, members=members, by=user)
    return regrouping.move(source=batch, target=target, members=members, by=user)


@require(Perm.BATCH_PLAN)
@idempotent
def merge(request: HttpRequest, pk: str) -> HttpResponse:
    """Everybody joins another batch, and this one is cancelled."""
    user = actor(request)
    batch = get_visible_or_404(Batch, user, pk)
    others = open_batches(user, but=batch)
    form = TargetForm(request.POST or None, batches=others, with_new=False)
    if request.method == "POST" and form.is_valid():
        made: list[Regrouping] = []
        if done(lambda filled: made.append(_merge(batch, filled, user)), form):
            say_undo(request, _("The batches are merged."), made[0])
            return redirect("repatriation:batch_detail", made[0].target_id)
    context = {
        "batch": batch,
        "form": form,
        "question": _("Merge this batch into another?"),
        "facts": facts_of(batch),
        "submit_label": _("Merge the batches"),
        "warning": _("This batch is cancelled; everybody in it goes to the other one."),
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "repatriation/act.html", context, status=status)


def _merge(batch: Batch, form: TargetForm, user: User) -> Regrouping:
    if form.batch is None:
        raise Refused(_("Choose another batch."))
    return regrouping.merge(source=batch, target=form.batch, by=user)


@require(Perm.BATCH_PLAN)
@idempotent
def undo(request: HttpRequest, pk: str) -> HttpResponse:
    """What was moved, split, merged or added by hand goes back, within a quarter hour."""
    user = actor(request)
    made = get_visible_or_404(Regrouping.objects.select_related("target"), user, pk)
    home: list[Batch] = [made.target]
    act = Act(
        batch=made.target,
        question=_("Undo this?"),
        submit_label=_("Undo"),
        done=_("It is undone."),
        do=lambda form: home.append(regrouping.undo(regrouping=made, by=user)),
        form=EmptyForm(request.POST or None),
    )
    response = act_page(request, act)
    if response.status_code == 302:
        return redirect("repatriation:batch_detail", home[-1].pk)
    return response


def say_undo(request: HttpRequest, sentence: str, made: Regrouping) -> None:
    """The message, with the link that takes it back for a quarter of an hour."""
    url = reverse("repatriation:undo", args=[made.pk])
    thank_with_undo(request, sentence, url, _("Undo (15 minutes)"))
