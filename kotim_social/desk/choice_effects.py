"""What each choice would do to what she is owed, before anybody writes the choice down (R92)."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from cases.actions.choices import against_change
from cases.models import Worker
from cases.workflow import CHOICE
from disbursements.models import Policy, Position
from disbursements.rules import conditions_left, held_because, is_held
from kotim_social.accounts.models import User
from kotim_social.lib.dates import today
from kotim_social.workflow import State

CHOICES = ("return", "stay", "referred")


@dataclass(frozen=True)
class Effect:
    """One kind under one choice: what is unpaid of it, and what becomes of that."""

    kind: str
    amount: int
    held: bool
    held_now: bool
    sentence: str
    settled: bool = False

    @property
    def tone(self) -> str:
        return "neutral" if self.settled else "warning" if self.held else "success"

    @property
    def word(self) -> str:
        if self.settled:
            return _("already paid")
        return _("withheld") if self.held else _("hers to be paid")

    @property
    def changes(self) -> bool:
        return not self.settled and self.held != self.held_now


@dataclass(frozen=True)
class Outlook:
    """Everything under one choice."""

    choice: str
    is_now: bool
    effects: list[Effect] = field(default_factory=list)
    # What stands against choosing this today, and what else follows from it.
    against: list[str] = field(default_factory=list)
    also: list[str] = field(default_factory=list)

    @property
    def state(self) -> State:
        return CHOICE.state(self.choice)

    @property
    def payable(self) -> int:
        return sum(e.amount for e in self.effects if not e.held and not e.settled)

    @property
    def withheld(self) -> int:
        return sum(e.amount for e in self.effects if e.held and not e.settled)

    @property
    def changed(self) -> list[Effect]:
        return [effect for effect in self.effects if effect.changes]


def outlooks(worker: Any, user: User) -> list[Outlook]:
    """One for each choice; she comes out of `with_journey().with_readiness()`. Three queries.

    Determined amounts where a decree names her, else what the rates of today would give.
    """
    positions = list(
        Position.objects.filter(worker=worker)
        .select_related("kind", "last_line__payment_list")
        .order_by("kind__order")
    )
    policies = {
        p.kind_id: p for p in Policy.objects.filter(kind__in=[p.kind_id for p in positions])
    }
    return [_outlook(worker, choice, positions, policies, user) for choice in CHOICES]


def outlook(worker: Any, choice: str, user: User) -> Outlook | None:
    return next((one for one in outlooks(worker, user) if one.choice == choice), None)


def _outlook(
    worker: Any,
    choice: str,
    positions: Sequence[Position],
    policies: dict[str, Policy],
    user: User,
) -> Outlook:
    would = copy(worker)
    would.choice = choice
    is_now = worker.choice == choice
    against = [] if is_now else against_change(worker, choice, decided_on=today(), by=user)
    effects = [_effect(position, would, policies[position.kind_id]) for position in positions]
    return Outlook(choice, is_now, effects, against, [] if is_now else _also(worker, would))


def _effect(position: Position, would: Any, policy: Policy) -> Effect:
    rest = position.entitled - position.paid
    held = is_held(would, policy)
    about = (position.kind.name, rest, held, position.held)
    if rest == 0:
        sentence = _("Paid in full already; a change of choice takes nothing back.")
        return Effect(position.kind.name, position.paid, False, False, sentence, settled=True)
    return Effect(*about, _sentence(position, would, policy, held=held))


def _sentence(position: Position, would: Any, policy: Policy, *, held: bool) -> str:
    line = position.last_line
    if held and position.in_process and line is not None:
        return _(
            "It stands on list %(number)s: withheld money is not paid, so its line is taken out or "
            "the list goes back."
        ) % {"number": line.payment_list.number}
    if held:
        return f"{held_because(would, policy).sentence} {_lapse(position)}"
    left = conditions_left(would, policy)
    if left:
        return " ".join(reason.sentence for reason in left)
    return _("Payable as soon as nothing else is missing.")


def _lapse(position: Position) -> str:
    """Held money is never lost by a choice alone."""
    if position.determined:
        return _("It is determined for her and lapses only when her case is closed.")
    return _("It is not lost: it counts for her as long as her case is open.")


def _also(worker: Any, would: Any) -> list[str]:
    """What follows beside the money."""
    found = []
    if worker.choice != "undecided" and worker.statement_signed:
        found.append(_("Her signed statement counts no more: she signs a new one first."))
    elif would.choice != "undecided":
        found.append(_("She signs a statement of this choice; before that nothing is paid."))
    if would.choice == "stay":
        found.append(_("The rules for those who stay apply to her, and she is visited."))
    if would.choice == "referred":
        found.append(_("A referral to a provider follows, with her consent to that provider."))
    if worker.determined_on is not None:
        found.append(_("A decree names her: a supervisor changes the choice, and it is kept."))
    return found


def may_change(worker: Worker, user: User) -> bool:
    """Whether this user may write down any other choice of hers today."""
    return any(
        not against_change(worker, choice, decided_on=today(), by=user)
        for choice in CHOICES
        if choice != worker.choice
    )
