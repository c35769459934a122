"""Papers 4–7 of payments: of a list, of a part of it, or drawn from several lists.

A draft to look at, or issued with a number. A payment has one original of each kind: what stands
on one already is left out of the next, and is printed again as a copy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disbursements.models import PaperLine, PaymentLine, PaymentList
from disbursements.papers.issuing import Scope
from disbursements.papers.payments import Payments, Stamps, payments_in_snapshot
from disbursements.papers.receipts import ReceiptFacts, receipts_pdf
from disbursements.papers.rekap import PaperFacts
from disbursements.papers.selecting import (
    Selection,
    scope_as_arguments,
    scope_of_arguments,
    select_payments,
)
from disbursements.papers.signing import collective_pdf, handover_pdf, refund_letter
from disbursements.papers.transfer import transfer_pdf
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.documents.actions import issue_paper, reprint
from kotim_social.documents.models import IssuedPaper
from kotim_social.documents.paper import PaperNumber, printed_line
from kotim_social.documents.signatories import signature_block
from kotim_social.documents.signatures import SignatureBlock
from kotim_social.jobs.actions import request_job
from kotim_social.jobs.kinds import Report
from kotim_social.jobs.models import Job
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

RECEIPTS = "receipt"
BOTH = ("transfer", "cash")
_RECEIPT_SIGNERS = ("pa_kpa", "pptk", "bendahara")


@dataclass(frozen=True)
class ListPaper:
    """One kind: how it is drawn, who signs it, and of which lists it is made."""

    kind: str
    label: Any
    pdf: Callable[..., bytes]
    signers: tuple[str, ...]
    methods: tuple[str, ...] = BOTH

    def select(self, scope: Scope) -> Selection:
        return select_payments(self.kind, self.methods, scope)


def _receipts_draft(payments: Payments, facts: PaperFacts, *, size: str = "") -> bytes:
    """A look at the receipts: the budget code is asked for when they are printed."""
    return receipts_pdf(payments, _receipt_facts(payments, facts, "–", None), size=size)


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
        ListPaper(
            RECEIPTS,
            gettext_lazy("receipts, one a payment"),
            _receipts_draft,
            _RECEIPT_SIGNERS,
        ),
    )
}


def papers_for(payment_list: PaymentList) -> list[ListPaper]:
    return [paper for paper in LIST_PAPERS.values() if payment_list.method in paper.methods]


def _printed(user: User) -> str:
    return printed_line(user.full_name or user.username, timezone.localtime())


def _facts(paper: ListPaper, selection: Selection, by: User) -> PaperFacts:
    day = today()
    return PaperFacts(
        day=day,
        scope=selection.in_words(),
        signatures=[signature_block(who, day) for who in paper.signers],
        printed=_printed(by),
    )


def draft_list_paper(
    paper: ListPaper, selection: Selection, *, by: User, size: str = "", new: bool = False
) -> bytes:
    """A look at it, marked KONSEP; who looked stands in the trail first.

    `new`: only what has no original yet, as it would be issued.
    """
    payments = selection.new if new else selection.payments
    record(
        "paper.draft",
        by=by,
        obj=selection.scope.payment_list,
        object_type="paper",
        object_id=paper.kind,
        changes={"kind": [None, paper.kind]},
    )
    return paper.pdf(payments, _facts(paper, selection, by), size=size)


def against_issuing(selection: Selection, by: User) -> list[str]:
    if not by.can(Perm.PAPER_ISSUE):
        return [_("You do not have the right to do this.")]
    return selection.against()


@transaction.atomic
def issue_list_paper(paper: ListPaper, scope: Scope, *, by: User, size: str = "") -> IssuedPaper:
    """With the next number of the register; what stands on such a paper already is left out."""
    selection = paper.select(scope)
    if against := against_issuing(selection, by):
        raise Refused(*against)
    payments, facts = selection.new, _facts(paper, selection, by)
    return _issue(
        paper.kind,
        selection,
        build=lambda number: paper.pdf(payments, facts, number, size=size),
        facts={"signatures": facts.signatures, "day": facts.day},
        by=by,
        size=size,
    )


def _issue(
    kind: str,
    selection: Selection,
    *,
    build: Callable[[PaperNumber], bytes],
    facts: dict[str, Any],
    by: User,
    size: str = "",
    **more: Any,
) -> IssuedPaper:
    """The paper, and which payments it is the original of: the database refuses a second."""
    payments = selection.new
    issued = issue_paper(
        kind=kind,
        build=build,
        snapshot={
            **payments.snapshot(),
            **more,
            "scope": [list(pair) for pair in selection.in_words()],
            "day": facts["day"].isoformat(),
            "signatures": [asdict(block) for block in facts["signatures"]],
        },
        issued_on=facts["day"],
        by=by,
        subject=selection.scope.payment_list,
        paper_size=size,
    )
    lines = [PaperLine(paper=issued, line_id=row.line_id) for row in payments.rows]
    try:
        PaperLine.objects.bulk_create(lines, batch_size=1000)
    except DatabaseError as error:
        raise Refused(
            _("Somebody has just issued this paper for some of these payments. Look again.")
        ) from error
    return issued


# -- receipts: many pages, so they are printed in the background -------------------------------


def request_receipts(
    *, scope: Scope, budget_code: str, duty: int | None, duty_reason: str, by: User, size: str = ""
) -> Job:
    """Asks for a receipt for each payment; one file. A few are printed at once."""
    selection = LIST_PAPERS[RECEIPTS].select(scope)
    against = against_issuing(selection, by)
    if duty is not None and not duty_reason.strip():
        against.append(_("Say why another stamp duty holds than that of the table."))
    if against:
        raise Refused(*against)
    if duty is not None:
        record(
            "receipts.stamp_duty",
            by=by,
            obj=scope.payment_list,
            object_type="paper",
            object_id=RECEIPTS,
            reason=duty_reason.strip(),
            changes={"duty": [None, duty]},
        )
    arguments = {**scope_as_arguments(scope), "budget_code": budget_code, "duty": duty}
    if size:
        arguments["size"] = size
    total = len(selection.new.rows)
    return request_job(kind=RECEIPTS, total=total, arguments=arguments, by=by)


@transaction.atomic
def print_receipts(job: Job, report: Report) -> IssuedPaper:
    """The work itself: everything is read again, for the job may have waited."""
    by, paper = job.requested_by, LIST_PAPERS[RECEIPTS]
    selection = paper.select(scope_of_arguments(job.arguments, by))
    if against := against_issuing(selection, by):
        raise Refused(*against)
    payments, size = selection.new, job.arguments.get("size", "")
    facts = _receipt_facts(
        payments,
        _facts(paper, selection, by),
        job.arguments["budget_code"],
        job.arguments["duty"],
    )
    return _issue(
        RECEIPTS,
        selection,
        build=lambda number: receipts_pdf(
            payments,
            facts,
            number,
            size=size,
            report=lambda done: report(min(done, job.total)),
        ),
        facts={"signatures": facts.signatures, "day": facts.day},
        by=by,
        size=size,
        budget_code=facts.budget_code,
        duties=[facts.duty_on(row) for row in payments.rows],
    )


def _receipt_facts(
    payments: Payments, facts: PaperFacts, budget_code: str, duty: int | None
) -> ReceiptFacts:
    return ReceiptFacts(
        day=facts.day,
        budget_code=budget_code,
        printed=facts.printed,
        signatures=facts.signatures,
        stamps={on: Stamps("receipt", on) for on in {row.on for row in payments.rows}},
        duty=duty,
    )


def copy_receipts(paper: IssuedPaper, selection: Selection, *, by: User) -> bytes:
    """The chosen ones of an issued paper once more, from what it kept, as its next copy."""
    chosen = {(row.list, row.line) for row in selection.payments.rows}
    printed = payments_in_snapshot(paper.snapshot)
    duties: list[int] = paper.snapshot["duties"]
    kept = [
        (row, duty)
        for row, duty in zip(printed.rows, duties, strict=True)
        if (row.list, row.line) in chosen
    ]
    if not kept:
        raise Refused(_("None of these payments stands on this paper."))
    day = paper.issued_on
    blocks = paper.snapshot.get("signatures")
    facts = ReceiptFacts(
        day=day,
        budget_code=paper.snapshot["budget_code"],
        printed=_printed(by),
        signatures=[SignatureBlock(**block) for block in blocks]
        if blocks
        else [signature_block(who, day) for who in _RECEIPT_SIGNERS],
        duties={(row.list, row.line): duty for row, duty in kept},
    )
    content = receipts_pdf(
        Payments(None, [row for row, _duty in kept]),
        facts,
        PaperNumber(paper.number, paper.check_code),
        size=paper.paper_size,
    )
    return reprint(paper, by=by, part=content)


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
