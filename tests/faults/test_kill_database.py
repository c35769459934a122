"""kill −9 of PostgreSQL under payment load: what was acknowledged is there, once."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from django.db import connections

from disbursements.models import PaymentList
from tests import factories
from tests.faults.cluster import Cluster
from tests.faults.conftest import FULL, environment, python

# 50 rounds of at least 1,000 acknowledged payments with --full, one small round otherwise.
ROUNDS, PEOPLE, LEAST = (50, 1_080, 1_000) if FULL else (1, 16, 4)
STATE = """
    SELECT l.id::text, l.state, e.paid = e.amount, e.paid,
           (SELECT count(*) FROM audit_entry a
            WHERE a.object_id = l.id::text AND a.act = 'paymentline.pay')
    FROM disbursements_paymentline l JOIN disbursements_entitlement e ON e.id = l.entitlement_id
"""

ROW = """
    INSERT INTO audit_entry (act, username, object_type, object_id, reason, changes, request_id)
    VALUES ('t.t', '', '', '', '', '{}', '')
"""


@dataclass(frozen=True)
class Outcome:
    """Of one round: lines acknowledged, stored, and stored without an answer."""

    acknowledged: int
    stored: int
    unanswered: int


@pytest.fixture
def ordered(office: str) -> PaymentList:
    four = factories.the_four()
    with connections["owner"].cursor() as cursor:
        # The shipped ceilings are those of 239 people.
        cursor.execute("UPDATE disbursements_ceiling SET amount = amount * 10")
    factories.ready_people(PEOPLE, four=four)
    made = factories.walk_to(factories.a_list(by=four.petugas), "ordered", four=four)
    assert made.lines.count() == PEOPLE
    return made


def test_no_acknowledged_payment_is_lost_or_doubled(
    cluster: Cluster, office: str, ordered: PaymentList
) -> None:
    payer = str(ordered.decisions.filter(duty="pay").get().recorded_by_id)
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    for alias in ("owner", "default"):
        connections[alias].close()
    total = 0
    for number in range(ROUNDS):
        database = f"{office}_{number}"
        cluster.copy(office, database, survives_crash=True)
        stop_after = chance.randint(LEAST, PEOPLE - 5)
        outcome = _round(cluster, database, str(ordered.pk), payer, stop_after)
        assert outcome.acknowledged >= stop_after, f"seed {seed}"
        total += outcome.acknowledged
        print(f"round {number}: {outcome}, seed {seed}")  # noqa: T201 - the figures of --full
        cluster.sql(f"DROP DATABASE {database} WITH (FORCE)")
    assert total >= ROUNDS * LEAST


def _round(cluster: Cluster, database: str, list_id: str, payer: str, stop_after: int) -> Outcome:
    env = environment(cluster, database)
    process = python("tests/faults/payer.py", list_id, payer, env=env)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    acknowledged = [process.stdout.readline().strip() for _line in range(stop_after)]
    cluster.kill()
    acknowledged += process.stdout.read().split()
    assert process.wait(timeout=30) == 3, "the server died in the middle of the work"
    cluster.start()
    before = _stored(cluster, database)
    assert set(acknowledged) <= before, "an acknowledged payment is lost"
    assert len(before - set(acknowledged)) <= 1, "only the one in flight may lack its answer"
    again = python("tests/faults/payer.py", list_id, payer, env=env)
    rest = again.communicate(timeout=300)[0].split()[1:]
    assert again.returncode == 0
    assert not set(rest) & before, "a stored payment was made again"
    assert len(_stored(cluster, database)) == PEOPLE
    return Outcome(len(acknowledged), len(before), len(before - set(acknowledged)))


def _stored(cluster: Cluster, database: str) -> set[str]:
    """Lines that are paid; each is wholly paid or wholly not: state, money and trail agree."""
    stored = set()
    for line, state, is_whole, paid, rows in cluster.sql(STATE, database=database):
        if state == "paid":
            assert (is_whole, rows) == (True, 1), line
            stored.add(line)
        else:
            assert (state, paid, rows) == ("ordered", 0, 0), line
    return stored


def test_each_commit_reaches_the_disk(cluster: Cluster, office: str) -> None:
    """As many WAL syncs as transactions, counted by the server itself: durability is really on."""
    commits = 40
    with cluster.connect(office, user="kotim_app") as link, link.cursor() as cursor:
        before = _syncs(cursor)
        link.commit()
        for _commit in range(commits):
            cursor.execute(ROW)
            link.commit()
        assert _syncs(cursor) - before >= commits
        cursor.execute("SET synchronous_commit = off")
        link.commit()
        before = _syncs(cursor)
        for _commit in range(commits):
            cursor.execute(ROW)
            link.commit()
        assert _syncs(cursor) - before < commits, "the count cannot tell on from off"


def _syncs(cursor: object) -> int:
    cursor.execute("SELECT pg_stat_force_next_flush()")  # type: ignore[attr-defined]
    cursor.connection.commit()  # type: ignore[attr-defined]
    cursor.execute("SELECT sum(fsyncs)::int FROM pg_stat_io WHERE object = 'wal'")  # type: ignore[attr-defined]
    return int(cursor.fetchone()[0])  # type: ignore[attr-defined]
