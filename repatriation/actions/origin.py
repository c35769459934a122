"""Asking the home offices about their people in a batch."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions import journey
from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.regions.models import Regency
from kotim_social.workflow import Refused
from repatriation.actions.common import planned, refuse_wrong_date
from repatriation.models import Batch, OriginRequest
from repatriation.sharing import asked_about


@transaction.atomic
def ask(
    *, batch: Batch, regency: Regency, office: str, letter: str, on: date, by: User
) -> OriginRequest:
    """A letter went to the home office of one kabupaten/kota; the answer is still to come.

    It is about those alone who agreed that their data go there.
    """
    batch = planned(batch, by=by)
    refuse_wrong_date(on, after=None)
    if not office.strip() or not letter.strip():
        raise Refused(_("Give the office and the number of the letter."))
    agreed, missing = asked_about(batch, regency)
    workers = [member.worker_id for member in agreed]
    if not workers and not missing:
        raise Refused(_("Nobody of this home region is in the batch."))
    if not workers:
        raise Refused(_("Nobody of this home region has agreed that her data go to its office."))
    asked = journey.ask_origin(workers=workers, letter=letter, by=by)
    row = OriginRequest.objects.create(
        batch=batch,
        regency=regency,
        office=office.strip(),
        letter=letter.strip(),
        people=len(workers),
        asked_on=on,
        asked_by=by,
    )
    record("batch.ask_origin", by=by, obj=batch, changes={"people": [None, asked]})
    return row
