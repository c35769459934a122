"""Reports: on screen what is printed, as a draft, and issued with a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from disbursements.background import LIST_DRAFT, REPORT_DRAFT, REPORT_ISSUE
from disbursements.forms.reports import ReportFilter
from disbursements.models import PaymentList
from disbursements.papers.issuing import PAPER_KINDS, REPORTS, Scope, issue_report
from disbursements.papers.list_papers import LIST_PAPERS
from disbursements.report_files import (
    against_asking,
    asked,
    of_filter,
    of_list,
    report_of,
    rows_of,
    scope_of,
)
from disbursements.reports import (
    NominatifRow,
    RekapRow,
    nominatif_rows,
    people_on_roll,
    rekap_rows,
)
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, YesForm, ask, fact
from kotim_social.audit.trail import record
from kotim_social.documents.actions import reprint
from kotim_social.documents.kinds import WHOLE_KINDS
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import attachment, file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.jobs.actions import MOST_AT_ONCE
from kotim_social.jobs.made_files import Arguments
from kotim_social.jobs.offering import give_file, job_url
from kotim_social.lib.dates import today
from kotim_social.replica import from_replica

PAGE = 50
ALL = 1000
ISSUED_SHOWN = 20
PDF = "application/pdf"
# Papers of the money that have a page; some print whole account numbers.
PAPER_PAGES = (*PAPER_KINDS, *LIST_PAPERS, "refund_demand")


@require(Perm.REPORT_VIEW)
@require_safe
@from_replica
def report_index(request: HttpRequest) -> HttpResponse:
    form = ReportFilter(request.GET, user=request.user)
    scope = scope_of(form, request.user)
    rekap = rekap_rows(scope.positions())
    page = paged(request, people_on_roll(scope.positions()))
    page.object_list = _roll_rows(scope, rekap.kinds, [worker.pk for worker in page])
    record("report.view", by=request.user, object_type="report", object_id="disbursements")
    context = {
        "filter": form,
        "day": today(),
        "rekap": rekap,
        "page": page,
        "all_url": all_url(request, page),
        "query": request.GET.urlencode(),
        "may_export": request.user.can(Perm.REPORT_EXPORT),
        "may_issue": request.user.can(Perm.PAPER_ISSUE) and rekap.is_determined,
        "may_see_payments": request.user.can(Perm.LIST_PAY) or request.user.can(Perm.PAPER_ISSUE),
        "payment_papers": LIST_PAPERS.values(),
        "issued": _issued(request.user),
    }
    return render(request, "disbursements/report_index.html", context)


def paged(request: HttpRequest, rows: Any) -> Page[Any]:
    """Cut in the database: a page, or with `?all=1` the most that a screen shows."""
    size = ALL if request.GET.get("all") else PAGE
    return Paginator(rows, size).get_page(request.GET.get("page"))


def all_url(request: HttpRequest, page: Page[Any]) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query["all"] = "1"
    return f"?{query.urlencode()}" if page.has_other_pages() else ""


def _roll_rows(
    scope: Scope, kinds: Sequence[RekapRow], people: Sequence[UUID]
) -> list[dict[str, Any]]:
    """Those of one page, with the columns of the whole roll."""
    roll = nominatif_rows(scope.positions().filter(worker__in=people))
    return [_roll_row(kinds, place.label, row) for place in roll.places for row in place.rows]


def _roll_row(kinds: Sequence[RekapRow], place: str, row: NominatifRow) -> dict[str, Any]:
    bank, number, holder = row.payee(whole=False)
    return {
        "worker": row.worker,
        "name": row.name,
        "place": place,
        "nik": row.nik(whole=False),
        "account": f"{bank} {number}".strip(),
        "holder": holder,
        "amounts": [row.amounts.get(kind.kind) for kind in kinds],
        "total": row.total,
    }


def _issued(user: User) -> Any:
    papers = IssuedPaper.objects.visible_to(user).filter(kind__in=(*PAPER_KINDS, *LIST_PAPERS))
    if not user.can(Perm.WORKER_REVEAL):
        papers = papers.exclude(kind__in=WHOLE_KINDS)
    return papers.select_related("created_by", "void").order_by("-created_at")[:ISSUED_SHOWN]


@require(Perm.REPORT_VIEW)
@from_replica
def report_draft(request: HttpRequest, kind: str) -> HttpResponse:
    """The paper of what the screen shows, marked KONSEP."""
    arguments = of_filter(request.GET, kind)
    return give_file(request, REPORT_DRAFT, arguments, back=back_to_report(request, kind))


@require(Perm.LIST_VIEW)
def list_nominatif(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The roll of one list, marked KONSEP."""
    arguments = of_list(pk, "nominatif", size_of(request))
    return give_file(request, LIST_DRAFT, arguments, back=back_to_list(pk))


