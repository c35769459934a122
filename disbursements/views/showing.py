"""What the pages of a payment list say of it: facts, road, decisions, buttons, who is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from disbursements.forms.lists import ListFilter
from disbursements.listing import ListSums
from disbursements.models import ListDecision, PaymentList
from disbursements.rules import Candidate, LeftOut
from disbursements.workflow import PAYMENT_LIST
from kotim_social.accounts.models import User
from kotim_social.lib.dates import format_date
from kotim_social.lib.money import format_rupiah, terbilang

Part = dict[str, Any]

# How the history calls an act that was done.
DONE_ACTS = {
    "prepare": gettext_noop("Prepared lines"),
    "submit": gettext_noop("Sent to the verifier"),
    "verify": gettext_noop("Verified"),
    "approve": gettext_noop("Approved"),
    "order": gettext_noop("Payment ordered"),
    "reconcile": gettext_noop("Reconciled"),
    "close": gettext_noop("Closed"),
    "send_back_submitted": gettext_noop("Sent back"),
    "send_back_verified": gettext_noop("Sent back"),
    "send_back_approved": gettext_noop("Sent back"),
    "cancel_own": gettext_noop("Cancelled"),
    "cancel": gettext_noop("Cancelled"),
}
# Several acts of the table are one page: who sends back, or cancels, decides which it is.
PAGE_OF_ACT = {
    "submit": "list_submit",
    "verify": "list_verify",
    "approve": "list_approve",
    "order": "list_order",
    "reconcile": "list_reconcile",
    "close": "list_close",
    "send_back_submitted": "list_send_back",
    "send_back_verified": "list_send_back",
    "send_back_approved": "list_send_back",
    "cancel_own": "list_cancel",
    "cancel": "list_cancel",
}
ASIDE = ("list_send_back", "list_cancel")
ROAD = ("draft", "submitted", "verified", "approved", "ordered", "reconciled", "closed")


def facts_of(payment_list: PaymentList, sums: ListSums, *, lines_url: str = "") -> list[Part]:
    """What a check page and the list's own page say first; there the number of lines is a link."""
    places = ", ".join(str(place) for place in payment_list.places.all())
    total = _("%(figures)s (%(words)s)") % {
        "figures": format_rupiah(sums.total),
        "words": terbilang(sums.total),
    }
    facts = [
        (_("Number"), payment_list.number),
        (_("Funder"), payment_list.funder.name),
        (_("Kinds"), ", ".join(kind.name for kind in payment_list.kinds.all())),
        (_("Paid by"), payment_list.get_method_display()),
        (_("Places"), places or _("all")),
        (_("Batch"), payment_list.batch_code),
        (_("Budget year"), str(payment_list.budget_year_id)),
        (_("Lines"), str(sums.lines)),
        (_("Total"), total),
        (_("SP2D or cheque number"), payment_list.order_number),
        (
            _("Date of the order"),
            format_date(payment_list.ordered_on) if payment_list.ordered_on else "",
        ),
    ]
    urls = {_("Lines"): lines_url}
    return [
        {"label": label, "value": value, "url": urls.get(label, "")}
        for label, value in facts
        if value
    ]


def road_of(payment_list: PaymentList) -> list[Part]:
    """The states of the list as steps; whose turn it is stands at the present one."""
    if payment_list.state == "cancelled":
        state = PAYMENT_LIST.state("cancelled")
        return [{"label": state.label, "status": "problem"}]
    here = ROAD.index(payment_list.state)
    steps = []
    for index, code in enumerate(ROAD):
        state = PAYMENT_LIST.state(code)
        status = "done" if index < here else "current" if index == here else "todo"
        turn = _("turn of: %(who)s") % {"who": state.owner} if state.owner else ""
        note = turn if status == "current" else ""
        steps.append({"label": state.label, "status": status, "note": note})
    if here == len(ROAD) - 1:
        steps[-1]["status"] = "done"
    return steps


