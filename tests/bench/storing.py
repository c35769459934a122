"""Acts on everybody who waits: a decree and the batches home, each rolled back."""

from __future__ import annotations

from cases.models import Worker
from disbursements.actions import decrees
from disbursements.models import Decree
from kotim_social.accounts.models import User
from repatriation import rules
from repatriation.actions.planning import NewBatch, create_batches
from repatriation.proposal import propose
from tests.bench.timing import Subject, undone

SEATS, STORED = 81, 20
# Of those who wait for a decree, so that a large office does not take minutes.
NAMED = 5_000


def determining() -> dict[str, Subject]:
    """The statement of a decree alone, and the act: who may, locks, states, history, trail."""
    user = User.objects.get(username="pimpinan")
    waiting = decrees.waiting_for_decree(user)[:NAMED]
    known = Decree.objects.order_by("id")[0]

    def statement() -> None:
        decrees.freeze(known, waiting, user)

    def act() -> None:
        decrees.issue_decree(
            number="BENCH/1",
            decided_on=known.decided_on,
            signed_by_title="Kepala Dinas",
            budget_year=known.budget_year,
            workers=waiting,
            by=user,
        )

    return {
        f"decree for {len(waiting)} who wait, its statement alone": undone(statement),
        f"decree for {len(waiting)} who wait, by the act": undone(act),
    }


def going_home() -> dict[str, Subject]:
    """Batches for everybody who waits, proposed; and some of them stored."""
    user = User.objects.get(username="petugas")
    pool = Worker.objects.visible_to(user)
    count = rules.ready_pool(pool).count()

    def proposed(most: int | None = None) -> list[NewBatch]:
        return [
            NewBatch(
                province_code=batch.provinces[0],
                seats=SEATS,
                workers=[traveller.worker_id for traveller in batch.travellers],
            )
            for batch in propose(rules.travellers(pool), seats=SEATS).batches[:most]
        ]

    some = proposed(STORED)
    women = sum(len(batch.workers) for batch in some)
    return {
        f"batches for {count} who wait, proposed": proposed,
        f"{len(some)} batches of {women} women, stored": undone(
            lambda: create_batches(some, by=user)
        ),
    }
