"""Ground of the acts on journeys: the lock, the right, the move, the dates, the trail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import workflow
from cases.models import Journey
from kotim_social.accounts.models import User
from kotim_social.audit.trail import build, record_many
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

Workers = Iterable[UUID]


def locked(workers: Workers) -> list[Journey]:
    """The current journeys of all of them, locked in one order whoever asks."""
    wanted = set(workers)
    journeys = list(
        Journey.objects.select_for_update()
        .filter(worker_id__in=wanted, current=True)
        .order_by("worker_id")
    )
    if len(journeys) != len(wanted):
        raise Refused(_("Somebody of these is not in the register any more."))
    return journeys


def check(journeys: list[Journey], act: str, by: User, reason: str | None = None) -> None:
    wanted = workflow.JOURNEY.transition(act)
    if not by.can(wanted.perm):
        raise Refused(_("You do not have the right to do this."))
    if wanted.reason_required and not (reason or "").strip():
        raise Refused(_("Give a reason."))
    elsewhere = sorted({journey.state for journey in journeys} - set(wanted.sources))
    if not elsewhere:
        return
    if act == "join" and set(elsewhere) == {"in_batch"}:
        raise Refused(_("Somebody of these is already in another batch."))
    raise Refused(
        _("This cannot be done while the state is “%(state)s”.")
        % {"state": workflow.JOURNEY.state(elsewhere[0]).label}
    )


def move(journeys: list[Journey], act: str, by: User, *, reason: str = "", **values: Any) -> int:
    target = workflow.JOURNEY.transition(act).target
    befores = {journey.pk: journey.state for journey in journeys}
    update(journeys, state=target, **values)
    record_many(
        build(
            f"journey.{act}",
            by=by,
            object_type="cases.worker",
            object_id=str(journey.worker_id),
            reason=reason.strip(),
            changes={"state": [befores[journey.pk], target]},
        )
        for journey in journeys
    )
    return len(journeys)


def update(journeys: list[Journey], **values: Any) -> None:
    Journey.objects.filter(pk__in=[journey.pk for journey in journeys]).update(**values)


def record_each(journeys: list[Journey], act: str, by: User, changes: dict[str, Any]) -> None:
    record_many(
        build(
            act,
            by=by,
            object_type="cases.worker",
            object_id=str(journey.worker_id),
            changes=changes,
        )
        for journey in journeys
    )


def step(name: str, on: date | None, by: User | None) -> dict[str, Any]:
    at = timezone.now() if on is not None else None
    return {f"{name}_on": on, f"{name}_at": at, f"{name}_by": by}


def refuse_future(on: date) -> None:
    if on > today():
        raise Refused(_("The date lies in the future."))


def refuse_wrong_date(journeys: list[Journey], on: date, *, after: str) -> None:
    refuse_future(on)
    earlier = [day for journey in journeys if (day := getattr(journey, after)) is not None]
    if earlier and on < max(earlier):
        raise Refused(_("The date lies before the step that comes before it."))
