"""The papers of one list: what can be printed, and what was issued."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from disbursements.list_files import visible_list
from disbursements.models import PaymentList
from disbursements.papers.bank_files import issued_list
from disbursements.papers.list_papers import papers_for
from disbursements.papers.selecting import against_papers
from kotim_social.accounts.access import require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.documents.models import IssuedPaper


@require(Perm.LIST_PAY, Perm.PAPER_ISSUE)
@require_safe
def list_papers(request: HttpRequest, pk: UUID) -> HttpResponse:
    payment_list = visible_list(request.user, pk)
    context = {
        "list": payment_list,
        "papers": papers_for(payment_list),
        "against": against_papers(payment_list),
        "issued": _issued(payment_list, request.user),
        "transfer_list": issued_list(payment_list),
        "may_issue": request.user.can(Perm.PAPER_ISSUE),
        "may_export": request.user.can(Perm.LIST_PAY) and payment_list.method == "transfer",
    }
    return render(request, "disbursements/list_papers.html", context)


def _issued(payment_list: PaymentList, user: User) -> Any:
    """Papers of this list, and those on which a payment of it stands beside others."""
    about = Q(subject_type=PaymentList._meta.label_lower, subject_id=str(payment_list.pk))
    drawn = Q(payment_lines__line__payment_list=payment_list)
    papers = IssuedPaper.objects.visible_to(user).filter(about | drawn).distinct()
    return papers.select_related("created_by", "void").order_by("-pk")
