"""Ground of the acts on a batch: the lock, the right, the dates."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from repatriation import workflow
from repatriation.models import (
    Batch,
    Cost,
    Escort,
    Incident,
    Leg,
    ManifestRevision,
    Member,
    Officer,
)

TOO_FEW_SEATS = "batch_within_its_seats"


def locked(batch: Batch, *, by: User) -> Batch:
    """The batch as it stands now, held until the act has ended; Refused outside her scope."""
    row = Batch.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=batch.pk).first()
    if row is None:
        raise Refused(_("This batch is not in your care."))
    return row


def planned(batch: Batch, *, by: User, states: tuple[str, ...] = ()) -> Batch:
    """The locked batch, for a change of what is planned."""
    if not by.can(Perm.BATCH_PLAN):
        raise Refused(_("You do not have the right to do this."))
    row = locked(batch, by=by)
    if row.state not in (states or workflow.BEFORE_DEPARTURE):
        raise Refused(
            _("This cannot be done while the state is “%(state)s”.")
            % {"state": row.state_shown.label}
        )
    return row


def refuse_wrong_date(on: date, *, after: date | None) -> None:
    """A date of business lies neither in the future nor before the step before it."""
    if on > today():
        raise Refused(_("The date lies in the future."))
    if after is not None and on < after:
        raise Refused(_("The date lies before the step that comes before it."))


def step(name: str, on: date, by: User) -> dict[str, Any]:
    return {f"{name}_on": on, f"{name}_at": timezone.now(), f"{name}_by": by}


def revise(batch: Batch, *, cause: ManifestRevision.Cause, by: User) -> None:
    """The manifest that was given out no longer holds; the batch is locked."""
    Batch.objects.filter(pk=batch.pk).update(revision=F("revision") + 1)
    batch.refresh_from_db(fields=["revision"])
    ManifestRevision.objects.create(batch=batch, number=batch.revision, cause=cause, recorded_by=by)


def revise_if_confirmed(batch: Batch, *, cause: ManifestRevision.Cause, by: User) -> None:
    if batch.state not in workflow.OPEN_FOR_JOINING:
        revise(batch, cause=cause, by=by)


def sentence_for(error: IntegrityError) -> str:
    """The constraint's own sentence; never the database's text, which quotes values."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    if name == TOO_FEW_SEATS:
        return _("There are not enough seats.")
    for model in (Batch, Member, Escort, Leg, Officer, Cost, Incident):
        for constraint in model._meta.constraints:
            if constraint.name == name and constraint.violation_error_code != name:
                return str(constraint.violation_error_message)
    return _("This contradicts what is already recorded.")
