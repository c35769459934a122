"""Reports as tables: papers 15 and 16 on screen, and every report as CSV or XLSX."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from disbursements.background import LIST_DRAFT, REPORT_EXPORT
from disbursements.forms.reports import ReportFilter
from disbursements.papers.issuing import REPORTS, make_report
from disbursements.realisation import Realisation
from disbursements.report_files import about, of_filter, of_list, scope_of
from disbursements.sheets import sheet_of
from disbursements.views.reports import back_to_list, back_to_report, issue_page, size_of
from kotim_social.accounts.access import fresh_proof, require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.documents.exports import CONTENT_TYPES, MONEY, Sheet
from kotim_social.idempotency.forms import idempotent
from kotim_social.jobs.offering import give_file
from kotim_social.replica import from_replica

ALL = 1000
# What a single list has.
OF_LIST = ("nominatif", "spj")


@require(Perm.REPORT_VIEW)
@require_safe
@from_replica
def sheet_page(request: HttpRequest, sheet: str) -> HttpResponse:
    """The same rows as on the paper, with the same filter."""
    form = ReportFilter(request.GET, user=request.user)
    report = make_report(sheet, scope_of(form, request.user))
    table = sheet_of(report.data, about(report))
    record("report.view", by=request.user, object_type="report", object_id=sheet)
    context = {
        "kind": sheet,
        "label": REPORTS[sheet].label,
        "filter": form,
        "note": _note(report.data),
        "query": request.GET.urlencode(),
        "may_issue": request.user.can(Perm.PAPER_ISSUE) and report.is_determined,
        "may_export": request.user.can(Perm.REPORT_EXPORT),
        **sheet_context(table),
    }
    return render(request, "disbursements/sheet_page.html", context)


def sheet_context(table: Sheet) -> dict[str, Any]:
    """A table as its page shows it: the first rows, and the sums of all."""
    kinds = [column.kind for column in table.columns]
    sums = [
        table.total(index) if column.kind == MONEY else None
        for index, column in enumerate(table.columns)
    ]
    return {
        "sheet": table,
        "rows": [list(zip(row, kinds, strict=True)) for row in table.rows[:ALL]],
        "sums": sums[1:],
        "cut": len(table.rows) > ALL,
    }


def _note(data: Any) -> str:
    """What the paper says under its table in words."""
    return data.history.in_words() if isinstance(data, Realisation) else ""


@require(Perm.REPORT_EXPORT)
@fresh_proof
def report_export(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """What the report shows, as a file; numbers of people and accounts stay masked."""
    arguments = of_filter(request.GET, kind, form=form)
    return give_file(request, REPORT_EXPORT, arguments, back=back_to_report(request, kind))


@require(Perm.REPORT_EXPORT)
@fresh_proof
def list_export(request: HttpRequest, pk: UUID, sheet: str, form: str) -> HttpResponse:
    """The same of one payment list."""
    if sheet not in OF_LIST or form not in CONTENT_TYPES:
        raise Http404
    arguments = of_list(pk, sheet, form=form)
    return give_file(request, REPORT_EXPORT, arguments, back=back_to_list(pk))


@require(Perm.LIST_VIEW)
def list_spj(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Cover and checklist of one list, marked KONSEP."""
    arguments = of_list(pk, "spj", size_of(request))
    return give_file(request, LIST_DRAFT, arguments, back=back_to_list(pk))


@require(Perm.PAPER_ISSUE)
@idempotent
def list_spj_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    return issue_page(request, of_list(pk, "spj", size_of(request)), back=back_to_list(pk))
