"""Her way home as a page of hers: what stands, and how it ends without a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.actions import journey, journey_ends
from cases.models import Worker
from cases.workflow import JOURNEY
from disbursements.actions.lapsing import travel_entitlements
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.desk.forms import DatedProofForm, WhyForm
from kotim_social.desk.leaving import go_home_alone
from kotim_social.idempotency.forms import idempotent
from kotim_social.workflow import Refused
from repatriation.models import Batch

# Acts on a journey outside a batch, and the pages on which they are done.
PAGES = {
    "go_alone": "desk:went_alone",
    "lose": "desk:not_found",
    "find_again": "desk:found_again",
    "report_death": "desk:deceased",
}


@require(Perm.WORKER_VIEW)
def journey_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Each journey she began, newest first, and what may be recorded now."""
    user = actor(request)
    worker = get_visible_or_404(Worker, user, pk)
    record("journey.view", by=user, obj=worker)
    journeys = list(worker.journeys.order_by("-current", "-id"))
    batches = Batch.objects.visible_to(user).filter(
        code__in=[one.batch_code for one in journeys if one.batch_code]
    )
    now = next((one for one in journeys if one.current), None)
    # In a batch its own pages say what becomes of her, but for her death.
    acts = [
        (step.label, reverse(PAGES[step.act], args=[pk]))
        for step in (JOURNEY.acts_for(now, user) if now else [])
        if step.act in PAGES
        and (now.state in ("on_site", "not_found") or step.act == "report_death")
    ]
    urls = {one.code: reverse("repatriation:batch_detail", args=[one.pk]) for one in batches}
    context = {
        "worker": worker,
        "journeys": [(one, urls.get(one.batch_code, "")) for one in journeys],
        "acts": acts,
    }
    return render(request, "desk/journey.html", context)


@require(Perm.WORKER_EDIT)
@idempotent
def went_alone(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = get_visible_or_404(Worker, actor(request), pk)
    end = End(
        question=_("Record that she went home by herself?"),
        submit_label=_("She went home by herself"),
        done=_("It is recorded."),
        do=lambda form: go_home_alone(
            worker=worker, proof=form.cleaned_data["proof"], on=form.cleaned_data["on"],
            by=actor(request),
        ),
        form=DatedProofForm(request.POST or None),
        warning=_what_follows(worker),
    )  # fmt: skip
    return _end_page(request, worker, end)


def _what_follows(worker: Worker) -> str:
    if worker.determined_on is None:
        return _("No decree names her yet: she is then not eligible, and gets nothing.")
    if travel_entitlements([worker.pk]):
        return _(
            "The proof counts as her arrival: what is payable on arrival opens. Her travel money "
            "lapses for good."
        )
    return _("The proof counts as her arrival: what is payable on arrival opens.")


@require(Perm.WORKER_EDIT)
@idempotent
def deceased(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = get_visible_or_404(Worker, actor(request), pk)
    end = End(
        question=_("Record that she has died?"),
        submit_label=_("She has died"),
        done=_("It is recorded."),
        do=lambda form: journey_ends.report_death(
            worker=worker.pk, proof=form.cleaned_data["proof"], on=form.cleaned_data["on"],
            by=actor(request),
        ),
        form=DatedProofForm(request.POST or None),
        warning=_("Nothing more is paid to her."),
    )  # fmt: skip
    return _end_page(request, worker, end)


@require(Perm.BATCH_TRAVEL)
@idempotent
def not_found(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = get_visible_or_404(Worker, actor(request), pk)
    end = End(
        question=_("Record that she was not found?"),
        submit_label=_("She was not found"),
        done=_("It is recorded."),
        do=lambda form: journey.lose(
            workers=[worker.pk], reason=form.cleaned_data["reason"], by=actor(request)
        ),
        form=WhyForm(request.POST or None),
    )
    return _end_page(request, worker, end)


@require(Perm.BATCH_TRAVEL)
@idempotent
def found_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = get_visible_or_404(Worker, actor(request), pk)
    end = End(
        question=_("Record that she was found again?"),
        submit_label=_("She was found again"),
        done=_("It is recorded."),
        do=lambda form: journey_ends.find_again(
            worker=worker.pk, reason=form.cleaned_data["reason"], by=actor(request)
        ),
        form=WhyForm(request.POST or None),
        danger=False,
    )
    return _end_page(request, worker, end)


@dataclass
class End:
    """One act on her journey: its question, its button, what it does with the filled form."""

    question: str
    submit_label: str
    done: str
    do: Callable[[Any], Any]
    form: forms.Form
    warning: str = ""
    danger: bool = True


def _end_page(request: HttpRequest, worker: Worker, end: End) -> HttpResponse:
    status = 200
    here = reverse("desk:journey", args=[worker.pk])
    if request.method == "POST":
        if end.form.is_valid():
            try:
                end.do(end.form)
            except Refused as refusal:
                end.form.add_error(None, refusal.sentences)
            else:
                messages.success(request, end.done)
                return redirect(here)
        status = 422
    context = {
        "question": end.question,
        "facts": [
            {"label": _("Name"), "value": worker.name},
            {"label": _("Register number"), "value": worker.register_no},
        ],
        "form": end.form,
        "submit_label": end.submit_label,
        "warning": end.warning,
        "danger": end.danger,
        "cancel_url": here,
    }
    return render(request, "desk/journey_act.html", context, status=status)