def size_of(request: HttpRequest) -> str:
    size = request.GET.get("paper", "")
    return size if size in settings.PAPER_SIZES else ""


@require(Perm.PAPER_ISSUE)
@idempotent
def report_issue(request: HttpRequest, kind: str) -> HttpResponse:
    return issue_page(request, of_filter(request.GET, kind), back=back_to_report(request, kind))


@require(Perm.PAPER_ISSUE)
@idempotent
def list_nominatif_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    arguments = of_list(pk, "nominatif", size_of(request))
    return issue_page(request, arguments, back=back_to_list(pk))


def back_to_list(pk: UUID) -> str:
    return reverse("disbursements:list_detail", args=[pk])


def back_to_report(request: HttpRequest, kind: str) -> str:
    """Where a paper of the whole office was asked for."""
    if kind in ("rekap", "nominatif"):
        page = reverse("disbursements:report_index")
    else:
        page = reverse("disbursements:sheet_page", args=[kind])
    return f"{page}?{request.GET.urlencode()}"


def issue_page(request: HttpRequest, arguments: Arguments, *, back: str) -> HttpResponse:
    """The question first; the yes takes the next number of the register, or asks a worker to."""
    user = actor(request)
    scope, size = asked(user, arguments)
    rows = rows_of(user, arguments)
    if request.method != "POST" and (against := against_asking(user, arguments, rows)):
        messages.error(request, " ".join(against))
        return redirect(back)

    def run(_data: dict[str, Any]) -> str:
        if rows > MOST_AT_ONCE:
            return job_url(REPORT_ISSUE, arguments, rows=rows, by=user)
        paper = issue_report(report_of(user, arguments), by=user)
        return reverse("disbursements:paper_page", args=[paper.pk])

    label = str(REPORTS[arguments["kind"]].label)
    of_what = f"{label} {scope.payment_list.number}" if scope.payment_list else label
    pairs = [
        (_("Paper"), label),
        *scope.in_words(),
        (_("Paper size"), (size or settings.PAPER_SIZE).replace("_", " ")),
    ]
    asking = Asking(
        question=_("Issue with a number: %(paper)s?") % {"paper": of_what},
        submit=_("Issue the paper"),
        back=back,
        done=done_or_begun(rows),
        facts=[fact(name, value) for name, value in pairs],
        warning=_("The number is used up; an issued paper never changes."),
        template="disbursements/list_act.html",
    )
    return ask(request, YesForm(request.POST or None), asking, run)


def done_or_begun(rows: int) -> str:
    """What is said after a paper was asked for."""
    if rows > MOST_AT_ONCE:
        return _("The paper is being made. It has its number when the work is done.")
    return _("The paper is issued.")


@require(Perm.REPORT_VIEW)
@require_safe
def paper_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One issued paper: its number, its check code, and how to get it."""
    paper = _paper(request, pk)
    return render(request, "disbursements/paper_page.html", _paper_context(request, paper))


def _paper_context(request: HttpRequest, paper: IssuedPaper) -> dict[str, Any]:
    of_list = paper.subject_type == PaymentList._meta.label_lower
    drawn_from = PaymentList.objects.filter(lines__papers__paper=paper).distinct()
    return {
        "paper": paper,
        "list_id": paper.subject_id if of_list else "",
        "drawn_from": drawn_from.visible_to(request.user).order_by("number"),
        "may_send": paper.kind == "transfer_list"
        and not paper.is_void
        and request.user.can(Perm.LIST_PAY),
        "copies": paper.copies.select_related("printed_by").order_by("copy"),
        "may_void": request.user.can(Perm.PAPER_ISSUE) and not paper.is_void,
        "may_hand_out": paper.kind in WHOLE_KINDS,
    }


@require(Perm.REPORT_VIEW)
@require_safe
def paper_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    return file_response(_paper(request, pk).file, filename="dokumen.pdf", by=request.user)


@require(Perm.REPORT_VIEW)
@require_POST
def paper_copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The next copy, stamped as such."""
    paper = _paper(request, pk)
    content = reprint(paper, by=request.user)
    return attachment(content, content_type=PDF, filename="salinan.pdf")


def _paper(request: HttpRequest, pk: UUID) -> IssuedPaper:
    """An issued roll has whole numbers in it: it opens to whoever may see them."""
    papers = IssuedPaper.objects.filter(kind__in=PAPER_PAGES).select_related("file", "created_by")
    paper = get_visible_or_404(papers, request.user, pk)
    if paper.kind in WHOLE_KINDS and not request.user.can(Perm.WORKER_REVEAL):
        raise PermissionDenied
    return paper
