"""The road of a batch: submit, confirm, depart, arrive, hand over, finish; or cancel."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions import journey
from cases.models import OriginConfirmation
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.marks import fresh_marks, have_later
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
from repatriation.actions.incidents import (
    NO_KINDS,
    Absent,
    Exceptions,
    Kinds,
    Report,
    call,
    leave_open,
    refuse_strangers,
    settle_for,
    traveller,
    travelling,
)
from repatriation.actions.planning import close_memberships
from repatriation.models import Batch, HandOver, Incident, LegCall, ManifestRevision, Member
from repatriation.workflow import BATCH, ON_THE_ROAD


@dataclass(frozen=True, kw_only=True)
class HandOverTerms:
    """Who received them, with which papers; and how the exceptions differ, by member id."""

    received_by: str = ""
    documents: Collection[str] = ()
    conditions: Mapping[UUID, str] = field(default_factory=dict)
    differences: Mapping[UUID, str] = field(default_factory=dict)

    def row(self, member: Member, batch: Batch, *, on: date, by: User) -> HandOver:
        known = [code for code in HandOver.Document.values if code in set(self.documents)]
        return HandOver(
            member=member,
            handed_on=on,
            received_by=self.received_by.strip() or batch.receiving_contact,
            condition=self.conditions.get(member.pk, HandOver.Condition.WELL),
            documents=",".join(known),
            differences=self.differences.get(member.pk, "").strip() or None,
            recorded_by=by,
        )


AS_USUAL = HandOverTerms()


@transaction.atomic
def confirm_origin(
    *,
    batch: Batch,
    letter: str,
    on: date,
    denied: Collection[UUID] = (),
    regency: str = "",
    by: User,
) -> int:
    """A home office answers by one letter; `denied` are not known there.

    It speaks for its own kabupaten/kota, or, when none is named, for the whole batch.
    """
    batch = planned(batch, by=by)
    rows = batch.members.filter(active=True)
    members = list(rows.filter(worker__home_regency=regency) if regency else rows)
    if not members:
        raise Refused(_("Nobody of this home region is in the batch."))
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
    members = travelling(batch)
    refuse_strangers(members, stayed)
    left_behind = [member for member in members if member.pk in stayed]
    boarded = [member.worker_id for member in members if member.pk not in stayed]
    if not boarded:
        raise Refused(_("Nobody boarded. Cancel the batch instead."))
    for member in left_behind:
        reason = stayed[member.pk]
        journey.stay_behind(workers=[member.worker_id], reason=reason, by=by)
        close_memberships([member], reason=reason, by=by, did_not_board=True)
    journey.board(workers=boarded, on=on, by=by)
    moved = BATCH.apply(batch, "depart", by=by, **step("departed", on, by))
    if left_behind:
        revise(moved, cause=ManifestRevision.Cause.NO_SHOW, by=by)
    first = moved.legs.filter(active=True).order_by("number").first()
    if first is not None:
        LegCall.objects.create(
            batch=moved, leg=first, called_on=on, present=len(boarded),
            absent=len(left_behind), recorded_by=by,
        )  # fmt: skip
    return moved


@transaction.atomic
def arrive(
    *, batch: Batch, on: date, missing: Exceptions, kinds: Kinds = NO_KINDS, by: User
) -> Batch:
    """They arrived, all but the missing. Asked again later, it takes those who came after."""
    batch = locked(batch, by=by)
    _refuse_unless_on_the_road(batch, "arrive", ON_THE_ROAD, by)
    refuse_wrong_date(on, after=batch.departed_on)
    absent = Absent(missing, kinds, on)
    arrived = call(batch, "departed", absent, by=by)
    journey.arrive(workers=[member.worker_id for member in arrived], on=on, by=by)
    settle_for(arrived, outcome=_("Arrived"), on=on, by=by)
    if batch.state != "departed":
        return batch
    return BATCH.apply(batch, "arrive", by=by, **step("arrived", on, by))


@transaction.atomic
def hand_over(
    *,
    batch: Batch,
    on: date,
    missing: Exceptions,
    kinds: Kinds = NO_KINDS,
    terms: HandOverTerms = AS_USUAL,
    by: User,
) -> Batch:
    """The receiving office took them over, all but the missing; the others may follow later."""
    batch = locked(batch, by=by)
    _refuse_unless_on_the_road(batch, "hand_over", ON_THE_ROAD[1:], by)
    refuse_wrong_date(on, after=batch.arrived_on)
    received = call(batch, "arrived", Absent(missing, kinds, on), by=by)
    journey.hand_over(workers=[member.worker_id for member in received], on=on, by=by)
    HandOver.objects.bulk_create(terms.row(member, batch, on=on, by=by) for member in received)
    settle_for(received, outcome=_("Handed over"), on=on, by=by)
    if batch.state != "arrived":
        return batch
    return BATCH.apply(batch, "hand_over", by=by, **step("handed_over", on, by))


@transaction.atomic
def undo_arrival(*, batch: Batch, member: Member, reason: str, by: User) -> None:
    """Her arrival was recorded by mistake; money not yet paid on it closes again."""
    batch = locked(batch, by=by)
    row = traveller(batch, member)
    journey.undo_arrival(workers=[row.worker_id], reason=reason, by=by)
    leave_open(row, Report(Incident.Kind.OTHER, reason, today()), by=by)
    record("batch.undo_arrival", by=by, obj=row)


@transaction.atomic
def undo_arrivals(*, batch: Batch, marks: str, by: User) -> int:
    """One roll-call at the arrival was a mistake: all of it or none, while nothing followed."""
    batch = locked(batch, by=by)
    rows = fresh_marks(marks, "journey.arrive", by=by)
    people = [UUID(row.object_id) for row in rows]
    members = list(batch.members.filter(active=True, worker__in=people))
    if not rows or len(members) != len(rows):
        raise Refused(_("A quarter of an hour has passed: undo the arrivals one by one."))
    if have_later(rows, "journey."):
        raise Refused(_("Meanwhile something else was recorded of somebody of these."))
    reason = _("The roll-call was undone.")
    journey.undo_arrival(workers=people, reason=reason, by=by)
    # What was open about them was cleared up by the arrival: it is open again.
    settled = fresh_marks(marks, "incident.settle", by=by)
    again = Incident.objects.filter(pk__in=[row.object_id for row in settled], member__in=members)
    for incident in again.select_related("member"):
        leave_open(incident.member, Report(incident.kind, incident.note, today()), by=by)
    record("batch.undo_arrivals", by=by, obj=batch, changes={"members": [len(members), 0]})
    return len(members)


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


def _refuse_unless(batch: Batch, act: str, by: User) -> None:
    if against := BATCH.can(batch, by, act):
        raise Refused(*against)


def _refuse_unless_on_the_road(batch: Batch, act: str, states: tuple[str, ...], by: User) -> None:
    """A roll-call is asked again for the stragglers, after the batch itself has moved on."""
    if batch.state in states[1:] and by.can(BATCH.transition(act).perm):
        return
    _refuse_unless(batch, act, by)
