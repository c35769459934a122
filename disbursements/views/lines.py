"""Changing a draft's lines, booking results, and money that came back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.forms.fields import refuse
from disbursements.actions.lists import add_people, take_out
from disbursements.actions.results import book_results, reverse_line, waiting_lines
from disbursements.boarding import lines_of_absent
from disbursements.forms.lists import ReverseForm
from disbursements.forms.results import ResultsForm
from disbursements.listing import line_rows, may_book, sums_of
from disbursements.models import PaymentLine, PaymentList
from disbursements.rules import candidates_for
from disbursements.views.showing import facts_of
from disbursements.workflow import LIVE, PAYMENT_LIST
from kotim_social.accounts.access import (
    fresh_proof,
    get_visible_or_404,
    has_fresh_proof,
    proof_url_name,
    require,
)
from kotim_social.accounts.roles import Perm
from kotim_social.asking import YesForm
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.money import format_rupiah
from kotim_social.workflow import Refused


@require(Perm.LIST_PREPARE)
@idempotent
def lines_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everybody of the list's choice who can be paid by now."""
    payment_list = get_visible_or_404(
        PaymentList.objects.select_related("funder"), request.user, pk
    )
    here = reverse("disbursements:list_detail", args=[payment_list.pk])
    form = YesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = add_people(payment_list=payment_list, by=request.user)
            text = ngettext("%(n)s line added.", "%(n)s lines added.", added)
            messages.success(request, text % {"n": added})
            return redirect(here)
        except Refused as refused:
            refuse(form, refused.sentences)
    elif against := PAYMENT_LIST.can(payment_list, request.user, "submit"):
        messages.error(request, " ".join(against))
        return redirect(here)
    found = candidates_for(request.user, payment_list).included
    if not found and request.method != "POST":
        messages.info(request, _("Nobody else can be paid now with the choice of this list."))
        return redirect(here)
    people = [(c.worker, c.position.entitled - c.position.paid) for c in found]
    context = {
        "question": _("Add these people to the list?"),
        "facts": facts_of(payment_list, sums_of(payment_list)),
        "form": form,
        "submit_label": _("Add to the list"),
        "cancel_url": here,
        "people": [
            {"number": worker.register_no, "name": worker.name, "amount": amount}
            for worker, amount in people
        ],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "disbursements/list_act.html", context, status=status)


@require(Perm.LIST_PREPARE)
@idempotent
def lines_take_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The ticked lines leave the draft; their money is open again."""
    payment_list = get_visible_or_404(
        PaymentList.objects.select_related("funder"), request.user, pk
    )
    here = reverse("disbursements:list_detail", args=[payment_list.pk])
    posted = request.method == "POST"
    chosen = _chosen(payment_list, (request.POST if posted else request.GET).getlist("line"))
    form = YesForm(request.POST or None)
    if not chosen:
        messages.error(request, _("Choose the lines that you want to take out."))
        return redirect(here)
    if posted and form.is_valid():
        try:
            ids = [line.pk for line in chosen]
            taken = take_out(payment_list=payment_list, lines=ids, by=request.user)
            text = ngettext("%(n)s line taken out.", "%(n)s lines taken out.", taken)
            messages.success(request, text % {"n": taken})
            return redirect(here)
        except Refused as refused:
            refuse(form, refused.sentences)
    context = {
        "question": _("Take these lines out of the list?"),
        "facts": facts_of(payment_list, sums_of(payment_list)),
        "form": form,
        "submit_label": _("Take out of the list"),
        "cancel_url": here,
        "danger": True,
        "hidden": [("line", str(line.pk)) for line in chosen],
        "people": [
            {
                "number": line.entitlement.worker.register_no,
                "name": line.entitlement.worker.name_in_lists,
                "amount": line.amount,
            }
            for line in chosen
        ],
    }
    return render(request, "disbursements/list_act.html", context, status=422 if posted else 200)


def _chosen(payment_list: PaymentList, ids: list[str]) -> list[PaymentLine]:
    """The named lines of this list that can still be taken out; other ids say nothing."""
    wanted = set(ids)
    lines = payment_list.lines.filter(state="prepared").named()
    return [line for line in lines.order_by("number") if str(line.pk) in wanted]


@require(Perm.LIST_PAY)
@idempotent
def list_results(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All waiting lines on one screen, preset to paid; exceptions are flipped.

    A proof that grew old while somebody typed asks for a new one without losing a line.
    """
    payment_list = get_visible_or_404(
        PaymentList.objects.select_related("funder"), request.user, pk
    )
    if request.method != "POST":
        return _show_results(request, payment_list)
    lines = waiting_lines(payment_list)
    form = ResultsForm(request.POST, lines=lines, cash=payment_list.method == "cash")
    proven = has_fresh_proof(request)
    if form.is_valid() and not proven:
        refuse(form, [_("Your proof is older than five minutes. Prove again, then book.")])
    elif form.is_valid():
        try:
            on = form.cleaned_data["happened_on"]
            done = book_results(
                payment_list=payment_list, results=form.results, on=on, by=request.user
            )
            messages.success(request, _results_done(*done, len(lines) - sum(done)))
            return redirect("disbursements:list_detail", payment_list.pk)
        except Refused as refused:
            refuse(form, refused.sentences)
    return _results_page(request, payment_list, form, proven=proven)


