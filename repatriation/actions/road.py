"""The road of a batch: submit, confirm, depart, arrive, hand over, finish; or cancel."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions import journey
from cases.models import OriginConfirmation
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from repatriation import rules
from repatriation.actions.common import (
    locked,
    planned,
    refuse_wrong_date,
    revise,
    step,
)
from repatriation.actions.planning import close_membership
from repatriation.models import Batch, Member
from repatriation.workflow import BATCH, ON_THE_ROAD

# Member id → why she is an exception of the roll-call.
Exceptions = Mapping[UUID, str]


@transaction.atomic
def confirm_origin(
    *, batch: Batch, letter: str, on: date, denied: Collection[UUID] = (), by: User
) -> int:
    """The home office answers for the batch by one letter; `denied` are not known there."""
    batch = planned(batch, by=by)
    members = list(batch.members.filter(active=True))
    known = [m.worker_id for m in members if m.pk not in denied]
    unknown = [m.worker_id for m in members if m.pk in denied]
    if known:
        journey.confirm_origin(workers=known, letter=letter, on=on, by=by)
    if unknown:
        answer = OriginConfirmation.Answer.DENIED
        journey.confirm_origin(workers=unknown, letter=letter, on=on, by=by, answer=answer)
    changes = {"confirmed": [None, len(known)], "denied": [None, len(unknown)]}
    record("batch.origin", by=by, obj=batch, changes=changes)
    return len(known)


@transaction.atomic
def submit(*, batch: Batch, on: date, by: User) -> Batch:
    batch = locked(batch, by=by)
    refuse_wrong_date(on, after=None)
    if not batch.members.filter(active=True).exists():
        raise Refused(_("Nobody is in the batch."))
    return BATCH.apply(batch, "submit", by=by, **step("submitted", on, by))


@transaction.atomic
def send_back(*, batch: Batch, reason: str, by: User) -> Batch:
    return BATCH.apply(locked(batch, by=by), "send_back", by=by, reason=reason)


@transaction.atomic
def approve(*, batch: Batch, on: date, by: User) -> Batch:
    """Another person confirms the batch; from here on its travel money may be paid."""
    batch = locked(batch, by=by)
    refuse_wrong_date(on, after=batch.submitted_on)
    moved = BATCH.apply(batch, "approve", by=by, **step("confirmed", on, by))
    workers = batch.members.filter(active=True).values_list("worker_id", flat=True)
    journey.approve(workers=workers, on=on, by=by)
    return moved


@transaction.atomic
def cancel(*, batch: Batch, reason: str, by: User) -> Batch:
    """Ends a batch that has not left; its people go back to the pool."""
    batch = locked(batch, by=by)
    act = "cancel" if by.can(Perm.BATCH_CONFIRM) else "cancel_own"
    values = step("cancelled", today(), by)
    moved = BATCH.apply(batch, act, by=by, reason=reason, cancel_reason=reason.strip(), **values)
    journey.release_batch(batch_code=batch.code, by=by)
    batch.members.filter(active=True).update(active=False)
    return moved


@transaction.atomic
def depart(*, batch: Batch, on: date, stayed: Exceptions, by: User) -> Batch:
    """They left. Who did not board goes back to the pool, and the manifest gets a new revision."""
    batch = locked(batch, by=by)
    _refuse_unless(batch, "depart", by)
    if missing := rules.gate(batch):
        raise Refused(*(one.sentence for one in missing))
    refuse_wrong_date(on, after=batch.confirmed_on)
    members = _members(batch)
    _refuse_strangers(members, stayed)
    left_behind = [member for member in members if member.pk in stayed]
    boarded = [member.worker_id for member in members if member.pk not in stayed]
    if not boarded:
        raise Refused(_("Nobody boarded. Cancel the batch instead."))
    for member in left_behind:
        reason = stayed[member.pk]
        journey.stay_behind(workers=[member.worker_id], reason=reason, by=by)
        close_membership(member, reason=reason, by=by, did_not_board=True)
    journey.board(workers=boarded, on=on, by=by)
    moved = BATCH.apply(batch, "depart", by=by, **step("departed", on, by))
    if left_behind:
        revise(batch)
    return moved


@transaction.atomic
def arrive(*, batch: Batch, on: date, missing: Exceptions, by: User) -> Batch:
    """They arrived, all but the missing. Asked again later, it takes those who came after."""
    batch = locked(batch, by=by)
    _refuse_unless_on_the_road(batch, "arrive", ON_THE_ROAD, by)
    refuse_wrong_date(on, after=batch.departed_on)
    arrived = _roll_call(batch, "departed", missing, on=on, by=by)
    journey.arrive(workers=arrived, on=on, by=by)
    if batch.state != "departed":
        return batch
    return BATCH.apply(batch, "arrive", by=by, **step("arrived", on, by))


@transaction.atomic
def hand_over(*, batch: Batch, on: date, missing: Exceptions, by: User) -> Batch:
    """The receiving office took them over, all but the missing; the others may follow later."""
    batch = locked(batch, by=by)
    _refuse_unless_on_the_road(batch, "hand_over", ON_THE_ROAD[1:], by)
    refuse_wrong_date(on, after=batch.arrived_on)
    received = _roll_call(batch, "arrived", missing, on=on, by=by)
    journey.hand_over(workers=received, on=on, by=by)
    if batch.state != "arrived":
        return batch
    return BATCH.apply(batch, "hand_over", by=by, **step("handed_over", on, by))


@transaction.atomic
def undo_arrival(*, batch: Batch, member: Member, reason: str, by: User) -> None:
    """Her arrival was recorded by mistake; money not yet paid on it closes again."""
    batch = locked(batch, by=by)
    row = _member(batch, member)
    journey.undo_arrival(workers=[row.worker_id], reason=reason, by=by)
    _leave_open(row, reason=reason, on=today(), by=by)
    record("batch.undo_arrival", by=by, obj=row)


@transaction.atomic
def lose(*, batch: Batch, member: Member, reason: str, by: User) -> None:
    """She left the group on the way and was not found: an outcome for the batch."""
    batch = locked(batch, by=by)
    row = _member(batch, member)
    if row.journey_state != "departed":
        raise Refused(_("She is not on the road."))
    journey.lose(workers=[row.worker_id], reason=reason, by=by)
    _leave_open(row, reason=reason, on=today(), by=by)
    Member.objects.filter(pk=row.pk).update(active=False)
    record("batch.lose", by=by, obj=row)


@transaction.atomic
def finish(*, batch: Batch, on: date, by: User) -> Batch:
    """Everybody has an outcome: the batch ends."""
    batch = locked(batch, by=by)
    refuse_wrong_date(on, after=batch.handed_over_on)
    if names := rules.not_ended(batch):
        raise Refused(*(_("%(name)s has no outcome yet.") % {"name": name} for name in names))
    moved = BATCH.apply(batch, "finish", by=by, **step("finished", on, by))
    batch.members.filter(active=True).update(active=False)
    return moved


def _members(batch: Batch) -> list[Member]:
    queryset = Member.objects.filter(batch=batch, active=True)
    return list(queryset.with_journey().select_for_update(of=("self",)).order_by("worker_id"))


def _member(batch: Batch, member: Member) -> Member:
    for row in _members(batch):
        if row.pk == member.pk:
            return row
    raise Refused(_("She is no longer in this batch."))


def _roll_call(batch: Batch, state: str, missing: Exceptions, *, on: date, by: User) -> list[UUID]:
    """The workers in this state who are present; the others get an owner and a due date."""
    members = [member for member in _members(batch) if member.journey_state == state]
    _refuse_strangers(members, missing)
    present = [member for member in members if member.pk not in missing]
    if not present:
        raise Refused(_("Nobody is left on this roll-call."))
    for member in members:
        if member.pk in missing:
            _leave_open(member, reason=missing[member.pk], on=on, by=by)
    pks = [member.pk for member in present]
    Member.objects.filter(pk__in=pks).update(exception=None, owner=None, due_on=None)
    return [member.worker_id for member in present]


def _leave_open(member: Member, *, reason: str, on: date, by: User) -> None:
    if not reason.strip():
        raise Refused(_("Give a reason."))
    member.exception, member.owner, member.due_on = reason.strip(), by, rules.due_after(on)
    member.save(update_fields=["exception", "owner", "due_on"])


def _refuse_strangers(members: list[Member], exceptions: Exceptions) -> None:
    if set(exceptions) - {member.pk for member in members}:
        raise Refused(_("The list has changed meanwhile. Look at it again."))


def _refuse_unless(batch: Batch, act: str, by: User) -> None:
    if against := BATCH.can(batch, by, act):
        raise Refused(*against)


def _refuse_unless_on_the_road(batch: Batch, act: str, states: tuple[str, ...], by: User) -> None:
    """A roll-call is asked again for the stragglers, after the batch itself has moved on."""
    if batch.state in states[1:] and by.can(BATCH.transition(act).perm):
        return
    _refuse_unless(batch, act, by)
