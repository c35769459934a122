"""Adjusting batches by hand before they are confirmed: move, split, merge; and undo."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions import journey
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.marks import UNDO_WITHIN
from kotim_social.audit.trail import record
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import Refused
from repatriation import rules, workflow
from repatriation.actions import planning, road
from repatriation.actions.common import planned, sentence_for
from repatriation.actions.planning import NewBatch, close_memberships
from repatriation.models import Batch, Member, Regrouping

# What a batch that is split off takes along, beside the legs of the way.
_COPIED = (
    "receiving_office",
    "receiving_contact",
    "receiving_phone",
    "planned_arrival",
    "emergency_contacts",
)


@transaction.atomic
def move(*, source: Batch, target: Batch, members: Collection[UUID], by: User) -> Regrouping:
    """Puts people of one batch into another, with their children."""
    source, target = _both(source, target, by)
    return _move(source, target, _chosen(source, members), Regrouping.Kind.MOVE, by)


@transaction.atomic
def split(*, source: Batch, members: Collection[UUID], by: User) -> Regrouping:
    """Makes a new batch of these people, on the same way and to the same office."""
    source = planned(source, by=by, states=workflow.OPEN_FOR_JOINING)
    rows = _chosen(source, members)
    if len(rows) == source.members.filter(active=True).count():
        raise Refused(_("Somebody must stay in the batch."))
    return _move(source, _like(source, by), rows, Regrouping.Kind.SPLIT, by)


@transaction.atomic
def merge(*, source: Batch, target: Batch, by: User) -> Regrouping:
    """Everybody of the source joins the target; the source is cancelled."""
    source, target = _both(source, target, by)
    rows = list(source.members.filter(active=True))
    if not rows:
        raise Refused(_("Nobody is in the batch."))
    made = _move(source, target, rows, Regrouping.Kind.MERGE, by)
    reason = _("Merged into %(code)s") % {"code": target.code}
    road.cancel(batch=source, reason=reason, by=by)
    return made


@transaction.atomic
def undo(*, regrouping: Regrouping, by: User) -> Batch:
    """Takes it back within a quarter hour, while nothing else has happened to these people.

    Returns the batch in which they are now: the source, or after a merge one made like it.
    """
    row = Regrouping.objects.visible_to(by).select_for_update(of=("self",)).get(pk=regrouping.pk)
    if row.undone_at is not None:
        raise Refused(_("This is undone already."))
    if timezone.now() - row.made_at > UNDO_WITHIN:
        raise Refused(_("A quarter of an hour has passed: take people out or move them instead."))
    target = planned(row.target, by=by, states=workflow.OPEN_FOR_JOINING)
    members = list(row.members.all())
    if any(not member.active for member in members):
        raise Refused(_("Meanwhile somebody of these was moved or taken out."))
    home = target
    if row.source is None:
        _take_out(target, members, by)
    else:
        home = _home(row.source, by)
        _transfer(target, home, members, by)
    row.undone_at, row.undone_by = timezone.now(), by
    row.save(update_fields=["undone_at", "undone_by"])
    if row.kind == Regrouping.Kind.SPLIT and not target.members.filter(active=True).exists():
        road.cancel(batch=target, reason=_("Undone"), by=by)
    record("batch.undo_regrouping", by=by, obj=home, changes={"members": [None, len(members)]})
    return home


def can_be_undone(regrouping: Regrouping) -> bool:
    fresh = timezone.now() - regrouping.made_at <= UNDO_WITHIN
    return regrouping.undone_at is None and fresh


def _both(source: Batch, target: Batch, by: User) -> tuple[Batch, Batch]:
    """Both batches, locked in one order whoever asks."""
    if source.pk == target.pk:
        raise Refused(_("Choose another batch."))
    rows = {
        batch.pk: planned(batch, by=by, states=workflow.OPEN_FOR_JOINING)
        for batch in sorted((source, target), key=lambda batch: batch.pk)
    }
    return rows[source.pk], rows[target.pk]


def _chosen(source: Batch, members: Collection[UUID]) -> list[Member]:
    rows = list(source.members.filter(pk__in=set(members), active=True).order_by("worker_id"))
    if not rows:
        raise Refused(_("Nobody is chosen."))
    if len(rows) != len(set(members)):
        raise Refused(_("The list has changed meanwhile. Look at it again."))
    return rows


def _move(
    source: Batch, target: Batch, rows: list[Member], kind: Regrouping.Kind, by: User
) -> Regrouping:
    moved = _transfer(source, target, rows, by)
    made = Regrouping.objects.create(kind=kind, source=source, target=target, made_by=by)
    made.members.set(moved)
    changes = {"members": [None, len(moved)], "from": [None, source.code]}
    record(f"batch.{kind}", by=by, obj=target, changes=changes)
    return made


def _transfer(source: Batch, target: Batch, rows: Iterable[Member], by: User) -> list[Member]:
    """Ends the memberships in the source and begins new ones in the target."""
    rows = list(rows)
    free, wanted = rules.count(target).free, sum(1 + row.children for row in rows)
    if wanted > free:
        raise Refused(
            _("There are %(free)s free seats, and %(wanted)s people to seat.")
            % {"free": max(free, 0), "wanted": wanted}
        )
    workers = [row.worker_id for row in rows]
    journey.leave_batch(workers=workers, by=by)
    journey.join_batch(workers=workers, batch_code=target.code, by=by)
    reason = _("Moved to %(code)s") % {"code": target.code}
    close_memberships(rows, reason=reason, by=by)
    moved = [
        Member(batch=target, worker_id=row.worker_id, children=row.children, added_by=by)
        for row in rows
    ]
    try:
        with transaction.atomic():
            Member.objects.bulk_create(moved)
    except IntegrityError as error:
        raise Refused(sentence_for(error)) from None
    record("batch.give", by=by, obj=source, changes={"members": [len(rows), 0]})
    return moved


def _take_out(batch: Batch, rows: list[Member], by: User) -> None:
    journey.leave_batch(workers=[row.worker_id for row in rows], by=by)
    close_memberships(rows, reason=_("Undone"), by=by)


def _home(source: Batch, by: User) -> Batch:
    """Where they came from; a source that was cancelled by the merge is made anew."""
    source.refresh_from_db()
    if source.state == "cancelled":
        return _like(source, by, with_escorts=True)
    return planned(source, by=by, states=workflow.OPEN_FOR_JOINING)


def _like(source: Batch, by: User, *, with_escorts: bool = False) -> Batch:
    """A new draft on the same way and to the same office."""
    if not by.can(Perm.BATCH_PLAN):
        raise Refused(_("You do not have the right to do this."))
    new = NewBatch(
        province_code=source.destination_id,
        seats=source.seats,
        workers=[],
        planned_departure=source.planned_departure,
        drop_offs=source.drop_offs,
    )
    batch = planning.create_batches([new], by=by)[0]
    facts = {name: getattr(source, name) for name in _COPIED}
    batch = planning.edit_facts(batch=batch, facts=facts, by=by)
    for leg in source.legs.filter(active=True):
        leg.pk, leg.batch, leg._state.adding = uuid7(), batch, True
        leg.save()
    if with_escorts:
        for escort in source.escorts.filter(active=True):
            escort.pk, escort.batch, escort._state.adding = uuid7(), batch, True
            escort.added_by = by
            escort.save()
    return batch