list_results.asks_fresh_proof = True  # type: ignore[attr-defined]


@fresh_proof
def _show_results(request: HttpRequest, payment_list: PaymentList) -> HttpResponse:
    lines = waiting_lines(payment_list)
    if not lines or not may_book(payment_list, request.user):
        messages.error(request, _("No line of this list waits for a result from you."))
        return redirect("disbursements:list_detail", payment_list.pk)
    cash = payment_list.method == "cash"
    absent = lines_of_absent(payment_list) if cash else set()
    form = ResultsForm(lines=lines, cash=cash, absent=absent)
    return _results_page(request, payment_list, form, proven=True)


def _results_page(
    request: HttpRequest, payment_list: PaymentList, form: ResultsForm, *, proven: bool
) -> HttpResponse:
    here = reverse("disbursements:list_detail", args=[payment_list.pk])
    context = {
        "list": payment_list,
        "form": form,
        # Lines, total, number and date of the order: the rest stands on the list's own page.
        "facts": facts_of(payment_list, sums_of(payment_list))[-4:],
        "entries": _entries(payment_list, form, request),
        "reasons": PaymentLine.Reason.choices,
        "cancel_url": here,
        "proof_url": "" if proven else f"{reverse(proof_url_name(request.user))}?next={here}",
    }
    status = 422 if form.is_bound else 200
    return render(request, "disbursements/list_results.html", context, status=status)


def _entries(payment_list: PaymentList, form: ResultsForm, request: HttpRequest) -> list[Any]:
    """Each line of the form beside what the page shows of it."""
    shown = payment_list.lines.filter(state__in=LIVE).order_by("number")
    rows = {row.line.pk: row for row in line_rows(shown, request.user)}
    return [(rows[row.line.pk], row) for row in form.rows if row.line.pk in rows]


def _results_done(paid: int, returned: int, waiting: int) -> str:
    return _("Booked: %(paid)s paid, %(returned)s returned. %(waiting)s still wait.") % {
        "paid": paid,
        "returned": returned,
        "waiting": waiting,
    }


@require(Perm.LIST_PAY)
@fresh_proof
@idempotent
def line_reverse(request: HttpRequest, pk: UUID, line_pk: UUID) -> HttpResponse:
    """Money came back after it was booked: a counter-entry with its paper."""
    payment_list = get_visible_or_404(
        PaymentList.objects.select_related("funder"), request.user, pk
    )
    line = get_visible_or_404(
        PaymentLine.objects.filter(payment_list=payment_list)
        .named()
        .select_related("entitlement__kind"),
        request.user,
        line_pk,
    )
    here = reverse("disbursements:list_detail", args=[payment_list.pk])
    form = ReverseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reverse_line(line=line, by=request.user, **form.cleaned_data)
            messages.success(request, _("The payment is reversed; her money is open again."))
            return redirect(here)
        except Refused as refused:
            refuse(form, refused.sentences)
    elif request.method != "POST" and (line.state != "paid" or hasattr(line, "reversal")):
        messages.error(request, _("Only a paid line that was not reversed can be reversed."))
        return redirect(here)
    worker = line.entitlement.worker
    facts = [
        (_("List"), payment_list.number),
        (_("Line"), str(line.number)),
        (_("Name"), f"{worker.name_in_lists} ({worker.register_no})"),
        (_("Kind"), line.entitlement.kind.name),
        (_("Amount"), format_rupiah(line.amount)),
    ]
    context = {
        "question": _("Book that this payment came back?"),
        "facts": [{"label": label, "value": value} for label, value in facts],
        "form": form,
        "submit_label": _("Reverse the payment"),
        "cancel_url": here,
        "danger": True,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "disbursements/list_act.html", context, status=status)
