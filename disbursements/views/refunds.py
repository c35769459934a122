"""One line with its chain of attempts, and the register of money demanded back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from disbursements.actions.lapsing import against_lapse
from disbursements.actions.refunds import demand_refund
from disbursements.forms.paying import DemandForm
from disbursements.list_files import visible_list
from disbursements.listing import attempts_of, line_rows
from disbursements.models import PaymentLine, RefundDemand
from disbursements.papers.list_papers import letter_of_refund
from kotim_social.accounts.access import fresh_proof, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, fact
from kotim_social.audit.trail import record
from kotim_social.documents.models import IssuedPaper
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.money import format_rupiah

PAGE = 50


@require(Perm.LIST_VIEW)
@require_safe
def line_detail(request: HttpRequest, pk: UUID, line_pk: UUID) -> HttpResponse:
    """What became of one payment, and of every attempt before and after it."""
    line = _line(request, pk, line_pk)
    record("paymentline.view", by=request.user, obj=line)
    reversible = line.state == "paid" and not hasattr(line, "reversal")
    is_closed = line.payment_list.budget_year.closed_on is not None
    demand = RefundDemand.objects.filter(line=line).select_related("recorded_by").first()
    context = {
        "list": line.payment_list,
        "line": line,
        "row": line_rows(PaymentLine.objects.filter(pk=line.pk), request.user)[0],
        "attempts": attempts_of(line.entitlement),
        "demand": demand,
        "may_reverse": reversible and not is_closed and request.user.can(Perm.LIST_PAY),
        "may_refund_late": reversible and is_closed and request.user.can(Perm.LIST_PAY),
        # Money that came back leaves a right that can be paid again, or lapses.
        "may_lapse": hasattr(line, "reversal")
        and not against_lapse(line.entitlement, request.user),
        "may_demand": reversible and demand is None and request.user.can(Perm.LIST_APPROVE),
    }
    return render(request, "disbursements/line_detail.html", context)


def _line(request: HttpRequest, pk: UUID, line_pk: UUID) -> PaymentLine:
    lines = PaymentLine.objects.filter(payment_list=visible_list(request.user, pk))
    lines = lines.named().select_related(
        "payment_list__budget_year", "entitlement__kind", "reversal"
    )
    return get_visible_or_404(lines, request.user, line_pk)


@require(Perm.LIST_PAY, Perm.LIST_APPROVE, Perm.TRAIL_VIEW)
@require_safe
def refund_list(request: HttpRequest) -> HttpResponse:
    """Everything that was demanded back: open first, and how much is open."""
    demands = RefundDemand.objects.named().select_related(
        "line__payment_list", "line__reversal", "recorded_by"
    )
    demands = demands.order_by(F("line__reversal").asc(nulls_first=True), "-pk")
    waiting = RefundDemand.objects.filter(line__reversal__isnull=True)
    page = Paginator(demands, PAGE).get_page(request.GET.get("page"))
    letters: dict[str, Any] = {
        paper.subject_id: paper
        for paper in IssuedPaper.objects.filter(
            kind="refund_demand",
            subject_id__in=[str(demand.line_id) for demand in page.object_list],
        )
    }
    context = {
        "page": page,
        "may_lapse": request.user.can(Perm.DECREE_SIGN),
        "rows": [(demand, letters.get(str(demand.line_id))) for demand in page.object_list],
        "open_total": waiting.aggregate(n=Sum("amount"))["n"] or 0,
    }
    return render(request, "disbursements/refund_list.html", context)


@require(Perm.LIST_APPROVE)
@fresh_proof
@idempotent
def line_demand(request: HttpRequest, pk: UUID, line_pk: UUID) -> HttpResponse:
    """A payment that was made twice is demanded back by a letter."""
    line = _line(request, pk, line_pk)
    worker = line.entitlement.worker
    asking = Asking(
        question=_("Demand this payment back?"),
        submit=_("Demand the refund"),
        back=reverse("disbursements:line_detail", args=[pk, line_pk]),
        done=_("The refund is demanded; the letter is issued."),
        facts=[
            fact(_("List"), line.payment_list.number),
            fact(_("Line"), str(line.number)),
            fact(_("Name"), f"{worker.name_in_lists} ({worker.register_no})"),
            fact(_("Kind"), line.entitlement.kind.name),
            fact(_("Amount"), format_rupiah(line.amount)),
        ],
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        demand_refund(line=line, letter=letter_of_refund, by=request.user, **data)
        return reverse("disbursements:refund_list")

    return ask(request, DemandForm(request.POST or None), asking, run)
