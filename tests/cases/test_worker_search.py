"""Search: every way to find a person, and nothing of the word in an address or the trail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Worker
from cases.search import find_people
from kotim_social.accounts.models import User
from kotim_social.audit.models import Entry
from tests.cases.people import BORN, NIK, account, client_of, petugas, register, text_of

pytestmark = pytest.mark.django_db


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
        {"name": "Soepiyah", "aliases": ("Mami Ros",)},
        {"name": "Siti Aminah", "nik": NIK, "birth_date": BORN},
        {"name": "Puji Astuti Rahayu", "phone": "081234567890"},
        {"name": "Wagiyem", "account": account("7000123456")},
        {"name": "50% Promo_a"},
    )


def names(text: str, user: User) -> list[str]:
    return [hit.worker.name for hit in find_people(text, user=user).hits]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("supiyah", "Soepiyah"),
        ("Soepijah", "Soepiyah"),
        ("SUPIYA", "Soepiyah"),
        ("supijeh", "Soepiyah"),
        ("St. Aminah", "Siti Aminah"),
        ("aminah siti", "Siti Aminah"),
        ("amina", "Siti Aminah"),
        ("amonah", "Siti Aminah"),
        ("mami", "Soepiyah"),
        ("mamy ros", "Soepiyah"),
        ("astuti", "Puji Astuti Rahayu"),
        ("astut", "Puji Astuti Rahayu"),
        ("astiti", "Puji Astuti Rahayu"),
        ("wagiem", "Wagiyem"),
        # Several words: each by itself, in any order, each with its own slip of the finger.
        ("rahayu astuti", "Puji Astuti Rahayu"),
        ("astiti rahaju", "Puji Astuti Rahayu"),
        ("puji astuit", "Puji Astuti Rahayu"),
        ("puij rahayu", "Puji Astuti Rahayu"),
        ("pji rahyau", "Puji Astuti Rahayu"),
        ("sitti amniah", "Siti Aminah"),
        (NIK, "Siti Aminah"),
        ("3509 0641 0396 0001", "Siti Aminah"),
        ("0001", "Siti Aminah"),
        ("KTM-2017-0002", "Siti Aminah"),
        ("ktm 2017 2", "Siti Aminah"),
        ("0003", "Puji Astuti Rahayu"),
        ("0812-3456-7890", "Puji Astuti Rahayu"),
        ("+62 812 3456 7890", "Puji Astuti Rahayu"),
        ("7000-123-456", "Wagiyem"),
    ],
)
def test_finds_her(text: str, name: str, people: list[Worker], officer: User) -> None:
    assert name in names(text, officer)


@pytest.mark.parametrize("text", ["zzzzz", "9999", "3509064103960002", "%%", "__", "\\\\", "%a"])
def test_finds_nobody(text: str, people: list[Worker], officer: User) -> None:
    assert names(text, officer) == []


def test_the_exact_name_comes_before_the_similar_one(officer: User) -> None:
    register(officer, {"name": "Aminoh"}, {"name": "Zaminah"})
    assert names("aminah", officer) == ["Zaminah", "Aminoh"]


def test_a_slip_is_found_beside_another_who_is_spelled_like_it(officer: User) -> None:
    """Who is like the typed words does not hide who was meant: two letters changed places."""
    register(officer, {"name": "Dewi Amnia"}, {"name": "Dewi Aminah"})
    assert names("dewi amniah", officer) == ["Dewi Aminah", "Dewi Amnia"]
    assert names("dewi aminah", officer)[0] == "Dewi Aminah"


def test_shows_why_and_marks_it(client: Client, people: list[Worker]) -> None:
    page = text_of(client.post(reverse("cases:search"), {"q": "mami"}, follow=True))
    assert '<mark class="matched">Mami</mark>' in page
    page = text_of(client.post(reverse("cases:search"), {"q": "St. Amonah"}, follow=True))
    assert '<mark class="matched">Aminah</mark>' in page


def test_the_word_stands_in_no_address_trail_or_open_session(
    client: Client, people: list[Worker]
) -> None:
    response = client.post(reverse("cases:search"), {"q": "soepiyah"})
    assert response.status_code == 302
    assert "soepiyah" not in response["Location"].lower()
    client.get(response["Location"])
    entry = Entry.objects.get(act="worker.search")
    told = json.dumps([entry.changes, entry.reason, entry.object_id])
    assert "soepiyah" not in told.lower()
    assert "soepiyah" not in json.dumps(dict(client.session.items())).lower()


@pytest.mark.parametrize("text", ["a\x00b", "", "x", "y" * 101])
def test_junk_gives_a_sentence(text: str, client: Client) -> None:
    response = client.post(reverse("cases:search"), {"q": text})
    assert response.status_code == 422
    assert response.context["form"].errors


def test_a_token_of_another_session_is_unknown(client: Client, people: list[Worker]) -> None:
    address = client.post(reverse("cases:search"), {"q": "mami"})["Location"]
    assert client_of(petugas("lain")).get(address).status_code == 404


def test_a_register_number_that_is_borne_asks_for_no_name(
    people: list[Worker], officer: User
) -> None:
    def asked(text: str) -> tuple[list[str], bool]:
        with CaptureQueriesContext(connection) as queries:
            found = names(text, officer)
        return found, any("kotim_find_names" in query["sql"] for query in queries)

    assert asked(people[1].register_no) == (["Siti Aminah"], False)
    assert asked("KTM-2017-9999") == ([], True)


def test_only_people_in_scope_are_found(people: list[Worker]) -> None:
    assert names("supiyah", petugas("tangar", ["TANGAR"])) == []
    assert names(NIK, petugas("tangar2", ["TANGAR"])) == []


def test_the_number_of_queries_does_not_grow(
    officer: User, django_assert_max_num_queries: Any
) -> None:
    register(officer, *({"name": f"Aminah {n}", "aliases": (f"Ami {n}",)} for n in range(3)))
    find_people("aminah", user=officer)  # her roles and places are read once
    with django_assert_max_num_queries(8) as few:
        find_people("aminah", user=officer)
    register(officer, *({"name": f"Aminah {n}", "aliases": (f"Ami {n}",)} for n in range(60)))
    with django_assert_max_num_queries(8) as more:
        found = find_people("aminah", user=officer)
    assert len(few) == len(more)
    assert len(found.hits) == 50
    assert found.is_capped
