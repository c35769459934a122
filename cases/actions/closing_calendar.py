"""The closing calendar: planned and real closing and the declaration day of a lokalisasi."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import Worker
from cases.models.of_age import of_age
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.lib.dates import today
from kotim_social.regions.models import Lokalisasi
from kotim_social.workflow import Refused

DATES = ("planned_closing", "declared_on", "closed_on")


@dataclass(frozen=True, kw_only=True)
class ClosingDates:
    planned_closing: date
    declared_on: date | None = None
    closed_on: date | None = None


def children_of(lokalisasi: Lokalisasi) -> int:
    """How many registered there are under 18 on its planned closing."""
    return Worker.objects.filter(~of_age(), place__lokalisasi=lokalisasi).count()


@transaction.atomic
def change_closing(
    *, lokalisasi: Lokalisasi, dates: ClosingDates, because: str, by: User
) -> Lokalisasi:
    """The new dates with the reason in the trail; what stood before stays there."""
    if not by.can(Perm.CLOSING_EDIT):
        raise Refused(_("You do not have the right to do this."))
    if not because.strip():
        raise Refused(_("Give a reason."))
    if dates.closed_on is not None and dates.closed_on > today():
        raise Refused(_("The real closing cannot lie in the future."))
    locked = Lokalisasi.objects.select_for_update().get(pk=lokalisasi.pk)
    changes: dict[str, Any] = {}
    for name in DATES:
        old, new = getattr(locked, name), getattr(dates, name)
        if old != new:
            changes[name] = [old and old.isoformat(), new and new.isoformat()]
            setattr(locked, name, new)
    if not changes:
        raise Refused(_("Nothing has changed."))
    locked.save(update_fields=list(changes))
    record("lokalisasi.reschedule", by=by, obj=locked, reason=because.strip(), changes=changes)
    return locked
