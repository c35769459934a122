"""Ground of the acts of casework: the right, the care, the open case, the date."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from cases.actions.sets import is_open, not_before
from cases.models import Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.workflow import Refused


def held(
    worker: Worker,
    *,
    by: User,
    perm: Perm = Perm.CASEWORK_EDIT,
    on: date | None = None,
    earlier: date | None = None,
    also_closed: bool = False,
) -> Worker:
    """Her row, locked, or a refusal: the right lacks, she is in other hands, her case is closed.

    Every act on her case locks this row first, so consent and its use never cross. What is hers
    to do at any time (`also_closed`) does not ask whether the case is open.
    """
    if not by.can(perm):
        raise Refused(_("You do not have the right to do this."))
    rows = Worker.objects.in_care_of(by).select_for_update(of=("self",))
    person = rows.filter(pk=worker.pk).first()
    if person is None:
        raise Refused(_("Her case is not in your care."))
    against = [] if also_closed else is_open(person)
    if not against and on is not None:
        against = not_before(person, on, earlier)
    if against:
        raise Refused(*against)
    return person


def said(text: str, sentence: str) -> str:
    """The text without its edges; refused with the sentence when nothing is left."""
    text = text.strip()
    if not text:
        raise Refused(sentence)
    return text
