"""Closing a case: the computed checklist over money, journey and hand-over, and the act itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.actions.closing import close_case
from cases.actions.sets import locked
from cases.models import CaseClosing, ClosingReason, Journey, Worker
from disbursements.actions.entitlements import lapse_unpaid, unpaid_of
from disbursements.models import PaymentLine, Position
from disbursements.workflow import LIVE
from kotim_social.accounts.models import User
from kotim_social.lib.money import format_rupiah
from kotim_social.workflow import Refused

# With these the office's work is done: what she may be paid is paid first.
FINISHED = frozenset(
    {
        ClosingReason.FOLLOWED_UP,
        ClosingReason.WENT_HOME_ALONE,
        ClosingReason.STAYS,
        ClosingReason.REFERRED,
    }
)
_ON_THE_ROAD = ("in_batch", "departed", "arrived")
_HOME = ("handed_over", "returned_alone")
_CHOICES = {ClosingReason.STAYS: "stay", ClosingReason.REFERRED: "referred"}


@dataclass(frozen=True)
class Check:
    """One line of the checklist; one that neither is settled nor blocks is for the supervisor."""

    label: str
    ok: bool
    sentence: str = ""
    url: str = ""
    blocks: bool = True


def checklist(worker: Worker, reason: str) -> list[Check]:
    """Everything that has to be settled before her case closes for this reason."""
    return [
        _payments_under_way(worker),
        _unpaid(worker, reason),
        _journey(worker, reason),
        _findings(worker, reason),
    ]


def lapses_with(worker: Worker) -> int:
    """Rupiah that no payment list has and that a decree gave her."""
    return sum(entitlement.amount for entitlement in unpaid_of(worker))


@transaction.atomic
def close(*, closing: CaseClosing, lapse: bool, by: User) -> CaseClosing:
    """The supervisor's yes: the checklist is asked again, and what is unpaid lapses if she says."""
    worker = locked([closing.worker_id], by=by)[0]
    open_points = [c.sentence for c in checklist(worker, closing.reason) if c.blocks and not c.ok]
    if open_points:
        raise Refused(*open_points)
    if lapses_with(worker):
        if not lapse:
            raise Refused(_("Say whether what is still unpaid lapses with the case."))
        lapse_unpaid(worker=worker, reason=closing.get_reason_display(), by=by)
    return close_case(closing=closing, by=by)


def _payments_under_way(worker: Worker) -> Check:
    lines = PaymentLine.objects.filter(entitlement__worker=worker, state__in=LIVE)
    line = lines.select_related("payment_list").order_by("-pk").first()
    if line is None:
        return Check(_("Payments under way"), ok=True)
    number = line.payment_list.number
    return Check(
        _("Payments under way"),
        ok=False,
        sentence=_("She stands on payment list %(number)s.") % {"number": number},
        url=reverse("disbursements:list_detail", args=[line.payment_list_id]),
    )


def _unpaid(worker: Worker, reason: str) -> Check:
    """What she can be paid stands against a finished case; what is withheld may lapse."""
    rows = [
        p for p in Position.objects.filter(worker=worker, determined=True) if p.entitled > p.paid
    ]
    if not rows:
        return Check(_("Money determined for her"), ok=True)
    total = format_rupiah(sum(p.entitled - p.paid for p in rows))
    payable = [p for p in rows if not p.held]
    blocks = bool(payable) and reason in FINISHED
    sentence = (
        _("%(amount)s is not paid yet.") if blocks else _("%(amount)s is unpaid and would lapse.")
    )
    return Check(
        _("Money determined for her"),
        ok=False,
        sentence=sentence % {"amount": total},
        url=reverse("desk:worker_page", args=[worker.pk]) + "#money",
        blocks=blocks,
    )


def _journey(worker: Worker, reason: str) -> Check:
    label = _("Journey home and hand-over")
    journey = Journey.objects.filter(worker=worker, current=True).first()
    state = journey.state if journey is not None else "on_site"
    shown = journey.state_shown.label if journey is not None else ""
    if state in _ON_THE_ROAD:
        sentence = _("Her journey is in the state “%(state)s”.") % {"state": shown}
        return Check(label, ok=False, sentence=sentence)
    if reason == ClosingReason.FOLLOWED_UP and state not in _HOME:
        return Check(label, ok=False, sentence=_("Nobody has taken her over at home yet."))
    return Check(label, ok=True)


def _findings(worker: Worker, reason: str) -> Check:
    """The reason fits what is recorded of her."""
    label = _("The reason and her record")
    wanted = _CHOICES.get(ClosingReason(reason)) if reason in ClosingReason.values else None
    if wanted is not None and worker.choice != wanted:
        url = reverse("cases:choice", args=[worker.pk])
        return Check(label, ok=False, sentence=_("Her recorded choice is another one."), url=url)
    if reason == ClosingReason.NOT_TARGET and worker.eligibility != "not_eligible":
        sentence = _("Record first that she was found not eligible.")
        url = reverse("cases:verification", args=[worker.pk])
        return Check(label, ok=False, sentence=sentence, url=url)
    return Check(label, ok=True)


def checks_as_context(worker: Worker, reason: str) -> dict[str, Any]:
    """For the template: the lines, and whether one of them blocks."""
    checks = checklist(worker, reason)
    return {"checks": checks, "is_blocked": any(c.blocks and not c.ok for c in checks)}
