"""Undoes an import while nothing depends on the people it brought."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.importing import refuse_foreign_rows
from cases.models import (
    BankAccount,
    BookHandOver,
    CaseHolder,
    ChildReferral,
    ChoiceChange,
    Journey,
    RegisterImport,
    StagedRow,
    Worker,
)
from cases.workflow import IMPORT
from kotim_social.accounts.models import User
from kotim_social.audit.models import Entry
from kotim_social.audit.scope import whole_office
from kotim_social.audit.trail import build, record_many
from kotim_social.workflow import Refused


@transaction.atomic
@whole_office()
def undo_import(source: RegisterImport, *, by: User) -> RegisterImport:
    """Takes back everybody whom the import registered; their register numbers stay used."""
    now = timezone.now()
    source = IMPORT.apply(source, "undo", by=by, undone_at=now, undone_by=by)
    refuse_foreign_rows(source, by)
    workers = set(
        Worker.objects.select_for_update(of=("self",))
        .filter(staged_rows__source=source)
        .values_list("pk", flat=True)
    )
    _refuse_if_gone_on(_gone_on(source, workers))
    children = source.rows.filter(settled=StagedRow.Settled.REFERRED).values_list("pk", flat=True)
    ChildReferral.objects.filter(pk__in=list(children)).delete()
    _delete(workers)
    record_many(
        build("worker.undo", by=by, object_type="cases.worker", object_id=str(pk))
        for pk in sorted(workers)
    )
    source.rows.update(settled=StagedRow.Settled.UNDONE, settled_at=now, settled_by=by)
    return source


def _delete(workers: set[UUID]) -> None:
    hers = {"worker__in": workers}
    # Rows of choices are never deleted but here: the people whose they are have never been.
    ChoiceChange._base_manager.filter(**hers).delete()
    Journey.objects.filter(**hers).delete()
    try:
        BankAccount.objects.filter(**hers).delete()
        Worker.objects.filter(pk__in=workers).delete()
    except ProtectedError as error:
        _refuse_if_gone_on({_whose(row) for row in error.protected_objects})


def _whose(row: Any) -> object:
    """The person of a row that stands against it, or the row itself where it names nobody."""
    if isinstance(row, BookHandOver):
        return row.account.worker_id
    return getattr(row, "worker_id", row.pk)


def _refuse_if_gone_on(people: set[object]) -> None:
    if people:
        raise Refused(
            _(
                "The import can no longer be undone: work on %(count)s of its records has gone on. "
                "Correct those records one by one."
            )
            % {"count": len(people)}
        )


def _gone_on(source: RegisterImport, workers: set[UUID]) -> set[object]:
    """The people about whom anything was done after the import; others' tables PROTECT theirs."""
    hers = {"worker__in": workers}
    # The import wrote these before it settled the row; what is younger somebody has added.
    later = Q(recorded_at__gt=F("worker__staged_rows__settled_at"))
    sets = (
        Worker.objects.filter(pk__in=workers)
        .filter(Q(version__gt=1) | ~Q(eligibility="registered") | ~Q(case_state="open"))
        .values_list("pk", flat=True),
        BankAccount.objects.filter(later | Q(version__gt=1) | ~Q(state="opened"), **hers)
        .values_list("worker", flat=True),
        ChoiceChange.objects.filter(later, **hers).values_list("worker", flat=True),
        Journey.objects.filter(~Q(state="on_site") | ~Q(batch_code="") | Q(current=False), **hers)
        .values_list("worker", flat=True),
        CaseHolder.objects.filter(**hers).values_list("worker", flat=True),
        StagedRow.objects.filter(repeats_worker__in=workers, settled=StagedRow.Settled.SAME_PERSON)
        .exclude(source=source)
        .values_list("repeats_worker", flat=True),
        ChildReferral.objects.filter(
            pk__in=source.rows.filter(settled=StagedRow.Settled.REFERRED).values("pk"),
        )
        .filter(Q(officer__isnull=False) | ~Q(state="found") | Q(steps__isnull=False))
        .values_list("pk", flat=True),
    )  # fmt: skip
    # Confidential notes are hidden from this query too, but the trail tells that one was written.
    noted = Entry.objects.filter(
        object_type="cases.worker", object_id__in=[str(pk) for pk in workers], act="note.add"
    )
    return {pk for found in sets for pk in found} | set(noted.values_list("object_id", flat=True))
