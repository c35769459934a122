"""Which records are known to be of different people, and which lead on for a merged one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from uuid import UUID

from django.db.models import Q

from cases.models import DifferentPeople, Merge

Pair = frozenset[Hashable]


def apart_pairs() -> set[Pair]:
    """Every pair that somebody found to be of two people; one query."""
    rows = DifferentPeople.objects.values_list("first_id", "second_id")
    return {frozenset(pair) for pair in rows}


def apart_from(worker_id: UUID) -> set[UUID]:
    """Everybody whom this person was found not to be."""
    rows = DifferentPeople.objects.filter(Q(first=worker_id) | Q(second=worker_id))
    pairs = rows.values_list("first_id", "second_id")
    return {other for pair in pairs for other in pair if other != worker_id}


def leading(worker_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Merged record → the record that leads on; those that are not merged are left out."""
    rows = Merge.objects.standing().filter(gone__in=list(worker_ids))
    return dict(rows.values_list("gone_id", "kept_id"))
