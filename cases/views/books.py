"""Savings book and card: handing them over to her, correcting the entry, and its minutes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.actions.sets import is_open
from cases.book_minutes import FILE_NAME, correct_hand_over, hand_over_book
from cases.forms.accounts import HandOverCorrectionForm, HandOverForm
from cases.masks import masked_number
from cases.models import BankAccount, BookHandOver, Worker
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, fact
from kotim_social.files.serving import file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today

_THINGS = ("book", "card", "no_card")


@require(Perm.WORKER_EDIT)
@idempotent
def book_hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = actor(request)
    worker = get_visible_or_404(Worker, user, pk)
    account = worker.accounts.exclude(state="closed").first()
    asking = Asking(
        question=_("Hand savings book and card over to her"),
        submit=_("Record the hand-over"),
        back=reverse("cases:account", args=[worker.pk]),
        done=_("The hand-over is recorded; print its minutes below and have them signed."),
        facts=_facts(worker, account),
        warning=_("To herself alone, and never with her PIN: nobody writes that down."),
        against=is_open(worker),
    )

    def run(_data: dict[str, Any]) -> None:
        hand_over_book(worker=worker, facts=form.facts(), by=user)

    first = {"things": ["book", "card"], "handed_on": today(), "handed_by_name": user.full_name}
    form = HandOverForm(request.POST or None, initial=first)
    return ask(request, form, asking, run)


@require(Perm.WORKER_EDIT)
@idempotent
def book_correct(request: HttpRequest, row: UUID) -> HttpResponse:
    user = actor(request)
    found = _row(request, row)
    worker = found.account.worker
    asking = Asking(
        question=_("Correct this hand-over"),
        submit=_("Record the correction"),
        back=reverse("cases:account", args=[worker.pk]),
        done=_("The correction is recorded; the entry before it stays to be read."),
        facts=_facts(worker, found.account),
        warning=_("The minutes of the wrong entry are voided and new ones issued."),
        against=is_open(worker),
    )

    def run(_data: dict[str, Any]) -> None:
        because = form.cleaned_data["because"]
        correct_hand_over(row=found, facts=form.facts(), because=because, by=user)

    form = HandOverCorrectionForm(request.POST or None, initial=_as_written(found))
    return ask(request, form, asking, run)


@require(Perm.WORKER_EDIT)
@require_safe
def book_minutes(request: HttpRequest, row: UUID) -> HttpResponse:
    """The issued minutes, for printing and signing."""
    found = _row(request, row)
    if found.paper is None:
        raise Http404
    return file_response(found.paper.file, filename=FILE_NAME, by=actor(request))


def _row(request: HttpRequest, row: UUID) -> BookHandOver:
    rows = BookHandOver.objects.select_related("account__worker", "paper__file")
    return get_visible_or_404(rows, actor(request), row)


def _as_written(row: BookHandOver) -> dict[str, Any]:
    columns = ("way", "handed_on", "handed_by_name", "witnesses", "by_thumb")
    written = {name: getattr(row, name) for name in columns}
    return {**written, "things": [name for name in _THINGS if getattr(row, name)]}


def _facts(worker: Worker, account: BankAccount | None) -> list[dict[str, Any]]:
    facts = [fact(worker.register_no, worker.name)]
    if account is not None:
        facts += [
            fact(_("Bank"), account.bank),
            fact(_("Account number"), masked_number(account) or "–"),
            fact(_("Name of the holder"), account.holder or "–"),
        ]
    return facts
