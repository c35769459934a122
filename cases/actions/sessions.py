"""Recording a verification session with its team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import VerificationSession
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.lib.dates import today
from kotim_social.regions.models import Place
from kotim_social.workflow import Refused


@dataclass(frozen=True, kw_only=True)
class NewSession:
    """Where and when a team verified, and who it was: one line a member, "Name – function"."""

    place: Place
    held_on: date
    team: str
    venue: str = ""
    village_head: str = ""
    district_head: str = ""


@transaction.atomic
def record_session(session: NewSession, *, by: User) -> VerificationSession:
    if not by.can(Perm.WORKER_VERIFY):
        raise Refused(_("You do not have the right to do this."))
    if session.held_on > today():
        raise Refused(_("The date lies in the future."))
    lines = [" ".join(line.split()) for line in session.team.splitlines() if line.strip()]
    if not lines:
        raise Refused(_("Name the team."))
    row = VerificationSession.objects.create(
        place=session.place,
        held_on=session.held_on,
        venue=session.venue.strip(),
        team="\n".join(lines),
        village_head=session.village_head.strip(),
        district_head=session.district_head.strip(),
        recorded_by=by,
    )
    record("session.record", by=by, obj=row, changes={"members": [None, len(lines)]})
    return row
