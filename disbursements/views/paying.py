"""Paying: the cash of a list, the files for the bank, and the list that pays again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.forms.fields import refuse
from disbursements.actions.cash import count_cash, is_cash, move_cash
from disbursements.actions.following import create_follow_up, plan_follow_up
from disbursements.forms.paying import CashForm
from disbursements.listing import may_book, sums_of
from disbursements.models import PaymentList
from disbursements.papers.payments import payments_of
from disbursements.papers.transfer import transfer_csv, transfer_xlsx
from disbursements.rules import APPROVED_STATES
from disbursements.views.showing import facts_of, left_out_people
from kotim_social.accounts.access import fresh_proof, get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, YesForm, ask
from kotim_social.audit.trail import record
from kotim_social.documents.exports import CONTENT_TYPES
from kotim_social.files.serving import attachment
from kotim_social.idempotency.forms import idempotent
from kotim_social.workflow import Refused

EXPORTS = {"csv": transfer_csv, "xlsx": transfer_xlsx}


def visible_list(user: User, pk: UUID) -> PaymentList:
    return get_visible_or_404(PaymentList.objects.select_related("funder", "budget_year"), user, pk)


@require(Perm.LIST_VIEW)
@require_safe
def list_cash(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Drawn, paid out, returned by slip, in hand; and every movement."""
    payment_list = visible_list(request.user, pk)
    if not is_cash(payment_list):
        messages.error(request, _("This list is paid by transfer; it has no cash."))
        return redirect("disbursements:list_detail", pk)
    context = {
        "list": payment_list,
        "count": count_cash(payment_list),
        "movements": payment_list.cash.select_related("recorded_by").order_by("-pk"),
        "may_move": may_book(payment_list, request.user),
    }
    return render(request, "disbursements/list_cash.html", context)


@require(Perm.LIST_PAY)
@fresh_proof
@idempotent
def cash_move(request: HttpRequest, pk: UUID) -> HttpResponse:
    payment_list = visible_list(request.user, pk)
    asking = Asking(
        question=_("Record cash of this list"),
        submit=_("Record the cash"),
        back=reverse("disbursements:list_cash", args=[pk]),
        done=_("The cash is recorded."),
        facts=facts_of(payment_list, sums_of(payment_list))[-4:],
    )
    return ask(
        request,
        CashForm(request.POST or None),
        asking,
        lambda data: move_cash(payment_list=payment_list, by=request.user, **data),
    )


@require(Perm.LIST_PAY)
@fresh_proof
@require_safe
def list_transfer(request: HttpRequest, pk: UUID, form: str) -> HttpResponse:
    """The bank's file with whole account numbers: a fresh proof and a row in the trail each."""
    payment_list = visible_list(request.user, pk)
    if payment_list.method != "transfer" or payment_list.state not in APPROVED_STATES:
        messages.error(request, _("A file for the bank is made of an approved list by transfer."))
        return redirect("disbursements:list_detail", pk)
    payments = payments_of(payment_list)
    record(
        "paymentlist.export",
        by=request.user,
        obj=payment_list,
        changes={"form": [None, form], "rows": [None, len(payments.rows)]},
    )
    name = f"transfer-{payment_list.number}.{form}"
    content = EXPORTS[form](payments)
    return attachment(content, content_type=CONTENT_TYPES[form], filename=name)


@require(Perm.LIST_PREPARE)
@idempotent
def list_follow_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One click: a draft with the returned payments; who cannot be in it stands below, and why."""
    payment_list = visible_list(request.user, pk)
    here = reverse("disbursements:list_detail", args=[pk])
    form = YesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_follow_up(payment_list=payment_list, by=request.user)
            messages.success(request, _("The list %(number)s is made.") % {"number": made.number})
            return redirect("disbursements:list_detail", made.pk)
        except Refused as refused:
            refuse(form, refused.sentences)
    plan = plan_follow_up(payment_list, request.user)
    if not plan.included and not plan.left_out:
        messages.info(request, _("No payment of this list came back, or all are tried again."))
        return redirect(here)
    context = {
        "question": _("Pay the returned ones again in a new list?"),
        "facts": facts_of(payment_list, sums_of(payment_list)),
        "form": form,
        "submit_label": _("Make the follow-up list"),
        "cancel_url": here,
        "people": [
            {
                "number": one.worker.register_no,
                "name": one.worker.name,
                "amount": one.position.entitled - one.position.paid,
            }
            for one in plan.included
        ],
        "left_out": left_out_people(plan.left_out, request.user),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "disbursements/list_act.html", context, status=status)
