"""Where sums over people and money are read from: groups of equals, or each person live.

Whoever sees the whole office reads groups that triggers keep (ADR 0020): as many rows as there
are differences between people, however many people there are. A caseworker's own people are
summed live. Both kinds of rows have the same columns; `people` says how many stand in one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, F, FilteredRelation, Q, Value

from cases.models import Worker
from disbursements.models import Position
from kotim_social.accounts.models import User
from kotim_social.desk.models import PeopleGroup, PositionGroup

# So many notes are taken in one transaction.
AT_ONCE = 2_000
_ONE = Value(1, output_field=BigIntegerField())


@dataclass(frozen=True)
class Scope:
    """Whose people and money are summed; without a user everybody's. `live` asks each person."""

    user: User | None = None
    live: bool = False

    @property
    def reads_groups(self) -> bool:
        return not self.live and (self.user is None or self.user.sees_everything)

    def people(self) -> Any:
        """The beneficiaries, by the columns of PeopleGroup."""
        if self.reads_groups:
            return PeopleGroup.objects.order_by()
        seen = Worker.objects.all() if self.user is None else Worker.objects.visible_to(self.user)
        return (
            seen.counted()
            .order_by()
            .annotate(now=FilteredRelation("journeys", condition=Q(journeys__current=True)))
            .annotate(
                province=F("home_regency__province_id"),
                has_nik=Q(nik_index__isnull=False),
                is_named=Q(determined_on__isnull=False),
                boarded_on=F("now__boarded_on"),
                people=_ONE,
            )
        )

    def positions(self) -> Any:
        """What is owed of each kind; rows with the same `one` are the same people."""
        if self.reads_groups:
            return PositionGroup.objects.order_by()
        rows = Position.objects.all()
        seen = rows if self.user is None else rows.summed_for(self.user)
        return seen.order_by().annotate(one=F("worker_id"), people=_ONE)


def fold() -> int:
    """Moves whoever has changed to the groups where she belongs now; how many notes that took."""
    taken = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT desk_fold(%s)", [AT_ONCE])
            (some,) = cursor.fetchone()
            if not some:
                return taken
            taken += some
