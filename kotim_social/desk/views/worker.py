"""The page of one person: who she is, what she is owed, what is to be done, what happened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.account_facts import book_of
from cases.facts import PersonFacts, card_context, facts_of, worker_for_page
from cases.forms.casework import VisitForm
from cases.rules import DONE, NOT_YET, PROBLEM, TODO, task_list
from kotim_social.accounts.access import require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.desk.money import FunderShare, lines_of, shares_of


@require(Perm.WORKER_VIEW)
def worker_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One row in the trail for each look at her."""
    worker = worker_for_page(pk, request.user)
    facts, shares = facts_of(worker), shares_of(worker)
    record("worker.view", by=request.user, obj=worker)
    context = {
        **card_context(facts, request.user),
        "worker": worker,
        "shares": shares,
        "lines": lines_of(worker),
        "visit_form": VisitForm() if _may_note(worker, request.user) else None,
        "may_lapse": request.user.can(Perm.DECREE_SIGN),
        "tasks": [
            *task_list(worker, request.user),
            _book_task(facts, request.user),
            *_money_tasks(shares),
            _journey_task(facts),
        ],
    }
    return render(request, "desk/worker.html", context)


def _book_task(facts: PersonFacts, user: User) -> dict[str, Any]:
    """Book and card are hers as soon as the account has its number (R90)."""
    account = facts.account
    if account is None or account.number_index is None:
        state, hint = NOT_YET, _("Her account has no number yet.")
    else:
        hint = book_of(account).lack
        state = TODO if hint else DONE
    url = reverse("cases:account", args=[facts.worker.pk]) + "#book-title"
    return {
        "label": _("Savings book and card"),
        "status": state[0],
        "tone": state[1],
        "url": url if user.can(Perm.WORKER_EDIT) else "",
        "hint": hint,
    }


def _may_note(worker: Any, user: User) -> bool:
    """Whether a visit can be noted on her page: her case is open, and in this user's care."""
    return worker.in_care and worker.case_state == "open" and user.can(Perm.CASEWORK_EDIT)


def _money_tasks(shares: list[FunderShare]) -> list[dict[str, Any]]:
    return [_money_task(share) for share in shares]


def _money_task(share: FunderShare) -> dict[str, Any]:
    if share.owed == 0:
        state = DONE
    elif any(position.returned for position in share.positions):
        state = PROBLEM
    elif any(position.determined for position in share.positions):
        state = TODO
    else:
        state = NOT_YET
    label = _("Pay: %(funder)s") % {"funder": share.funder_name}
    return {"label": label, "status": state[0], "tone": state[1], "url": "#money"}


def _journey_task(facts: PersonFacts) -> dict[str, Any]:
    journey = facts.journey
    if facts.worker.choice != "return":
        state, hint = NOT_YET, _("She has not chosen to return.")
    elif journey is not None and journey.state in ("handed_over", "returned_alone"):
        state, hint = DONE, journey.state_shown.label
    elif journey is not None and journey.state in ("not_found", "deceased"):
        state, hint = PROBLEM, journey.state_shown.label
    else:
        state, hint = TODO, journey.state_shown.label if journey else ""
    label = _("Journey home")
    url = reverse("desk:journey", args=[facts.worker.pk])
    return {"label": label, "status": state[0], "tone": state[1], "url": url, "hint": hint}
