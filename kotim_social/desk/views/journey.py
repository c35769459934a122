"""Her way home as a page of hers: what stands, and how it ends without a batch."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.actions import journey, journey_ends
from cases.actions.sets import is_open
from cases.models import Worker
from cases.workflow import JOURNEY
from disbursements.actions.lapsing import travel_entitlements
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, fact
from kotim_social.audit.trail import record
from kotim_social.desk.forms import DatedProofForm
from kotim_social.desk.leaving import go_home_alone
from kotim_social.idempotency.forms import idempotent
from repatriation.forms.roll_call import ReasonForm
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
        for step in (JOURNEY.acts_for(now, user) if now and not is_open(worker) else [])
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
    user = actor(request)
    worker = get_visible_or_404(Worker, user, pk)
    asking = _asking(
        worker,
        _("Record that she went home by herself?"),
        _("She went home by herself"),
        warning=_what_follows(worker),
    )
    return ask(
        request,
        DatedProofForm(request.POST or None),
        asking,
        lambda data: go_home_alone(worker=worker, **data, by=user),
    )


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
    user = actor(request)
    worker = get_visible_or_404(Worker, user, pk)
    asking = _asking(
        worker,
        _("Record that she has died?"),
        _("She has died"),
        warning=_("Nothing more is paid to her."),
    )
    return ask(
        request,
        DatedProofForm(request.POST or None),
        asking,
        lambda data: journey_ends.report_death(worker=worker.pk, **data, by=user),
    )


@require(Perm.BATCH_TRAVEL)
@idempotent
def not_found(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = actor(request)
    worker = get_visible_or_404(Worker, user, pk)
    asking = _asking(worker, _("Record that she was not found?"), _("She was not found"))
    return ask(
        request,
        ReasonForm(request.POST or None),
        asking,
        lambda data: journey.lose(workers=[worker.pk], **data, by=user),
    )


@require(Perm.BATCH_TRAVEL)
@idempotent
def found_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = actor(request)
    worker = get_visible_or_404(Worker, user, pk)
    asking = _asking(
        worker, _("Record that she was found again?"), _("She was found again"), danger=False
    )
    return ask(
        request,
        ReasonForm(request.POST or None),
        asking,
        lambda data: journey_ends.find_again(worker=worker.pk, **data, by=user),
    )


def _asking(
    worker: Worker, question: str, submit: str, *, warning: str = "", danger: bool = True
) -> Asking:
    """The check page of an end of her journey."""
    return Asking(
        question=question,
        submit=submit,
        back=reverse("desk:journey", args=[worker.pk]),
        done=_("It is recorded."),
        facts=[fact(_("Name"), worker.name), fact(_("Register number"), worker.register_no)],
        warning=warning,
        danger=danger,
        template="desk/act.html",
        against=is_open(worker),
    )
