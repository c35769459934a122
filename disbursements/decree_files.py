"""The paper of a decree as a draft or with a number: read anew, for a request or for a worker."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from disbursements.models import Decree
from disbursements.papers.decree import KIND, DecreePaper, decree_paper
from disbursements.report_files import FILE_NAME, PDF, named
from disbursements.wording import Wording, first_wording
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.documents.actions import issue_paper, void_paper
from kotim_social.documents.models import IssuedPaper
from kotim_social.jobs.made_files import Arguments, Made
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused


def decree_or_404(pk: UUID | str) -> Decree:
    """Decrees are no one's scope; their people are, and only who sees all prints these."""
    return get_object_or_404(Decree, pk=pk)


def of_decree(pk: UUID) -> Arguments:
    return {"decree": str(pk)}


def of_wording(pk: UUID, wording: Wording, size: str) -> Arguments:
    """What a paper with a number is asked by. Of a person nothing stands in it."""
    return {**of_decree(pk), "wording": wording.as_json(), "size": size}


def decree_rows(_by: User, arguments: Arguments) -> int:
    """So many people stand in its annex."""
    entitlements = decree_or_404(arguments["decree"]).entitlements
    return int(entitlements.values("worker").distinct().count())


def draft_decree(by: User, arguments: Arguments) -> Made:
    """The paper with the first wording and masked numbers, marked as a draft."""
    decree = decree_or_404(arguments["decree"])
    record("paper.draft", by=by, obj=decree, changes={"kind": [None, KIND]})
    paper = decree_paper(decree, first_wording(decree), by=by, whole=False)
    return Made(paper.pdf(), PDF, FILE_NAME, people=lambda: named(_people(paper), by))


def _people(paper: DecreePaper) -> set[UUID]:
    return {row.worker.pk for row in paper.roll.rows}


def papers_in_force(decree: Decree) -> Any:
    return IssuedPaper.objects.about(decree).filter(kind=KIND, void__isnull=True)


@transaction.atomic
def void_older(decree: Decree, *, because: str, by: User) -> None:
    """What was issued before counts no longer from here on; the new number may come later."""
    for older in papers_in_force(decree):
        void_paper(older, reason=because, by=by)


@transaction.atomic
def issue_decree(by: User, arguments: Arguments) -> IssuedPaper:
    """With the next number of the register. Refused where another holds: it must be voided first,
    with a reason."""
    decree = decree_or_404(arguments["decree"])
    if papers_in_force(decree).exists():
        raise Refused(_("A paper of this decree was issued meanwhile. Look at it first."))
    wording, size = Wording(**arguments["wording"]), arguments["size"]
    paper = decree_paper(decree, wording, by=by, whole=by.can(Perm.WORKER_REVEAL), size=size)
    return issue_paper(
        kind=KIND,
        build=paper.pdf,
        snapshot=paper.snapshot(),
        issued_on=today(),
        by=by,
        subject=decree,
        paper_size=size,
    )
