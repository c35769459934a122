"""Closing a case: the computed checklist over money, journey and hand-over, and the act itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.account_facts import book_of
from cases.actions.closing import close_case
from cases.actions.sets import locked
from cases.models import (
    CaseClosing,
    ClosingReason,
    DataRequest,
    Journey,
    Objection,
    Worker,
)
from cases.worklist import with_due
from disbursements.actions.entitlements import unpaid_of
from disbursements.actions.lapsing import lapse_unpaid
from disbursements.models import PaymentLine, Position
from disbursements.workflow import LIVE
from kotim_social.accounts.models import User
from kotim_social.lib.dates import today
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
# A reason that tells how her journey ended, and the page on which that is recorded.
_ENDS = {
    ClosingReason.WENT_HOME_ALONE: ("returned_alone", "desk:went_alone"),
    ClosingReason.DECEASED: ("deceased", "desk:deceased"),
}
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
        _book(worker, reason),
        _follow_ups(worker, reason),
        _her_questions(worker),
        _findings(worker, reason),
        _path(worker),
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
    end, page = _ENDS.get(ClosingReason(reason), ("", "")) if reason else ("", "")
    if end and state != end:
        sentence = _("Her journey is in the state “%(state)s”: record first how it ended.")
        url = reverse(page, args=[worker.pk])
        return Check(label, ok=False, sentence=sentence % {"state": shown}, url=url)
    if reason == ClosingReason.FOLLOWED_UP and state not in _HOME:
        return Check(label, ok=False, sentence=_("Nobody has taken her over at home yet."))
    return Check(label, ok=True)


def _book(worker: Worker, reason: str) -> Check:
    """Nothing of hers stays in the office: book and card of an account that has its number."""
    label = _("Savings book and card")
    account = worker.accounts.exclude(state="closed").filter(number_index__isnull=False).first()
    lack = book_of(account).lack if account is not None else ""
    url = reverse("cases:account", args=[worker.pk]) + "#book-title"
    return Check(label, ok=not lack, sentence=lack, url=url, blocks=reason in FINISHED)


def _follow_ups(worker: Worker, reason: str) -> Check:
    """What her case still waits for: plan, answers, reports of a breach, and the next meeting."""
    counts = (
        (_("lines of the plan"), worker.plan_lines.filter(state="open").count()),
        (_("referrals without answer"), worker.referrals.filter(state="sent").count()),
        (
            _("reports of a breach"),
            worker.stay_breaches.filter(state__in=["reported", "heard"]).count(),
        ),
        (_("meetings that are due"), int(_is_to_be_met(worker, reason))),
    )
    waits = ", ".join(f"{label} ({n})" for label, n in counts if n)
    return Check(
        _("Follow-ups"),
        ok=not waits,
        sentence=_("Still open: %(what)s.") % {"what": waits} if waits else "",
        url=reverse("cases:casework", args=[worker.pk]),
        blocks=reason in FINISHED,
    )


def _is_to_be_met(worker: Worker, reason: str) -> bool:
    """After going home until the last of the follow-ups; who stays only when one is overdue."""
    due = with_due(Worker.objects.filter(pk=worker.pk)).get().visit_due_on
    if due is None:
        return False
    return reason == ClosingReason.FOLLOWED_UP or due < today()


def _her_questions(worker: Worker) -> Check:
    """Whatever the reason, she gets her answer first."""
    label = _("Her objections and requests")
    objection = Objection.objects.filter(worker=worker, state="open").first()
    if objection is not None:
        url = reverse("cases:objection_detail", args=[objection.pk])
        return Check(label, ok=False, sentence=_("Her objection is not answered yet."), url=url)
    asked = DataRequest.objects.filter(worker=worker, state="open").first()
    if asked is not None:
        url = reverse("cases:data_request", args=[asked.pk])
        sentence = _("Her request about her data is not answered yet.")
        return Check(label, ok=False, sentence=sentence, url=url)
    return Check(label, ok=True)


def _findings(worker: Worker, reason: str) -> Check:
    """The reason fits what is recorded of her."""
    label = _("The reason and her record")
    wanted = _CHOICES.get(ClosingReason(reason)) if reason in ClosingReason.values else None
    if wanted is not None and worker.choice != wanted:
        url = reverse("desk:choice", args=[worker.pk])
        return Check(label, ok=False, sentence=_("Her recorded choice is another one."), url=url)
    if reason == ClosingReason.NOT_TARGET and worker.eligibility != "not_eligible":
        sentence = _("Record first that she was found not eligible.")
        url = reverse("cases:verification", args=[worker.pk])
        return Check(label, ok=False, sentence=sentence, url=url)
    return Check(label, ok=True)


def _path(worker: Worker) -> Check:
    """A child is in somebody's hands before her record closes, whatever the reason (R91)."""
    child = worker.child_paths.exclude(state="closed").first()
    if child is None:
        return Check(_("Referral path of a child"), ok=True)
    return Check(
        _("Referral path of a child"),
        ok=False,
        sentence=_("She is on the referral path, which a supervisor closes first."),
        url=reverse("cases:child_detail", args=[child.pk]),
    )


def checks_as_context(worker: Worker, reason: str) -> dict[str, Any]:
    """For the template: the lines, and whether one of them blocks."""
    checks = checklist(worker, reason)
    return {"checks": checks, "is_blocked": any(c.blocks and not c.ok for c in checks)}
