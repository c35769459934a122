"""pgbouncer in transaction mode between the program and the server: no session state is missed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from uuid import uuid4

import psycopg2
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from disbursements.actions import lists
from disbursements.models import PaymentList
from disbursements.papers.issuing import Scope
from disbursements.papers.list_papers import request_receipts
from kotim_social.audit.models import Entry
from kotim_social.audit.sealing import seal, verify
from kotim_social.jobs.actions import beat
from tests import factories
from tests.disbursements.browsing import browser
from tests.disbursements.test_page_acts import results_of
from tests.faults.cluster import SERVER_USER, Cluster, as_server
from tests.faults.conftest import FULL, environment, python
from tests.faults.test_requests import ask, free_port, wait_until

FOUND = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(
    not (FOUND or FULL), reason="needs pgbouncer: sudo apt install pgbouncer"
)
# Fewer connections to the server than the web processes hold to the pooler.
POOL = 3
TIMES = 4 if FULL else 2
PATIENCE = 200
CONFIGURATION = """
[databases]
{name} = host={folder} port=5432 dbname={name}
[pgbouncer]
listen_addr =
unix_socket_dir = {own}
listen_port = 6432
auth_type = trust
auth_file = {own}/users
pool_mode = transaction
default_pool_size = {pool}
logfile = {own}/log
"""
BACK = "ALTER ROLE kotim_app RESET ALL; ALTER ROLE kotim_app SET timezone = 'Asia/Jakarta'"
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'kotim_app' AND datname = '{}'"


def program() -> str:
    if FOUND is None:
        pytest.fail("This test needs pgbouncer: sudo apt install pgbouncer")
    return FOUND


@pytest.fixture
def pooler(cluster: Cluster, office: str) -> Iterator[Path]:
    """Where it listens. The limits are those of the role: the very statements of deploy/."""
    deploy = Path(settings.BASE_DIR) / "deploy" / "postgresql"
    cluster.sql((deploy / "pooled.sql").read_text())
    folder = Path(tempfile.mkdtemp(prefix="kotim-pool-", dir="/tmp"))
    lines = (deploy / "pgbouncer.ini").read_text().splitlines()
    # Of the example everything that is not about this machine's places and passwords.
    (ignored,) = [line for line in lines if line.startswith("ignore_startup_parameters")]
    assert "pool_mode = transaction" in lines
    text = CONFIGURATION.format(name=office, folder=cluster.folder, own=folder, pool=POOL)
    (folder / "pgbouncer.ini").write_text(f"{text}{ignored}\n")
    (folder / "users").write_text('"kotim_app" ""\n')
    if os.geteuid() == 0:
        owner = pwd.getpwnam(SERVER_USER).pw_uid
        for path in (folder, *folder.iterdir()):
            os.chown(path, owner, -1)
    process = subprocess.Popen(
        [program(), str(folder / "pgbouncer.ini")], cwd="/tmp", **as_server()
    )
    try:
        wait_until((folder / ".s.PGSQL.6432").exists)
        yield folder
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(folder)
        cluster.sql(BACK)


def pooled(cluster: Cluster, office: str, pooler: Path) -> dict[str, str]:
    return {
        **environment(cluster, office),
        "DATABASE_URL": f"postgres://kotim_app@:6432/{office}?host={pooler}",
        "DATABASE_POOLED": "on",
    }


@contextmanager
def served(env: dict[str, str], client: Client) -> Iterator[int]:
    port = free_port()
    master = python("-m", "gunicorn", "kotim_social.wsgi", "--bind", f"127.0.0.1:{port}",
                    "--worker-class", "gthread", "--workers", "2", "--threads", "4",
                    "--preload", "--timeout", "200", "--graceful-timeout", "1",
                    "--log-level", "error", env=env)  # fmt: skip
    try:
        wait_until(lambda: ask(port, "/healthz", client) == 200, seconds=240)
        yield port
    finally:
        master.terminate()
        master.wait(timeout=30)


def test_pages_payments_and_jobs_work_through_it(
    cluster: Cluster, office: str, pooler: Path, static_files: None
) -> None:
    four = factories.the_four()
    factories.ready_people(4, four=four)
    ordered = factories.walk_to(factories.a_list(by=four.petugas), "ordered", four=four)
    treasurer, supervisor = browser(four.bendahara), browser(four.pimpinan)
    env = pooled(cluster, office, pooler)
    pages = [reverse(name) for name in ("desk:home", "cases:worker_list", "desk:totals")]
    with served(env, treasurer) as port:
        answers = _at_once(port, [(who, page) for who in (treasurer, supervisor) for page in pages])
        assert set(answers) == {200} and len(answers) == TIMES * len(pages) * 2
        assert cluster.sql(SESSIONS.format(office))[0][0] <= POOL + 1  # and this process itself
        _pays_once(port, treasurer, ordered)
    _nothing_stays_behind(office, pooler)
    _jobs_run(four, ordered, env)
    seal()
    assert verify().ok


def _at_once(port: int, looks: list[tuple[Client, str]]) -> list[int]:
    """Every look several times, all in threads of their own."""
    answers: list[int] = []

    def look(who: Client, page: str) -> None:
        answers.extend(ask(port, page, who, None, PATIENCE) for _time in range(TIMES))

    threads = [Thread(target=look, args=one) for one in looks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE + 10)
    return answers


def _pays_once(port: int, treasurer: Client, ordered: PaymentList) -> None:
    """The same form from four browsers at once: the key and the locks hold through the pooler."""
    token = "a" * 32
    treasurer.cookies["csrftoken"] = token
    path = reverse("disbursements:list_results", args=[ordered.pk])
    form = {**results_of(ordered), "idempotency_key": str(uuid4()), "csrfmiddlewaretoken": token}
    answers: list[int] = []
    threads = [
        Thread(target=lambda: answers.append(ask(port, path, treasurer, form, PATIENCE)))
        for _n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE + 10)
    assert answers == [302] * 4
    assert Entry.objects.filter(act="paymentline.pay").count() == 4
    assert not ordered.lines.filter(state="ordered").exists()


def _nothing_stays_behind(office: str, pooler: Path) -> None:
    """The next one on a connection is nobody, and the limits are there without being asked for."""
    with closing(psycopg2.connect(
        host=str(pooler), port=6432, user="kotim_app", dbname=office
    )) as link, link.cursor() as cursor:  # fmt: skip
        cursor.execute(
            "SELECT coalesce(current_setting('kotim.user', true), ''),"
            " coalesce(current_setting('kotim.people', true), ''),"
            " current_setting('lock_timeout'), current_setting('statement_timeout'),"
            " current_setting('TimeZone'), current_setting('work_mem')"
        )
        assert cursor.fetchone() == ("", "", "5s", "30s", "Asia/Jakarta", "32MB")


def _jobs_run(four: factories.Four, ordered: PaymentList, env: dict[str, str]) -> None:
    ordered.refresh_from_db()
    close = lists.reconcile if ordered.state == "ordered" else None
    if close is not None:
        close(payment_list=ordered, by=four.bendahara)
    beat("elsewhere")
    job = request_receipts(
        scope=Scope(payment_list=ordered),
        budget_code="5.1.05",
        duty=None,
        duty_reason="",
        by=four.bendahara,
    )
    assert python("manage.py", "job_worker", "--once", env=env).wait(timeout=240) == 0
    job.refresh_from_db()
    assert (job.state, job.failure) == ("finished", "")
    doctor = python("manage.py", "doctor", "--vital", env=env)
    assert doctor.wait(timeout=240) == 0, doctor.stdout.read() if doctor.stdout else ""
