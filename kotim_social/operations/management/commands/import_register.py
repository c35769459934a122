"""Imports a register workbook by the same acts as the page: staged, checked, confirmed."""

from __future__ import annotations

import hashlib
import json
from argparse import ArgumentParser
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cases.actions.importing import (
    AlreadyImported,
    confirm_import,
    refuse_same_file,
    stage_register,
)
from cases.actions.staging import read_workbook, stored_problems
from cases.models import RegisterImport
from cases.register.workbook import WorkbookError
from kotim_social.accounts.models import RoleGrant, User
from kotim_social.accounts.roles import Perm, Role
from kotim_social.audit.scope import set_actor
from kotim_social.lib.dates import DateError, parse_date, today
from kotim_social.workflow import Refused

CANNOT_READ = 2
Row = dict[str, Any]


class Command(BaseCommand):
    help = (
        "Imports a register (.xlsx). Exit code 0: every row has an outcome; 2: the file cannot be "
        "read; 1: it may not be imported now. The same file again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument("--json", action="store_true", help="print every row as JSON")
        parser.add_argument("--user", help="log-in name; without it the first active caseworker")
        parser.add_argument("--date", help="date of registration, for example 01-11-2017 (today)")

    def handle(self, *args: Any, **options: Any) -> None:
        user = _user(options["user"], needed=not options["dry_run"])
        registered_on = _day(options["date"])
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            message = f"{path.name}: {error.strerror or 'cannot be opened'}."
            raise CommandError(message, returncode=CANNOT_READ) from None
        try:
            if options["dry_run"] or user is None:
                result = _dry_run(content, user)
            else:
                result = _import(content, path.name, user, registered_on)
        except WorkbookError as error:
            raise CommandError(error.sentence, returncode=CANNOT_READ) from None
        except Refused as error:
            raise CommandError(str(error)) from None
        result["user"] = user.get_username() if user is not None else None
        self._print(result, as_json=options["json"])

    def _print(self, result: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))
            return
        if result["already_imported"]:
            self.stdout.write("Already imported: nothing was changed.")
        counts = ", ".join(f"{name} {count}" for name, count in result["counts"].items())
        self.stdout.write(f"{len(result['rows'])} rows: {counts} (by {result['user'] or '-'}).")
        for row in result["rows"]:
            if row["reasons"]:
                reasons = " ".join(row["reasons"])
                self.stdout.write(f"{row['sheet']}, {row['row']}: {row['outcome']}. {reasons}")
        for note in result["notes"]:
            self.stdout.write(note)


def _dry_run(content: bytes, user: User | None) -> dict[str, Any]:
    try:
        refuse_same_file(hashlib.sha256(content).hexdigest())
    except AlreadyImported as error:
        if error.earlier.state == "confirmed":
            return _result(error.earlier, already=True, dry_run=True)
    reading = read_workbook(content, by=user)
    rows = [
        _row(row.sheet, row.row_no, row.outcome.value, stored_problems(row)) for row in reading.rows
    ]
    notes = [f"{note.sheet}: {note.sentence}" for note in reading.notes]
    return _as_result(rows, notes, already=False, dry_run=True)


@transaction.atomic
def _import(content: bytes, name: str, user: User, registered_on: date) -> dict[str, Any]:
    """Also takes up a workbook that somebody staged on the page and has not confirmed."""
    set_actor(user.pk)
    try:
        source = stage_register(content, file_name=name, by=user, registered_on=registered_on)
    except AlreadyImported as error:
        source = error.earlier
        if source.state == "confirmed":
            return _result(source, already=True)
    return _result(confirm_import(source, by=user))


def _result(
    source: RegisterImport, *, already: bool = False, dry_run: bool = False
) -> dict[str, Any]:
    rows = [
        _row(row.sheet, row.row_no, row.outcome, row.problems, row.settled)
        for row in source.rows.order_by("position")
    ]
    notes = [f"{note['sheet']}: {note['sentence']}" for note in source.notes]
    return _as_result(rows, notes, already=already, dry_run=dry_run)


def _as_result(
    rows: list[Row], notes: list[str], *, already: bool, dry_run: bool
) -> dict[str, Any]:
    counts = Counter("accepted" if r["outcome"] == "warning" else r["outcome"] for r in rows)
    names = ("accepted", "duplicate", "refused", "referral")
    return {
        "dry_run": dry_run,
        "already_imported": already,
        "counts": {name: counts[name] for name in names},
        "with_warnings": sum(row["outcome"] == "warning" for row in rows),
        "rows": rows,
        "notes": notes,
    }


def _row(
    sheet: str, number: int, outcome: str, problems: list[dict[str, str]], settled: str = ""
) -> Row:
    reasons = [problem["sentence"] for problem in problems]
    row: Row = {"sheet": sheet, "row": number, "outcome": outcome, "reasons": reasons}
    return row | {"settled": settled} if settled else row


def _user(name: str | None, *, needed: bool) -> User | None:
    """The named user, or the first active caseworker: whoever imports is in the trail.

    None, for a check only, in an office that has no caseworker yet.
    """
    if name is not None:
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {name}.")
    else:
        holders = RoleGrant.objects.on(today()).filter(role=Role.PETUGAS).values("user")
        user = User.objects.filter(is_active=True, pk__in=holders).order_by("pk").first()
        if user is None:
            if needed:
                raise CommandError("There is no active caseworker; name a user with --user.")
            return None
    if not user.can(Perm.REGISTER_IMPORT):
        raise CommandError(f"{user.get_username()} has not the right to import registers.")
    return user


def _day(text: str | None) -> date:
    if text is None:
        return today()
    try:
        return parse_date(text)
    except DateError as error:
        raise CommandError(error.sentence) from None
