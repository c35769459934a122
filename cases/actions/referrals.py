"""Referring her to a service outside: only with her consent to that receiver, and the answer."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import consents
from cases.actions.held import held, said
from cases.casework_states import REFERRAL
from cases.models import Layer, Provider, Referral, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.documents.models import IssuedPaper
from kotim_social.workflow import Refused


@transaction.atomic
def refer(
    *, worker: Worker, provider: Provider, need: str, referred_on: date, by: User
) -> Referral:
    """Refused unless her yes to sharing with this very provider stands."""
    person = held(worker, by=by, on=referred_on)
    consents.demand(person, Layer.SHARING, provider)
    referral = Referral.objects.create(
        worker=person,
        provider=provider,
        need=said(need, _("Say what she is sent there for.")),
        referred_on=referred_on,
        recorded_by=by,
    )
    record("referral.send", by=by, obj=person, changes={"referral": [None, str(referral.pk)]})
    return referral


@transaction.atomic
def keep_letter(*, referral: Referral, letter: IssuedPaper) -> None:
    """The letter that went out with it; written once."""
    row = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    if row.letter_id is not None:
        raise Refused(_("This referral has its letter already."))
    row.letter = letter
    row.save(update_fields=["letter"])


@transaction.atomic
def answer_referral(
    *, referral: Referral, act: str, answer: str, answered_on: date, by: User
) -> Referral:
    """`act` is "accept", "decline" or "call_off"."""
    held(referral.worker, by=by, on=answered_on, earlier=referral.referred_on)
    return REFERRAL.apply(
        referral,
        act,
        by=by,
        answer=said(answer, _("Write what the answer says.")),
        answered_on=answered_on,
        answered_at=timezone.now(),
        answered_by=by,
    )


def refuse_opening(referral: Referral, *, by: User) -> None:
    """After she has taken her consent back the letter goes out no more.

    A supervisor may still open it: it is the evidence of what was sent.
    """
    if not by.can(Perm.CASEWORK_REVIEW):
        consents.demand(referral.worker, Layer.SHARING, referral.provider)
