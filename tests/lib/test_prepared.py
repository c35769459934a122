"""A query that is written once: its gaps are filled by each call, and by nothing of another."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from cases.models import Worker
from kotim_social.accounts.models import User
from kotim_social.lib.prepared import Prepared, gap, gap_of_ids
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def names() -> list[str]:
    User.objects.bulk_create(
        User(username=name, full_name=f"Uji {name}", session_epoch=at)
        for at, name in enumerate(("ani", "budi", "cici"))
    )
    return ["ani", "budi", "cici"]


def test_each_call_brings_its_own(names: list[str]) -> None:
    people = User.objects.filter(username=gap("name"), session_epoch__gte=gap("least"))
    asked = Prepared(people.values_list("full_name"))
    assert asked.rows(name="budi", least=1) == [("Uji budi",)]
    assert asked.rows(name="ani", least=1) == []
    assert asked.rows(least=0, name="ani") == [("Uji ani",)]
    with pytest.raises(KeyError):
        asked.rows(name="ani")


def test_a_value_never_becomes_a_word_of_the_statement(names: list[str]) -> None:
    asked = Prepared(User.objects.filter(username=gap("name")).values_list("pk"))
    for text in ("' OR true --", "%s", "%(name)s", "{}"):
        assert asked.rows(name=text) == []


def test_many_in_one_gap_inside_another_statement() -> None:
    workers = factories.register(3, by=factories.the_four().petugas)
    people = Worker.objects.filter(pk__in=gap_of_ids("these")).values("pk")
    counting = Prepared(people, around="SELECT count(*) FROM ({}) these")
    assert counting.rows(these=[workers[0].pk, workers[2].pk, uuid4()]) == [(2,)]
    with CaptureQueriesContext(connection) as asked:
        assert counting.rows(these=[]) == [(0,)]
    assert len(asked) == 1


def test_rows_by_the_names_of_their_columns(names: list[str]) -> None:
    query = User.objects.filter(session_epoch__in=[0, 2]).values("username", at=F("session_epoch"))
    assert Prepared(query.order_by("username")).dicts() == [
        {"username": "ani", "at": 0},
        {"username": "cici", "at": 2},
    ]
