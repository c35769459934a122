"""The review queue: pairs of records that may be of one person, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from cases.models import Worker
from kotim_social.accounts.models import User

# A day that more people share is a stand-in for an unknown one.
MOST_ON_A_DAY = 50
CAP = 1000
LIKENESS = {
    "name_birth": _("same name and date of birth"),
    "nik_end": _("same date of birth and last digits of the NIK"),
    "name_mother": _("same name and mother, born in nearly the same year"),
    "account": _("same account number"),
    "alias_birth": _("another name of hers and the same date of birth"),
    "similar_name": _("similar name and same date of birth"),
    "phone": _("same telephone"),
}

# The database's own look-up among everybody (docs/adr/0019): pairs of ids, and what is alike.
_PAIRS = "SELECT * FROM kotim_likely_pairs(%(crowd)s, %(whose)s, %(cap)s)"


@dataclass(frozen=True)
class Pair:
    """Two records; one that lies outside the user's scope is None."""

    one: Worker | None
    other: Worker | None
    likeness: list[Any]

    @property
    def link(self) -> UUID:
        """The record whose page compares the two: one that this user may see."""
        seen = self.one or self.other
        assert seen is not None
        return seen.pk


def likely_pairs(user: User, *, worker: Worker | None = None) -> list[Pair]:
    """At most a thousand pairs of which this user sees one side at least; two queries."""
    rows = _rows(worker.pk if worker is not None else None)
    seen = (
        Worker.objects.visible_to(user)
        .select_related("place", "home_regency")
        .in_bulk({pk for one, other, *_rest in rows for pk in (one, other)})
    )
    return [
        Pair(seen.get(one), seen.get(other), [LIKENESS[code] for code in _in_order(likeness)])
        for one, other, likeness, _rank in rows
        if one in seen or other in seen
    ]


def number_of_pairs(user: User) -> int:
    """How many pairs `likely_pairs` has for this user, without what it shows of them."""
    rows = _rows(None)
    theirs = {pk for one, other, *_rest in rows for pk in (one, other)}
    seen = set(Worker.objects.visible_to(user).filter(pk__in=theirs).values_list("pk", flat=True))
    return sum(one in seen or other in seen for one, other, *_rest in rows)


def _rows(whose: UUID | None) -> list[tuple[UUID, UUID, list[str], int]]:
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"crowd": MOST_ON_A_DAY, "whose": whose, "cap": CAP})
        return list(cursor.fetchall())


def _in_order(likeness: Iterable[str]) -> list[str]:
    found = set(likeness)
    return [code for code in LIKENESS if code in found]
