"""How the journey of one traveller ends otherwise than by the hand-over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions import journey, journey_ends
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from repatriation.actions.common import locked, refuse_wrong_date
from repatriation.actions.incidents import settle_for, traveller
from repatriation.models import Batch, Member
from repatriation.workflow import ON_THE_ROAD


class How(StrEnum):
    """The ways; the values stand in forms."""

    ALONE = "alone"
    CAME_BACK = "came_back"
    NOT_FOUND = "not_found"
    DECEASED = "deceased"


@dataclass(frozen=True)
class Outcome:
    """What became of her, with its proof or reason, on a day."""

    how: How
    reason: str
    on: date


@transaction.atomic
def conclude(*, batch: Batch, member: Member, outcome: Outcome, by: User) -> None:
    """Writes her outcome; what was open about her is cleared up, and her membership ends."""
    if not by.can(Perm.BATCH_TRAVEL):
        raise Refused(_("You do not have the right to do this."))
    batch = locked(batch, by=by)
    if batch.state not in ON_THE_ROAD:
        raise Refused(_("The batch is not on the road."))
    if not outcome.reason.strip():
        raise Refused(_("Give a reason."))
    refuse_wrong_date(outcome.on, after=batch.departed_on)
    row = traveller(batch, member)
    if row.journey_state not in ("departed", "arrived"):
        raise Refused(_("She is not on the road."))
    _end(row, outcome, by)
    settle_for([row], outcome=outcome.reason, on=outcome.on, by=by)
    Member.objects.filter(pk=row.pk).update(active=False)
    record("batch.conclude", by=by, obj=row, changes={"how": [None, outcome.how]})


def lose(*, batch: Batch, member: Member, reason: str, by: User) -> None:
    """She left the group on the way and was not found: an outcome for the batch."""
    conclude(batch=batch, member=member, outcome=Outcome(How.NOT_FOUND, reason, today()), by=by)


def _end(row: Member, outcome: Outcome, by: User) -> None:
    worker, reason, on = row.worker_id, outcome.reason, outcome.on
    if outcome.how is How.ALONE:
        journey_ends.go_on_alone(worker=worker, proof=reason, on=on, by=by)
    elif outcome.how is How.CAME_BACK:
        journey_ends.come_back(worker=worker, reason=reason, on=on, by=by)
    elif outcome.how is How.DECEASED:
        journey_ends.report_death(worker=worker, proof=reason, on=on, by=by)
    else:
        journey.lose(workers=[worker], reason=reason, by=by)
