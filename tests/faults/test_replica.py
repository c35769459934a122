"""Two real servers: a replica that streams, answers, lags, dies, and never hides one's own work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from kotim_social import replica
from kotim_social.audit.models import Entry
from kotim_social.operations.doctor.database import check_replica
from kotim_social.operations.doctor.findings import Level, worst
from tests import factories
from tests.disbursements.browsing import browser
from tests.faults.cluster import Cluster, program

TOTALS = "desk:totals"


@pytest.fixture
def standby(
    cluster: Cluster, office: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[Cluster]:
    """A copy by pg_basebackup that follows the private server, and the program knows of it."""
    second = Cluster()
    program("pg_basebackup", "-h", str(cluster.folder), "-U", "postgres", "-D", str(second.data),
            "--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync",
            )  # fmt: skip
    second.start()
    place = {
        **connections["default"].settings_dict, "ENGINE": "django.db.backends.postgresql",
        "HOST": str(second.folder), "PORT": "5432", "NAME": office,
    }  # fmt: skip
    monkeypatch.setitem(settings.DATABASES, replica.REPLICA, place)
    monkeypatch.setattr(replica._Rest, "until", 0.0)
    settings.DATABASE_ROUTERS = ["kotim_social.replica.ReplicaRouter"]
    yield second
    connections[replica.REPLICA].close()
    del connections[replica.REPLICA]
    second.remove()


@pytest.fixture
def four(standby: Cluster) -> factories.Four:
    return factories.the_four()


@pytest.fixture
def reader(four: factories.Four) -> Client:
    client = browser(four.pimpinan)
    client.raise_request_exception = False
    return client


def people(client: Client) -> int:
    """How many the page of totals shows."""
    response = client.get(reverse(TOTALS))
    assert response.status_code == 200
    return int(response.context["figures"].people["registered"])


def wait_for(question: Callable[[], bool]) -> None:
    end = time.monotonic() + 15
    while not question():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def catch_up(primary: Cluster, standby: Cluster) -> None:
    ((written,),) = primary.sql("SELECT pg_current_wal_lsn()")
    reached = f"SELECT pg_last_wal_replay_lsn() >= '{written}'"
    wait_for(lambda: standby.sql(reached) == [(True,)])


def test_readers_ask_the_replica_and_writers_see_their_own_work(
    cluster: Cluster, standby: Cluster, four: factories.Four, reader: Client
) -> None:
    factories.register(2, by=four.petugas)
    catch_up(cluster, standby)
    assert people(reader) == 2
    standby.sql("SELECT pg_wal_replay_pause()")
    wait_for(lambda: standby.sql("SELECT pg_get_wal_replay_pause_state()") == [("paused",)])
    factories.register(1, by=four.petugas)
    before = Entry.objects.filter(act="totals.view").count()
    # The replica stands still: whoever only reads still sees two, so it was the replica.
    assert people(reader) == 2
    assert Entry.objects.filter(act="totals.view").count() == before + 1, "the trail is here"
    writer = browser(four.pimpinan)
    response = writer.post(reverse("cases:search"), {"q": "Uji"})
    cookie = response.cookies[replica.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert people(writer) == 3, "who has just written reads what she wrote"
    assert writer.get(response["Location"]).status_code == 200
    assert people(reader) == 2
    standby.sql("SELECT pg_wal_replay_resume()")
    catch_up(cluster, standby)
    assert people(reader) == people(writer) == 3
    assert worst(check_replica()) == Level.OK
    _the_search_by_hand_written_sql_asks_it_too(cluster, standby, four, reader)


def _the_search_by_hand_written_sql_asks_it_too(
    cluster: Cluster, standby: Cluster, four: factories.Four, reader: Client
) -> None:
    asked: list[str] = []
    before = Entry.objects.filter(act="worker.search").count()
    with connections[replica.REPLICA].execute_wrapper(_notes(asked)):
        found = reader.post(reverse("cases:search"), {"q": "Suparmi"})
        catch_up(cluster, standby)
        assert reader.get(found["Location"]).status_code == 200
    assert any("kotim_find_names" in sql for sql in asked)
    assert any("kotim.user" in sql or "set_config" in sql for sql in asked), "it knows who asks"
    assert not any(sql.startswith(("INSERT", "UPDATE", "DELETE")) for sql in asked)
    assert Entry.objects.filter(act="worker.search").count() == before + 1


def _notes(asked: list[str]) -> Any:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql.strip())
        return execute(sql, params, many, context)

    return note


def test_a_replica_that_dies_is_no_fault_of_the_page(
    cluster: Cluster, standby: Cluster, four: factories.Four, reader: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    factories.register(1, by=four.petugas)
    catch_up(cluster, standby)
    assert people(reader) == 1
    standby.kill()
    assert people(reader) == 1, "the connection broke and the primary answered"
    assert replica._Rest.until > time.monotonic(), "and is not asked again at once"
    assert people(reader) == 1
    # In the middle of a page: what it had written is undone, and written once.
    monkeypatch.setattr(replica._Rest, "until", 0.0)
    monkeypatch.setattr(replica, "_may_read", lambda _request: True)
    before = Entry.objects.filter(act="totals.view").count()
    assert people(reader) == 1
    assert Entry.objects.filter(act="totals.view").count() == before + 1
    assert worst(check_replica()) == Level.WARNING


def test_a_server_that_is_no_replica_any_more_is_not_asked(
    cluster: Cluster, standby: Cluster, four: factories.Four, reader: Client
) -> None:
    """Promoted by somebody: it goes its own way, and its figures are nobody's."""
    catch_up(cluster, standby)
    standby.sql("SELECT pg_promote(true, 20)")
    factories.register(1, by=four.petugas)
    assert people(reader) == 1
    assert worst(check_replica()) == Level.ERROR
