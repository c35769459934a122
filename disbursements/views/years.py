"""A budget year: its identity, what is still open, depositing back, and late refunds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from cases.forms.fields import refuse
from cases.models import Worker
from disbursements.actions.closing_year import book_late_refund, deposit_back
from disbursements.forms.programme import DepositForm, LateRefundForm
from disbursements.models import AssistanceKind, BudgetYear, Funder, PaymentLine
from disbursements.reconciliation import differences, identity, years_with_identity
from disbursements.yearend import (
    PAYER,
    UNPAID,
    FunderEnd,
    against_closing,
    funder_ends,
    open_lists,
    rights_behind,
)
from kotim_social.accounts.access import fresh_proof, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask
from kotim_social.audit.trail import record
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today
from kotim_social.lib.money import format_rupiah
from kotim_social.replica import from_replica
from kotim_social.workflow import Refused

PAGE = 50
ALL = 1000
# The figures of a year as the tables of its page call them.
YEAR_PARTS = {
    "paid": gettext_lazy("Paid"),
    "in_process": gettext_lazy("In process"),
    "returned": gettext_lazy("Returned"),
    "deposited": gettext_lazy("Deposited back"),
    "unclaimed": gettext_lazy("Not claimed"),
    UNPAID: gettext_lazy("Not yet paid"),
}


@require(Perm.PROGRAMME_VIEW)
@require_safe
def year_page(request: HttpRequest, year: int) -> HttpResponse:
    """What the ceilings became, and what must be done before the year closes."""
    budget_year = get_object_or_404(BudgetYear.objects.select_related("closed_by"), pk=year)
    is_open = budget_year.closed_on is None
    context = {
        "year": budget_year,
        "rows": identity(budget_year),
        "ends": funder_ends(budget_year),
        "lists": open_lists(budget_year) if request.user.can(Perm.LIST_APPROVE) else [],
        "against": against_closing(budget_year) if is_open else [],
        "may_deposit": is_open and request.user.can(Perm.LIST_PAY),
        "may_close": is_open and request.user.can(Perm.PROGRAMME_EDIT),
        "may_refund": not is_open and request.user.can(Perm.LIST_PAY),
        "may_look": _sees_rights(request.user),
    }
    return render(request, "disbursements/year_page.html", context)


@require(Perm.REPORT_VIEW)
@require_safe
def year_rights(request: HttpRequest, year: int, part: str) -> HttpResponse:
    """The rights behind one figure of a year, of one kind's ceiling or of one funder."""
    budget_year = get_object_or_404(BudgetYear, pk=year)
    if part not in YEAR_PARTS:
        raise Http404
    rights = rights_behind(budget_year, part).summed_for(request.user)
    kind, funder = request.GET.get("kind", "")[:20], request.GET.get("funder", "")[:20]
    about = [
        AssistanceKind.objects.filter(pk=kind).first(),
        Funder.objects.filter(pk=funder).first(),
    ]
    if kind:
        rights = rights.filter(Q(kind=kind) | Q(kind__component_of=kind))
    if funder:
        rights = rights.annotate(payer=PAYER).filter(payer=funder)
    rights = rights.named().select_related("kind")
    rights = rights.order_by("worker__name", "worker", "kind__order")
    size = ALL if request.GET.get("all") else PAGE
    record("money.people", by=request.user, object_type="report", object_id="year")
    context = {
        "year": budget_year,
        "part": YEAR_PARTS[part],
        "about": [str(one) for one in about if one],
        "page": Paginator(rights, size).get_page(request.GET.get("page")),
        "total": rights.aggregate(n=Sum("amount"))["n"] or 0,
        "seen": set(
            Worker.objects.visible_to(request.user)
            .filter(pk__in=rights.values("worker"))
            .values_list("pk", flat=True)
        ),
    }
    return render(request, "disbursements/year_rights.html", context)


