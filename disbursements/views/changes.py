"""Changes of the programme: proposing one, looking at what it would do, and deciding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from disbursements.actions.changing import not_yet_changed
from disbursements.actions.programme import accept, decline, effects, propose, withdraw
from disbursements.forms.programme import FORMS
from disbursements.models import BudgetYear, ProgrammeChange
from disbursements.programme import current, in_words, problems
from disbursements.programme_workflow import PROGRAMME_CHANGE
from disbursements.yearend import lapses_with
from kotim_social.accounts.access import fresh_proof, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, YesForm, ask, fact
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today

Subject = ProgrammeChange.Subject


@require(Perm.PROGRAMME_EDIT)
@idempotent
def change_propose(request: HttpRequest, subject: str) -> HttpResponse:
    """The form shows what is there now; sending it writes a proposal and changes nothing."""
    if subject not in FORMS:
        raise Http404
    form = FORMS[subject](request.POST or None, initial=_now(subject, request))
    asking = Asking(
        question=_("Propose a change: %(subject)s") % {"subject": Subject(subject).label},
        submit=_("Propose the change"),
        back=reverse("disbursements:programme"),
        done=_("The change is proposed; somebody else decides it."),
    )

    def run(data: dict[str, Any]) -> str:
        change = propose(
            subject=subject, after=form.values(), reason=data["reason"], by=request.user
        )
        return reverse("disbursements:change_page", args=[change.pk])

    return ask(request, form, asking, run)


# The field of each form that names the thing; the link on the programme page carries it.
_NAMED_BY = {
    Subject.FUNDER: "code",
    Subject.BUDGET_YEAR: "year",
    Subject.KIND: "code",
    Subject.PACKAGE: "package",
    Subject.RATE: "kind",
    Subject.CEILING: "kind",
    Subject.CLOSING: "year",
}


def _now(subject: str, request: HttpRequest) -> dict[str, Any]:
    """What is there now, as a start for the form."""
    code, year = request.GET.get("code", "")[:20], request.GET.get("year", "")[:4]
    given: dict[str, Any] = {}
    if year.isascii() and year.isdigit():
        given["year"] = int(year)
    named = _NAMED_BY[Subject(subject)]
    if named != "year" and code.isprintable():
        given[named] = code
    asked = {named, "year"} if subject == Subject.CEILING else {named}
    if subject in (Subject.RATE, Subject.CLOSING) or not asked <= set(given):
        return given
    return {**given, **(current(subject, given) or {})}


@require(Perm.PROGRAMME_VIEW)
@require_safe
def change_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One change: before and after, what it would do to the totals, and who may decide it."""
    change = _change(pk)
    waiting = change.state == "proposed"
    against = problems(change.subject, change.after) if waiting else []
    on = _from_when(change)
    acts = {step.act for step in PROGRAMME_CHANGE.acts_for(change, request.user)}
    context = {
        "change": change,
        "differences": in_words(change),
        "against": against,
        "effects": _effects(change, request) if waiting and not against else [],
        "lapses": _lapses(change) if waiting else [],
        "on": on,
        "not_yet": not_yet_changed(request.user, change.after["kind"], on=on) if on else [],
        "may_sign": request.user.can(Perm.DECREE_SIGN),
        "may_decide": "accept" in acts,
        "may_accept": "accept" in acts and not against,
        "may_withdraw": "withdraw" in acts,
    }
    return render(request, "disbursements/change_page.html", context)


def _lapses(change: ProgrammeChange) -> list[str]:
    """What closing a year would end: whoever says yes to it sees it first."""
    if change.subject != Subject.CLOSING:
        return []
    year = BudgetYear.objects.filter(pk=change.after["year"]).first()
    return lapses_with(year) if year else []


def _from_when(change: ProgrammeChange) -> date | None:
    """The day from which a decree can apply an accepted rate to what is not paid yet."""
    if change.subject != Subject.RATE or change.state != "accepted":
        return None
    return max(today(), date.fromisoformat(change.after["valid_from"]))


def _change(pk: UUID) -> ProgrammeChange:
    changes = ProgrammeChange.objects.select_related("proposed_by", "decided_by")
    return get_object_or_404(changes, pk=pk)


def _effects(change: ProgrammeChange, request: HttpRequest) -> list[Any]:
    """Only those who decide see it: it writes the change and takes it back."""
    if not request.user.can(Perm.PROGRAMME_EDIT) or change.subject in (
        Subject.FUNDER,
        Subject.BUDGET_YEAR,
        Subject.CEILING,
        Subject.CLOSING,
    ):
        return []
    return effects(change, by=request.user)


@require(Perm.PROGRAMME_EDIT)
@fresh_proof
@idempotent
def change_accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    labels = (_("Accept this change of the programme?"), _("Accept the change"))
    return _decide(request, pk, "accept", accept, labels, _("The change is in force."))


@require(Perm.PROGRAMME_EDIT)
@idempotent
def change_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    labels = (_("Decline this change of the programme?"), _("Decline the change"))
    return _decide(request, pk, "decline", decline, labels, _("The change is declined."))


@require(Perm.PROGRAMME_EDIT)
@idempotent
def change_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    labels = (_("Withdraw your proposal?"), _("Withdraw the proposal"))
    return _decide(request, pk, "withdraw", withdraw, labels, _("The proposal is withdrawn."))


def _decide(  # noqa: PLR0917 - the three pages above are its only callers
    request: HttpRequest,
    pk: UUID,
    act: str,
    run: Callable[..., Any],
    labels: tuple[str, str],
    done: str,
) -> HttpResponse:
    change = _change(pk)
    here = reverse("disbursements:change_page", args=[change.pk])
    if request.method != "POST" and (against := PROGRAMME_CHANGE.can(change, request.user, act)):
        messages.error(request, " ".join(against))
        return redirect(here)
    question, submit = labels
    asking = Asking(
        question=question,
        submit=submit,
        back=here,
        done=done,
        facts=[
            fact(_("Change"), change.get_subject_display()),
            *(fact(one.label, f"{one.before} → {one.after}") for one in in_words(change)),
            *(fact(_("Lapses"), sentence) for sentence in _lapses(change) if act == "accept"),
        ],
        danger=act != "accept",
    )
    return ask(
        request,
        YesForm(request.POST or None),
        asking,
        lambda _data: run(change=change, by=request.user),
    )
