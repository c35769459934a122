"""Remembers that records which are alike are of different people."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import DifferentPeople, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.scope import whole_office
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused


@transaction.atomic
def not_the_same(*, worker: Worker, other: Worker, reason: str, by: User) -> None:
    """Somebody compared two records that she may see and found two people."""
    if not (by.can(Perm.WORKER_EDIT) or by.can(Perm.WORKER_MERGE)):
        raise Refused(_("You do not have the right to do this."))
    if Worker.objects.visible_to(by).filter(pk__in=[worker.pk, other.pk]).count() != 2:
        raise Refused(_("Some of these people are not in your care."))
    if not reason.strip():
        raise Refused(_("Give a reason."))
    remember_different(worker.pk, [other.pk], reason=reason, by=by)


@whole_office()
def remember_different(worker_id: UUID, others: Iterable[UUID], *, reason: str, by: User) -> None:
    """Keeps each pair once, with the first reason; one row in the trail names them all."""
    pairs = [sorted((worker_id, other)) for other in others if other != worker_id]
    DifferentPeople.objects.bulk_create(
        [
            DifferentPeople(first_id=first, second_id=second, reason=reason.strip(), recorded_by=by)
            for first, second in pairs
        ],
        ignore_conflicts=True,
    )
    others = {one for pair in pairs for one in pair if one != worker_id}
    told = Worker.objects.filter(pk__in=others).order_by("register_no")
    record(
        "worker.not_the_same",
        by=by,
        object_type="cases.worker",
        object_id=str(worker_id),
        reason=reason.strip(),
        changes={"others": [None, ", ".join(told.values_list("register_no", flat=True))]},
    )
