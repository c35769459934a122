"""Information sessions: recording one, and who came to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Attendance, Briefing, Worker, WorkerQuerySet
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.marks import fresh_marks
from kotim_social.audit.trail import build, record, record_many
from kotim_social.lib.dates import today
from kotim_social.regions.models import Lokalisasi
from kotim_social.workflow import Refused


@dataclass(frozen=True, kw_only=True)
class NewBriefing:
    """What is written down of a session; managers are counted, never named."""

    lokalisasi: Lokalisasi
    held_on: date
    venue: str
    agencies: str
    told: str
    managers: int = 0


def may_come(briefing: Briefing, user: User) -> WorkerQuerySet:
    """The women of the session's lokalisasi in this user's scope."""
    seen = Worker.objects.visible_to(user)
    return seen.filter(place__lokalisasi=briefing.lokalisasi_id)


@transaction.atomic
def record_briefing(briefing: NewBriefing, *, by: User) -> Briefing:
    if not by.can(Perm.WORKER_EDIT):
        raise Refused(_("You do not have the right to do this."))
    if not by.sees_everything and briefing.lokalisasi.pk not in by.lokalisasi_ids:
        raise Refused(_("This lokalisasi is not in your care."))
    if briefing.held_on > today():
        raise Refused(_("The date lies in the future."))
    row = Briefing.objects.create(
        lokalisasi=briefing.lokalisasi,
        held_on=briefing.held_on,
        venue=briefing.venue.strip(),
        agencies=briefing.agencies.strip(),
        told=briefing.told.strip(),
        managers=briefing.managers,
        recorded_by=by,
    )
    record("briefing.record", by=by, obj=row)
    return row


@transaction.atomic
def record_attendance(
    *, briefing: Briefing, shown: Iterable[UUID], came: Iterable[UUID], by: User
) -> tuple[int, int]:
    """Of the people shown, exactly those of `came` attended. Returns (added, taken out)."""
    if not by.can(Perm.WORKER_EDIT):
        raise Refused(_("You do not have the right to do this."))
    # One at a time a session: its row is written once, so the lokalisasi is what is locked.
    Lokalisasi.objects.select_for_update().get(pk=briefing.lokalisasi_id)
    people, wanted = set(shown), set(came)
    if not wanted <= people or may_come(briefing, by).filter(pk__in=people).count() != len(people):
        raise Refused(_("Some of these people are not in your care."))
    rows = {row.worker_id: row for row in briefing.attendances.filter(worker__in=people)}
    now_there = {pk for pk, row in rows.items() if row.active}
    added, out = wanted - now_there, now_there - wanted
    # Their rows keep who came: held in one order, for they are written in several statements.
    changed = Worker.objects.filter(pk__in=added | out).order_by("pk").values_list("pk")
    list(changed.select_for_update(of=("self",), no_key=True))
    Attendance.objects.bulk_create(
        Attendance(briefing=briefing, worker_id=pk, recorded_by=by) for pk in added - set(rows)
    )
    again = briefing.attendances.filter(worker__in=added & set(rows))
    again.update(active=True, taken_out_at=None, taken_out_by=None)
    gone = briefing.attendances.filter(worker__in=out)
    gone.update(active=False, taken_out_at=timezone.now(), taken_out_by=by)
    record_many(
        build(
            act,
            by=by,
            object_type="cases.worker",
            object_id=str(pk),
            changes={"briefing": [None, str(briefing.pk)]},
        )
        for act, ids in (("worker.attend", added), ("worker.not_attend", out))
        for pk in sorted(ids)
    )
    return len(added), len(out)


@transaction.atomic
def undo_attendance(*, briefing: Briefing, marks: str, by: User) -> int:
    """Takes back what one saving of hers marked, all or none, while nobody changed it again."""
    if not by.can(Perm.WORKER_EDIT):
        raise Refused(_("You do not have the right to do this."))
    Lokalisasi.objects.select_for_update().get(pk=briefing.lokalisasi_id)
    rows = fresh_marks(
        marks, "worker.attend", "worker.not_attend", by=by, briefing=[None, str(briefing.pk)]
    )
    if not rows:
        raise Refused(_("A quarter of an hour has passed: correct it by hand."))
    came = {UUID(row.object_id) for row in rows if row.act == "worker.attend"}
    marked = {UUID(row.object_id) for row in rows}
    there = briefing.attendances.filter(worker__in=marked, active=True)
    if set(there.values_list("worker_id", flat=True)) != came:
        raise Refused(_("Meanwhile it was changed again: correct it by hand."))
    record_attendance(briefing=briefing, shown=marked, came=marked - came, by=by)
    record("briefing.undo_marks", by=by, obj=briefing, changes={"people": [len(marked), 0]})
    return len(marked)
