"""How long records about a person are kept after her case is closed, and by what law."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from kotim_social.lib.dates import format_date


@dataclass(frozen=True)
class Rule:
    """A class of records. Years run from the closing of the case; `since`: the rule holds from."""

    code: str
    label: Any
    years: int
    basis: Any
    since: date


# UU 27/2022 arts. 42-44: processing ends when the term is reached. UU 43/2009: the office's own
# schedule of archives sets the terms; another one is another row here.
RULES = (
    Rule(
        "paid",
        _("case in which money was paid"),
        10,
        _("evidence of state money: Law 43/2009, schedule of archives of financial records"),
        date(2017, 1, 1),
    ),
    Rule(
        "unpaid",
        _("case in which no money was paid"),
        5,
        _("Law 27/2022 arts. 42 and 43: the purpose is fulfilled; Law 43/2009"),
        date(2017, 1, 1),
    ),
    Rule(
        "child",
        _("referral path of a child who was not registered"),
        5,
        _("Law 27/2022 arts. 25, 42 and 43: the purpose is fulfilled; Law 43/2009"),
        date(2017, 1, 1),
    ),
    Rule(
        "office",
        _("records of the office itself: trail, papers' numbers, breaches"),
        10,
        _("Law 27/2022 art. 31 and Law 43/2009: the office answers for what it did"),
        date(2017, 1, 1),
    ),
)


def rule(code: str) -> Rule:
    return next(one for one in RULES if one.code == code)


def ends_on(closed_on: date, years: int) -> date:
    """The last day of the term; a closing on 29 February runs out on 28 February."""
    try:
        return closed_on.replace(year=closed_on.year + years)
    except ValueError:
        return closed_on.replace(year=closed_on.year + years, day=28)


def term_in_words(code: str, closed_on: date | None) -> str:
    """For a page or a paper: the term, and its last day once the case is closed."""
    found = rule(code)
    words = _("%(years)s years after the case is closed") % {"years": found.years}
    if closed_on is None:
        return str(words)
    return f"{words} ({format_date(ends_on(closed_on, found.years))})"
