"""Paying: the cash of a list, the files for the bank, and the list that pays again."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.forms.fields import refuse
from disbursements.actions.cash import count_cash, is_cash, move_cash
from disbursements.actions.following import create_follow_up, plan_follow_up
from disbursements.background import BANK_FILE
from disbursements.forms.paying import CashForm
from disbursements.list_files import bank_file_name, make_bank_file, visible_list
from disbursements.listing import may_book, sums_of
from disbursements.papers.bank_files import PDF, against_bank_file
from disbursements.papers.payments import Payments, payments_of
from disbursements.views.showing import facts_of, left_out_people
from kotim_social.accounts.access import actor, fresh_proof, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, YesForm, ask, fact
from kotim_social.audit.trail import record
from kotim_social.documents.handing import Handing, hand_out
from kotim_social.files.serving import content_of
from kotim_social.idempotency.forms import idempotent
from kotim_social.jobs.actions import MOST_AT_ONCE
from kotim_social.jobs.made_files import fetchable_or_404, gone_sentence
from kotim_social.jobs.offering import ask_for_large
from kotim_social.lib.money import format_rupiah
from kotim_social.workflow import Refused


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
def list_transfer(request: HttpRequest, pk: UUID, form: str) -> HttpResponse:
    """The bank's file with whole account numbers: a fresh proof, a password of its own, and a row
    in the trail each. Of a large list a worker makes it first."""
    user = actor(request)
    payments = payments_of(visible_list(user, pk))
    back = reverse("disbursements:list_papers", args=[pk])
    if against := against_bank_file(payments, form):
        messages.error(request, " ".join(against))
        return redirect(back)
    arguments = {"list": str(pk), "form": form}
    if form != PDF and len(payments.rows) > MOST_AT_ONCE:
        return ask_for_large(request, BANK_FILE, arguments, rows=len(payments.rows), back=back)
    handing = _handing(payments, form, lambda: make_bank_file(user, arguments).content)
    return hand_out(request, handing)


@require(Perm.LIST_PAY)
@fresh_proof
def transfer_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a worker made of a large list; it leaves the house under a password like the others."""
    user = actor(request)
    made = fetchable_or_404(pk, user)
    if made.job.kind != BANK_FILE:
        raise Http404
    if made.is_expired:
        messages.error(request, gone_sentence())
        return redirect("jobs:job_detail", made.job_id)
    arguments = made.job.arguments
    payments = payments_of(visible_list(user, arguments["list"]))

    def content() -> bytes:
        record("file.read", by=user, obj=made.stored)
        return content_of(made.stored)

    return hand_out(request, _handing(payments, arguments["form"], content))


def _handing(payments: Payments, form: str, make: Callable[[], bytes]) -> Handing:
    payment_list = payments.payment_list
    return Handing(
        question=_("Save the list for the bank as a protected file?"),
        about=f"transfer.{payment_list.pk}",
        form=form,
        name=bank_file_name(payment_list),
        back=reverse("disbursements:list_papers", args=[payment_list.pk]),
        make=make,
        facts=[
            fact(_("List"), payment_list.number),
            fact(_("Lines"), str(len(payments.rows))),
            fact(_("Total"), format_rupiah(payments.total)),
            fact(_("Check sum"), payments.check_sum),
        ],
    )


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
