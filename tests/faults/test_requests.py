"""What a user meets when the database goes away, waits or is full: a sentence, never a 500."""

from __future__ import annotations

import errno
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from threading import Thread
from urllib.parse import urlencode
from uuid import uuid4

import psutil
import pytest
import time_machine
from django.db import close_old_connections, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from disbursements.models import PaymentList
from kotim_social.audit.models import Entry
from kotim_social.audit.sealing import seal, verify
from kotim_social.audit.trail import record
from kotim_social.files import disk
from kotim_social.files.models import StoredFile
from kotim_social.files.store import store
from kotim_social.operations import failing, health
from kotim_social.operations.doctor import database
from kotim_social.operations.doctor.findings import Level, worst
from tests import factories
from tests.disbursements.browsing import browser
from tests.disbursements.test_page_acts import results_of
from tests.faults.cluster import Cluster
from tests.faults.conftest import environment, python

BUSY = "Somebody else is working on the same data just now. What you sent was not stored."
AWAY = (
    "The database does not answer just now. It is not certain that what you sent last was stored."
)
FULL = "The disk of the server is full, so nothing can be stored. What you sent was not stored."


@pytest.fixture
def four(office: str) -> factories.Four:
    health.last_answer.forget()
    return factories.the_four()


@pytest.fixture
def payment_list(four: factories.Four) -> PaymentList:
    factories.ready_people(2, four=four)
    return factories.walk_to(factories.a_list(by=four.petugas), "ordered", four=four)


@pytest.fixture
def treasurer(four: factories.Four) -> Client:
    client = browser(four.bendahara)
    client.raise_request_exception = False
    return client


def unpaid(payment_list: PaymentList) -> int:
    return payment_list.lines.filter(state="ordered").count()


def test_after_a_restart_of_the_database_the_next_request_works(
    cluster: Cluster, treasurer: Client
) -> None:
    path = reverse("disbursements:list_index")
    assert treasurer.get(path).status_code == 200
    cluster.stop()
    cluster.start()
    close_old_connections()  # what Django does at the start of each request, outside of tests
    assert treasurer.get(path).status_code == 200


def test_a_connection_that_is_cut_or_a_server_that_is_away_is_a_sentence(
    cluster: Cluster, office: str, treasurer: Client
) -> None:
    path = reverse("disbursements:list_index")
    assert treasurer.get(path).status_code == 200
    cluster.sql(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{office}'"
    )
    response = treasurer.get(path)
    assert response.status_code == 503
    assert _(AWAY) in response.content.decode()
    assert response["Retry-After"]
    cluster.stop()
    connections["default"].close()
    assert treasurer.get(path).status_code == 503
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").status_code == 503
    cluster.start()
    connections["default"].close()
    assert treasurer.get(path).status_code == 200


@contextmanager
def held(cluster: Cluster, office: str, payment_list: PaymentList) -> Iterator[None]:
    """A session that locked the list and froze."""
    with closing(cluster.connect(office)) as frozen, frozen.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM disbursements_paymentlist WHERE id = %s FOR UPDATE",
            [str(payment_list.pk)],
        )
        yield


