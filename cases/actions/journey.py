"""The only writer of journeys: sets of people join a batch, leave with it, arrive, are received."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import workflow
from cases.models import Journey, OriginConfirmation, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import build, record_many
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

Workers = Iterable[UUID]


@transaction.atomic
def join_batch(*, workers: Workers, batch_code: str, by: User) -> int:
    """Puts people who are on site, alive, and want to return into a batch."""
    journeys = _locked(workers)
    _check(journeys, "join", by)
    unwilling = Worker.objects.filter(pk__in=[j.worker_id for j in journeys]).exclude(
        choice="return", case_state="open"
    )
    if unwilling.exists():
        raise Refused(_("Only people whose case is open and who chose to return join a batch."))
    return _move(journeys, "join", by, batch_code=batch_code)


@transaction.atomic
def leave_batch(*, workers: Workers, by: User) -> int:
    """Takes people out of their batch before it leaves; what was confirmed falls away."""
    journeys = _locked(workers)
    _check(journeys, "leave", by)
    return _move(journeys, "leave", by, batch_code="", **_step("approved", None, None))


@transaction.atomic
def release_batch(*, batch_code: str, by: User) -> int:
    """Takes everybody out of a batch that is cancelled, also by a supervisor."""
    journeys = list(
        Journey.objects.select_for_update()
        .filter(current=True, state="in_batch", batch_code=batch_code)
        .order_by("worker_id")
    )
    if not (by.can(Perm.BATCH_PLAN) or by.can(Perm.BATCH_CONFIRM)):
        raise Refused(_("You do not have the right to do this."))
    return _move(journeys, "leave", by, batch_code="", **_step("approved", None, None))


@transaction.atomic
def approve(*, workers: Workers, on: date, by: User) -> int:
    """Her batch is confirmed: from now on she is on the way home as far as money is concerned."""
    if not by.can(Perm.BATCH_CONFIRM):
        raise Refused(_("You do not have the right to do this."))
    _refuse_future(on)
    journeys = _locked(workers)
    if any(journey.state != "in_batch" for journey in journeys):
        raise Refused(_("Somebody of these is no longer in the batch."))
    _update(journeys, **_step("approved", on, by))
    _record(journeys, "journey.approve", by, {"approved_on": [None, on.isoformat()]})
    return len(journeys)


@transaction.atomic
def board(*, workers: Workers, on: date, by: User) -> int:
    """They left with their batch."""
    journeys = _locked(workers)
    _check(journeys, "depart", by)
    _refuse_wrong_date(journeys, on, after="approved_on")
    if any(journey.approved_on is None for journey in journeys):
        raise Refused(_("The batch of somebody of these is not confirmed."))
    return _move(journeys, "depart", by, **_step("boarded", on, by))


@transaction.atomic
def stay_behind(*, workers: Workers, reason: str, by: User) -> int:
    """They did not board. This journey ends with the reason, and a new one begins on site."""
    journeys = _locked(workers)
    _check(journeys, "stay_behind", by, reason)
    for journey in journeys:
        journey.state, journey.current, journey.note = "on_site", False, reason.strip()
        journey.save(update_fields=["state", "current", "note"])
    Journey.objects.bulk_create(Journey(worker_id=journey.worker_id) for journey in journeys)
    _record(journeys, "journey.stay_behind", by, {"state": ["in_batch", "on_site"]})
    return len(journeys)


@transaction.atomic
def arrive(*, workers: Workers, on: date, by: User) -> int:
    """They arrived: whatever is payable on arrival opens for exactly these."""
    journeys = _locked(workers)
    _check(journeys, "arrive", by)
    _refuse_wrong_date(journeys, on, after="boarded_on")
    return _move(journeys, "arrive", by, **_step("arrived", on, by))


@transaction.atomic
def undo_arrival(*, workers: Workers, reason: str, by: User) -> int:
    """The arrival was recorded by mistake: what it opened closes again unless it was paid."""
    journeys = _locked(workers)
    _check(journeys, "undo_arrival", by, reason)
    return _move(journeys, "undo_arrival", by, reason=reason, **_step("arrived", None, None))


@transaction.atomic
def hand_over(*, workers: Workers, on: date, by: User) -> int:
    """The receiving office took them over."""
    journeys = _locked(workers)
    _check(journeys, "hand_over", by)
    _refuse_wrong_date(journeys, on, after="arrived_on")
    return _move(journeys, "hand_over", by, **_step("handed_over", on, by))


@transaction.atomic
def lose(*, workers: Workers, reason: str, by: User) -> int:
    """They left the group on the way and were not found."""
    journeys = _locked(workers)
    _check(journeys, "lose", by, reason)
    for journey in journeys:
        before, journey.state, journey.note = journey.state, "not_found", reason.strip()
        journey.save(update_fields=["state", "note"])
        _record([journey], "journey.lose", by, {"state": [before, "not_found"]})
    return len(journeys)


@transaction.atomic
def confirm_origin(
    *,
    workers: Workers,
    letter: str,
    on: date,
    by: User,
    answer: str = OriginConfirmation.Answer.CONFIRMED,
) -> int:
    """The home office answered by this letter; the answer holds for the home region of today."""
    if not by.can(Perm.BATCH_PLAN):
        raise Refused(_("You do not have the right to do this."))
    _refuse_future(on)
    if not letter.strip():
        raise Refused(_("Give the number of the letter."))
    rows = list(
        Worker.objects.select_for_update(of=("self",))
        .filter(pk__in=set(workers))
        .order_by("pk")
        .only("pk", "home_regency_id", "case_state")
    )
    if any(worker.case_state != "open" for worker in rows):
        raise Refused(_("The case of somebody of these is closed."))
    if any(worker.home_regency_id is None for worker in rows):
        raise Refused(_("The home region of somebody of these is not known."))
    OriginConfirmation.objects.filter(worker__in=rows, current=True).update(current=False)
    OriginConfirmation.objects.bulk_create(
        OriginConfirmation(
            worker_id=worker.pk,
            regency_id=worker.home_regency_id,  # type: ignore[misc]  # none is empty, see above
            answer=answer,
            letter=letter.strip(),
            answered_on=on,
            recorded_by=by,
        )
        for worker in rows
    )
    record_many(
        build(
            "origin.answer",
            by=by,
            object_type="cases.worker",
            object_id=str(worker.pk),
            changes={"answer": [None, str(answer)]},
        )
        for worker in rows
    )
    return len(rows)


def _locked(workers: Workers) -> list[Journey]:
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


def _check(journeys: list[Journey], act: str, by: User, reason: str | None = None) -> None:
    step = workflow.JOURNEY.transition(act)
    if not by.can(step.perm):
        raise Refused(_("You do not have the right to do this."))
    if step.reason_required and not (reason or "").strip():
        raise Refused(_("Give a reason."))
    elsewhere = sorted({journey.state for journey in journeys} - set(step.sources))
    if not elsewhere:
        return
    if act == "join" and set(elsewhere) == {"in_batch"}:
        raise Refused(_("Somebody of these is already in another batch."))
    raise Refused(
        _("This cannot be done while the state is “%(state)s”.")
        % {"state": workflow.JOURNEY.state(elsewhere[0]).label}
    )


def _move(journeys: list[Journey], act: str, by: User, *, reason: str = "", **values: Any) -> int:
    target = workflow.JOURNEY.transition(act).target
    befores = {journey.pk: journey.state for journey in journeys}
    _update(journeys, state=target, **values)
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


def _update(journeys: list[Journey], **values: Any) -> None:
    Journey.objects.filter(pk__in=[journey.pk for journey in journeys]).update(**values)


def _record(journeys: list[Journey], act: str, by: User, changes: dict[str, Any]) -> None:
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


def _step(step: str, on: date | None, by: User | None) -> dict[str, Any]:
    at = timezone.now() if on is not None else None
    return {f"{step}_on": on, f"{step}_at": at, f"{step}_by": by}


def _refuse_future(on: date) -> None:
    if on > today():
        raise Refused(_("The date lies in the future."))


def _refuse_wrong_date(journeys: list[Journey], on: date, *, after: str) -> None:
    _refuse_future(on)
    earlier = [day for journey in journeys if (day := getattr(journey, after)) is not None]
    if earlier and on < max(earlier):
        raise Refused(_("The date lies before the step that comes before it."))
