"""Her choice: to return, to stay, or to be referred."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from cases import workflow
from cases.actions.sets import is_open, locked, newest_dates, not_before
from cases.models import ChoiceChange, Explained, Journey, Worker
from kotim_social.accounts.models import User
from kotim_social.workflow import Refused

# While she stands here her choice is still hers to change; on the road it is not.
_MAY_CHOOSE = ("on_site", "not_found")


@dataclass(frozen=True, kw_only=True)
class Informed:
    """When and what was explained to her before she chose; codes of `Explained`."""

    on: date
    explained: tuple[str, ...]


def _against_informed(informed: Informed, decided_on: date) -> list[str]:
    if not informed.explained or not set(informed.explained) <= set(Explained.values):
        return [_("Say what was explained to her.")]
    if informed.on > decided_on:
        return [_("She is informed before she chooses, not after.")]
    return []


def against_change(worker: Worker, choice: str, *, decided_on: date, by: User) -> list[str]:
    """The sentences that stand against this change."""
    if choice not in dict(workflow.CHOICE.choices) or choice == "undecided":
        return [_("Choose whether she returns, stays or is referred.")]
    journey = Journey.objects.filter(worker=worker, current=True).first()
    if journey is not None and journey.state not in _MAY_CHOOSE:
        return [
            _("Her journey is in the state “%(state)s”: the choice can no longer be changed.")
            % {"state": journey.state_shown.label}
        ]
    earlier = newest_dates(ChoiceChange.objects, "decided_on", [worker]).get(worker.pk)
    return (
        is_open(worker)
        or workflow.CHOICE.can(worker, by, f"choose_{choice}")
        or not_before(worker, decided_on, earlier)
    )


@transaction.atomic
def change_choice(
    *,
    worker: Worker,
    choice: str,
    note: str = "",
    decided_on: date,
    by: User,
    informed: Informed | None = None,
) -> ChoiceChange:
    """Keeps the change with who took it down and why; a later one than the first needs its why."""
    person = locked([worker], by=by)[0]
    against = against_change(person, choice, decided_on=decided_on, by=by)
    if not against and informed is not None:
        against = _against_informed(informed, decided_on)
    if not against and person.choice != "undecided" and not note.strip():
        against = [_("Write why she changes her choice.")]
    if against:
        raise Refused(*against)
    before = person.choice
    workflow.CHOICE.apply(person, f"choose_{choice}", by=by)
    return ChoiceChange.objects.create(
        worker=person,
        before=before,
        choice=choice,
        note=note.strip() or None,
        informed_on=informed.on if informed else None,
        explained=list(informed.explained) if informed else [],
        decided_on=decided_on,
        recorded_by=by,
    )
