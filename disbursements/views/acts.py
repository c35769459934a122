"""The acts that lead a list along its road: one address each, a check page before each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.forms.fields import refuse
from disbursements.actions import lists as actions
from disbursements.forms.lists import ApproveForm, OrderForm, ReasonForm
from disbursements.listing import sums_of
from disbursements.models import PaymentList
from disbursements.papers.issuing import Scope, issue_report, make_report
from disbursements.rules import remainders
from disbursements.views.showing import facts_of
from disbursements.workflow import PAYMENT_LIST
from kotim_social.accounts.access import fresh_proof, get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import YesForm, turn_back
from kotim_social.idempotency.forms import idempotent
from kotim_social.workflow import Refused


@dataclass(frozen=True)
class Act:
    """A page: its question, its button, the acts of the table it may be, and what does it."""

    names: tuple[str, ...]
    question: Any
    button: Any
    done: Any
    run: Callable[..., Any]
    form: type[forms.Form] = YesForm
    danger: bool = False
    shows_ceilings: bool = False


SUBMIT = Act(
    ("submit",),
    gettext_lazy("Send this list to the verifier?"),
    gettext_lazy("Send the list to the verifier"),
    gettext_lazy("The list is with the verifier."),
    actions.submit,
)
VERIFY = Act(
    ("verify",),
    gettext_lazy("Verify this list?"),
    gettext_lazy("Verify the list"),
    gettext_lazy("The list is verified."),
    actions.verify,
)


def _approve(*, payment_list: PaymentList, with_roll: bool, by: User) -> PaymentList | str:
    """The approval, and where it is wished for its paper: both, or neither."""
    with transaction.atomic():
        approved = actions.approve(payment_list=payment_list, by=by)
        if not with_roll:
            return approved
        report = make_report("nominatif", Scope(by, payment_list=approved))
        paper = issue_report(report, by=by)
    return reverse("disbursements:paper_page", args=[paper.pk])


APPROVE = Act(
    ("approve",),
    gettext_lazy("Approve this list for payment?"),
    gettext_lazy("Approve the list"),
    gettext_lazy("The list is approved."),
    _approve,
    form=ApproveForm,
    shows_ceilings=True,
)
ORDER = Act(
    ("order",),
    gettext_lazy("Order the payment of this list?"),
    gettext_lazy("Order the payment"),
    gettext_lazy("The payment is ordered."),
    actions.order,
    form=OrderForm,
)
RECONCILE = Act(
    ("reconcile",),
    gettext_lazy("Reconcile this list?"),
    gettext_lazy("Reconcile the list"),
    gettext_lazy("The list is reconciled."),
    actions.reconcile,
)
CLOSE = Act(
    ("close",),
    gettext_lazy("Close this list?"),
    gettext_lazy("Close the list"),
    gettext_lazy("The list is closed."),
    actions.close_list,
)
SEND_BACK = Act(
    ("send_back_submitted", "send_back_verified", "send_back_approved"),
    gettext_lazy("Send this list back to the caseworker?"),
    gettext_lazy("Send the list back"),
    gettext_lazy("The list is back with the caseworker."),
    actions.send_back,
    form=ReasonForm,
)
CANCEL = Act(
    ("cancel_own", "cancel"),
    gettext_lazy("Cancel this list?"),
    gettext_lazy("Cancel the list"),
    gettext_lazy("The list is cancelled; its money is open again."),
    actions.cancel,
    form=ReasonForm,
    danger=True,
)


@require(Perm.LIST_PREPARE)
@idempotent
def list_submit(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act_page(request, pk, SUBMIT)


@require(Perm.LIST_VERIFY)
@idempotent
def list_verify(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act_page(request, pk, VERIFY)


@require(Perm.LIST_APPROVE)
@fresh_proof
@idempotent
def list_approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act_page(request, pk, APPROVE)


@require(Perm.LIST_PAY)
@fresh_proof
@idempotent
def list_order(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act_page(request, pk, ORDER)


@require(Perm.LIST_PAY)
@idempotent
def list_reconcile(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act_page(request, pk, RECONCILE)


@require(Perm.LIST_PAY)
@idempotent
def list_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act_page(request, pk, CLOSE)


@require(Perm.LIST_VERIFY, Perm.LIST_APPROVE, Perm.LIST_PAY)
@idempotent
def list_send_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act_page(request, pk, SEND_BACK)


@require(Perm.LIST_PREPARE, Perm.LIST_APPROVE)
@idempotent
def list_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act_page(request, pk, CANCEL)


def act_page(request: HttpRequest, pk: UUID, act: Act) -> HttpResponse:
    """GET shows what the yes would do; POST does it. A refusal comes back with its sentences.

    An address that the act gives is where to go, in place of the list.
    """
    payment_list = get_visible_or_404(
        PaymentList.objects.select_related("funder"), request.user, pk
    )
    here = reverse("disbursements:list_detail", args=[payment_list.pk])
    form = act.form(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            try:
                target = act.run(payment_list=payment_list, by=request.user, **form.cleaned_data)
            except Refused as refused:
                refuse(form, refused.sentences)
            else:
                messages.success(request, str(act.done))
                return redirect(target if isinstance(target, str) else here)
    elif answer := turn_back(request, _against(payment_list, act, request), here):
        return answer
    context = {
        "question": act.question,
        "facts": facts_of(payment_list, sums_of(payment_list)),
        "form": form,
        "submit_label": act.button,
        "cancel_url": here,
        "danger": act.danger,
        "remainders": remainders(payment_list) if act.shows_ceilings else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "disbursements/list_act.html", context, status=status)


def _against(payment_list: PaymentList, act: Act, request: HttpRequest) -> list[str]:
    """Sentences against every act this page may be; none as soon as one of them may be done."""
    found = [PAYMENT_LIST.can(payment_list, request.user, name) for name in act.names]
    return [] if not all(found) else _nearest(found)


def _nearest(found: list[list[str]]) -> list[str]:
    """Of several acts, the one the user has the right to says why not."""
    no_right = [_("You do not have the right to do this.")]
    return next((sentences for sentences in found if sentences != no_right), no_right)
