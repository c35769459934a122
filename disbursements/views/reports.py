"""Reports: on screen what is printed, as a draft, and issued with a number."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.forms.fields import refuse
from disbursements.forms.reports import ReportFilter
from disbursements.models import PaymentList
from disbursements.papers.issuing import (
    PAPER_KINDS,
    REPORTS,
    Report,
    Scope,
    against_issuing,
    issue_report,
    make_report,
    print_draft,
)
from disbursements.papers.list_papers import LIST_PAPERS
from disbursements.realisation import Period
from disbursements.reports import Nominatif, nominatif_rows, rekap_rows
from kotim_social.accounts.access import get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import YesForm
from kotim_social.audit.trail import record
from kotim_social.documents.actions import reprint
from kotim_social.documents.kinds import WHOLE_KINDS
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import attachment, file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today
from kotim_social.replica import from_replica
from kotim_social.workflow import Refused

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
    rekap, roll = rekap_rows(scope.positions()), nominatif_rows(scope.positions())
    rows = [(place.label, row) for place in roll.places for row in place.rows]
    size = ALL if request.GET.get("all") else PAGE
    page = Paginator(rows, size).get_page(request.GET.get("page"))
    page.object_list = [_roll_row(roll, label, row) for label, row in page.object_list]
    query = request.GET.copy()
    query.pop("page", None)
    query["all"] = "1"
    record("report.view", by=request.user, object_type="report", object_id="disbursements")
    context = {
        "filter": form,
        "day": today(),
        "rekap": rekap,
        "roll": roll,
        "roll_sums": [roll.total_of(kind) for kind in roll.kinds],
        "page": page,
        "all_url": f"?{query.urlencode()}" if page.has_other_pages() else "",
        "query": request.GET.urlencode(),
        "may_export": request.user.can(Perm.REPORT_EXPORT),
        "may_issue": request.user.can(Perm.PAPER_ISSUE) and roll.is_determined,
        "may_see_payments": request.user.can(Perm.LIST_PAY) or request.user.can(Perm.PAPER_ISSUE),
        "payment_papers": LIST_PAPERS.values(),
        "issued": _issued(request.user),
    }
    return render(request, "disbursements/report_index.html", context)


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


def _roll_row(roll: Nominatif, place: str, row: Any) -> dict[str, Any]:
    bank, number, holder = row.payee(whole=False)
    return {
        "worker": row.worker,
        "name": row.name,
        "place": place,
        "nik": row.nik(whole=False),
        "account": f"{bank} {number}".strip(),
        "holder": holder,
        "amounts": [row.amounts.get(kind.code) for kind in roll.kinds],
        "total": row.total,
    }


def _issued(user: User) -> Any:
    papers = IssuedPaper.objects.visible_to(user).filter(kind__in=(*PAPER_KINDS, *LIST_PAPERS))
    if not user.can(Perm.WORKER_REVEAL):
        papers = papers.exclude(kind__in=WHOLE_KINDS)
    return papers.select_related("created_by", "void").order_by("-created_at")[:ISSUED_SHOWN]


@require(Perm.REPORT_VIEW)
@require_safe
@from_replica
def report_draft(request: HttpRequest, kind: str) -> HttpResponse:
    """The paper of what the screen shows, marked KONSEP."""
    form = ReportFilter(request.GET, user=request.user)
    report = make_report(kind, scope_of(form, request.user), size=size_of(request))
    return attachment(print_draft(report), content_type=PDF, filename="dokumen.pdf")


@require(Perm.LIST_VIEW)
@require_safe
def list_nominatif(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The roll of one list, marked KONSEP."""
    report = _report_of_list(request, pk)
    return attachment(print_draft(report), content_type=PDF, filename="dokumen.pdf")


def _report_of_list(request: HttpRequest, pk: UUID) -> Report:
    payment_list = get_visible_or_404(
        PaymentList.objects.select_related("funder"), request.user, pk
    )
    scope = Scope(request.user, payment_list=payment_list)
    return make_report("nominatif", scope, size=size_of(request))


def size_of(request: HttpRequest) -> str:
    size = request.GET.get("paper", "")
    return size if size in settings.PAPER_SIZES else ""


@require(Perm.PAPER_ISSUE)
@idempotent
def report_issue(request: HttpRequest, kind: str) -> HttpResponse:
    form = ReportFilter(request.GET, user=request.user)
    report = make_report(kind, scope_of(form, request.user), size=size_of(request))
    return issue_page(request, report)


@require(Perm.PAPER_ISSUE)
@idempotent
def list_nominatif_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    report = _report_of_list(request, pk)
    return issue_page(request, report)


def _back(request: HttpRequest, report: Report) -> str:
    """Where the paper was asked for."""
    if report.scope.payment_list is not None:
        return reverse("disbursements:list_detail", args=[report.scope.payment_list.pk])
    if report.kind in ("rekap", "nominatif"):
        return f"{reverse('disbursements:report_index')}?{request.GET.urlencode()}"
    page = reverse("disbursements:sheet_page", args=[report.kind])
    return f"{page}?{request.GET.urlencode()}"


def _issue_question(report: Report) -> str:
    about = [str(REPORTS[report.kind].label)]
    if report.scope.payment_list:
        about.append(str(report.scope.payment_list.number))
    return _("Issue with a number: %(paper)s?") % {"paper": " ".join(about)}


def issue_page(request: HttpRequest, report: Report) -> HttpResponse:
    """The question first; the yes takes the next number of the register."""
    back = _back(request, report)
    form = YesForm(request.POST or None)
    posted = request.method == "POST"
    if posted and form.is_valid():
        try:
            paper = issue_report(report, by=request.user)
            number = {"number": paper.number}
            messages.success(request, _("The paper is issued: %(number)s.") % number)
            return redirect("disbursements:paper_page", paper.pk)
        except Refused as refused:
            refuse(form, refused.sentences)
    elif against := against_issuing(report, request.user):
        messages.error(request, " ".join(against))
        return redirect(back)
    pairs = [
        (_("Paper"), REPORTS[report.kind].label),
        *report.scope.in_words(),
        (_("Paper size"), (report.size or settings.PAPER_SIZE).replace("_", " ")),
    ]
    context = {
        "question": _issue_question(report),
        "facts": [{"label": label, "value": value} for label, value in pairs],
        "form": form,
        "submit_label": _("Issue the paper"),
        "cancel_url": back,
        "warning": _("The number is used up; an issued paper never changes."),
    }
    status = 422 if posted else 200
    return render(request, "disbursements/list_act.html", context, status=status)


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
