"""Requests about personal data: taken down with their deadline, and answered with a letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.data_terms import deadline_of
from cases.data_workflow import DATA_REQUEST
from cases.models import DataRequest, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused


@dataclass(frozen=True)
class Wanted:
    """What she asks for, how, and when the office heard of it."""

    kind: str
    channel: str
    wanted: str
    received_at: datetime


@transaction.atomic
def take_down(*, worker: Worker, wish: Wanted, by: User) -> DataRequest:
    """A closed case takes requests as well: her data are still here."""
    if not by.can(Perm.DATA_REQUEST) or not Worker.objects.in_care_of(by).filter(pk=worker.pk):
        raise Refused(_("You do not have the right to do this."))
    if not wish.wanted.strip():
        raise Refused(_("Write what she asks for."))
    if wish.received_at > timezone.now():
        raise Refused(_("The date lies in the future."))
    row = DataRequest.objects.create(
        worker=worker,
        kind=wish.kind,
        channel=wish.channel,
        wanted=wish.wanted.strip(),
        received_at=wish.received_at,
        received_by=by,
        deadline=deadline_of(wish.kind, wish.received_at),
        owner=by,
    )
    record("datarequest.take_down", by=by, obj=row, changes={"kind": [None, wish.kind]})
    return row


@transaction.atomic
def answer(*, request: DataRequest, act: str, outcome: str, by: User) -> DataRequest:
    """`act` is a transition of the workflow; the outcome says what was done, or why not."""
    if not outcome.strip():
        raise Refused(_("Write the answer and why."))
    answered: DataRequest = DATA_REQUEST.apply(
        request,
        act,
        by=by,
        outcome=outcome.strip(),
        answered_at=timezone.now(),
        answered_by=by,
    )
    return answered
