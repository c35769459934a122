"""Reports as tables: papers 15 and 16 on screen, and every report as CSV or XLSX."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from disbursements.forms.reports import ReportFilter
from disbursements.models import PaymentList
from disbursements.papers.issuing import REPORTS, Report, Scope, make_report, print_draft
from disbursements.realisation import Realisation
from disbursements.sheets import sheet_of
from disbursements.views.reports import issue_page, scope_of, size_of
from kotim_social.accounts.access import fresh_proof, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.documents.exports import CONTENT_TYPES, MONEY, Sheet, as_file
from kotim_social.files.serving import attachment
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import format_date
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
    table = sheet_of(report.data, _about(report))
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


def _about(report: Report) -> list[tuple[str, str]]:
    """What the file says of itself: filter, day, order."""
    return [
        *report.scope.in_words(),
        ("Keadaan per", format_date(report.facts.day)),
        ("Urutan", "seperti pada cetakan"),
        ("Dicetak", report.facts.printed),
    ]


@require(Perm.REPORT_EXPORT)
@fresh_proof
@require_safe
def report_export(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """What the report shows, as a file; numbers of people and accounts stay masked."""
    filters = ReportFilter(request.GET, user=request.user)
    return _export(request, make_report(kind, scope_of(filters, request.user)), form)


@require(Perm.REPORT_EXPORT)
@fresh_proof
@require_safe
def list_export(request: HttpRequest, pk: UUID, sheet: str, form: str) -> HttpResponse:
    """The same of one payment list."""
    if sheet not in OF_LIST or form not in CONTENT_TYPES:
        raise Http404
    return _export(request, _of_list(request, pk, sheet), form)


def _export(request: HttpRequest, report: Report, form: str) -> HttpResponse:
    sheet = sheet_of(report.data, _about(report))
    record(
        "report.export",
        by=request.user,
        obj=report.scope.payment_list,
        object_type="report",
        object_id=report.kind,
        changes={"kind": [None, report.kind], "form": [None, form], "rows": [0, len(sheet.rows)]},
    )
    content = as_file(sheet, form)
    return attachment(content, content_type=CONTENT_TYPES[form], filename=f"laporan.{form}")


@require(Perm.LIST_VIEW)
@require_safe
def list_spj(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Cover and checklist of one list, marked KONSEP."""
    report = _of_list(request, pk, "spj")
    content = print_draft(report)
    return attachment(content, content_type="application/pdf", filename="dokumen.pdf")


@require(Perm.PAPER_ISSUE)
@idempotent
def list_spj_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    return issue_page(request, _of_list(request, pk, "spj"))


def _of_list(request: HttpRequest, pk: UUID, kind: str) -> Report:
    lists: Any = PaymentList.objects.select_related("funder")
    payment_list = get_visible_or_404(lists, request.user, pk)
    scope = Scope(request.user, payment_list=payment_list)
    return make_report(kind, scope, size=size_of(request))
