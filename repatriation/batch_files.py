"""The papers of a batch as drafts or with numbers: read anew, for a request or for a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import children_among
from kotim_social.accounts.access import get_visible_or_404
from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.documents.actions import issue_paper, void_paper
from kotim_social.documents.models import IssuedPaper
from kotim_social.documents.paper import PaperNumber
from kotim_social.jobs.made_files import Arguments, Made
from kotim_social.jobs.models import MadeFile
from kotim_social.lib.dates import today
from kotim_social.regions.models import Regency
from repatriation.actions import origin, preparing
from repatriation.models import Batch, Escort
from repatriation.papers.ground import Printing
from repatriation.papers.handover import handover_data, handover_pdf
from repatriation.papers.manifest import Copy, manifest_data, manifest_pdf
from repatriation.papers.orders import (
    assignment_order_pdf,
    orders_data,
    travel_order_data,
    travel_order_pdf,
)
from repatriation.papers.origin_request import origin_request_data, origin_request_pdf
from repatriation.papers.trip import trip_data, trip_pdf
from repatriation.sharing import asked_about

PDF = "application/pdf"
# They say neither who, nor where, nor why.
FILE_NAMES = {
    "manifest": "manifes.pdf",
    "manifest_carrier": "manifes.pdf",
    "assignment_order": "surat-tugas.pdf",
    "travel_order": "sppd.pdf",
    "origin_request": "surat.pdf",
    "handover_of_people": "berita-acara.pdf",
    "trip_report": "laporan-perjalanan.pdf",
}


@dataclass(frozen=True)
class Asked:
    """What a paper of a batch was asked by, found again as this user sees it."""

    batch: Batch
    by: User
    arguments: Arguments

    @property
    def escort(self) -> Escort:
        rows = Escort.objects.select_related("officer")
        return get_object_or_404(rows, pk=self.arguments["escort"], batch=self.batch, active=True)

    @property
    def regency(self) -> Regency:
        """A home region of somebody in the batch."""
        homes = self.batch.members.filter(active=True).values("worker__home_regency")
        return get_object_or_404(Regency, pk=self.arguments["regency"], pk__in=homes)


def nobody(_asked: Asked) -> int:
    """Of escorts and sums alone: the paper stays short."""
    return 0


def nothing(_asked: Asked, _paper: IssuedPaper) -> None:
    """Its number is told to nobody else."""


@dataclass(frozen=True)
class BatchPaper:
    """One kind: what it prints (with whole numbers, where a number is given), how, how many
    people stand in it, and what follows from its number."""

    label: Any
    data: Callable[[Asked, bool], dict[str, Any]]
    pdf: Callable[[dict[str, Any], PaperNumber | None, Printing], bytes]
    rows: Callable[[Asked], int] = nobody
    after: Callable[[Asked, IssuedPaper], object] = nothing


def _travellers(asked: Asked) -> int:
    return int(asked.batch.members.on_manifest().count())  # type: ignore[attr-defined]


def _manifest(copy: Copy, label: Any) -> BatchPaper:
    def pdf(data: dict[str, Any], number: PaperNumber | None, printing: Printing) -> bytes:
        return manifest_pdf(data, copy, number, by=printing.by, at=printing.at)

    return BatchPaper(
        label,
        lambda asked, full: manifest_data(asked.batch, copy, day=today(), full_ids=full),
        pdf,
        _travellers,
        partial(_withdraw_older, copy.kind),
    )


def _withdraw_older(kind: str, asked: Asked, paper: IssuedPaper) -> None:
    """A manifest of an earlier revision no longer holds."""
    reason = _("Replaced by revision %(number)s") % {"number": asked.batch.revision}
    older = IssuedPaper.objects.about(asked.batch).filter(kind=kind, void__isnull=True)
    for one in older.exclude(pk=paper.pk):
        if one.snapshot["revision"] < asked.batch.revision:
            void_paper(one, reason=reason, by=asked.by)


PAPERS = {
    "manifest": _manifest(Copy.OFFICE, gettext_lazy("Manifest, office copy")),
    # The carrier must have whole numbers of identity cards: who issues or opens it is in the trail.
    "manifest_carrier": _manifest(Copy.CARRIER, gettext_lazy("Manifest, carrier copy")),
    "assignment_order": BatchPaper(
        gettext_lazy("Assignment order"),
        lambda asked, _full: orders_data(asked.batch, day=today()),
        assignment_order_pdf,
        after=lambda asked, paper: preparing.record_escort_order(
            batch=asked.batch, number=paper.number, on=paper.issued_on, by=asked.by
        ),
    ),
    "travel_order": BatchPaper(
        gettext_lazy("Travel order"),
        lambda asked, _full: travel_order_data(asked.batch, asked.escort, day=today()),
        travel_order_pdf,
        after=lambda asked, paper: preparing.record_travel_order(
            batch=asked.batch, escort=asked.escort, number=paper.number, by=asked.by
        ),
    ),
    "handover_of_people": BatchPaper(
        gettext_lazy("Minutes of the hand-over"),
        lambda asked, _full: handover_data(asked.batch, day=today()),
        handover_pdf,
        _travellers,
    ),
    "trip_report": BatchPaper(
        gettext_lazy("Report of the journey"),
        lambda asked, _full: trip_data(asked.batch, day=today()),
        trip_pdf,
    ),
    # By the whole number alone the home office can find its people.
    "origin_request": BatchPaper(
        gettext_lazy("Request to confirm origin"),
        lambda asked, full: origin_request_data(
            asked.batch,
            asked.regency,
            office=asked.arguments["office"],
            day=today(),
            full_ids=full,
        ),
        origin_request_pdf,
        lambda asked: len(asked_about(asked.batch, asked.regency)[0]),
        lambda asked, paper: origin.ask(
            batch=asked.batch,
            regency=asked.regency,
            office=asked.arguments["office"],
            letter=paper.number,
            on=paper.issued_on,
            by=asked.by,
        ),
    ),
}


def of_batch(pk: UUID | str, kind: str, **more: str) -> Arguments:
    """What a paper is asked by; `more`: escort, or regency and office."""
    return {"batch": str(pk), "kind": kind, **more}


def _found(by: User, arguments: Arguments) -> tuple[BatchPaper, Asked]:
    if arguments["kind"] not in PAPERS:
        raise Http404
    batch = get_visible_or_404(Batch, by, arguments["batch"])
    return PAPERS[arguments["kind"]], Asked(batch, by, arguments)


def rows_of(by: User, arguments: Arguments) -> int:
    paper, asked = _found(by, arguments)
    return paper.rows(asked)


def draft_paper(by: User, arguments: Arguments) -> Made:
    """A look at it with masked numbers, marked KONSEP; who looked stands in the trail."""
    paper, asked = _found(by, arguments)
    batch, kind = asked.batch, arguments["kind"]
    data = paper.data(asked, False)
    record("paper.draft", by=by, obj=batch, changes={"kind": [None, kind]})
    content = paper.pdf(data, None, Printing(by.full_name, timezone.localtime()))
    return Made(content, PDF, FILE_NAMES[kind], people=lambda: _people(batch, by))


def _people(batch: Batch, by: User) -> set[UUID]:
    """Whoever is or was in it; of a child the name stands nowhere (R19)."""
    people = set(batch.members.values_list("worker_id", flat=True))
    return people - children_among(people, by)


@transaction.atomic
def issue_batch_paper(by: User, arguments: Arguments) -> IssuedPaper:
    """With the next number of the register, and with what follows from it: all or nothing."""
    paper, asked = _found(by, arguments)
    data = paper.data(asked, True)
    printing = Printing(by.full_name, timezone.localtime())
    issued = issue_paper(
        kind=arguments["kind"],
        build=lambda number: paper.pdf(data, number, printing),
        snapshot=data,
        issued_on=today(),
        by=by,
        subject=asked.batch,
    )
    paper.after(asked, issued)
    return issued


def still_hers(user: User, made: MadeFile) -> bool:
    """Whether she yet sees the batch, and nobody in it turned out to be a child (R19)."""
    get_visible_or_404(Batch, user, made.job.arguments["batch"])
    return not children_among(made.people, user)
