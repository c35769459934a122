"""The reports as files: read anew from ids and filters, for a request or for a worker."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.http import Http404, QueryDict

from cases.models import Worker, children_among
from disbursements.forms.reports import ReportFilter
from disbursements.models import PaymentList
from disbursements.papers.issuing import (
    Report,
    Scope,
    against_issuing,
    against_scope,
    issue_report,
    make_report,
    named_positions,
    print_draft,
    undetermined_sentence,
)
from disbursements.realisation import Period, standing_payments
from disbursements.sheets import sheet_of
from kotim_social.accounts.access import get_visible_or_404
from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.documents.exports import CONTENT_TYPES, as_file
from kotim_social.documents.models import IssuedPaper
from kotim_social.jobs.actions import MOST_AT_ONCE
from kotim_social.jobs.made_files import Arguments, Made
from kotim_social.jobs.models import MadeFile
from kotim_social.lib.dates import format_date

PDF, FILE_NAME = "application/pdf", "dokumen.pdf"


def of_filter(query: QueryDict, kind: str, **more: str) -> Arguments:
    """What a report of the whole office is asked by: the fields of its filter that are filled."""
    chosen = QueryDict(mutable=True)
    for name in sorted(ReportFilter.base_fields):
        if value := query.get(name, ""):
            chosen[name] = value
    return {"kind": kind, "query": chosen.urlencode(), **more}


def of_list(pk: UUID, kind: str, size: str = "", **more: str) -> Arguments:
    """The same for the report of one payment list."""
    return {"kind": kind, "list": str(pk), "query": f"paper={size}" if size else "", **more}


def scope_of(form: ReportFilter, user: User) -> Scope:
    """An unknown funder or place, or one out of scope, or a day that is none, is no page."""
    if not form.is_valid():
        raise Http404
    data = form.cleaned_data
    return Scope(
        user,
        data.get("funder"),
        data["place"],
        data.get("list"),
        lokalisasi=data["lokalisasi"],
        batch_code=data["batch"],
        bank=data["bank"],
        period=Period(data["first"], data["last"]),
    )


def asked(by: User, arguments: Arguments) -> tuple[Scope, str]:
    """The scope and the paper size."""
    form = ReportFilter(QueryDict(arguments["query"]), user=by)
    scope = scope_of(form, by)
    if pk := arguments.get("list"):
        lists: Any = PaymentList.objects.select_related("funder")
        scope = Scope(by, payment_list=get_visible_or_404(lists, by, pk))
    return scope, form.cleaned_data["paper"]


def report_of(by: User, arguments: Arguments) -> Report:
    """The report as this user sees it now; Http404 when it lies out of her scope."""
    scope, size = asked(by, arguments)
    return make_report(arguments["kind"], scope, size=size)


def rows_of(by: User, arguments: Arguments) -> int:
    """How long it gets, without making it; a report of sums alone stays short."""
    scope, _size = asked(by, arguments)
    kind = arguments["kind"]
    if kind == "spj":
        return int(standing_payments(scope.lines(), scope.period).count())
    if kind != "nominatif":
        return 0
    if scope.payment_list is not None:
        return scope.payment_list.lines.exclude(state="cancelled").count()
    return named_positions(scope).order_by().values("worker").distinct().count()


def against_asking(by: User, arguments: Arguments, rows: int) -> list[str]:
    """Sentences against a number; a large report is not made only to be asked this."""
    scope, _size = asked(by, arguments)
    if rows <= MOST_AT_ONCE:
        return against_issuing(report_of(by, arguments), by)
    waits = scope.payment_list is None and arguments["kind"] == "nominatif"
    undetermined = waits and named_positions(scope).filter(determined=False).exists()
    return against_scope(scope, by) or ([undetermined_sentence()] if undetermined else [])


# -- what is made ------------------------------------------------------------------------------


def about(report: Report) -> list[tuple[str, str]]:
    """What a file says of itself: filter, day, order."""
    return [
        *report.scope.in_words(),
        ("Keadaan per", format_date(report.facts.day)),
        ("Urutan", "seperti pada cetakan"),
        ("Dicetak", report.facts.printed),
    ]


def export_report(by: User, arguments: Arguments) -> Made:
    """What the report shows, as CSV or XLSX; numbers of people and accounts stay masked."""
    report, form = report_of(by, arguments), arguments["form"]
    sheet = sheet_of(report.data, about(report))
    record(
        "report.export",
        by=by,
        obj=report.scope.payment_list,
        object_type="report",
        object_id=report.kind,
        changes={"kind": [None, report.kind], "form": [None, form], "rows": [0, len(sheet.rows)]},
    )
    return Made(
        as_file(sheet, form),
        CONTENT_TYPES[form],
        f"laporan.{form}",
        people=lambda: _people(report),
    )


def draft_report(by: User, arguments: Arguments) -> Made:
    """The paper of what the screen shows, marked KONSEP."""
    report = report_of(by, arguments)
    return Made(print_draft(report), PDF, FILE_NAME, people=lambda: _people(report))


def issue_large_report(by: User, arguments: Arguments) -> IssuedPaper:
    return issue_report(report_of(by, arguments), by=by)


def _people(report: Report) -> Collection[UUID]:
    """Who stands in it by name; of a child none does (R19)."""
    if report.kind == "nominatif":
        ids = {row.worker.pk for row in report.data.rows}
    elif report.kind == "spj":
        lines = standing_payments(report.scope.lines(), report.scope.period)
        ids = set(lines.values_list("entitlement__worker", flat=True))
    else:
        return []
    return named(ids, report.scope.user)


def named(ids: set[UUID], by: User | None) -> set[UUID]:
    """Without the children whom this user does not see."""
    if by is None:
        return ids
    return ids - children_among(ids, by)


def still_holds(user: User, made: MadeFile) -> bool:
    """Whether she yet sees the list that it is of, or everybody in it, and no child meanwhile."""
    people = Worker.objects.filter(pk__in=made.people)
    if pk := made.job.arguments.get("list"):
        seen = PaymentList.objects.visible_to(user).filter(pk=pk).exists()
        return seen and not children_among(made.people, user)
    return people.visible_to(user).count() == len(made.people)
