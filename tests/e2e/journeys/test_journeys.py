"""The journeys of docs/journeys.md in a browser, each in three ways and within its budget."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from kotim_social.accounts.models import User
from tests.disbursements.browsing import browser as signed_in
from tests.e2e.journeys.office import Office, open_office
from tests.e2e.journeys.steps import JOURNEYS
from tests.e2e.journeys.walk import Walk, Way, budgets

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]
WAYS = list(Way)
# One turn in an ordinary run, the same each time; KOTIM_TURN names another, --full takes all three.
TURN = int(os.environ.get("KOTIM_TURN", "0")) % len(WAYS)
TURNS = range(len(WAYS)) if os.environ.get("KOTIM_FULL") else [TURN]


@pytest.fixture
def office(transactional_db: None) -> Office:
    return open_office()


@pytest.fixture
def sit_down(browser: Browser, live_server: Any) -> Iterator[Callable[..., Walk]]:
    """Gives a walk to somebody who has just proved who she is; whoever sat there before has left.

    Each browser keeps some connections open, and each of these one to PostgreSQL, which has 60.
    """
    contexts = []

    def stand_up() -> None:
        while contexts:
            contexts.pop().close()

    def seat(user: User, way: Way) -> Walk:
        stand_up()
        session = signed_in(user).cookies["sessionid"].value
        size = {"width": way.width, "height": 740 if way == Way.PHONE else 900}
        context = browser.new_context(viewport=size, java_script_enabled=way.has_script)
        context.set_default_timeout(60_000)
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        contexts.append(context)
        return Walk(context.new_page(), way)

    yield seat
    stand_up()


def test_the_page_names_each_journey_and_each_is_walked() -> None:
    assert set(budgets()) == {journey.name for journey in JOURNEYS}
    assert len(JOURNEYS) >= 20


@pytest.mark.parametrize("turn", TURNS, ids=lambda turn: f"turn-{turn}")
def test_journeys(
    turn: int,
    office: Office,
    live_server: Any,
    sit_down: Callable[..., Walk],
    subtests: pytest.Subtests,
) -> None:
    """Three turns take each journey in each of the three ways."""
    most = budgets()
    for place, journey in enumerate(JOURNEYS):
        way = WAYS[(place + turn) % len(WAYS)]
        with subtests.test(f"{journey.name}, {way}"):
            walk = sit_down(getattr(office.four, journey.role), way)
            walk.begin(live_server.url + journey.start(office))
            journey.steps(walk, office)
            allowed = most[journey.name]
            assert walk.cost.fits(allowed), f"{journey.name}: {walk.cost}, allowed {allowed}"
