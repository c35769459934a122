"""Sixteen threads on one entitlement, over HTTP and in SQL: paid once, never more than it is."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse as address_of
from django.utils.translation import gettext as _

from disbursements.models import Entitlement, PaymentLine, PaymentList
from kotim_social.audit.models import Entry
from tests import factories
from tests.disbursements.browsing import browser
from tests.disbursements.test_page_acts import ORDER, results_of
from tests.faults.cluster import Cluster
from tests.faults.conftest import FULL, environment, python
from tests.faults.stampede import (
    HANDS,
    ONE,
    PUT_BACK,
    Browser,
    Tally,
    app_connections,
    at_once,
    in_sql,
    insert,
    pay,
    reverse,
)
from tests.faults.test_requests import BUSY, ask, free_port, wait_until

pytestmark = pytest.mark.slow
ROUNDS = int(os.environ.get("KOTIM_ROUNDS") or (1000 if FULL else 0))
LEVELS = ("read committed", "repeatable read")
FRESH = 120  # seconds after which everybody proves herself anew: a proof is good for five minutes
BOOKED = "Line %(n)s already has its result."
ALL_BOOKED = "Every line of this list already has its result."


@pytest.fixture
def four(office: str) -> factories.Four:
    return factories.the_four()


@pytest.fixture
def line(four: factories.Four) -> PaymentLine:
    """One entitlement, whose line waits for its result."""
    factories.ready_people(1, four=four)
    payment_list = factories.a_list(by=four.petugas)
    return factories.walk_to(payment_list, "ordered", four=four).lines.get()


def paid_of(line: PaymentLine) -> int:
    return Entitlement.objects.values_list("paid", flat=True).get(pk=line.entitlement_id)


# -- in SQL ------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
def test_in_sql_nobody_is_paid_twice(
    cluster: Cluster, office: str, four: factories.Four, line: PaymentLine, level: str
) -> None:
    """Each round: twelve book the line while four want another one for the same money; sixteen
    take it back; sixteen want the line that pays again."""
    factories.ready_people(2, four=four)
    drafts = [factories.a_list(by=four.petugas, only=[key]).pk for key in _others(line)]
    payer, maker, tally = four.bendahara2.pk, four.petugas.pk, Tally()
    more = [insert(drafts[hand % 2], hand, line.entitlement_id, maker) for hand in range(HANDS)]
    rounds = ROUNDS or 4
    with app_connections(cluster, office, level) as links:
        for _round in range(rounds):
            did = in_sql(links, tally, [*[pay(line.pk, payer)] * 12, *more[12:]])
            assert (sum(did[:12]), sum(did[12:])) == (1, 0)
            assert paid_of(line) == ONE
            assert sum(in_sql(links, tally, [reverse(line.pk, payer) for _hand in more])) == 1
            assert paid_of(line) == 0
            assert sum(in_sql(links, tally, more)) == 1
            live = PaymentLine.objects.filter(
                entitlement=line.entitlement_id, state__in=["prepared", "ordered"]
            )
            assert live.update(state="cancelled") == 1
            cluster.sql(PUT_BACK, database=office)
    print(f"\nin SQL, {level}, {rounds} rounds: {tally}")  # noqa: T201
    assert not tally.errors
    assert (tally.tries, tally.done) == (rounds * 3 * HANDS, rounds * 3)


def _others(line: PaymentLine) -> list[str]:
    people = Entitlement.objects.exclude(pk=line.entitlement_id).filter(kind="TABUNGAN")
    return [f"{right.worker_id}:TABUNGAN" for right in people]


# -- over HTTP ---------------------------------------------------------------------------------


@pytest.fixture
def port(
    cluster: Cluster, office: str, static_files: None, request: pytest.FixtureRequest
) -> Iterator[int]:
    """The program as a server runs it, at the isolation level that the test names."""
    level = getattr(request, "param", LEVELS[0])
    cluster.sql(f"ALTER DATABASE {office} SET default_transaction_isolation = '{level}'")
    about, port = environment(cluster, office), free_port()
    server = python("-m", "gunicorn", "kotim_social.wsgi", "--bind", f"127.0.0.1:{port}",
                    "--worker-class", "gthread", "--workers", "2", "--threads", "8",
                    "--keep-alive", "75", "--log-level", "error",
                    env=about)  # fmt: skip
    try:
        wait_until(lambda: ask(port, "/healthz", Client()) == 200, seconds=120)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=90)


@contextmanager
def browsers(port: int, users: list[Any]) -> Iterator[list[Browser]]:
    """Two for each user with the same cookies: the two clicks of one person."""
    token, found = "a" * 32, []
    for user in users:
        cookies = browser(user).cookies
        cookies["csrftoken"] = token
        text = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
        found += [Browser(port, text, token) for _click in range(2)]
    try:
        yield found
    finally:
        for one in found:
            one.close()


# Each level is a server of its own to start: the second one with --full alone.
@pytest.mark.parametrize("port", LEVELS if ROUNDS else LEVELS[:1], indirect=True)
def test_over_http_nobody_is_paid_twice(
    cluster: Cluster, office: str, port: int, four: factories.Four, line: PaymentLine,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    """Each round: eight people click twice on "book it"; one of them books it, once."""
    level = request.node.callspec.params["port"]
    tally, rounds = Tally(), ROUNDS or 2
    form = results_of(line.payment_list)
    path = address_of("disbursements:list_results", args=[line.payment_list_id])
    people = [four.bendahara, four.bendahara2] * 4
    done = 0
    while done < rounds:
        stale = time.monotonic() + FRESH
        with browsers(port, people) as hands:
            while done < rounds and time.monotonic() < stale:
                keys = [str(uuid4()) for _person in people]
                answers = at_once(
                    lambda hand, keys=keys, hands=hands: hands[hand].post(
                        path, {**form, "idempotency_key": keys[hand // 2]}
                    )
                )
                _judge(answers, tally, level)
                done += 1
                assert paid_of(line) == ONE, answers
                assert Entry.objects.filter(act="paymentline.pay").count() == done
                cluster.sql(PUT_BACK, database=office)
    print(f"\nover HTTP, {level}, {rounds} rounds: {tally}")  # noqa: T201
    assert not tally.errors
    assert tally.tries == rounds * HANDS


def _judge(answers: list[Any], tally: Tally, level: str) -> None:
    """One person was told that it is done, the others that it was done already, or to wait."""
    done = set()
    for hand, answer in enumerate(answers):
        if isinstance(answer, Exception):
            tally.add(type(answer).__name__, "error")
            continue
        status, location, page = answer
        if status == 302 and "/hasil/" not in location and "daftar-bayar" in location:
            done.add(hand // 2)
            tally.add("302 booked", "done")
        elif status == 422 and (_(BOOKED) % {"n": 1} in page or _(ALL_BOOKED) in page):
            tally.add("422 already booked", "refused")
        elif status == 503 and _(BUSY) in page:
            tally.add("503 somebody else is at it", "refused")
        else:
            tally.add(f"{status} {location}", "error")
    assert len(done) == 1, answers
    both = [hand for hand, answer in enumerate(answers) if hand // 2 in done and answer[0] == 302]
    assert len(both) == 2 or level == LEVELS[1], "the second click is led to the same page"


def test_a_double_click_pays_once_and_ends_on_one_clear_page(
    port: int, four: factories.Four, line: PaymentLine
) -> None:
    path = address_of("disbursements:list_results", args=[line.payment_list_id])
    form = {**results_of(line.payment_list), "idempotency_key": str(uuid4())}
    with browsers(port, [four.bendahara] * 8) as hands:
        answers = at_once(lambda hand: hands[0 if hand == 0 else hand].post(path, form))
        assert {(status, location) for status, location, _page in answers} == {
            (302, address_of("disbursements:list_detail", args=[line.payment_list_id]))
        }
    assert paid_of(line) == ONE
    assert Entry.objects.filter(act="paymentline.pay").count() == 1
    page = browser(four.bendahara).get(answers[0][1]).content.decode()
    words = "paid"
    assert page.count(_(words)) >= 1


def test_every_step_of_a_list_is_taken_once(port: int, four: factories.Four) -> None:
    """Sixteen at once on each act of the road: one decision each, and no fault."""
    factories.ready_people(1, four=four)
    payment_list = factories.a_list(by=four.petugas)
    road = [
        ("submit", [four.petugas], {}), ("verify", [four.verifikator], {}),
        ("approve", [four.pimpinan], {}), ("order", [four.bendahara, four.bendahara2], ORDER),
        ("results", [four.bendahara, four.bendahara2], None),
        ("reconcile", [four.bendahara, four.bendahara2], {}),
        ("close", [four.bendahara, four.bendahara2], {}),
    ]  # fmt: skip
    for act, users, data in road:
        form = results_of(payment_list) if data is None else data
        path = address_of(f"disbursements:list_{act}", args=[payment_list.pk])
        with browsers(port, users * (8 // len(users))) as hands:
            answers = at_once(
                lambda hand, path=path, form=form, hands=hands: hands[hand].post(
                    path, {**form, "idempotency_key": str(uuid4())}
                )
            )
        assert {answer[0] for answer in answers} <= {302, 422}, (act, answers)
        if data is not None:
            assert payment_list.decisions.filter(act=act).count() == 1
    assert PaymentList.objects.get(pk=payment_list.pk).state == "closed"
    assert Entitlement.objects.get(kind="TABUNGAN").paid == ONE
