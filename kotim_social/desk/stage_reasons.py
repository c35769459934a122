"""Why somebody came no further, as sentences with the page on which it is mended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import F
from django.urls import resolve, reverse
from django.utils.translation import gettext as _

from cases.actions.stages import kept_out
from cases.models import EligibilityDecision, Objection, Stage
from disbursements.models import Position
from disbursements.rules import unpaid_reasons
from kotim_social.accounts.models import User
from kotim_social.desk.stages import reason_label
from kotim_social.lib.dates import format_date
from kotim_social.lib.money import format_rupiah


@dataclass(frozen=True)
class Because:
    sentence: str
    url: str = ""


@dataclass
class Stopped:
    """One person with her stage and the sentences why she came no further."""

    worker: Any
    because: list[Because] = field(default_factory=list)


@dataclass
class _Facts:
    """What the sentences read, fetched once for the whole set."""

    decisions: dict[UUID, EligibilityDecision]
    objections: dict[UUID, Objection]
    frozen: set[UUID]
    positions: dict[UUID, list[Position]]
    against: dict[str, tuple[Any, ...]]


def explain(people: Sequence[Any]) -> list[Stopped]:
    """Out of `with_stages()`, in the order given; a number of queries that does not grow."""
    facts = _facts(people)
    return [Stopped(person, _because(person, facts)) for person in people]


def may_follow(url: str, user: User) -> bool:
    """Whether this user is let into the page behind a link."""
    if not url:
        return False
    perms = getattr(resolve(urlsplit(url).path).func, "perms", ())
    return not perms or any(user.can(perm) for perm in perms)


def _facts(people: Sequence[Any]) -> _Facts:
    ids = [person.pk for person in people]
    found = [p.pk for p in people if p.stage in ("verified", "eligible")]
    decisions = EligibilityDecision.objects.filter(worker__in=found)
    positions: dict[UUID, list[Position]] = {}
    rows = list(
        Position.objects.filter(worker__in=ids, determined=True, paid__lt=F("entitled"))
        .select_related("kind", "last_line__payment_list", "last_line__reversal")
        .order_by("kind__funder__order", "kind__order")
    )
    for row in rows:
        positions.setdefault(row.worker_id, []).append(row)
    return _Facts(
        decisions={row.worker_id: row for row in decisions.order_by("decided_on", "id")},
        objections={
            row.worker_id: row for row in Objection.objects.filter(worker__in=found, state="open")
        },
        frozen=_frozen(people),
        positions=positions,
        against=unpaid_reasons(rows),
    )


def _frozen(people: Iterable[Any]) -> set[UUID]:
    return set(kept_out([p for p in people if p.stage == "registered"], Stage.VERIFICATION))


def _because(person: Any, facts: _Facts) -> list[Because]:
    if person.stage == "paid":
        return []
    said = {
        "registered": _not_visited,
        "verified": _not_eligible,
        "eligible": _not_determined,
        "determined": _not_paid,
    }[person.stage](person, facts)
    if person.case_state != "open":
        said.insert(0, Because(_("Her case is closed."), reverse("desk:closing", args=[person.pk])))
    return said


def _not_visited(person: Any, facts: _Facts) -> list[Because]:
    if person.pk in facts.frozen:
        return [
            Because(
                _("Verification was frozen in her place before anybody had visited her."),
                reverse("cases:stage_list"),
            )
        ]
    return [
        Because(
            _("Nobody has visited and identified her yet."),
            reverse("cases:verification", args=[person.pk]),
        )
    ]


def _not_eligible(person: Any, facts: _Facts) -> list[Because]:
    decision = facts.decisions.get(person.pk)
    page = reverse("cases:eligibility", args=[person.pk])
    words = {"reason": reason_label(person.why)}
    if decision is None:
        said = [Because(_("No dated decision is recorded: %(reason)s.") % words, page)]
    else:
        words["date"] = format_date(decision.decided_on)
        said = [Because(_("On %(date)s: %(reason)s.") % words, page)]
    if person.determined_on is not None:
        words = {"date": format_date(person.determined_on)}
        said.append(Because(_("A decree of %(date)s had named her before.") % words))
    objection = facts.objections.get(person.pk)
    if objection is not None:
        words = {"date": format_date(objection.due_on)}
        sentence = _("Her objection waits for its answer until %(date)s.") % words
        said.append(Because(sentence, reverse("cases:objection_detail", args=[objection.pk])))
    return said


def _not_determined(person: Any, facts: _Facts) -> list[Because]:
    decision, decrees = facts.decisions.get(person.pk), reverse("disbursements:decree_list")
    if decision is None:
        return [Because(_("No decree names her yet."), decrees)]
    words = {"date": format_date(decision.decided_on)}
    return [Because(_("Found eligible on %(date)s; no decree names her yet.") % words, decrees)]


def _not_paid(person: Any, facts: _Facts) -> list[Because]:
    rows = facts.positions.get(person.pk)
    if not rows:
        page = reverse("desk:worker_page", args=[person.pk])
        return [Because(_("Everything that the decree gave her has lapsed."), f"{page}#money")]
    return [because for row in rows for because in _of_one_kind(row, facts)]


def _of_one_kind(row: Position, facts: _Facts) -> list[Because]:
    words = {"kind": row.kind.name, "amount": format_rupiah(row.entitled - row.paid)}
    said = [_came_back(row, words)] if row.returned else []
    reasons = facts.against[row.key]
    if not reasons and not said:
        page = reverse("disbursements:list_index")
        return [Because(_("%(kind)s, %(amount)s: on no payment list yet.") % words, page)]
    said += [
        Because(
            _("%(kind)s, %(amount)s: %(reason)s") % {**words, "reason": reason.sentence},
            reason.url,
        )
        for reason in reasons
    ]
    return said


def _came_back(row: Position, words: dict[str, str]) -> Because:
    line = row.last_line
    if line is None:  # the view reads `returned` off a line, so there is one
        raise ValueError("money that came back without a line")
    words = {
        **words,
        "reason": line.get_result_reason_display() or _("taken back after it was booked"),
        "number": line.payment_list.number,
    }
    sentence = _("%(kind)s, %(amount)s: came back from list %(number)s (%(reason)s).") % words
    return Because(sentence, reverse("disbursements:list_detail", args=[line.payment_list_id]))
