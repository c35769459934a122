"""Results of the verification, the bank's answers and signed statements: for one or for many."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cases.actions.accounts import against_answer, open_accounts, record_bank_check
from cases.actions.statements import against_statement, record_statements
from cases.actions.verification import against_finding, decide_eligibility
from cases.forms.verification import BankCheckForm, StatementForm, VerificationForm
from cases.models import VerificationSession, Worker
from cases.views.sessions import KIND
from cases.views.sets import SetAct, act_on, chosen_one, chosen_set
from kotim_social.accounts.access import require
from kotim_social.accounts.roles import Perm
from kotim_social.documents.models import IssuedPaper


def _running_session(people: list[Worker]) -> dict[str, Any]:
    """The newest session of their place, as long as its minutes are not issued."""
    places = {worker.place_id for worker in people}
    sessions = VerificationSession.objects.filter(place__in=places)
    newest = sessions.order_by("-held_on", "-pk").first()
    if len(places) != 1 or newest is None:
        return {}
    issued = IssuedPaper.objects.about(newest).filter(kind=KIND, void__isnull=True)
    return {} if issued.exists() else {"session": newest}


VERIFICATION = SetAct(
    form=VerificationForm,
    date_field="decided_on",
    title=_("Record the result of the verification"),
    submit=_("Record the result"),
    against=lambda people, form, user: against_finding(people, form.finding(), by=user),
    run=lambda people, form, user: decide_eligibility(
        workers=people, finding=form.finding(), by=user
    ),
    start=_running_session,
)
BANK_CHECK = SetAct(
    form=BankCheckForm,
    date_field="checked_on",
    title=_("Record the bank's answer"),
    submit=_("Record the bank's answer"),
    against=lambda people, form, user: against_answer(
        open_accounts(people), form.answer(), by=user
    ),
    run=lambda people, form, user: record_bank_check(workers=people, answer=form.answer(), by=user),
)
STATEMENT = SetAct(
    form=StatementForm,
    date_field="signed_on",
    title=_("Record signed statements"),
    submit=_("Record the statements"),
    against=lambda people, form, user: against_statement(
        people, signed_on=form.cleaned_data["signed_on"], by=user
    ),
    run=lambda people, form, user: record_statements(workers=people, **form.cleaned_data, by=user),
)


@require(Perm.WORKER_VERIFY)
def verification(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act_on(request, chosen_one(request, pk), VERIFICATION)


@require(Perm.WORKER_VERIFY)
def verification_set(request: HttpRequest, token: UUID) -> HttpResponse:
    return act_on(request, chosen_set(request, token), VERIFICATION)


@require(Perm.BANK_CHECK)
def bank_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act_on(request, chosen_one(request, pk), BANK_CHECK)


@require(Perm.BANK_CHECK)
def bank_check_set(request: HttpRequest, token: UUID) -> HttpResponse:
    return act_on(request, chosen_set(request, token), BANK_CHECK)


@require(Perm.WORKER_EDIT)
def statement(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act_on(request, chosen_one(request, pk), STATEMENT)


@require(Perm.WORKER_EDIT)
def statement_set(request: HttpRequest, token: UUID) -> HttpResponse:
    return act_on(request, chosen_set(request, token), STATEMENT)
