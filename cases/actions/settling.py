"""Settles the rows of an import that wait: each ends in a state, and none is lost."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.different import remember_different
from cases.actions.importing import refer_children
from cases.actions.registering import hold_numbers, register_person
from cases.actions.staging import (
    nik_is_known,
    person_from,
    read_mended,
    repeated_worker,
    stored_fields,
    stored_problems,
)
from cases.models import StagedRow
from cases.register.columns import Field
from cases.register.parsed import Outcome, ParsedRow
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused

_DUPLICATE = StagedRow.Outcome.DUPLICATE
_REFUSED = StagedRow.Outcome.REFUSED
_REFERRAL = StagedRow.Outcome.REFERRAL


class StillWrong(Refused):
    """What is wrong in a mended row: `problems` as the staged row would keep them."""

    def __init__(self, parsed: ParsedRow) -> None:
        self.problems = [p for p in stored_problems(parsed) if p["severity"] == "error"]
        super().__init__(*(problem["sentence"] for problem in self.problems))


@transaction.atomic
def same_person(row: StagedRow, *, by: User, because: str = "") -> StagedRow:
    """She is registered already: the row adds nobody."""
    row = _locked(row, by, _DUPLICATE)
    repeated = row.repeats_row
    if row.repeats_worker_id is None and (repeated is None or repeated.outcome != _REFERRAL):
        raise Refused(_("The row that this one repeats is not settled yet. Settle that one first."))
    return _settle(row, StagedRow.Settled.SAME_PERSON, by=by, because=because)


@transaction.atomic
def not_same_person(row: StagedRow, *, by: User, because: str) -> StagedRow:
    """Somebody else of the same name: registers her. Never with a NIK that somebody has."""
    row = _locked(row, by, _DUPLICATE)
    _need_reason(because)
    hold_numbers(row.source.registered_on.year)
    if nik_is_known(row.fields["nik"]):
        raise Refused(
            _(
                "Somebody registered has the same NIK, so this is the same person or one of the "
                "two numbers is wrong. Mend the number first."
            )
        )
    other = row.repeats_worker_id
    row = _register(row, StagedRow.Settled.IMPORTED, by=by, because=because)
    if other is not None and row.worker_id is not None:
        remember_different(row.worker_id, [other], reason=because, by=by)
    return row


@transaction.atomic
def mend_row(
    row: StagedRow, *, cells: Mapping[Field, str], place_code: str | None, by: User
) -> StagedRow:
    """Judges the row anew with corrected cells, and registers her when nothing stands against it.

    Raises Refused with what is still wrong. A likeness that comes to light now leaves the row
    waiting as a duplicate; a child goes to the referral path.
    """
    row = _locked(row, by, _DUPLICATE, _REFUSED)
    hold_numbers(row.source.registered_on.year)
    parsed = read_mended(cells, row=row, place_code=place_code, by=by)
    if parsed.outcome is Outcome.REFUSED:
        raise StillWrong(parsed)
    _keep(row, parsed)
    if parsed.outcome is Outcome.DUPLICATE:
        record("staged_row.mend", by=by, obj=row, changes={"outcome": ["", row.outcome]})
        return row
    if parsed.outcome is Outcome.REFERRAL:
        refer_children([row], by=by, registered_on=row.source.registered_on)
        record("staged_row.refer", by=by, obj=row)
        row.refresh_from_db()
        return row
    return _register(row, StagedRow.Settled.MENDED, by=by)


@transaction.atomic
def dismiss_row(row: StagedRow, *, by: User, because: str) -> StagedRow:
    """Leaves the row out for good, with the reason why."""
    row = _locked(row, by, _DUPLICATE, _REFUSED)
    _need_reason(because)
    return _settle(row, StagedRow.Settled.DISMISSED, by=by, because=because)


def may_settle(row: StagedRow, user: User) -> bool:
    """Whether the row still waits, and for somebody with this user's rights."""
    return (
        row.settled == StagedRow.Settled.WAITING
        and row.source.state == "confirmed"
        and row.outcome in (_DUPLICATE, _REFUSED)
        and user.can(Perm.REGISTER_IMPORT)
    )


def _locked(row: StagedRow, by: User, *outcomes: str) -> StagedRow:
    rows = StagedRow.objects.select_for_update(of=("self",)).select_related("source", "repeats_row")
    row = rows.get(pk=row.pk)
    in_scope = StagedRow.objects.in_scope(by).filter(pk=row.pk).exists()
    if not by.can(Perm.REGISTER_IMPORT) or not in_scope:
        raise Refused(_("You do not have the right to do this."))
    if row.source.state != "confirmed":
        raise Refused(_("Rows are settled after the import has been confirmed."))
    if row.settled != StagedRow.Settled.WAITING or row.outcome not in outcomes:
        raise Refused(_("This row has already been settled."))
    return row


def _need_reason(because: str) -> None:
    if not because.strip():
        raise Refused(_("Give a reason."))


def _keep(row: StagedRow, parsed: ParsedRow) -> None:
    """The mended fields replace those read; the cells of the workbook stay as they were."""
    row.fields = stored_fields(parsed)
    row.problems = stored_problems(parsed)
    row.outcome = parsed.outcome.value
    row.place_id = parsed.place_code
    row.repeats_row = None
    row.repeats_worker_id = repeated_worker(parsed)
    row.save(
        update_fields=["fields", "problems", "outcome", "place", "repeats_row", "repeats_worker"]
    )


def _register(
    row: StagedRow, settled: StagedRow.Settled, *, by: User, because: str = ""
) -> StagedRow:
    row.worker = register_person(person_from(row), by=by, registered_on=row.source.registered_on)
    return _settle(row, settled, by=by, because=because)


def _settle(row: StagedRow, settled: StagedRow.Settled, *, by: User, because: str) -> StagedRow:
    row.settled, row.settled_at, row.settled_by = settled, timezone.now(), by
    row.settled_because = because.strip() or None
    row.save(update_fields=["worker", "settled", "settled_at", "settled_by", "settled_because"])
    # Rows that repeat this one now repeat whoever she turned out to be.
    StagedRow.objects.filter(repeats_row=row, settled=StagedRow.Settled.WAITING).update(
        repeats_worker=row.worker_id or row.repeats_worker_id
    )
    record(f"staged_row.{settled.value}", by=by, obj=row)
    return row
