"""Making batches, and putting people into them or taking them out before they leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions import journey
from cases.models import Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import Row, build, record, record_many
from kotim_social.lib.dates import today
from kotim_social.lib.encrypted import Ciphertext
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
_CLOSE = """
    UPDATE repatriation_member m
    SET active = false, did_not_board = %s, removed_at = %s, removed_by_id = %s,
        removal_reason = closed.reason
    FROM unnest(%s::uuid[], %s::bytea[]) AS closed (id, reason) WHERE m.id = closed.id
"""
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
    """Makes drafts; all of them, or none when somebody was taken meanwhile.

    The number of statements grows neither with the batches nor with their people.
    """
    if not by.can(Perm.BATCH_PLAN):
        raise Refused(_("You do not have the right to do this."))
    wanted = list(new)
    codes = _next_codes([(one.planned_departure or today()).year for one in wanted])
    batches = [
        Batch(
            code=code,
            seats=one.seats,
            destination_id=one.province_code,
            planned_departure=one.planned_departure,
            drop_offs=one.drop_offs,
            created_by=by,
        )
        for code, one in zip(codes, wanted, strict=True)
    ]
    try:
        with transaction.atomic():
            Batch.objects.bulk_create(batches)
    except IntegrityError as error:
        raise Refused(sentence_for(error)) from None
    record_many(_told("batch.create", batch, by, code=batch.code) for batch in batches)
    groups = [(batch, one.workers) for batch, one in zip(batches, wanted, strict=True)]
    if filled := [(batch, workers) for batch, workers in groups if workers]:
        _seat(filled, by=by)
    return batches


@transaction.atomic
def add_members(*, batch: Batch, workers: Collection[UUID], by: User) -> int:
    """Puts people into a batch that is not confirmed yet, with the children who go with them."""
    batch = planned(batch, by=by, states=workflow.OPEN_FOR_JOINING)
    return _seat([(batch, workers)], by=by)


def _seat(groups: Sequence[tuple[Batch, Collection[UUID]]], *, by: User) -> int:
    """Puts each group into its batch, in as many statements as one; the batches are held."""
    batch_of = {worker_id: batch for batch, workers in groups for worker_id in workers}
    if len(batch_of) != sum(len(set(workers)) for _batch, workers in groups):
        raise Refused(_("Somebody of these is already in another batch."))
    people = Worker.objects.visible_to(by).filter(pk__in=batch_of).order_by("pk")
    children = dict(people.values_list("pk", "children"))
    if not batch_of or len(children) != len(batch_of):
        raise Refused(_("Some of these people are not in your care."))
    _refuse_too_many(groups, children)
    codes = {worker_id: batch_of[worker_id].code for worker_id in children}
    journey.join_batches(codes=codes, by=by)
    rows = [
        Member(batch=batch_of[worker_id], worker_id=worker_id, children=with_her, added_by=by)
        for worker_id, with_her in children.items()
    ]
    try:
        with transaction.atomic():
            Member.objects.bulk_create(rows)
    except IntegrityError as error:
        raise Refused(sentence_for(error)) from None
    made = {
        batch.pk: Regrouping(kind=Regrouping.Kind.ADD, target=batch, made_by=by)
        for batch, _workers in groups
    }
    Regrouping.objects.bulk_create(made.values())
    moves = Regrouping.members.through
    moves.objects.bulk_create(moves(regrouping=made[row.batch_id], member=row) for row in rows)
    record_many(_told("batch.add", batch, by, members=len(set(w))) for batch, w in groups)
    return len(rows)


def _refuse_too_many(
    groups: Sequence[tuple[Batch, Collection[UUID]]], children: Mapping[UUID, int]
) -> None:
    seated = rules.counts([batch for batch, _workers in groups])
    for batch, workers in groups:
        free = seated[batch.pk].free
        wanted = sum(1 + children[worker_id] for worker_id in set(workers))
        if wanted > free:
            raise Refused(
                _("There are %(free)s free seats, and %(wanted)s people to seat.")
                % {"free": max(free, 0), "wanted": wanted}
            )


def _told(act: str, batch: Batch, by: User, **after: object) -> Row:
    """The trail's row for a batch that is one of many; `after` is what there was not before."""
    return build(
        act,
        by=by,
        object_type=batch._meta.label_lower,
        object_id=str(batch.pk),
        changes={name: [None, value] for name, value in after.items()},
    )


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
    close_memberships([row], reason=reason, by=by)
    revise_if_confirmed(batch, cause=ManifestRevision.Cause.REMOVED, by=by)
    record("batch.remove", by=by, obj=row, changes={"active": [True, False]})


def close_memberships(
    rows: Collection[Member], *, reason: str, by: User, did_not_board: bool = False
) -> None:
    """Ends the memberships in one statement; the reason is sealed for each row by itself."""
    label = Member._meta.get_field("removal_reason").label
    reasons = [
        Ciphertext.seal(reason.strip(), label=label, is_json=False, record_id=str(row.pk)).token
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _CLOSE, [did_not_board, timezone.now(), by.pk, [row.pk for row in rows], reasons]
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


def _next_codes(years: Sequence[int]) -> list[str]:
    """A code of its year for each, in their order; the numbers are held until the act has ended."""
    last = {year: _take_numbers(year, count) for year, count in sorted(Counter(years).items())}
    codes = []
    for year in years:
        last[year] += 1
        codes.append(f"ROM-{year}-{last[year]:03d}")
    return codes


def _take_numbers(year: int, count: int) -> int:
    """Takes so many numbers of the year; the last one before them."""
    BatchNumber.objects.bulk_create([BatchNumber(year=year)], ignore_conflicts=True)
    number = BatchNumber.objects.select_for_update().get(pk=year)
    before = number.last
    number.last += count
    number.save(update_fields=["last"])
    return before
