"""The list: filters, orders, pages, scope and its cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.actions.accounts import BankAnswer, record_bank_check
from cases.actions.statements import record_statements
from cases.listing import FILTERS, LACKS, SORTS
from cases.models import Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from tests.cases.people import (
    BORN,
    DAY,
    NIK,
    account,
    client_of,
    many,
    officer_of,
    petugas,
    register,
    text_of,
)

pytestmark = pytest.mark.django_db
LIST = "cases:worker_list"
# Five let her in (session, user, roles, actor, second factor); two are savepoints of a test.
MOST_QUERIES = 12


@pytest.fixture
def officer() -> User:
    return petugas()


@pytest.fixture
def client(officer: User) -> Client:
    return client_of(officer)


@pytest.fixture
def people(officer: User) -> list[Worker]:
    return register(
        officer,
        {"name": "Ani", "choice": "return", "nik": NIK, "birth_date": BORN, "account": account()},
        {"name": "Budi", "choice": "stay", "place_code": "TANGAR", "account": account("123456")},
        {"name": "Cici", "home_regency_code": "33.15"},
        {"name": "Dewi", "choice": "return", "place_code": "MEKAR_JAYA"},
    )


def shown(client: Client, **query: str) -> list[str]:
    return [row.name for row in client.get(reverse(LIST), query).context["page"].rows]


def test_everybody_by_name(client: Client, people: list[Worker]) -> None:
    response = client.get(reverse(LIST))
    assert [row.name for row in response.context["page"].rows] == ["Ani", "Budi", "Cici", "Dewi"]
    assert response.context["page"].count == 4
    assert NIK not in text_of(response)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"place": "KM12"}, ["Ani", "Cici"]),
        ({"choice": "return"}, ["Ani", "Dewi"]),
        ({"choice": "undecided"}, ["Cici"]),
        ({"province": "33"}, ["Cici"]),
        ({"eligibility": "registered"}, ["Ani", "Budi", "Cici", "Dewi"]),
        ({"eligibility": "eligible"}, []),
        ({"lacks": "nik"}, ["Budi", "Cici", "Dewi"]),
        ({"lacks": "account"}, ["Cici", "Dewi"]),
        ({"lacks": "active_account"}, ["Ani", "Budi", "Cici", "Dewi"]),
        ({"lacks": "statement"}, ["Ani", "Budi", "Cici", "Dewi"]),
        ({"lacks": "nothing"}, []),
        ({"place": "KM12", "choice": "return", "lacks": "statement"}, ["Ani"]),
        ({"sort": "-name"}, ["Dewi", "Cici", "Budi", "Ani"]),
        ({"sort": "-register"}, ["Dewi", "Cici", "Budi", "Ani"]),
        ({"sort": "place"}, ["Ani", "Cici", "Dewi", "Budi"]),
    ],
)
def test_filters_and_orders(
    client: Client, people: list[Worker], query: dict[str, str], names: list[str]
) -> None:
    assert shown(client, **query) == names


def test_complete_means_paid_tomorrow(client: Client, officer: User, people: list[Worker]) -> None:
    ani = people[0]
    answer = BankAnswer(act="confirm_active", checked_on=DAY, evidence="surat 1")
    record_bank_check(workers=[ani], answer=answer, by=officer)
    assert shown(client, lacks="nothing") == []
    record_statements(workers=[ani], signed_on=DAY, witnesses="Uji A, Uji B", by=officer)
    assert shown(client, lacks="nothing") == ["Ani"]
    assert shown(client, lacks="active_account") == ["Budi", "Cici", "Dewi"]


def test_each_filter_in_force_can_be_removed(client: Client, people: list[Worker]) -> None:
    page = text_of(client.get(reverse(LIST), {"place": "KM12", "choice": "return"}))
    assert 'href="?choice=return"' in page
    assert 'href="?place=KM12"' in page


@pytest.mark.parametrize(
    "query",
    [
        *({choice.name: "x' OR 1=1"} for choice in FILTERS),
        {"place": "\x00"},
        {"sort": "nik"},
        {"sort": "place__lokalisasi"},
        {"sort": "--name"},
        {"after": "1"},
        {"before": "\x00"},
        {"after": "0199a5d8-0000-7000-8000-000000000000"},
    ],
)
def test_what_is_not_offered_is_not_found(client: Client, query: dict[str, str]) -> None:
    assert client.get(reverse(LIST), query).status_code == 404


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{sort}" for sort in SORTS)])
def test_pages_show_everybody_once_forwards_and_back(
    client: Client, officer: User, sort: str
) -> None:
    register(
        officer,
        *({"name": f"Uji {n % 7}", "place_code": ("KM12", "TANGAR")[n % 2]} for n in range(123)),
    )
    everybody = client.get(reverse(LIST), {"sort": sort, "all": 1})
    whole = [row.id for row in everybody.context["page"].rows]
    assert len(whole) == len(set(whole)) == 123
    seen: list[Any] = []
    query = f"?sort={sort}"
    pages = []
    while query:
        context = client.get(reverse(LIST) + query).context
        seen += [row.id for row in context["page"].rows]
        pages.append([row.id for row in context["page"].rows])
        query = context["page"].next_query if context["page"].has_next else ""
    assert seen == whole
    assert [len(page) for page in pages] == [50, 50, 23]
    back = client.get(reverse(LIST) + context["page"].previous_query).context
    assert [row.id for row in back["page"].rows] == pages[1]
    first = client.get(reverse(LIST) + back["page"].previous_query).context
    assert [row.id for row in first["page"].rows] == pages[0]
    assert not first["page"].has_previous
    assert first["page"].has_next


def test_the_number_of_queries_does_not_grow(
    client: Client, officer: User, django_assert_max_num_queries: Any
) -> None:
    many(officer, 5)
    client.get(reverse(LIST))  # the session is written once
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        client.get(reverse(LIST))
    many(officer, 50)
    with django_assert_max_num_queries(MOST_QUERIES) as more:
        assert len(client.get(reverse(LIST)).context["page"].rows) == 50
    assert len(few) == len(more)


@pytest.mark.parametrize("lacks", LACKS)
def test_a_caseworker_sees_her_own_places_only(people: list[Worker], lacks: str) -> None:
    client = client_of(petugas("tangar", ["TANGAR"]))
    assert shown(client) == ["Budi"]
    assert set(shown(client, lacks=lacks)) <= {"Budi"}
    assert client.get(reverse(LIST), {"after": str(people[0].pk)}).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_buttons_are_those_of_the_role(role: Role, people: list[Worker]) -> None:
    person = petugas("p2") if role == Role.PETUGAS else officer_of(role)
    offered = {
        Role.PETUGAS: ["bank_check", "statement", "hand_over"],
        Role.VERIFIKATOR: ["verification"],
        Role.PIMPINAN: ["statement", "hand_over"],
    }
    response = client_of(person).get(reverse(LIST))
    assert response.context["acts"] == offered.get(role, [])


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    assert reverse("cases:search") in text_of(client.get(reverse(LIST)))
