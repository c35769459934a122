"""Her bank account: what it is now, and the acts that change it, one address each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.account_facts import book_of, cautions
from cases.actions.accounts import add_account, edit_holder, record_number, replace_account
from cases.actions.sets import is_open
from cases.forms.accounts import AccountForm, HolderForm
from cases.forms.fields import refuse
from cases.masks import masked_number
from cases.models import BankAccount, BookHandOver, Worker
from cases.read_only import notes_on_case
from kotim_social.accounts.access import get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import turn_back
from kotim_social.audit.trail import history_of, record
from kotim_social.rewriting import Page, hold, rewrite
from kotim_social.workflow import Refused


@require(Perm.WORKER_EDIT)
def account(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = get_visible_or_404(Worker, request.user, pk)
    rows = list(worker.accounts.order_by("-id"))
    current = next((row for row in rows if row.state != "closed"), None)
    read_only = is_open(worker)
    record("bankaccount.view", by=request.user, obj=worker)
    context = {
        "worker": worker,
        "account": current,
        "number": masked_number(current),
        "cautions": cautions(worker, current, request.user),
        "book": book_of(current) if current and current.number_index else None,
        "hand_overs": _hand_overs(worker),
        "case_notes": notes_on_case(worker, request.user) if read_only else [],
        "may_write": not read_only,
        "earlier": [(row, masked_number(row)) for row in rows if row.state == "closed"],
        "may_check": request.user.can(Perm.BANK_CHECK),
        "may_reveal": request.user.can(Perm.WORKER_REVEAL),
    }
    return render(request, "cases/account.html", context)


@require(Perm.WORKER_EDIT)
def account_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = get_visible_or_404(Worker, request.user, pk)
    form = AccountForm(request.POST or None, user=request.user, initial={"holder": worker.name})
    return _write(
        request,
        worker,
        form,
        _("Record her account"),
        lambda: add_account(worker=worker, facts=form.account(), by=request.user),
    )


@require(Perm.WORKER_EDIT)
def account_replace(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = get_visible_or_404(Worker, request.user, pk)
    form = AccountForm(request.POST or None, user=request.user, initial={"holder": worker.name})
    return _write(
        request,
        worker,
        form,
        _("Replace her account"),
        lambda: replace_account(worker=worker, facts=form.account(), by=request.user),
    )


@require(Perm.WORKER_EDIT)
def account_number(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = get_visible_or_404(Worker, request.user, pk)
    current = _current(worker)
    first = {"holder": worker.name, "bank": current.bank if current else ""}
    form = AccountForm(request.POST or None, user=request.user, needs_number=True, initial=first)
    return _write(
        request,
        worker,
        form,
        _("Record the account number"),
        lambda: record_number(worker=worker, facts=form.account(), by=request.user),
    )


@require(Perm.WORKER_EDIT)
def account_holder(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = hold(request, get_visible_or_404(Worker, request.user, pk))
    current = _current(worker)
    if current is None:
        return redirect("cases:account_add", pk=worker.pk)
    first = {"holder": current.holder}
    about = Page(
        caption=worker.register_no,
        back=reverse("cases:account", args=[worker.pk]),
        last=history_of(current).filter(act="bankaccount.edit_holder").first,
    )
    form, conflict = rewrite(request, lambda data: HolderForm(data, initial=first), about)
    return conflict or _write(
        request,
        worker,
        form,
        _("Correct the name of the holder"),
        lambda: edit_holder(
            worker=worker, version=current.version, by=request.user, **form.cleaned_data
        ),
    )


def _hand_overs(worker: Worker) -> QuerySet[BookHandOver]:
    """Every entry, newest first, with those that were corrected."""
    rows = BookHandOver.objects.filter(account__worker=worker)
    linked = rows.select_related("account", "paper", "recorded_by", "correction")
    return linked.order_by("-handed_on", "-pk")


def _current(worker: Worker) -> BankAccount | None:
    return worker.accounts.exclude(state="closed").first()


def _write(
    request: HttpRequest,
    worker: Worker,
    form: forms.Form,
    heading: str,
    act: Callable[[], Any],
) -> HttpResponse:
    """Runs the act on a valid form; a refusal is shown on the form."""
    if answer := turn_back(request, is_open(worker), reverse("cases:account", args=[worker.pk])):
        return answer
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except Refused as refusal:
            refuse(form, refusal.sentences)
        else:
            messages.success(request, _("Saved."))
            return redirect("cases:account", pk=worker.pk)
    context = {
        "form": form,
        "worker": worker,
        "heading": heading,
        "cautions": cautions(worker, _current(worker), request.user),
    }
    return render(request, "cases/account_form.html", context, status=422 if form.errors else 200)
