"""Papers, tables and bank files of payments: read anew, for a request or for a worker."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from disbursements.models import PaymentLine, PaymentList
from disbursements.papers.bank_files import PDF as PDF_FORM
from disbursements.papers.bank_files import against_bank_file, bank_file
from disbursements.papers.issuing import Scope
from disbursements.papers.list_papers import (
    LIST_PAPERS,
    ListPaper,
    draft_list_paper,
    issue_list_paper,
)
from disbursements.papers.payment_sheets import payment_sheet
from disbursements.papers.payments import Payments, payments_of
from disbursements.papers.selecting import (
    Selection,
    against_papers,
    scope_as_arguments,
    scope_of_arguments,
)
from disbursements.report_files import FILE_NAME, PDF, named, still_holds
from kotim_social.accounts.access import get_visible_or_404
from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.documents.exports import CONTENT_TYPES, Sheet, as_file
from kotim_social.documents.models import IssuedPaper
from kotim_social.jobs.made_files import Arguments, Made
from kotim_social.jobs.models import MadeFile
from kotim_social.lib.dates import format_date, today
from kotim_social.workflow import Refused


def visible_list(user: User, pk: UUID | str) -> PaymentList:
    lists: Any = PaymentList.objects.select_related("funder", "budget_year")
    return get_visible_or_404(lists, user, pk)


def of_selection(paper: ListPaper, scope: Scope, **how: str) -> Arguments:
    """What a paper or a table of payments is asked by. `how`: only ("new"), size, form."""
    return {**scope_as_arguments(scope), "kind": paper.kind, **how}


def _chosen(by: User, arguments: Arguments) -> tuple[ListPaper, Selection]:
    paper = LIST_PAPERS[arguments["kind"]]
    return paper, paper.select(scope_of_arguments(arguments, by))


def shown(selection: Selection, only: str) -> Payments:
    """All that fit, or those without an original of this paper."""
    return selection.new if only == "new" else selection.payments


def _asked_for(selection: Selection, arguments: Arguments) -> Payments:
    return shown(selection, arguments.get("only", ""))


def rows_of(by: User, arguments: Arguments) -> int:
    _paper, selection = _chosen(by, arguments)
    return len(_asked_for(selection, arguments).rows)


def draft_paper(by: User, arguments: Arguments) -> Made:
    """The paper marked KONSEP."""
    paper, selection = _chosen(by, arguments)
    payment_list = selection.scope.payment_list
    if payment_list is not None and (against := against_papers(payment_list)):
        raise Refused(*against)
    content = draft_list_paper(
        paper,
        selection,
        by=by,
        size=arguments.get("size", ""),
        new=arguments.get("only") == "new",
    )
    payments = _asked_for(selection, arguments)
    return Made(content, PDF, FILE_NAME, people=lambda: _people(payments, by))


def issue_large_paper(by: User, arguments: Arguments) -> IssuedPaper:
    paper, scope = LIST_PAPERS[arguments["kind"]], scope_of_arguments(arguments, by)
    return issue_list_paper(paper, scope, by=by, size=arguments.get("size", ""))


def table_of(paper: ListPaper, selection: Selection, payments: Payments) -> Sheet:
    """The payments as the page shows them, and as the file holds them."""
    about = [
        *selection.in_words(),
        ("Keadaan per", format_date(today())),
        ("Urutan", "seperti pada cetakan"),
    ]
    return payment_sheet(paper.kind, payments, about)


def export_payments(by: User, arguments: Arguments) -> Made:
    """What the page shows, as CSV or XLSX; numbers of people and accounts stay masked."""
    paper, selection = _chosen(by, arguments)
    payments, form = _asked_for(selection, arguments), arguments["form"]
    sheet = table_of(paper, selection, payments)
    record(
        "report.export",
        by=by,
        obj=selection.scope.payment_list,
        object_type="report",
        object_id=paper.kind,
        changes={"kind": [None, paper.kind], "form": [None, form], "rows": [0, len(sheet.rows)]},
    )
    return Made(
        as_file(sheet, form),
        CONTENT_TYPES[form],
        f"laporan.{form}",
        people=lambda: _people(payments, by),
    )


def _people(payments: Payments, by: User) -> set[UUID]:
    lines = PaymentLine.objects.filter(pk__in=[row.line_id for row in payments.rows])
    return named(set(lines.values_list("entitlement__worker", flat=True)), by)


# -- for the bank ------------------------------------------------------------------------------


def bank_rows_of(by: User, arguments: Arguments) -> int:
    return visible_list(by, arguments["list"]).lines.exclude(state="cancelled").count()


def make_bank_file(by: User, arguments: Arguments) -> Made:
    """With whole account numbers: whoever hands it out puts the password on it."""
    payment_list, form = visible_list(by, arguments["list"]), arguments["form"]
    payments = payments_of(payment_list)
    if against := against_bank_file(payments, form):
        raise Refused(*against)
    record(
        "paymentlist.export",
        by=by,
        obj=payment_list,
        changes={"form": [None, form], "rows": [None, len(payments.rows)]},
    )
    content_type = PDF if form == PDF_FORM else CONTENT_TYPES[form]
    return Made(
        bank_file(payments, form),
        content_type,
        f"{bank_file_name(payment_list)}.{form}",
        people=lambda: _people(payments, by),
        mark=payments.check_sum,
    )


def bank_file_name(payment_list: PaymentList) -> str:
    return f"transfer-{payment_list.number}"


def bank_file_still_holds(user: User, made: MadeFile) -> bool:
    """Not once a payment came back: the bank would pay it again."""
    if not still_holds(user, made):
        return False
    arguments = made.job.arguments
    payments = payments_of(visible_list(user, arguments["list"]))
    against = against_bank_file(payments, arguments["form"])
    return not against and payments.check_sum == made.mark