def timeline_of(decisions: Sequence[ListDecision]) -> list[Part]:
    return [
        {
            "when": decision.recorded_at,
            "who": decision.recorded_by.full_name or decision.recorded_by.username,
            "act": _("%(act)s (revision %(n)s)")
            % {"act": _(DONE_ACTS[decision.act]), "n": decision.revision},
            "reason": decision.reason,
        }
        for decision in decisions
    ]


def buttons_for(payment_list: PaymentList, user: User, *, waiting: bool) -> dict[str, Any]:
    """Links to the acts this user may do now; the step onward first, the others aside.

    While lines wait for a result there is nothing to reconcile.
    """
    pages: dict[str, Any] = {}
    for step in PAYMENT_LIST.acts_for(payment_list, user):
        if not (waiting and step.act == "reconcile"):
            pages.setdefault(PAGE_OF_ACT[step.act], step.label)
    links = [
        {
            "label": label,
            "url": reverse(f"disbursements:{page}", args=[payment_list.pk]),
            "page": page,
        }
        for page, label in pages.items()
    ]
    return {
        "onward": [link for link in links if link["page"] not in ASIDE],
        "aside": [link for link in links if link["page"] in ASIDE],
        "may_edit": "list_submit" in pages,
    }


@dataclass(frozen=True)
class LeftOutPerson:
    """One person who is left out: what it is about, and each reason with its link."""

    worker: Any
    kinds: str
    reasons: list[Part]


def left_out_people(left_out: Iterable[LeftOut], user: User) -> list[LeftOutPerson]:
    """Conflicts with another list come first; a link is named by what it opens."""
    people = [
        LeftOutPerson(
            one.worker,
            ", ".join(one.kinds),
            [
                {
                    "sentence": reason.sentence,
                    "url": reason.url,
                    "action": _("Open the list") if reason.hard else _("Mend"),
                    "hard": reason.hard,
                }
                for reason in one.reasons
            ],
        )
        for one in left_out
    ]
    return sorted(people, key=lambda one: not any(reason["hard"] for reason in one.reasons))


def reasons_to_choose(people: Iterable[LeftOutPerson]) -> list[tuple[str, int]]:
    """The reasons of those left out with how many people each holds back, most first."""
    counted = Counter(sentence for one in people for sentence in _sentences(one))
    return counted.most_common()


def only_because(people: list[LeftOutPerson], sentence: str) -> list[LeftOutPerson]:
    """Those left out for one reason; all of them where none is named."""
    return [one for one in people if not sentence or sentence in _sentences(one)]


def _sentences(person: LeftOutPerson) -> set[str]:
    return {str(reason["sentence"]) for reason in person.reasons}


def fits(readiness: str, candidate: Candidate, soft: Mapping[Any, list[str]]) -> bool:
    """Whether somebody ready is shown by the filter of the page."""
    warned = candidate.worker.pk in soft
    again = candidate.position.last_line_id is not None
    return {"plain": not warned, "warned": warned, "again": again}.get(readiness, True)


def group_tags(group: str) -> list[Part]:
    """The part of a list's lines that its page shows, with the way back to all of them."""
    words = {
        "standing": _("not cancelled"),
        "waiting": _("waiting for a result"),
        "paid": _("paid"),
        "returned": _("returned"),
    }
    if group not in words:
        return []
    return [{"label": f"{_('Lines')}: {words[group]}", "remove_url": "?"}]


def filter_tags(request: HttpRequest, form: ListFilter) -> list[Part]:
    """The filters in force, each with the address without it."""
    tags = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name) if form.is_valid() else ""
        if value:
            query = request.GET.copy()
            query.pop(name, None)
            query.pop("page", None)
            label = dict(field.choices)[value]  # type: ignore[attr-defined]
            tags.append({"label": f"{field.label}: {label}", "remove_url": f"?{query.urlencode()}"})
    return tags
