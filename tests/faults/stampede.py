"""Sixteen at once on one entitlement: what sends them, and what puts the round back."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg2
from psycopg2 import errorcodes

from kotim_social.lib.ids import uuid7
from tests.disbursements.hands import BOOK_LINE, INSERT_LINE
from tests.faults.cluster import Cluster

HANDS = 16
ONE = 5_050_000
Act = tuple[str, Sequence[Any]]
REVERSE = """
    INSERT INTO disbursements_reversal
        (id, line_id, amount, happened_on, paper, reason, recorded_at, recorded_by_id)
    SELECT %s, id, amount, current_date, 'STS', '\\x00', now(), %s
    FROM disbursements_paymentline WHERE id = %s
"""
# Only the superuser of the test's own server can do this: the guards are triggers.
PUT_BACK = """
    BEGIN;
    SET LOCAL session_replication_role = replica;
    DELETE FROM disbursements_reversal;
    DELETE FROM disbursements_paymentline WHERE state = 'cancelled';
    UPDATE disbursements_paymentline
       SET state = 'ordered', result_on = NULL, result_at = NULL, result_by_id = NULL
     WHERE state = 'paid';
    UPDATE disbursements_entitlement SET paid = 0 WHERE paid <> 0;
    COMMIT
"""
# What the database answers to whoever came too late.
TOO_LATE = {
    errorcodes.UNIQUE_VIOLATION,
    errorcodes.SERIALIZATION_FAILURE,
    "KT001",  # a line is the whole unpaid rest
    "KT002",  # a settled line is never changed
    "KT003",
}


@dataclass
class Tally:
    """Every try ends as one of these."""

    tries: int = 0
    done: int = 0
    refused: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)

    def add(self, answer: str, outcome: str) -> None:
        self.tries += 1
        self.answers[answer] += 1
        if outcome == "done":
            self.done += 1
        elif outcome == "refused":
            self.refused += 1
        else:
            self.errors[answer] += 1

    def __str__(self) -> str:
        return (
            f"tries {self.tries}, done {self.done}, refused {self.refused}, "
            f"errors {sum(self.errors.values())}; {dict(self.answers.most_common())}"
        )


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """What each of sixteen threads came back with; an exception stands for itself."""
    start = threading.Barrier(HANDS)
    outcomes: list[Any] = [None] * HANDS

    def run(hand: int) -> None:
        try:
            start.wait(30)
            outcomes[hand] = act(hand)
        except Exception as error:
            outcomes[hand] = error

    threads = [threading.Thread(target=run, args=[hand]) for hand in range(HANDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return outcomes


# -- by raw SQL --------------------------------------------------------------------------------


@contextmanager
def app_connections(cluster: Cluster, database: str, isolation: str) -> Iterator[list[Any]]:
    """One for each hand, as the app role."""
    with ExitStack() as stack:
        found = []
        for _hand in range(HANDS):
            link = stack.enter_context(closing(cluster.connect(database, user="kotim_app")))
            link.set_session(isolation_level=isolation)
            found.append(link)
        yield found


def in_sql(links: Sequence[Any], tally: Tally, acts: Sequence[Act]) -> list[bool]:
    """All sixteen take their view of the data, then each does its act; says who did it."""
    seen = threading.Barrier(len(links))

    def act(hand: int) -> bool:
        link, (statement, parameters) = links[hand], acts[hand]
        try:
            with link.cursor() as cursor:
                cursor.execute("SELECT paid FROM disbursements_entitlement")
                seen.wait(30)
                cursor.execute(statement, parameters)
            link.commit()
        except psycopg2.Error as error:
            link.rollback()
            code = error.pgcode or type(error).__name__
            tally.add(code, "refused" if code in TOO_LATE else "error")
            return False
        tally.add("stored", "done")
        return True

    outcomes = at_once(act)
    broken = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert broken == []
    return outcomes


def pay(line: UUID, by: int) -> Act:
    return BOOK_LINE, ["paid", str(by), str(line)]


def reverse(line: UUID, by: int) -> Act:
    return REVERSE, [str(uuid7()), by, str(line)]


def insert(draft: UUID, hand: int, entitlement: UUID, by: int) -> Act:
    """A line of this hand's own for the same entitlement."""
    row = [str(uuid7()), str(draft), 100 + hand, str(entitlement), ONE, "prepared", by]
    return INSERT_LINE, row


# -- over HTTP ---------------------------------------------------------------------------------


@dataclass
class Browser:
    """A connection that stays open, with the cookies of somebody who is signed in."""

    port: int
    cookies: str
    token: str
    link: HTTPConnection | None = None

    def post(self, path: str, form: dict[str, Any]) -> tuple[int, str, str]:
        """Status, where it leads, and the page. A connection that was closed is opened once."""
        body = urlencode({**form, "csrfmiddlewaretoken": self.token}).encode()
        about = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        if self.link is None:
            self.link = HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.link.request("POST", path, body, about)
        answer = self.link.getresponse()
        page = answer.read().decode()
        return answer.status, answer.headers.get("Location", ""), page

    def close(self) -> None:
        if self.link is not None:
            self.link.close()
            self.link = None
