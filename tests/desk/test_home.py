"""The first page: every number leads to a list with just as many rows, for every role."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.actions import journey
from cases.models import Worker
from cases.pairs import likely_pairs, number_of_pairs
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.desk.needs import Asker, statement
from kotim_social.desk.standing import Closing
from repatriation.actions import planning
from repatriation.actions.planning import NewBatch
from tests import factories
from tests.disbursements.browsing import browser
from tests.factories import Four
from tests.pages import Node, next_page, number_of, parse, rows_of

pytestmark = pytest.mark.django_db
HOME = "/"


@pytest.fixture
def office() -> Four:
    """Something of everything: all states of choice, batches, paid and returned money."""
    four = factories.the_four()
    paid = factories.ready_people(4, four=four)
    money = factories.a_list(by=four.petugas)
    money = factories.walk_to(money, "ordered", four=four)
    returned = {factories.line_of(money, paid[0]).pk: "name_differs"}
    factories.book(money, by=four.bendahara, returned=returned)
    factories.a_list(by=four.petugas)
    factories.arrive(paid[:2], four=four)
    factories.into_batch(paid[2:], four=four, code="R-02")
    factories.register(3, by=four.petugas, place="TANGAR", choice="undecided", nik=False)
    factories.register(2, by=four.petugas, place="MEKAR_JAYA", choice="stay", account=False)
    lonely = factories.register(2, by=four.petugas, home="33.74")
    factories.register(1, by=four.petugas, home=None, account=False)
    factories.register(1, by=four.petugas, place="BUKIT_HARAPAN", choice="referred")
    factories.find_eligible(lonely, by=four.verifikator)
    twin = factories.register(2, by=four.petugas, home="63.71")
    Worker.objects.filter(pk=twin[1].pk).update(
        name=twin[0].name, name_folded=twin[0].name_folded, birth_date=twin[0].birth_date
    )
    seats = NewBatch(province_code="33", seats=20, workers=factories.ids(lonely))
    planning.create_batches([seats], by=four.petugas)
    return four


def counted_rows(client: Client, url: str) -> int:
    """All rows behind an address, page after page."""
    parts, rows = urlsplit(url), 0
    address = parts._replace(fragment="").geturl()
    while address:
        response = client.get(address)
        assert response.status_code == 200, address
        page = parse(response.content.decode())
        rows += rows_of(page, parts.fragment)
        query = next_page(page)
        address = urljoin(address, query) if query else ""
    return rows


def numbers(page: Node) -> list[tuple[int, str]]:
    links = [(number_of(link.text), link.attrs.get("href") or "") for link in page.all("a")]
    return [(number, href) for number, href in links if number is not None]


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_every_number_leads_to_a_list_of_as_many_rows(office: Four, role: Role) -> None:
    user = getattr(office, role.value, None) or factories.make_user(role)
    client = browser(user)
    links = numbers(parse(client.get(HOME).content.decode()))
    assert len(links) >= 20
    for number, href in links:
        assert counted_rows(client, href) == number, href


def test_a_caseworker_of_one_place_sees_the_numbers_of_that_place(office: Four) -> None:
    client = browser(factories.make_user(Role.PETUGAS, lokalisasi="TANGAR"))
    links = numbers(parse(client.get(HOME).content.decode()))
    people = f"{reverse('cases:worker_list')}?programme=counted"
    assert dict((href, number) for number, href in links)[people] == 3
    for number, href in links:
        assert counted_rows(client, href) == number, href


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_no_figure_stands_there_without_a_link(office: Four, role: Role) -> None:
    """Neither among the large ones nor in a table; a nought, a bar and rupiah lead nowhere."""
    user = getattr(office, role.value, None) or factories.make_user(role)
    page = parse(browser(user).get(HOME).content.decode())
    figures = [node for node in page.walk() if node.has_class("figure__value")]
    assert figures
    cells = [node for node in page.all("td") if number_of(node.text) and not node.all("meter")]
    assert cells
    assert [node.text for node in (*figures, *cells) if not node.all("a")] == []


def test_what_waits_is_at_most_seven_lines_each_with_something(office: Four) -> None:
    for user in (office.petugas, office.verifikator, office.pimpinan, office.bendahara):
        lines = browser(user).get(HOME).context["needs"]
        assert 0 < len(lines) <= 7, user
        assert all(line.value for line in lines)


def test_the_page_is_light_and_asks_little(office: Four) -> None:
    def asked(client: Client) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            body = client.get(HOME).content
        assert len(gzip.compress(body)) <= 12_000
        mine = [query for query in queries if query["sql"].lstrip().startswith(("SELECT", "WITH"))]
        return len(mine)

    for user in (office.petugas, office.pimpinan, office.bendahara):
        client = browser(user)
        client.get(HOME)  # names of provinces are read once a minute
        before = asked(client)
        factories.register(8, by=office.petugas, choice="undecided", nik=False)
        assert asked(client) == before
        assert before <= 15, user


def test_the_page_of_one_person_asks_eight_things(office: Four) -> None:
    """Besides letting the user in: session, user, roles, actor, second factor."""
    paid, new = Worker.objects.order_by("register_no")[0], factories.register(1, by=office.petugas)
    for user in (office.petugas, office.pimpinan):
        client = browser(user)
        for worker in (paid, *new):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse("desk:worker_page", args=[worker.pk])).status_code == 200
            asked = [q["sql"] for q in queries if q["sql"].startswith(("SELECT", "WITH", "INSERT"))]
            assert len(asked) <= 5 + 8, "\n".join(sql[:90] for sql in asked)


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.PETUGAS, "cases:import_upload"),
        (Role.VERIFIKATOR, None),
        (Role.PIMPINAN, "disbursements:programme"),
        (Role.BENDAHARA, "disbursements:programme"),
        (Role.ADMIN, "admin:index"),
        (Role.AUDITOR, None),
    ],
    ids=str,
)
def test_an_empty_office_says_what_to_do_first(role: Role, page: str | None) -> None:
    main = parse(browser(factories.make_user(role)).get(HOME).content.decode())
    links = [link.attrs["href"] for link in main.all("a")]
    assert links == ([reverse(page)] if page else [])
    assert any(node.has_class("empty") for node in main.walk())


def test_last_changes_tell_of_visible_records_and_never_name_them(office: Four) -> None:
    page = parse(browser(office.pimpinan).get(HOME).content.decode())
    told = next(node for node in page.walk() if node.has_class("timeline")).text
    assert "R-" not in told or "ROM-" in told
    assert not any(worker.name in told for worker in Worker.objects.all())
    stranger = factories.make_user(Role.PETUGAS, lokalisasi="TANGAR")
    numbers_of_others = Worker.objects.exclude(place="TANGAR").values_list("register_no", flat=True)
    seen = browser(stranger).get(HOME).content.decode()
    assert not any(number in seen for number in numbers_of_others)


def closing(**about: int) -> Closing:
    facts = {"returnees": 100, "left": 40, "here": 60, "undecided": 0, "left_lately": 28} | about
    day = date(2017, 11, 18)
    return Closing(
        place="KM12", label="Km 12", planned=day + timedelta(days=10), closed_on=None, day=day,
        **facts,
    )  # fmt: skip


def test_the_forecast_says_how_many_must_leave_a_day() -> None:
    assert closing().a_day == 6
    assert closing(here=61).a_day == 7
    assert closing(here=0).a_day == 0


def test_the_pace_says_when_the_last_one_leaves() -> None:
    assert closing().done_on == date(2017, 12, 18)
    assert not closing().is_in_time
    assert closing(here=10).done_on == date(2017, 11, 23)
    assert closing(here=10).is_in_time
    assert closing(left_lately=0).done_on is None


def test_who_boards_is_on_the_road_and_no_longer_here(office: Four) -> None:
    left = {row.place: row for row in browser(office.petugas).get(HOME).context["closings"]}
    factories.fresh(office.petugas)
    workers = list(Worker.objects.filter(journeys__batch_code="R-02"))
    journey.board(workers=factories.ids(workers), on=factories.BOARDED, by=office.petugas)
    now = {row.place: row for row in browser(office.petugas).get(HOME).context["closings"]}
    assert now["KM12"].left == left["KM12"].left + 2
    assert now["KM12"].here == left["KM12"].here - 2


def test_what_is_begun_often_is_one_click_away(office: Four) -> None:
    """Each begins only what she may; whoever reads the trail is led to it."""

    def starts(user: User) -> list[str]:
        return [start["url"] for start in browser(user).get(HOME).context["starts"]]

    pages = ("disbursements:list_create", "repatriation:propose", "cases:import_upload")
    assert starts(office.petugas) == [reverse(page) for page in pages]
    assert starts(office.pimpinan) == starts(office.bendahara) == []
    trail = f'href="{reverse("desk:trail")}"'
    assert trail in browser(office.pimpinan).get(HOME).content.decode()
    assert trail not in browser(office.bendahara).get(HOME).content.decode()


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_the_question_of_what_waits_is_made_once_a_day_and_asked_each_time(
    office: Four, role: Role
) -> None:
    user = getattr(office, role.value, None) or factories.make_user(role)
    first = statement(Asker.of(user))
    assert statement(Asker.of(factories.fresh(user))) is first
    # Made anew it is the same: no moment, and nothing of another user, has gone into it.
    anew = statement.__wrapped__(Asker.of(factories.fresh(user)))
    if first is None:
        assert anew is None
        return
    assert (anew.sql, anew.values) == (first.sql, first.values)
    assert not [value for value in first.values if isinstance(value, datetime)]


def test_another_role_place_or_day_asks_another_question(office: Four) -> None:
    user = office.petugas
    first = Asker.of(user)
    assert replace(first, day=first.day + timedelta(days=1)) != first
    assert replace(first, lokalisasi=frozenset()) != first
    assert Asker.of(factories.change_role(user, Role.PIMPINAN)) != first
    assert Asker.of(office.pimpinan) != first


def test_what_waits_is_asked_anew_by_the_same_question(office: Four) -> None:
    def lists() -> int:
        lines = browser(office.verifikator).get(HOME).context["needs"]
        return sum(line.value for line in lines if "waiting=me" in line.url)

    before = lists()
    factories.ready_people(1, four=office)
    factories.walk_to(factories.a_list(by=office.petugas), "submitted", four=office)
    assert lists() == before + 1


def test_likely_pairs_are_counted_as_they_are_shown(office: Four) -> None:
    users = (office.petugas, office.pimpinan, factories.make_user(Role.AUDITOR))
    numbers = [number_of_pairs(user) for user in users]
    assert numbers == [len(likely_pairs(user)) for user in users]
    assert numbers[1] > 0
