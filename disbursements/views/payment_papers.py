"""Papers 4–7 of a list, of part of it, or drawn from several lists: on screen what is printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.forms.fields import refuse
from disbursements.background import PAPER_DRAFT, PAPER_EXPORT, PAPER_ISSUE
from disbursements.forms.paying import ReceiptsForm
from disbursements.forms.reports import PaymentFilter
from disbursements.list_files import of_selection, shown, table_of
from disbursements.papers.bank_files import bank_file_of_paper
from disbursements.papers.list_papers import (
    LIST_PAPERS,
    RECEIPTS,
    ListPaper,
    against_issuing,
    copy_receipts,
    issue_list_paper,
    request_receipts,
)
from disbursements.papers.payments import Payments
from disbursements.papers.selecting import NOTHING, Selection, against_papers
from disbursements.report_files import PDF, scope_of
from disbursements.views.reports import done_or_begun, size_of
from disbursements.views.sheets import sheet_context
from kotim_social.accounts.access import fresh_proof, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import YesForm, fact, turn_back
from kotim_social.audit.trail import record
from kotim_social.documents.handing import Handing, hand_out
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import attachment
from kotim_social.idempotency.forms import idempotent
from kotim_social.jobs.actions import MOST_AT_ONCE
from kotim_social.jobs.made_files import Arguments
from kotim_social.jobs.offering import give_file, job_url
from kotim_social.lib.money import format_rupiah, terbilang
from kotim_social.workflow import Refused


@dataclass(frozen=True)
class Chosen:
    """What an address asks for: the kind, the filter, and the payments that fit it."""

    paper: ListPaper
    form: PaymentFilter
    selection: Selection
    query: str

    @property
    def payments(self) -> Payments:
        """As the page shows them and the draft prints them."""
        return shown(self.selection, self.only)

    def url(self, name: str, *args: Any) -> str:
        address = reverse(f"disbursements:{name}", args=[self.paper.kind, *args])
        return f"{address}?{self.query}" if self.query else address

    def arguments(self, **how: str) -> Arguments:
        return of_selection(self.paper, self.selection.scope, **how)

    @property
    def back(self) -> str:
        """Where a refusal is told: of one list the page of its papers."""
        if payment_list := self.selection.scope.payment_list:
            return reverse("disbursements:list_papers", args=[payment_list.pk])
        return self.url("payment_paper")

    @property
    def nothing(self) -> list[str]:
        """That the filter leaves nothing to print; of a list that has no papers yet its own words
        are told."""
        payment_list = self.selection.scope.payment_list
        if self.payments.rows or (payment_list and against_papers(payment_list)):
            return []
        return [str(NOTHING)]

    @property
    def only(self) -> str:
        return str(self.form.cleaned_data["only"])


def _chosen(request: HttpRequest, kind: str) -> Chosen:
    """An unknown kind, list or place, or one out of scope, or a bank list of cash, is no page."""
    paper = LIST_PAPERS.get(kind)
    form = PaymentFilter(request.GET, user=request.user)
    if paper is None:
        raise Http404
    scope = scope_of(form, request.user)
    if scope.payment_list is not None and scope.payment_list.method not in paper.methods:
        raise Http404
    return Chosen(paper, form, paper.select(scope), request.GET.urlencode())


@require(Perm.LIST_PAY, Perm.PAPER_ISSUE)
@require_safe
def payment_paper(request: HttpRequest, kind: str) -> HttpResponse:
    """The rows of the paper, what stands on papers already, and the ways to print."""
    chosen = _chosen(request, kind)
    payment_list = chosen.selection.scope.payment_list
    record("report.view", by=request.user, object_type="report", object_id=kind)
    query = request.GET.copy()
    query["only"] = "new"
    context = {
        "chosen": chosen,
        "list": payment_list,
        "filter": chosen.form,
        "tags": _list_tag(request, chosen),
        "facts": [fact(label, value) for label, value in _facts(chosen, chosen.payments)],
        "originals": chosen.selection.originals,
        "against": against_issuing(chosen.selection, request.user),
        "new": chosen.selection.new,
        "new_query": query.urlencode(),
        "query": chosen.query,
        "kinds": [paper for paper in LIST_PAPERS.values()
                  if payment_list is None or payment_list.method in paper.methods],
        "of_list": urlencode({"list": payment_list.pk}) if payment_list else "",
        "may_copy": kind == RECEIPTS,
        "may_issue": request.user.can(Perm.PAPER_ISSUE),
        "may_export": request.user.can(Perm.REPORT_EXPORT),
        **sheet_context(table_of(chosen.paper, chosen.selection, chosen.payments)),
    }  # fmt: skip
    return render(request, "disbursements/payment_paper.html", context)


def _list_tag(request: HttpRequest, chosen: Chosen) -> list[dict[str, str]]:
    payment_list = chosen.selection.scope.payment_list
    if payment_list is None:
        return []
    query = request.GET.copy()
    query.pop("list", None)
    label = _("Payment list: %(number)s") % {"number": payment_list.number}
    return [{"label": label, "remove_url": f"?{query.urlencode()}"}]


def _facts(chosen: Chosen, payments: Payments) -> list[tuple[str, str]]:
    return [
        (_("Drawn from the lists"), payments.lists_in_words),
        *chosen.selection.scope.narrowing(),
        (_("Payments"), str(len(payments.rows))),
        (_("Total"), f"{format_rupiah(payments.total)} ({terbilang(payments.total)})"),
    ]


@require(Perm.LIST_PAY, Perm.PAPER_ISSUE)
@fresh_proof
def payment_paper_draft(request: HttpRequest, kind: str) -> HttpResponse:
    """The paper of what the screen shows, marked KONSEP."""
    chosen = _chosen(request, kind)
    if answer := turn_back(request, chosen.nothing, chosen.url("payment_paper")):
        return answer
    arguments = chosen.arguments(only=chosen.only, size=size_of(request))
    return give_file(request, PAPER_DRAFT, arguments, back=chosen.back)


@require(Perm.REPORT_EXPORT)
@fresh_proof
def payment_paper_export(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """What the page shows, as a file; numbers of people and accounts stay masked."""
    chosen = _chosen(request, kind)
    arguments = chosen.arguments(only=chosen.only, form=form)
    return give_file(request, PAPER_EXPORT, arguments, back=chosen.url("payment_paper"))


@require(Perm.PAPER_ISSUE)
@fresh_proof
@idempotent
def payment_paper_issue(request: HttpRequest, kind: str) -> HttpResponse:
    """The question with what would stand on it; the yes takes the next number of the register."""
    chosen = _chosen(request, kind)
    back = chosen.url("payment_paper")
    posted = request.method == "POST"
    form = (ReceiptsForm if kind == RECEIPTS else YesForm)(request.POST or None)
    if posted and form.is_valid():
        try:
            return redirect(_issue(request, chosen, form.cleaned_data))
        except Refused as refused:
            refuse(form, refused.sentences)
    elif not posted and (against := against_issuing(chosen.selection, request.user)):
        messages.error(request, " ".join(against))
        return redirect(back)
    context = {
        "question": _("Issue with a number: %(paper)s?") % {"paper": chosen.paper.label},
        "facts": [fact(label, value) for label, value in _facts(chosen, chosen.selection.new)]
        + [_left_out(one) for one in chosen.selection.originals]
        + [fact(_("Paper size"), (size_of(request) or settings.PAPER_SIZE).replace("_", " "))],
        "form": form,
        "submit_label": _("Print the receipts") if kind == RECEIPTS else _("Issue the paper"),
        "cancel_url": back,
        "warning": _("The number is used up; an issued paper never changes."),
    }
    status = 422 if posted else 200
    return render(request, "disbursements/list_act.html", context, status=status)


def _left_out(original: Any) -> dict[str, Any]:
    words = {
        "n": len(original.rows),
        "sum": format_rupiah(original.total),
        "number": original.paper.number,
    }
    return fact(_("Left out"), _("%(n)s payments, %(sum)s: they stand on %(number)s.") % words)


def _issue(request: HttpRequest, chosen: Chosen, data: dict[str, Any]) -> str:
    """Where to go: the issued paper, or the work that prints the receipts."""
    scope, size = chosen.selection.scope, size_of(request)
    if chosen.paper.kind == RECEIPTS:
        job = request_receipts(scope=scope, by=request.user, size=size, **data)
        return reverse("jobs:job_detail", args=[job.pk])
    rows = len(chosen.selection.new.rows)
    if rows > MOST_AT_ONCE:
        if against := against_issuing(chosen.selection, request.user):
            raise Refused(*against)
        messages.success(request, done_or_begun(rows))
        arguments = chosen.arguments(only="new", size=size)
        return job_url(PAPER_ISSUE, arguments, rows=rows, by=request.user)
    issued = issue_list_paper(chosen.paper, scope, by=request.user, size=size)
    messages.success(request, _("The paper is issued: %(number)s.") % {"number": issued.number})
    return reverse("disbursements:paper_page", args=[issued.pk])


@require(Perm.PAPER_ISSUE)
@require_POST
def receipt_copies(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The chosen receipts of an issued paper as its next copy; never a second original."""
    paper = get_visible_or_404(IssuedPaper.objects.filter(kind=RECEIPTS), request.user, pk)
    chosen = _chosen(request, RECEIPTS)
    try:
        content = copy_receipts(paper, chosen.selection, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(chosen.url("payment_paper"))
    return attachment(content, content_type=PDF, filename="salinan.pdf")


@require(Perm.LIST_PAY)
@fresh_proof
def paper_bank_file(request: HttpRequest, pk: UUID, form: str) -> HttpResponse:
    """The bank's file of an issued transfer list: the same payments, the same check sum."""
    papers = IssuedPaper.objects.filter(kind="transfer_list")
    paper = get_visible_or_404(papers, request.user, pk)
    back = reverse("disbursements:paper_page", args=[pk])
    if paper.is_void:
        messages.error(request, _("This paper is voided: the bank gets no file of it."))
        return redirect(back)

    def make() -> bytes:
        record("paper.hand_out", by=request.user, obj=paper, changes={"form": [None, form]})
        return bank_file_of_paper(paper, form)

    handing = Handing(
        question=_("Save the list for the bank as a protected file?"),
        about=f"paper.{paper.pk}",
        form=form,
        name=f"transfer-{paper.sequence}-{paper.year}",
        back=back,
        make=make,
        facts=[
            fact(_("Number"), paper.number),
            fact(_("Total"), format_rupiah(paper.snapshot["total"])),
            fact(_("Check sum"), paper.snapshot["check_sum"]),
        ],
    )
    return hand_out(request, handing)