@require(Perm.LIST_PAY)
@fresh_proof
@idempotent
def year_deposit(request: HttpRequest, year: int, funder: str) -> HttpResponse:
    """What came back of one funder's money goes back to the treasury with one deposit."""
    budget_year = get_object_or_404(BudgetYear, pk=year)
    payer = get_object_or_404(Funder, pk=funder)
    here = reverse("disbursements:year_page", args=[year])
    end = next((one for one in funder_ends(budget_year) if one.funder == payer), None)
    form = DepositForm(request.POST or None, initial={"on": today()})
    posted = request.method == "POST"
    if posted and form.is_valid():
        try:
            count = deposit_back(
                year=budget_year, funder=payer, by=request.user, **form.cleaned_data
            )
            text = ngettext("%(n)s right is deposited back.", "%(n)s rights are deposited back.",
                            count)  # fmt: skip
            messages.success(request, text % {"n": count})
            return redirect(here)
        except Refused as refused:
            refuse(form, refused.sentences)
    elif not posted and (end is None or not end.to_deposit):
        messages.error(request, _("Nothing of this funder has come back that would be deposited."))
        return redirect(here)
    context = {
        "question": _("Deposit this money back to the treasury?"),
        "facts": _deposit_facts(budget_year, payer, end),
        "form": form,
        "submit_label": _("Deposit back"),
        "cancel_url": here,
        "danger": True,
        "warning": _("The rights lapse. A decree of a later year may give them again."),
    }
    return render(request, "disbursements/list_act.html", context, status=422 if posted else 200)


def _deposit_facts(year: BudgetYear, payer: Funder, end: FunderEnd | None) -> list[Any]:
    return [
        {"label": _("Budget year"), "value": str(year.pk)},
        {"label": _("Funder"), "value": payer.name},
        {"label": _("Rights"), "value": str(end.to_deposit if end else 0)},
        {"label": _("Total"), "value": format_rupiah(end.deposit_amount if end else 0)},
    ]


def _sees_rights(user: User) -> bool:
    """Whoever keeps the money of the whole office finds behind a figure as many rights as it says;
    a caseworker sees those of her places, so that her figures are no links."""
    return user.can(Perm.REPORT_VIEW) and user.sees_everything


@require(Perm.LIST_PAY)
@fresh_proof
@idempotent
def late_refund(request: HttpRequest, year: int) -> HttpResponse:
    """Money of a closed year that came back: an entry of the year that is open now."""
    budget_year = get_object_or_404(BudgetYear, pk=year, closed_on__isnull=False)
    asking = Asking(
        question=_("Book a refund of the closed year %(year)s?") % {"year": year},
        submit=_("Book the refund"),
        back=reverse("disbursements:year_page", args=[year]),
        done=_("The refund is booked."),
        warning=_("The closed year keeps its figures; her right of that year ends."),
    )

    def run(data: dict[str, Any]) -> None:
        lines = PaymentLine.objects.visible_to(request.user).filter(
            payment_list__budget_year=budget_year,
            payment_list__number=data.pop("list_number").strip(),
            number=data.pop("line_number"),
        )
        if (line := lines.first()) is None:
            raise Refused(_("There is no such line in a list of this year."))
        book_late_refund(line=line, by=request.user, **data)

    named = {name: request.GET.get(name, "")[:20] for name in ("list_number", "line_number")}
    form = LateRefundForm(request.POST or None, initial={"happened_on": today(), **named})
    return ask(request, form, asking, run)


@require(Perm.REPORT_VIEW)
@require_safe
@from_replica
def reconciliation(request: HttpRequest) -> HttpResponse:
    """Green, or who is behind each difference. Names of other places are not for a caseworker."""
    found = differences() if request.user.sees_everything else []
    record("reconciliation.view", by=request.user, object_type="report", object_id="reconciliation")
    context = {
        "years": years_with_identity(),
        "differences": found,
        "sees_all": request.user.sees_everything,
        "may_look": _sees_rights(request.user),
    }
    return render(request, "disbursements/reconciliation.html", context)
