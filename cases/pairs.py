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

# Each arm joins over an index; `one` is the smaller id, so that a pair stands there once. An
# equal NIK is not among them: the database holds each number once.
_PAIRS = """
WITH people AS (
    SELECT id, name_folded, mother_folded, birth_date, nik_tail_index, phone_index
    FROM cases_worker WHERE case_state <> 'merged'
), crowded AS (
    SELECT birth_date FROM people GROUP BY birth_date HAVING count(*) > %(crowd)s
), found(one, other, likeness, rank) AS (
    SELECT a.id, b.id, 'name_birth', 1 FROM people a
    JOIN people b ON b.name_folded = a.name_folded AND b.birth_date = a.birth_date AND a.id < b.id
  UNION ALL
    SELECT a.id, b.id, 'nik_end', 2 FROM people a
    JOIN people b ON b.nik_tail_index = a.nik_tail_index AND b.birth_date = a.birth_date
         AND a.id < b.id
  UNION ALL
    SELECT a.id, b.id, 'name_mother', 3 FROM people a
    JOIN people b ON b.name_folded = a.name_folded AND b.mother_folded = a.mother_folded
         AND a.mother_folded <> '' AND a.id < b.id
         AND abs(extract(year FROM a.birth_date) - extract(year FROM b.birth_date)) <= 1
  UNION ALL
    SELECT least(x.worker_id, y.worker_id), greatest(x.worker_id, y.worker_id), 'account', 4
    FROM cases_bankaccount x
    JOIN cases_bankaccount y ON y.number_index = x.number_index AND x.worker_id <> y.worker_id
    JOIN people a ON a.id = x.worker_id JOIN people b ON b.id = y.worker_id
    WHERE x.state <> 'closed' AND y.state <> 'closed'
  UNION ALL
    SELECT least(a.id, b.id), greatest(a.id, b.id), 'alias_birth', 5 FROM cases_alias n
    JOIN people a ON a.id = n.worker_id
    JOIN people b ON b.name_folded = n.name_folded AND b.birth_date = a.birth_date AND b.id <> a.id
  UNION ALL
    SELECT a.id, b.id, 'similar_name', 6 FROM people a
    JOIN people b ON b.birth_date = a.birth_date AND a.id < b.id
         AND b.name_folded <> a.name_folded
         AND (similarity(a.name_folded, b.name_folded) >= 0.6
              OR string_to_array(a.name_folded, ' ') <@ string_to_array(b.name_folded, ' ')
              OR string_to_array(a.name_folded, ' ') @> string_to_array(b.name_folded, ' '))
    WHERE a.birth_date NOT IN (SELECT birth_date FROM crowded)
  UNION ALL
    SELECT a.id, b.id, 'phone', 7 FROM people a
    JOIN people b ON b.phone_index = a.phone_index AND a.id < b.id
)
SELECT one, other, array_agg(DISTINCT likeness), min(rank) AS nearest
FROM found f
WHERE (%(whose)s::uuid IS NULL OR %(whose)s::uuid IN (one, other))
  AND NOT EXISTS (SELECT 1 FROM cases_differentpeople d
                  WHERE d.first_id = f.one AND d.second_id = f.other)
GROUP BY one, other ORDER BY nearest, one, other LIMIT %(cap)s
"""


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


def _rows(whose: UUID | None) -> list[tuple[UUID, UUID, list[str], int]]:
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"crowd": MOST_ON_A_DAY, "whose": whose, "cap": CAP})
        return list(cursor.fetchall())


def _in_order(likeness: Iterable[str]) -> list[str]:
    found = set(likeness)
    return [code for code in LIKENESS if code in found]
