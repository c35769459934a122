"""A bank's file of results: read and kept, looked at, then booked whole or put aside."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from disbursements.actions.results import Result, book_results
from disbursements.bank_results import FileRow, Judged, judge, read_results
from disbursements.models import PaymentLine, PaymentList, ResultFile, ResultRow
from disbursements.workflow import RESULT_FILE
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.files.store import store
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

CONTENT_TYPE = "application/octet-stream"


class AlreadyRead(Refused):
    """The same bytes were read for this list before; `earlier` is where."""

    def __init__(self, earlier: ResultFile) -> None:
        super().__init__(_("This file was already read. Nothing was changed."))
        self.earlier = earlier


@transaction.atomic
def stage_results(
    *, payment_list: PaymentList, content: bytes, happened_on: date, by: User
) -> ResultFile:
    """Reads the file and keeps its rows; nothing is booked. `happened_on` is for rows without
    a date of their own. Raises WorkbookError when it cannot be read, AlreadyRead the second time.
    """
    locked = PaymentList.objects.select_for_update(of=("self",)).get(pk=payment_list.pk)
    digest = hashlib.sha256(content).hexdigest()
    earlier = locked.result_files.filter(sha256=digest).exclude(state="discarded").first()
    if earlier is not None:
        raise AlreadyRead(earlier)
    problems = []
    if not by.can(Perm.LIST_PAY):
        problems.append(_("You do not have the right to do this."))
    if locked.method != "transfer":
        problems.append(_("This list is paid in cash; no bank has a file of its results."))
    if locked.state != "ordered":
        problems.append(_("Results are booked while the list is ordered."))
    if happened_on > today():
        problems.append(_("The date lies in the future."))
    if problems:
        raise Refused(*problems)
    rows = read_results(content)
    source = ResultFile.objects.create(
        payment_list=locked,
        file=store(content, kind="bank.results", content_type=CONTENT_TYPE, by=by),
        sha256=digest,
        happened_on=happened_on,
        uploaded_by=by,
    )
    lines = lines_by_number(locked)
    ResultRow.objects.bulk_create(
        ResultRow(
            source=source,
            row_no=row.row_no,
            line=_line_of(row, lines),
            cells=row.cells,
        )
        for row in rows
    )
    record("result_file.stage", by=by, obj=source, changes={"rows": [0, len(rows)]})
    return source


def _line_of(row: FileRow, lines: dict[int, PaymentLine]) -> PaymentLine | None:
    text = row.cells["number"]
    return lines.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else None


def lines_by_number(payment_list: PaymentList) -> dict[int, PaymentLine]:
    """The lines that were ordered, by their number."""
    lines = payment_list.lines.exclude(state="cancelled")
    found = lines.named().select_related("entitlement__kind")
    return {line.number: line for line in found}


def judged_rows(source: ResultFile) -> list[Judged]:
    """What the file says and what is wrong with it, as the list stands now."""
    rows = [FileRow(row.row_no, row.cells) for row in source.rows.order_by("row_no")]
    return judge(
        rows,
        source.payment_list,
        lines=lines_by_number(source.payment_list),
        happened_on=source.happened_on,
    )


def tally(rows: Sequence[Judged]) -> Counter[str]:
    """Outcome → rows; those with a problem count as "wrong"."""
    return Counter("wrong" if row.problems else row.outcome for row in rows)


@transaction.atomic
def apply_results(*, source: ResultFile, by: User) -> Counter[str]:
    """Books every new result of the file, or nothing when a row is wrong."""
    payment_list = PaymentList.objects.select_for_update(of=("self",)).get(
        pk=source.payment_list_id
    )
    now = timezone.now()
    applied = RESULT_FILE.apply(source, "apply", by=by, settled_at=now, settled_by=by)
    applied.payment_list = payment_list
    rows = judged_rows(applied)
    counts = tally(rows)
    if counts["wrong"]:
        raise Refused(_("Rows of the file are wrong; nothing was booked."))
    fresh = [row for row in rows if row.outcome in ("paid", "returned")]
    if not fresh:
        raise Refused(_("The file holds no result that is not booked yet."))
    for day in sorted({row.on for row in fresh if row.on}):
        results = [_result(row) for row in fresh if row.on == day]
        book_results(payment_list=payment_list, results=results, on=day, by=by)
    return counts


def _result(row: Judged) -> Result:
    assert row.line is not None
    return Result(line_id=row.line.pk, paid=row.outcome == "paid", reason=row.reason, note=row.note)


@transaction.atomic
def discard_results(*, source: ResultFile, by: User) -> ResultFile:
    """Puts a file aside; the same bytes may then be read again."""
    discarded: ResultFile = RESULT_FILE.apply(
        source, "discard", by=by, settled_at=timezone.now(), settled_by=by
    )
    return discarded
