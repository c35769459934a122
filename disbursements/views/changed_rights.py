"""Rights that end or change: letting one lapse, and the decree that puts others in their place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.forms.fields import refuse
from disbursements.actions.changing import (
    Replacement,
    changeable,
    issue_change,
    payable_anew,
)
from disbursements.actions.lapsing import against_lapse, lapse
from disbursements.forms.decrees import DecreeForm
from disbursements.forms.programme import LapseForm
from disbursements.models import BudgetYear, Entitlement
from kotim_social.accounts.access import fresh_proof, get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, fact
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today
from kotim_social.lib.money import format_rupiah
from kotim_social.workflow import Refused


@require(Perm.DECREE_SIGN)
@fresh_proof
@idempotent
def entitlement_lapse(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One right ends, with its date and reason."""
    rights = Entitlement.objects.select_related("worker", "kind", "decree")
    right = get_visible_or_404(rights, request.user, pk)
    here = reverse("desk:worker_page", args=[right.worker_id])
    if request.method != "POST" and (against := against_lapse(right, request.user)):
        messages.error(request, " ".join(against))
        return redirect(here)
    asking = Asking(
        question=_("Let this right lapse?"),
        submit=_("Let it lapse"),
        back=here,
        done=_("The right has lapsed."),
        facts=[
            fact(_("Name"), f"{right.worker.name} ({right.worker.register_no})"),
            fact(_("Kind"), right.kind.name),
            fact(_("Amount"), format_rupiah(right.amount)),
            fact(_("Decree"), right.decree.number),
        ],
        danger=True,
    )
    return ask(
        request,
        LapseForm(request.POST or None, initial={"on": today()}),
        asking,
        lambda data: lapse(entitlement=right, by=request.user, **data),
    )


Find = Callable[..., list[Replacement]]


@require(Perm.DECREE_SIGN)
@fresh_proof
@idempotent
def decree_change(request: HttpRequest) -> HttpResponse:
    """An SK perubahan: the day's rates for what is not paid yet. A link may name the day."""
    title = _("Record a decree that changes amounts")
    return _replace(request, changeable, title)


@require(Perm.DECREE_SIGN)
@fresh_proof
@idempotent
def decree_anew(request: HttpRequest) -> HttpResponse:
    """A decree of a later year for what ended unpaid with an earlier one."""
    title = _("Record a decree for rights of an earlier year")
    return _replace(request, payable_anew, title)


def _replace(request: HttpRequest, find: Find, title: str) -> HttpResponse:
    """First number and date beside whom it is about, then the check, then the decree."""
    posted = request.method == "POST"
    source = request.POST if posted else request.GET
    form = DecreeForm(
        source if posted or "number" in source else None,
        initial={"decided_on": _day(request.GET.get("on", ""))},
    )
    ready = form.is_bound and form.is_valid()
    if posted and ready:
        try:
            rights = _ids(request.POST.getlist("right"))
            decree = issue_change(rights=rights, by=request.user, **form.cleaned_data)
            messages.success(request, _("The decree is recorded."))
            return redirect("disbursements:decree_detail", decree.pk)
        except Refused as refused:
            refuse(form, refused.sentences)
    context = {
        "title": title,
        "form": form,
        "ready": ready,
        "hidden": form.as_hidden() if ready else [],
        **_preview(form, find, request.user),
    }
    status = 422 if posted else 200
    return render(request, "disbursements/decree_change.html", context, status=status)


def _day(text: str) -> date:
    """The day that a link names, in ISO form; today where it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today()


def _ids(values: list[str]) -> list[UUID]:
    try:
        return [UUID(value) for value in values]
    except ValueError:
        return []


def _preview(form: DecreeForm, find: Find, user: User) -> dict[str, Any]:
    data = getattr(form, "cleaned_data", {})
    year = data.get("budget_year") or BudgetYear.objects.filter(closed_on=None).last()
    on: date = data.get("decided_on") or form.initial["decided_on"]
    found = find(user, on=on, year=year)
    return {
        "on": on,
        "year": year,
        "replacements": found,
        "before": sum(one.old.amount for one in found),
        "after": sum(one.rate.amount for one in found),
        "difference": sum(one.difference for one in found),
    }
