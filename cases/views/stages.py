"""The frozen stages of each lokalisasi: freezing one, and opening it again."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.actions.stages import freeze_stage, lift_freeze
from cases.forms.verval import BecauseForm, FreezeForm
from cases.models import Stage, StageFreeze, Worker
from kotim_social.accounts.access import require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, fact
from kotim_social.idempotency.forms import idempotent
from kotim_social.regions.models import Lokalisasi

LIFTED_SHOWN = 20


@require(Perm.REPORT_VIEW)
@require_safe
def stage_list(request: HttpRequest) -> HttpResponse:
    """Each lokalisasi with its three stages, and what was opened again."""
    seen = StageFreeze.objects.visible_to(request.user).select_related(
        "lokalisasi", "recorded_by", "lifted_by"
    )
    in_force = {(row.lokalisasi_id, row.stage): row for row in seen.in_force()}
    places = Lokalisasi.objects.order_by("name")
    if not request.user.sees_everything:
        places = places.filter(pk__in=request.user.lokalisasi_ids)
    lifted = seen.filter(lifted_at__isnull=False).order_by("-lifted_at")[:LIFTED_SHOWN]
    context = {
        "rows": [(place, _stages(place, in_force)) for place in places],
        "lifted": lifted,
        "may_freeze": request.user.can(Perm.STAGE_FREEZE),
    }
    return render(request, "cases/stage_list.html", context)


def _stages(place: Lokalisasi, in_force: dict[Any, StageFreeze]) -> list[dict[str, Any]]:
    return [
        {"stage": stage, "label": stage.label, "freeze": in_force.get((place.pk, stage.value))}
        for stage in Stage
    ]


@require(Perm.STAGE_FREEZE)
@idempotent
def stage_freeze(request: HttpRequest, code: str, stage: str) -> HttpResponse:
    lokalisasi, which = get_object_or_404(Lokalisasi, pk=code), _stage_or_404(stage)
    consequences = {
        Stage.REGISTRATION: _("Later names go to the register of late proposals."),
        Stage.VERIFICATION: _("Findings stand; only an upheld objection opens one again."),
        Stage.DECREE: _("No further decree names anybody of this list."),
    }
    people = Worker.objects.filter(place__lokalisasi=lokalisasi).count()
    asking = Asking(
        question=_("Freeze this stage?"),
        submit=_("Freeze the stage"),
        back=reverse("cases:stage_list"),
        done=_("The stage is frozen."),
        facts=[
            fact(_("Stage"), which.label),
            fact(_("Lokalisasi"), lokalisasi.name),
            fact(_("People on the list"), people),
        ],
        warning=consequences[which],
    )

    def run(data: dict[str, Any]) -> None:
        freeze_stage(lokalisasi=lokalisasi, stage=which, by=request.user, **data)

    return ask(request, FreezeForm(request.POST or None), asking, run)


@require(Perm.STAGE_FREEZE)
@idempotent
def stage_lift(request: HttpRequest, code: str, stage: str) -> HttpResponse:
    which = _stage_or_404(stage)
    freezes = StageFreeze.objects.in_force().select_related("lokalisasi")
    freeze = get_object_or_404(freezes, lokalisasi=code, stage=which)
    asking = Asking(
        question=_("Open this stage again?"),
        submit=_("Open the stage again"),
        back=reverse("cases:stage_list"),
        done=_("The stage is open again."),
        facts=[
            fact(_("Stage"), which.label),
            fact(_("Lokalisasi"), freeze.lokalisasi.name),
            fact(_("People on the frozen list"), freeze.people),
        ],
        danger=True,
    )

    def run(data: dict[str, Any]) -> None:
        lift_freeze(freeze=freeze, by=request.user, **data)

    return ask(request, BecauseForm(request.POST or None), asking, run)


def _stage_or_404(text: str) -> Stage:
    try:
        return Stage(text)
    except ValueError:
        raise Http404 from None
