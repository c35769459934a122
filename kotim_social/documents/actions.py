"""Issuing, copying and voiding papers: the only writers of the number register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.documents.kinds import paper_kind
from kotim_social.documents.models import (
    CHECK_LETTERS,
    DEFAULT_TEMPLATE,
    IssuedPaper,
    NumberSeries,
    PaperCopy,
    PaperVoid,
    new_check_code,
)
from kotim_social.documents.paper import PaperNumber
from kotim_social.documents.stamps import stamp
from kotim_social.files.serving import content_of
from kotim_social.files.store import store
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

PDF = "application/pdf"


@transaction.atomic
def issue_paper(
    *,
    kind: str,
    build: Callable[[PaperNumber], bytes],
    snapshot: dict[str, Any],
    issued_on: date,
    by: User,
    subject: models.Model | None = None,
    paper_size: str = "",
) -> IssuedPaper:
    """Take the next number, build the paper with it, keep both. All or nothing.

    `build` gets number and check code and returns the PDF; `snapshot` is everything that was
    printed, as JSON (signatories by `Signatory.snapshot()`). `subject` is what it is about.
    """
    paper_kind(kind)
    if issued_on > today():
        raise Refused(_("The date of a paper may not lie in the future."))
    series = _locked_series(issued_on.year)
    series.last_number += 1
    series.save(update_fields=["last_number"])
    number = series.number_for(series.last_number, issued_on)
    check_code = new_check_code()
    content = build(PaperNumber(number, check_code))
    stored = store(content, kind=f"paper.{kind}", content_type=PDF, by=by)
    paper = IssuedPaper.objects.create(
        kind=kind,
        number=number,
        series=series,
        year=series.year,
        sequence=series.last_number,
        issued_on=issued_on,
        created_by=by,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=str(subject.pk) if subject else "",
        snapshot=snapshot,
        file=stored,
        check_code=check_code,
        sha256=stored.sha256,
        paper_size=paper_size or settings.PAPER_SIZE,
    )
    record("paper.issue", by=by, obj=paper, changes={"number": [None, number]})
    return paper


def issue_printed(
    *,
    kind: str,
    data: dict[str, Any],
    pdf: Callable[..., bytes],
    by: User,
    issued_on: date | None = None,
    subject: models.Model | None = None,
) -> IssuedPaper:
    """Issue a paper that is printed from its own snapshot: `pdf(data, number, by=, at=)`.

    It is dated today unless a date is given.
    """
    at = timezone.localtime()
    return issue_paper(
        kind=kind,
        build=lambda number: pdf(data, number, by=by.full_name, at=at),
        snapshot=data,
        issued_on=issued_on or today(),
        by=by,
        subject=subject,
    )


@transaction.atomic
def reprint(paper: IssuedPaper, *, by: User, part: bytes | None = None) -> bytes:
    """The next copy, stamped "SALINAN ke-n" (and DIBATALKAN when it was voided).

    `part` is a part of it, drawn anew from what the paper kept.
    """
    _lock(paper)
    content = content_of(paper.file) if part is None else part
    copy = paper.copies.count() + 1
    PaperCopy.objects.create(paper=paper, copy=copy, printed_by=by)
    record("paper.copy", by=by, obj=paper, changes={"copy": [copy - 1, copy]})
    voided = " – DIBATALKAN" if paper.is_void else ""
    return stamp(content, f"SALINAN ke-{copy}{voided}")


@transaction.atomic
def void_paper(paper: IssuedPaper, *, reason: str, by: User) -> PaperVoid:
    """Say that a paper no longer counts; number and file stay."""
    if not reason.strip():
        raise Refused(_("Say why the paper is voided."))
    _lock(paper)
    if paper.is_void:
        raise Refused(_("This paper is already voided."))
    void = PaperVoid.objects.create(paper=paper, reason=reason.strip(), voided_by=by)
    record("paper.void", by=by, obj=paper)
    return void


def find_by_check_code(code: str) -> IssuedPaper | None:
    """The paper of a check code, however it was typed (small letters, blanks, no dashes)."""
    letters = [sign for sign in code[:40].upper() if sign in CHECK_LETTERS]
    if len(letters) != 12:
        return None
    wanted = "-".join("".join(letters[i : i + 4]) for i in (0, 4, 8))
    return IssuedPaper.objects.select_related("void").filter(check_code=wanted).first()


def _locked_series(year: int) -> NumberSeries:
    code = settings.PAPER_CLASSIFICATION
    before = NumberSeries.objects.filter(code=code, year__lt=year).order_by("-year").first()
    template = before.template if before else DEFAULT_TEMPLATE
    NumberSeries.objects.get_or_create(code=code, year=year, defaults={"template": template})
    return NumberSeries.objects.select_for_update().get(code=code, year=year)


def _lock(paper: IssuedPaper) -> None:
    """One at a time per paper. Its row takes no lock: the app role may not update it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(paper.pk)])
