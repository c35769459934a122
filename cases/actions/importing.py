"""A register import: staged, confirmed or discarded, and undone while nothing depends on it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import PurePath

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.registering import hold_numbers, register_people
from cases.actions.staging import (
    find_again,
    parsed_from,
    person_from,
    read_workbook,
    repeated_worker,
    stored_fields,
    stored_problems,
)
from cases.models import ChildReferral, RegisterImport, StagedRow
from cases.models.register import StagedRowQuerySet
from cases.register.parsed import Outcome, ParsedRow
from cases.register.reading import RegisterReading
from cases.workflow import IMPORT
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import build, record, record_many
from kotim_social.files.store import store
from kotim_social.jobs.kinds import Report
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IMPORTABLE = (StagedRow.Outcome.ACCEPTED, StagedRow.Outcome.WARNING)
AT_A_TIME = 500
_LONGEST_SHEET = 80
_LONGEST_FILE_NAME = 200


class AlreadyImported(Refused):
    """The same file lies here already; `earlier` is where."""

    def __init__(self, earlier: RegisterImport) -> None:
        super().__init__(_("This file has already been imported. Nothing was changed."))
        self.earlier = earlier


@transaction.atomic
def stage_register(
    content: bytes, *, file_name: str, by: User, registered_on: date
) -> RegisterImport:
    """Reads a workbook and keeps every row with its outcome; nobody is registered yet.

    Raises WorkbookError when it cannot be read, AlreadyImported for the same file again.
    """
    _check_may_import(by, registered_on)
    digest = hashlib.sha256(content).hexdigest()
    refuse_same_file(digest)
    reading = read_workbook(content, by=by)
    if not reading.rows:
        raise Refused(_("The workbook names its columns, but no row below them holds a person."))
    source = RegisterImport(
        file=store(content, kind="register", content_type=XLSX, by=by),
        sha256=digest,
        file_name=PurePath(file_name).name[-_LONGEST_FILE_NAME:],
        registered_on=registered_on,
        notes=[
            {"sheet": note.sheet, "row": note.row, "sentence": note.sentence}
            for note in reading.notes
        ],
        uploaded_by=by,
    )
    try:
        with transaction.atomic():
            source.save(force_insert=True)
    except IntegrityError:
        # Somebody else uploaded the same file at the same moment.
        refuse_same_file(digest)
        raise
    StagedRow.objects.bulk_create(_staged_rows(source, reading), batch_size=1000)
    record("register_import.stage", by=by, obj=source, changes={"rows": reading.counts()})
    return source


def refuse_same_file(digest: str) -> None:
    """Raises AlreadyImported when a file with this SHA-256 is staged or imported."""
    earlier = RegisterImport.objects.filter(
        sha256=digest, state__in=("staged", "confirmed")
    ).first()
    if earlier is not None:
        raise AlreadyImported(earlier)


@transaction.atomic
def confirm_import(
    source: RegisterImport, *, by: User, report: Report = lambda _done: None
) -> RegisterImport:
    """Registers the accepted rows and puts the children on the referral path; the rest waits.

    `report` hears how many people are registered already.
    """
    now = timezone.now()
    source = IMPORT.apply(source, "confirm", by=by, confirmed_at=now, confirmed_by=by)
    refuse_foreign_rows(source, by)
    # From here on nobody else registers anybody in this year: what is checked stays true.
    hold_numbers(source.registered_on.year)
    rows = _set_aside_known(list(_waiting(source).filter(outcome__in=IMPORTABLE)))
    for start in range(0, len(rows), AT_A_TIME):
        people = [person_from(row) for row in rows[start : start + AT_A_TIME]]
        register_people(people, by=by, registered_on=source.registered_on)
        report(start + len(people))
    refer_children(
        list(_waiting(source).filter(outcome=StagedRow.Outcome.REFERRAL)),
        by=by,
        registered_on=source.registered_on,
    )
    source.rows.filter(pk__in=[row.pk for row in rows]).update(
        worker=F("id"),
        settled=StagedRow.Settled.IMPORTED,
        settled_at=timezone.now(),
        settled_by=by,
    )
    # A row that repeats one of this workbook now repeats that person: she has the row's id.
    source.rows.filter(repeats_row__worker__isnull=False).update(repeats_worker=F("repeats_row_id"))
    return source


def refer_children(rows: Sequence[StagedRow], *, by: User, registered_on: date) -> None:
    """Opens a referral for each child; she keeps the row's id."""
    # The outcome "referral" is given only to rows with a name, a birth date and a place.
    parsed = [(row, person_from(row), parsed_from(row)) for row in rows]
    ChildReferral.objects.bulk_create(
        ChildReferral(
            id=row.pk,
            name=child.name,
            birth_date=child.birth_date,
            place_id=child.place_code,
            facts=stored_fields(facts),
            registered_on=registered_on,
            recorded_by=by,
        )
        for row, child, facts in parsed
    )
    StagedRow.objects.filter(pk__in=[row.pk for row in rows]).update(
        settled=StagedRow.Settled.REFERRED, settled_at=timezone.now(), settled_by=by
    )
    record_many(
        build("child.refer", by=by, object_type="cases.childreferral", object_id=str(row.pk))
        for row in rows
    )


