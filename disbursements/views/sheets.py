"""Reports as tables: papers 15 and 16 on screen, and every report as CSV or XLSX."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from disbursements.background import LIST_DRAFT, REPORT_EXPORT
from disbursements.forms.reports import ReportFilter
from disbursements.papers.issuing import REPORTS, Scope, realisation_of
from disbursements.realisation import evidence_lines, evidence_of
from disbursements.report_files import of_filter, of_list, scope_of
from disbursements.sheets import sheet_of
from disbursements.views.reports import (
    ALL,
    all_url,
    back_to_list,
    back_to_report,
    issue_page,
    paged,
    size_of,
)
from kotim_social.accounts.access import fresh_proof, require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.documents.exports import CONTENT_TYPES, MONEY, NUMBER, Sheet
from kotim_social.idempotency.forms import idempotent
from kotim_social.jobs.offering import give_file
from kotim_social.replica import from_replica

# What a single list has.
OF_LIST = ("nominatif", "spj")


@require(Perm.REPORT_VIEW)
@require_safe
@from_replica
def sheet_page(request: HttpRequest, sheet: str) -> HttpResponse:
    """The same rows as on the paper, with the same filter."""
    form = ReportFilter(request.GET, user=request.user)
    scope = scope_of(form, request.user)
    shown = _evidence(request, scope) if sheet == "spj" else _realised(scope)
    record("report.view", by=request.user, object_type="report", object_id=sheet)
    context = {
        "kind": sheet,
        "label": REPORTS[sheet].label,
        "filter": form,
        "query": request.GET.urlencode(),
        "may_issue": request.user.can(Perm.PAPER_ISSUE) and shown["is_determined"],
        "may_export": request.user.can(Perm.REPORT_EXPORT),
        **shown,
    }
    return render(request, "disbursements/sheet_page.html", context)


def _realised(scope: Scope) -> dict[str, Any]:
    """A row for each ceiling, and what the paper says under its table in words."""
    data = realisation_of(scope)
    return {
        "is_determined": data.is_determined,
        "note": data.history.in_words(),
        **sheet_context(sheet_of(data, [])),
    }


def _evidence(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    """A page of the payments, with the sum of all."""
    lines = evidence_lines(scope.lines(), scope.period)
    page = paged(request, lines)
    total = lines.order_by().aggregate(total=Coalesce(Sum("amount"), 0))["total"]
    return {
        "is_determined": page.paginator.count > 0,
        "page": page,
        "all_url": all_url(request, page),
        **sheet_context(sheet_of(evidence_of(page.object_list), []), total=total),
    }


def sheet_context(table: Sheet, *, total: int | None = None) -> dict[str, Any]:
    """A table as its page shows it: the first rows, and the sums of all.

    `total` is the sum of a table of which a page is given alone.
    """
    kinds = [NUMBER if column.title == "%" else column.kind for column in table.columns]
    sums = [
        (table.total(index) if total is None else total) if kind == MONEY else None
        for index, kind in enumerate(kinds)
    ]
    return {
        "sheet": table,
        "heads": [(column.title, kind) for column, kind in zip(table.columns, kinds, strict=True)],
        "rows": [list(zip(row, kinds, strict=True)) for row in table.rows[:ALL]],
        "sums": sums[1:],
        "cut": len(table.rows) > ALL,
    }


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