def test_a_lock_held_by_a_frozen_session_is_a_sentence_and_the_retry_works(
    cluster: Cluster, office: str, treasurer: Client, payment_list: PaymentList,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    options = connections["default"].settings_dict["OPTIONS"]
    monkeypatch.setitem(
        options, "options", options["options"].replace("lock_timeout=5s", "lock_timeout=300ms")
    )
    connections["default"].close()
    path = reverse("disbursements:list_results", args=[payment_list.pk])
    form = {**results_of(payment_list), "idempotency_key": str(uuid4())}
    with held(cluster, office, payment_list):
        began = time.monotonic()
        response = treasurer.post(path, form)
        assert time.monotonic() - began < 3
    assert response.status_code == 503
    assert _(BUSY) in response.content.decode()
    assert unpaid(payment_list) == 2
    assert Entry.objects.filter(act="request.failed", changes__status=503).exists()
    assert treasurer.post(path, form).status_code == 302
    assert unpaid(payment_list) == 0


def test_a_database_that_says_its_disk_is_full_is_a_sentence(
    cluster: Cluster, office: str, treasurer: Client, payment_list: PaymentList
) -> None:
    """The error is raised by a trigger with the code of a full disk: no disk is filled here."""
    cluster.sql(
        """CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
           CREATE TRIGGER a_full_disk BEFORE UPDATE ON disbursements_paymentline
           EXECUTE FUNCTION full_disk()""",
        database=office,
    )
    path = reverse("disbursements:list_results", args=[payment_list.pk])
    response = treasurer.post(path, {**results_of(payment_list), "idempotency_key": str(uuid4())})
    assert response.status_code == 503
    assert _(FULL) in response.content.decode()
    assert unpaid(payment_list) == 2


def test_a_full_disk_under_the_files_leaves_no_row_and_no_half_file(
    office: str, four: factories.Four, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stub at the border: fsync answers that there is no room."""

    def no_room(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    there = len(list(disk.all_files(older_than=float("inf"))))
    monkeypatch.setattr(disk.os, "fsync", no_room)
    with pytest.raises(OSError) as problem:
        store(b"x" * 1000, kind="test", content_type="text/plain", by=four.petugas)
    assert failing.why_unavailable(problem.value) == "full"
    assert StoredFile.objects.count() == 0
    assert len(list(disk.all_files(older_than=float("inf")))) == there


def test_a_fault_of_the_program_is_still_a_fault() -> None:
    assert failing.why_unavailable(ValueError("x")) == ""
    assert failing.why_unavailable(None) == ""
    assert failing.why_unavailable(OSError(errno.EACCES, "x")) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("jump", [timedelta(days=-2), timedelta(days=400)])
def test_a_clock_that_jumps_is_said_and_the_trail_stays_whole(jump: timedelta) -> None:
    first = record("test.before", by=None)
    with time_machine.travel(timezone.now() + jump):
        later = record("test.after", by=None)
        assert worst(database.check_server()) == Level.ERROR
        seal()
        assert verify().ok
    first.refresh_from_db(), later.refresh_from_db()
    assert abs(later.at - first.at) < timedelta(minutes=1), "the trail goes by the database"
    assert later.pk > first.pk


# -- a web worker that is killed ---------------------------------------------------------------


def free_port() -> int:
    with closing(socket.socket()) as it:
        it.bind(("127.0.0.1", 0))
        return int(it.getsockname()[1])


def ask(
    port: int,
    path: str,
    client: Client,
    form: dict[str, object] | None = None,
    patience: float = 20,
) -> int:
    """A real request with the cookies of the test's browser; 0 when nobody answered."""
    body = urlencode(form).encode() if form else None
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    about = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    with closing(HTTPConnection("127.0.0.1", port, timeout=patience)) as link:
        try:
            link.request("POST" if body else "GET", path, body, about)
            return int(link.getresponse().status)
        except (OSError, HTTPException):
            return 0


def wait_until(question: object, *, seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not question():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_a_web_worker_killed_in_the_middle_books_nothing_and_the_retry_books_once(
    cluster: Cluster, office: str, treasurer: Client, payment_list: PaymentList
) -> None:
    port = free_port()
    master = python("-m", "gunicorn", "kotim_social.wsgi", "--bind", f"127.0.0.1:{port}",
                    "--worker-class", "gthread", "--workers", "1", "--threads", "2",
                    "--graceful-timeout", "1", "--keep-alive", "1", "--log-level", "error",
                    env=environment(cluster, office))  # fmt: skip
    try:
        wait_until(lambda: ask(port, "/healthz", treasurer) == 200)
        token = "a" * 32
        treasurer.cookies["csrftoken"] = token
        path = reverse("disbursements:list_results", args=[payment_list.pk])
        form = {**results_of(payment_list), "idempotency_key": str(uuid4()),
                "csrfmiddlewaretoken": token}  # fmt: skip
        with held(cluster, office, payment_list):
            _kill_while_it_waits(
                cluster, office, master.pid, lambda: ask(port, path, treasurer, form)
            )
        assert unpaid(payment_list) == 2
        assert not Entry.objects.filter(act="paymentline.pay").exists()
        wait_until(lambda: ask(port, "/healthz", treasurer) == 200)
        for _time in range(2):  # sent twice more: the key lets it act once
            assert ask(port, path, treasurer, form) == 302
        assert unpaid(payment_list) == 0
        assert Entry.objects.filter(act="paymentline.pay").count() == 2
    finally:
        master.terminate()
        master.wait(timeout=20)


def _kill_while_it_waits(cluster: Cluster, office: str, master: int, send: object) -> None:
    """Sends from a thread, waits until the request waits for the lock, kills the worker."""
    answers: list[int] = []
    sender = Thread(target=lambda: answers.append(send()))  # type: ignore[operator]
    sender.start()
    waiting = (
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
        f"AND datname = '{office}' AND usename = 'kotim_app'"
    )
    wait_until(lambda: cluster.sql(waiting))
    (worker,) = psutil.Process(master).children()
    os.kill(worker.pid, signal.SIGKILL)
    sender.join(timeout=20)
    assert answers == [0], "a killed worker answers nothing"
