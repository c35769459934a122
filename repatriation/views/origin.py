"""The home offices of a batch: asked by letter, and what each has answered."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.idempotency.forms import idempotent
from kotim_social.regions.models import Regency
from kotim_social.workflow import Refused
from repatriation.actions import road
from repatriation.background import ORIGIN_ISSUE
from repatriation.batch_files import of_batch
from repatriation.forms import AskForm, OriginForm
from repatriation.listing import home_offices
from repatriation.models import Batch
from repatriation.sharing import asked_about, left_out
from repatriation.views.common import UNPROCESSABLE, Act, act_page, facts_of
from repatriation.views.papers import issued_or_begun
from repatriation.workflow import BEFORE_DEPARTURE


@require(Perm.BATCH_VIEW)
def offices(request: HttpRequest, pk: str) -> HttpResponse:
    """Each home office with how many of its people are confirmed, denied, asked, not asked."""
    user = actor(request)
    batch = get_visible_or_404(Batch, user, pk)
    rows = home_offices(batch)
    context = {
        "batch": batch,
        "rows": rows,
        "may_plan": user.can(Perm.BATCH_PLAN) and batch.state in BEFORE_DEPARTURE,
        "requests": batch.origin_requests.select_related("regency").order_by("-id"),
    }
    return render(request, "repatriation/offices.html", context)


@require(Perm.BATCH_PLAN)
@idempotent
def origin(request: HttpRequest, pk: str, regency: str = "") -> HttpResponse:
    """One letter of a home office, or one for the whole batch; all are preset to confirmed."""
    batch = get_visible_or_404(Batch, actor(request), pk)
    members = batch.members.filter(active=True).by_name()  # type: ignore[attr-defined]
    if regency:
        members = members.filter(worker__home_regency=_regency_or_404(batch, regency))
    act = Act(
        batch=batch,
        question=_("Record the answer of the home region"),
        submit_label=_("Record the answer"),
        done=_("The answer is recorded."),
        do=lambda form: road.confirm_origin(
            batch=batch,
            letter=form.cleaned_data["letter"],
            on=form.cleaned_data["on"],
            denied=set(form.exceptions),
            regency=regency,
            by=actor(request),
        ),
        form=OriginForm(request.POST or None, members=members),
        template="repatriation/roll_call.html",
        context={"hint": _("Take the tick away from whoever is not known there.")},
    )
    return act_page(request, act)


@require(Perm.BATCH_PLAN)
@idempotent
def ask(request: HttpRequest, pk: str, regency: str) -> HttpResponse:
    """Paper 12 to one home office: GET asks for the office, POST issues the letter.

    The letter holds whole NIKs, by which alone the home office can find its people.
    """
    user = actor(request)
    batch = get_visible_or_404(Batch, user, pk)
    home = _regency_or_404(batch, regency)
    form = AskForm(request.POST or None, initial={"office": f"Kepala Dinas Sosial {home.name}"})
    if request.method == "POST" and form.is_valid():
        office = form.cleaned_data["office"]
        arguments = of_batch(batch.pk, "origin_request", regency=home.pk, office=office)
        try:
            with transaction.atomic():
                return issued_or_begun(request, ORIGIN_ISSUE, arguments)
        except Refused as refusal:
            form.add_error(None, refusal.sentences)
    _agreed, missing = asked_about(batch, home)
    context = {
        "batch": batch,
        "form": form,
        "left": left_out(missing, home),
        "left_title": _("Left out: no consent yet"),
        "question": _("Ask the home office of %(region)s?") % {"region": home.name},
        "facts": facts_of(batch),
        "submit_label": _("Issue the letter"),
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "repatriation/act.html", context, status=status)


def _regency_or_404(batch: Batch, code: str) -> Regency:
    """A home region of somebody in the batch."""
    found = Regency.objects.filter(
        pk=code, pk__in=batch.members.filter(active=True).values("worker__home_regency")
    ).first()
    if found is None:
        raise Http404
    return found
