"""Roll-calls on the way, what went otherwise, and who clears it up by when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused
from repatriation import rules
from repatriation.actions.common import locked, refuse_wrong_date, sentence_for
from repatriation.models import Batch, Incident, Leg, LegCall, Member
from repatriation.workflow import ON_THE_ROAD

# Member id → why she is an exception of the roll-call, and what kind of incident that is.
Exceptions = Mapping[UUID, str]
Kinds = Mapping[UUID, str]
NO_KINDS: Kinds = MappingProxyType({})


@dataclass(frozen=True)
class Absent:
    """The exceptions of a roll-call on a day."""

    reasons: Exceptions
    kinds: Kinds
    on: date

    def report(self, member: Member) -> Report:
        kind = self.kinds.get(member.pk) or Incident.Kind.OTHER
        return Report(kind, self.reasons[member.pk], self.on)


@dataclass(frozen=True)
class Report:
    """What happened to somebody, and when."""

    kind: str
    note: str
    on: date


@transaction.atomic
def call_leg(
    *, batch: Batch, leg: Leg, on: date, missing: Exceptions, kinds: Kinds = NO_KINDS, by: User
) -> LegCall:
    """A roll-call at the beginning of a leg, while they are on the road."""
    batch = locked(batch, by=by)
    _refuse_unless_travelling(batch, by, ("departed",))
    refuse_wrong_date(on, after=batch.departed_on)
    if not batch.legs.filter(pk=leg.pk, active=True).exists():
        raise Refused(_("This leg is no longer part of the way."))
    present = call(batch, "departed", Absent(missing, kinds, on), by=by)
    settle_for(present, outcome=_("Present at the next roll-call"), on=on, by=by)
    row = LegCall.objects.create(
        batch=batch,
        leg=leg,
        called_on=on,
        present=len(present),
        absent=len(missing),
        recorded_by=by,
    )
    changes = {"present": [None, row.present], "absent": [None, row.absent]}
    record("batch.call_leg", by=by, obj=batch, changes=changes)
    return row


@transaction.atomic
def report_incident(*, batch: Batch, member: Member, report: Report, by: User) -> Incident:
    """Something happened between two roll-calls."""
    batch = locked(batch, by=by)
    _refuse_unless_travelling(batch, by, ON_THE_ROAD)
    refuse_wrong_date(report.on, after=batch.departed_on)
    row = traveller(batch, member)
    if row.journey_state not in ("departed", "arrived"):
        raise Refused(_("She has her outcome already."))
    return leave_open(row, report, by=by)


@transaction.atomic
def settle(*, incident: Incident, outcome: str, on: date, by: User) -> None:
    """It is cleared up: she travels on as before."""
    row = _open(incident, by)
    refuse_wrong_date(on, after=row.happened_on)
    if not outcome.strip():
        raise Refused(_("Write how it was cleared up."))
    _settle(row, outcome=outcome, on=on, by=by)


@transaction.atomic
def hand_incident(*, incident: Incident, owner: User, due_on: date, by: User) -> None:
    """Another officer clears it up, or by another day."""
    row = _open(incident, by)
    if not owner.can(Perm.BATCH_TRAVEL):
        raise Refused(_("This person may not clear it up."))
    if due_on < row.happened_on:
        raise Refused(_("The due date lies before the day it happened."))
    changes = {
        "owner": [str(row.owner_id), str(owner.pk)],
        "due_on": [row.due_on.isoformat(), due_on.isoformat()],
    }
    row.owner, row.due_on = owner, due_on
    row.save(update_fields=["owner", "due_on"])
    record("incident.hand", by=by, obj=row, changes=changes)


# -- ground of the roll-calls -------------------------------------------------------------------


def travelling(batch: Batch) -> list[Member]:
    """The open memberships, locked in one order whoever asks."""
    queryset = Member.objects.filter(batch=batch, active=True).named()
    return list(queryset.with_journey().select_for_update(of=("self",)).order_by("worker_id"))


def traveller(batch: Batch, member: Member) -> Member:
    for row in travelling(batch):
        if row.pk == member.pk:
            return row
    raise Refused(_("She is no longer in this batch."))


def call(batch: Batch, state: str, absent: Absent, *, by: User) -> list[Member]:
    """Those in this state who are present; for the others an incident is open."""
    members = [member for member in travelling(batch) if member.journey_state == state]
    refuse_strangers(members, absent.reasons)
    present = [member for member in members if member.pk not in absent.reasons]
    if not present:
        raise Refused(_("Nobody is left on this roll-call."))
    for member in members:
        if member.pk in absent.reasons:
            leave_open(member, absent.report(member), by=by)
    return present


def refuse_strangers(members: list[Member], exceptions: Exceptions) -> None:
    if set(exceptions) - {member.pk for member in members}:
        raise Refused(_("The list has changed meanwhile. Look at it again."))


def leave_open(member: Member, report: Report, *, by: User) -> Incident:
    """Opens an incident of hers, or tells the open one on; whoever records it clears it up."""
    if not report.note.strip():
        raise Refused(_("Give a reason."))
    if report.kind not in Incident.Kind.values:
        raise Refused(_("Choose what happened."))
    row = Incident.objects.select_for_update().filter(member=member, settled_on=None).first()
    if row is None:
        row = Incident(batch_id=member.batch_id, member=member, owner=by, recorded_by=by)
        row.happened_on = report.on
    row.kind, row.note = report.kind, report.note.strip()
    row.due_on = rules.due_after(report.on)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(sentence_for(error)) from None
    record("incident.open", by=by, obj=row, changes={"kind": [None, row.kind]})
    return row


def settle_for(members: Iterable[Member], *, outcome: str, on: date, by: User) -> None:
    """What was open about these people is cleared up by what has just happened."""
    rows = Incident.objects.select_for_update().filter(
        member__in=[member.pk for member in members], settled_on=None
    )
    for row in rows:
        _settle(row, outcome=outcome, on=max(on, row.happened_on), by=by)


def _settle(row: Incident, *, outcome: str, on: date, by: User) -> None:
    row.outcome = outcome.strip()
    row.settled_on, row.settled_at, row.settled_by = on, timezone.now(), by
    row.save(update_fields=["outcome", "settled_on", "settled_at", "settled_by"])
    record("incident.settle", by=by, obj=row)


def _open(incident: Incident, by: User) -> Incident:
    if not by.can(Perm.BATCH_TRAVEL):
        raise Refused(_("You do not have the right to do this."))
    rows = Incident.objects.visible_to(by).select_for_update(of=("self",))
    row = rows.filter(pk=incident.pk, settled_on=None).first()
    if row is None:
        raise Refused(_("This is cleared up already."))
    return row


def _refuse_unless_travelling(batch: Batch, by: User, states: tuple[str, ...]) -> None:
    if not by.can(Perm.BATCH_TRAVEL):
        raise Refused(_("You do not have the right to do this."))
    if batch.state not in states:
        raise Refused(
            _("This cannot be done while the state is “%(state)s”.")
            % {"state": batch.state_shown.label}
        )
