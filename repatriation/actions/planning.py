"""Making batches, and putting people into them or taking them out before they leave."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions import journey
from cases.models import Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from repatriation import rules, workflow
from repatriation.actions.common import (
    planned,
    refuse_wrong_date,
    revise_if_confirmed,
    sentence_for,
)
from repatriation.models import Batch, BatchNumber, ManifestRevision, Member, Regrouping

# What may be written about a batch; the rest is moved by acts.
FACTS = (
    "seats",
    "receiving_office",
    "receiving_contact",
    "receiving_phone",
    "planned_departure",
    "planned_arrival",
    "escort_order",
    "escort_order_on",
    "drop_offs",
    "emergency_contacts",
    "notes",
)
_NOT_FOR_THE_TRAIL = {"receiving_contact", "receiving_phone", "emergency_contacts", "notes"}


@dataclass(frozen=True, kw_only=True)
class NewBatch:
    """A batch to be made: who goes, where to, on how many seats."""

    province_code: str
    seats: int
    workers: Collection[UUID]
    planned_departure: date | None = None
    drop_offs: str = ""


@transaction.atomic
def create_batches(new: Iterable[NewBatch], *, by: User) -> list[Batch]:
    """Makes drafts; all of them, or none when somebody was taken meanwhile."""
    if not by.can(Perm.BATCH_PLAN):
        raise Refused(_("You do not have the right to do this."))
    batches = []
    for one in new:
        batch = Batch(
            code=_next_code((one.planned_departure or today()).year),
            seats=one.seats,
            destination_id=one.province_code,
            planned_departure=one.planned_departure,
            drop_offs=one.drop_offs,
            created_by=by,
        )
        try:
            with transaction.atomic():
                batch.save(force_insert=True)
        except IntegrityError as error:
            raise Refused(sentence_for(error)) from None
        record("batch.create", by=by, obj=batch, changes={"code": [None, batch.code]})
        if one.workers:
            add_members(batch=batch, workers=one.workers, by=by)
        batches.append(batch)
    return batches


@transaction.atomic
def add_members(*, batch: Batch, workers: Collection[UUID], by: User) -> int:
    """Puts people into a batch that is not confirmed yet, with the children who go with them."""
    batch = planned(batch, by=by, states=workflow.OPEN_FOR_JOINING)
    people = list(Worker.objects.visible_to(by).filter(pk__in=set(workers)).order_by("pk"))
    if not people or len(people) != len(set(workers)):
        raise Refused(_("Some of these people are not in your care."))
    wanted = sum(1 + person.children for person in people)
    free = rules.count(batch).free
    if wanted > free:
        raise Refused(
            _("There are %(free)s free seats, and %(wanted)s people to seat.")
            % {"free": max(free, 0), "wanted": wanted}
        )
    journey.join_batch(workers=[p.pk for p in people], batch_code=batch.code, by=by)
    rows = [
        Member(batch=batch, worker=person, children=person.children, added_by=by)
        for person in people
    ]
    try:
        with transaction.atomic():
            Member.objects.bulk_create(rows)
    except IntegrityError as error:
        raise Refused(sentence_for(error)) from None
    made = Regrouping.objects.create(kind=Regrouping.Kind.ADD, target=batch, made_by=by)
    made.members.set(rows)
    record("batch.add", by=by, obj=batch, changes={"members": [None, len(rows)]})
    return len(rows)


@transaction.atomic
def remove_member(*, batch: Batch, member: Member, reason: str, by: User) -> None:
    """Takes her out before the batch leaves; she goes back to the pool."""
    batch = planned(batch, by=by)
    if not reason.strip():
        raise Refused(_("Give a reason."))
    rows = Member.objects.filter(pk=member.pk, batch=batch, active=True).with_journey()
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise Refused(_("She is no longer in this batch."))
    # Whoever died meanwhile left the journey already, and only stands on the manifest still.
    if row.journey_state == "in_batch":
        journey.leave_batch(workers=[row.worker_id], by=by)
    close_membership(row, reason=reason, by=by)
    revise_if_confirmed(batch, cause=ManifestRevision.Cause.REMOVED, by=by)
    record("batch.remove", by=by, obj=row, changes={"active": [True, False]})


def close_membership(row: Member, *, reason: str, by: User, did_not_board: bool = False) -> None:
    row.active, row.did_not_board = False, did_not_board
    row.removed_at, row.removed_by, row.removal_reason = timezone.now(), by, reason.strip()
    row.save(
        update_fields=["active", "did_not_board", "removed_at", "removed_by", "removal_reason"]
    )


@transaction.atomic
def edit_facts(*, batch: Batch, facts: Mapping[str, Any], by: User) -> Batch:
    """Writes what is planned about a batch: seats, receiving office, dates, escort order, notes."""
    row = planned(batch, by=by)
    changes: dict[str, list[str]] = {}
    for name in FACTS:
        if name not in facts or facts[name] == getattr(row, name):
            continue
        hidden = name in _NOT_FOR_THE_TRAIL
        values = (getattr(row, name), facts[name])
        changes[name] = ["…", "…"] if hidden else ["" if v is None else str(v) for v in values]
        setattr(row, name, facts[name])
    if not changes:
        return row
    if row.escort_order_on is not None:
        refuse_wrong_date(row.escort_order_on, after=None)
    if row.seats < rules.count(row).size:
        raise Refused(_("More people are in the batch than that."))
    try:
        with transaction.atomic():
            row.save(update_fields=list(changes))
    except IntegrityError as error:
        raise Refused(sentence_for(error)) from None
    if "escort_order" in changes:
        row.escorts.filter(active=True).update(order_number=row.escort_order)
    record("batch.edit", by=by, obj=row, changes=changes)
    return row


@transaction.atomic
def edit_emergency_contacts(*, batch: Batch, contacts: str, by: User) -> Batch:
    """Whom to call: it may change until the batch has ended, on the road most of all."""
    row = planned(batch, by=by, states=workflow.NOT_ENDED)
    contacts = contacts.strip()
    if contacts == (row.emergency_contacts or ""):
        return row
    row.emergency_contacts = contacts or None
    row.save(update_fields=["emergency_contacts"])
    record("batch.edit", by=by, obj=row, changes={"emergency_contacts": ["…", "…"]})
    return row


def _next_code(year: int) -> str:
    BatchNumber.objects.bulk_create([BatchNumber(year=year)], ignore_conflicts=True)
    number = BatchNumber.objects.select_for_update().get(pk=year)
    number.last += 1
    number.save(update_fields=["last"])
    return f"ROM-{year}-{number.last:03d}"
