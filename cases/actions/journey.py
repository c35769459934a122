"""The only writer of journeys: sets of people join a batch, leave with it, arrive, are received.

How a journey ends otherwise stands in cases/actions/journey_ends.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import models, transaction
from django.db.models import Func, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from cases.actions.journey_ground import (
    Workers,
    check,
    locked,
    move,
    record_each,
    refuse_future,
    refuse_wrong_date,
    step,
    update,
)
from cases.actions.sets import is_open
from cases.models import Journey, OriginConfirmation, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import build, record_many
from kotim_social.workflow import Refused


@transaction.atomic
def join_batch(*, workers: Workers, batch_code: str, by: User) -> int:
    """Puts people who are on site, alive, and want to return into a batch."""
    return join_batches(codes=dict.fromkeys(workers, batch_code), by=by)


@transaction.atomic
def join_batches(*, codes: Mapping[UUID, str], by: User) -> int:
    """Puts each of them into the batch of her code, all in the same few statements."""
    journeys = locked(codes)
    check(journeys, "join", by)
    unwilling = Worker.objects.filter(pk__in=[j.worker_id for j in journeys]).exclude(
        choice="return", case_state="open"
    )
    if unwilling.exists():
        raise Refused(_("Only people whose case is open and who chose to return join a batch."))
    texts = {str(worker_id): code for worker_id, code in codes.items()}
    hers = Func(
        Value(texts, models.JSONField()),
        Cast("worker_id", models.TextField()),
        function="jsonb_extract_path_text",
        output_field=models.CharField(),
    )
    return move(journeys, "join", by, batch_code=hers)


@transaction.atomic
def leave_batch(*, workers: Workers, by: User) -> int:
    """Takes people out of their batch before it leaves; what was confirmed falls away."""
    journeys = locked(workers)
    check(journeys, "leave", by)
    return move(journeys, "leave", by, batch_code="", **step("approved", None, None))


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
    return move(journeys, "leave", by, batch_code="", **step("approved", None, None))


@transaction.atomic
def approve(*, workers: Workers, on: date, by: User) -> int:
    """Her batch is confirmed: from now on she is on the way home as far as money is concerned."""
    if not by.can(Perm.BATCH_CONFIRM):
        raise Refused(_("You do not have the right to do this."))
    refuse_future(on)
    journeys = locked(workers)
    if any(journey.state != "in_batch" for journey in journeys):
        raise Refused(_("Somebody of these is no longer in the batch."))
    update(journeys, **step("approved", on, by))
    record_each(journeys, "journey.approve", by, {"approved_on": [None, on.isoformat()]})
    return len(journeys)


@transaction.atomic
def board(*, workers: Workers, on: date, by: User) -> int:
    """They left with their batch."""
    journeys = locked(workers)
    check(journeys, "depart", by)
    refuse_wrong_date(journeys, on, after="approved_on")
    if any(journey.approved_on is None for journey in journeys):
        raise Refused(_("The batch of somebody of these is not confirmed."))
    return move(journeys, "depart", by, **step("boarded", on, by))


@transaction.atomic
def stay_behind(*, workers: Workers, reason: str, by: User) -> int:
    """They did not board. This journey ends with the reason, and a new one begins on site."""
    journeys = locked(workers)
    check(journeys, "stay_behind", by, reason)
    for journey in journeys:
        journey.state, journey.current, journey.note = "on_site", False, reason.strip()
        journey.save(update_fields=["state", "current", "note"])
    Journey.objects.bulk_create(Journey(worker_id=journey.worker_id) for journey in journeys)
    record_each(journeys, "journey.stay_behind", by, {"state": ["in_batch", "on_site"]})
    return len(journeys)


@transaction.atomic
def arrive(*, workers: Workers, on: date, by: User) -> int:
    """They arrived: whatever is payable on arrival opens for exactly these."""
    journeys = locked(workers)
    check(journeys, "arrive", by)
    refuse_wrong_date(journeys, on, after="boarded_on")
    return move(journeys, "arrive", by, **step("arrived", on, by))


@transaction.atomic
def undo_arrival(*, workers: Workers, reason: str, by: User) -> int:
    """The arrival was recorded by mistake: what it opened closes again unless it was paid."""
    journeys = locked(workers)
    check(journeys, "undo_arrival", by, reason)
    return move(journeys, "undo_arrival", by, reason=reason, **step("arrived", None, None))


@transaction.atomic
def hand_over(*, workers: Workers, on: date, by: User) -> int:
    """The receiving office took them over."""
    journeys = locked(workers)
    check(journeys, "hand_over", by)
    refuse_wrong_date(journeys, on, after="arrived_on")
    return move(journeys, "hand_over", by, **step("handed_over", on, by))


@transaction.atomic
def lose(*, workers: Workers, reason: str, by: User) -> int:
    """They left the group on the way and were not found."""
    journeys = locked(workers)
    check(journeys, "lose", by, reason)
    people = Worker.objects.filter(pk__in=[journey.worker_id for journey in journeys])
    if closed := people.exclude(case_state="open").first():
        raise Refused(*is_open(closed))
    for journey in journeys:
        before, journey.state, journey.note = journey.state, "not_found", reason.strip()
        journey.save(update_fields=["state", "note"])
        record_each([journey], "journey.lose", by, {"state": [before, "not_found"]})
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
    refuse_future(on)
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


@transaction.atomic
def ask_origin(*, workers: Workers, letter: str, by: User) -> int:
    """The home office is asked by this letter about all who have no answer from there yet."""
    if not by.can(Perm.BATCH_PLAN):
        raise Refused(_("You do not have the right to do this."))
    people = Worker.objects.filter(pk__in=set(workers), home_regency__isnull=False)
    rows = list(people.select_for_update(of=("self",)).order_by("pk").only("pk", "home_regency_id"))
    answered = set(
        OriginConfirmation.objects.filter(
            worker__in=rows, current=True, regency=models.F("worker__home_regency")
        )
        .exclude(answer=OriginConfirmation.Answer.ASKED)
        .values_list("worker_id", flat=True)
    )
    asked = [worker for worker in rows if worker.pk not in answered]
    OriginConfirmation.objects.filter(worker__in=asked, current=True).update(current=False)
    OriginConfirmation.objects.bulk_create(
        OriginConfirmation(
            worker_id=worker.pk,
            regency_id=worker.home_regency_id,  # type: ignore[misc]  # none is empty, see above
            letter=letter.strip(),
            recorded_by=by,
        )
        for worker in asked
    )
    record_many(
        build("origin.ask", by=by, object_type="cases.worker", object_id=str(worker.pk))
        for worker in asked
    )
    return len(asked)