@transaction.atomic
def discard_import(source: RegisterImport, *, by: User) -> RegisterImport:
    """Puts a staged workbook away; it may be uploaded again."""
    source = IMPORT.apply(source, "discard", by=by)
    refuse_foreign_rows(source, by)
    source.rows.filter(settled=StagedRow.Settled.WAITING).update(
        settled=StagedRow.Settled.DISMISSED, settled_at=timezone.now(), settled_by=by
    )
    return source


def outcome_counts(source: RegisterImport) -> Counter[str]:
    """Rows by outcome; those with warnings count as accepted."""
    counts: Counter[str] = Counter()
    for outcome in source.rows.values_list("outcome", flat=True):
        counts["accepted" if outcome in IMPORTABLE else outcome] += 1
    return counts


def _check_may_import(by: User, registered_on: date) -> None:
    if not by.can(Perm.REGISTER_IMPORT):
        raise Refused(_("You do not have the right to do this."))
    if registered_on > today():
        raise Refused(_("The date of registration lies in the future."))


def refuse_foreign_rows(source: RegisterImport, by: User) -> None:
    """An act on the whole import is for whoever looks after all the places that it registers."""
    rows = source.rows.exclude(outcome=StagedRow.Outcome.REFUSED)
    if rows.count() != rows.in_scope(by).count():
        raise Refused(_("This import holds people of places that are not assigned to you."))


def _waiting(source: RegisterImport) -> StagedRowQuerySet:
    return (
        StagedRow.objects.select_for_update()
        .filter(source=source, settled=StagedRow.Settled.WAITING)
        .order_by("position")
    )


def _set_aside_known(rows: list[StagedRow]) -> list[StagedRow]:
    """The rows that may be imported; who was registered since the check waits for a decision."""
    parsed = {row.pk: parsed_from(row) for row in rows}
    find_again(list(parsed.values()))
    known = [row for row in rows if parsed[row.pk].outcome is not Outcome.ACCEPTED]
    for row in known:
        mark_known(row, parsed[row.pk])
    # Encrypted columns take no UPDATE of a set; writing the rows over themselves is one statement.
    StagedRow.objects.bulk_create(
        known,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["outcome", "problems", "repeats_worker"],
    )
    return [row for row in rows if row not in known]


def mark_known(row: StagedRow, parsed: ParsedRow) -> None:
    """Writes into a staged row what a later look has found."""
    row.outcome = parsed.outcome.value
    row.problems = stored_problems(parsed) + row.problems
    row.repeats_worker_id = repeated_worker(parsed)


def _staged_rows(source: RegisterImport, reading: RegisterReading) -> list[StagedRow]:
    staged: dict[object, StagedRow] = {}
    for position, parsed in enumerate(reading.rows, start=1):
        row = StagedRow(
            source=source,
            position=position,
            sheet=parsed.sheet[:_LONGEST_SHEET],
            row_no=parsed.row_no,
            place_id=parsed.place_code,
            fields=stored_fields(parsed),
            cells=parsed.original,
            problems=stored_problems(parsed),
            outcome=parsed.outcome.value,
        )
        _link(row, parsed, staged)
        staged[parsed.key] = row
    return list(staged.values())


def _link(row: StagedRow, parsed: ParsedRow, earlier: dict[object, StagedRow]) -> None:
    found = parsed.duplicate_of
    row.repeats_worker_id = repeated_worker(parsed)
    if found is not None and not found.existing:
        row.repeats_row = earlier[found.other]
