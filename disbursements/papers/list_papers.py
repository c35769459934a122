"""The papers of one list beside its roll: a draft to look at, or issued with a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disbursements.models import PaymentLine, PaymentList
from disbursements.papers.payments import Payments, Stamps, payments_of
from disbursements.papers.receipts import ReceiptFacts, receipts_pdf
from disbursements.papers.rekap import PaperFacts
from disbursements.papers.signing import collective_pdf, handover_pdf, refund_letter
from disbursements.papers.transfer import transfer_pdf
from disbursements.rules import APPROVED_STATES
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.documents.actions import issue_paper
from kotim_social.documents.models import IssuedPaper
from kotim_social.documents.paper import PaperNumber, printed_line
from kotim_social.documents.signatories import signature_block
from kotim_social.jobs.actions import request_job
from kotim_social.jobs.kinds import Report
from kotim_social.jobs.models import Job
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

RECEIPTS = "receipt"


@dataclass(frozen=True)
class ListPaper:
    """One kind: how it is drawn, who signs it, and of which lists it is made."""

    kind: str
    label: Any
    pdf: Callable[..., bytes]
    signers: tuple[str, ...]
    methods: tuple[str, ...] = ("transfer", "cash")


LIST_PAPERS = {
    paper.kind: paper
    for paper in (
        ListPaper(
            "transfer_list",
            gettext_lazy("bank transfer list"),
            transfer_pdf,
            ("pa_kpa", "pptk", "bendahara"),
            ("transfer",),
        ),
        ListPaper(
            "collective_receipt", gettext_lazy("collective receipt"), collective_pdf, ("bendahara",)
        ),
        ListPaper(
            "handover_of_goods",
            gettext_lazy("minutes of hand-over of assistance"),
            handover_pdf,
            ("kepala_dinas",),
        ),
    )
}


def papers_for(payment_list: PaymentList) -> list[ListPaper]:
    return [paper for paper in LIST_PAPERS.values() if payment_list.method in paper.methods]


def against_papers(payment_list: PaymentList) -> list[str]:
    """Papers speak of what was approved."""
    if payment_list.state not in APPROVED_STATES:
        return [_("The list is not approved yet; it has no papers but its roll.")]
    return []


def _printed(user: User) -> str:
    return printed_line(user.full_name or user.username, timezone.localtime())


def _facts(paper: ListPaper, payment_list: PaymentList, by: User) -> PaperFacts:
    day = today()
    return PaperFacts(
        day=day,
        scope=[("Daftar bayar", payment_list.number)],
        signatures=[signature_block(who, day) for who in paper.signers],
        printed=_printed(by),
    )


def draft_list_paper(paper: ListPaper, payment_list: PaymentList, *, by: User, size: str) -> bytes:
    """A look at it, marked KONSEP; who looked stands in the trail first."""
    if against := against_papers(payment_list):
        raise Refused(*against)
    record("paper.draft", by=by, obj=payment_list, changes={"kind": [None, paper.kind]})
    facts = _facts(paper, payment_list, by)
    return paper.pdf(payments_of(payment_list), facts, size=size)


def issue_list_paper(
    paper: ListPaper, payment_list: PaymentList, *, by: User, size: str = ""
) -> IssuedPaper:
    """With the next number of the register."""
    against = against_papers(payment_list)
    if not by.can(Perm.PAPER_ISSUE):
        against = [_("You do not have the right to do this.")]
    if against:
        raise Refused(*against)
    payments, facts = payments_of(payment_list), _facts(paper, payment_list, by)
    return issue_paper(
        kind=paper.kind,
        build=lambda number: paper.pdf(payments, facts, number, size=size),
        snapshot=_snapshot(payments, facts),
        issued_on=facts.day,
        by=by,
        subject=payment_list,
        paper_size=size,
    )


def _snapshot(payments: Payments, facts: PaperFacts) -> dict[str, Any]:
    return {
        **payments.snapshot(),
        "day": facts.day.isoformat(),
        "signatures": [
            {"title": block.title, "name": block.name, "nip": block.nip}
            for block in facts.signatures
        ],
    }


# -- receipts: many pages, so they are printed in the background -------------------------------


def issued_receipts(payment_list: PaymentList) -> IssuedPaper | None:
    """The receipts of this list that count, if they were printed."""
    papers = IssuedPaper.objects.about(payment_list).filter(kind=RECEIPTS, void__isnull=True)
    return papers.order_by("-pk").first()


def request_receipts(
    *,
    payment_list: PaymentList,
    budget_code: str,
    duty: int | None,
    duty_reason: str,
    by: User,
) -> Job:
    """Asks for a receipt for each payment; one file. Small lists are printed at once."""
    against = against_papers(payment_list) + _already_printed(payment_list)
    if duty is not None and not duty_reason.strip():
        against.append(_("Say why another stamp duty holds than that of the table."))
    total = len(payments_of(payment_list).rows)
    if not total:
        against.append(_("The list has no payment to print a receipt for."))
    if against:
        raise Refused(*against)
    if duty is not None:
        record(
            "receipts.stamp_duty",
            by=by,
            obj=payment_list,
            reason=duty_reason.strip(),
            changes={"duty": [None, duty]},
        )
    arguments = {"list": str(payment_list.pk), "budget_code": budget_code, "duty": duty}
    return request_job(kind=RECEIPTS, total=total, arguments=arguments, by=by)


def _already_printed(payment_list: PaymentList) -> list[str]:
    if (earlier := issued_receipts(payment_list)) is None:
        return []
    return [
        _("The receipts are already printed: %(number)s. Print a copy, or void them first.")
        % {"number": earlier.number}
    ]


def print_receipts(job: Job, report: Report) -> IssuedPaper:
    """The work itself: everything is read again, for the job may have waited."""
    by = job.requested_by
    lists = PaymentList.objects.visible_to(by)
    payment_list = lists.filter(pk=job.arguments["list"]).first()
    if payment_list is None:
        raise Refused(_("The list is not in your scope."))
    if against := against_papers(payment_list) + _already_printed(payment_list):
        raise Refused(*against)
    payments, day = payments_of(payment_list), today()
    facts = ReceiptFacts(
        day=day,
        budget_code=job.arguments["budget_code"],
        printed=_printed(by),
        signatures=[signature_block(who, day) for who in ("pa_kpa", "pptk", "bendahara")],
        stamps={on: Stamps("receipt", on) for on in {row.on for row in payments.rows}},
        duty=job.arguments["duty"],
    )
    duties = [facts.duty_on(row) for row in payments.rows]
    return issue_paper(
        kind=RECEIPTS,
        build=lambda number: receipts_pdf(
            payments, facts, number, report=lambda done: report(min(done, job.total))
        ),
        snapshot={**payments.snapshot(), "budget_code": facts.budget_code, "duties": duties},
        issued_on=day,
        by=by,
        subject=payment_list,
    )


def letter_of_refund(
    line: PaymentLine, day: date, by: User
) -> tuple[Callable[[PaperNumber], bytes], dict[str, Any]]:
    """The letter of a demand, and what it prints."""
    facts = PaperFacts(day=day, scope=[], signatures=[], printed=_printed(by))
    frozen: dict[str, Any] = line.snapshot or {}
    snapshot = {
        "list": line.payment_list.number,
        "line": line.number,
        "total": line.amount,
        "register_no": frozen["register_no"],
        "name": frozen["name"],
    }
    return (lambda number: refund_letter(line, facts, number)), snapshot
