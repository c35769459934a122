"""Search as a browser gets it: the word posted to the program as a server runs it, then its page.

Wall time on a shared machine is everybody's, so the CPU that pages and database took for the answer
stands beside it.
"""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import connection

from cases.models import Alias, Worker
from tests.bench import pages
from tests.bench.cluster import HOME, ROOT

# A supervisor, who sees everybody, and a caseworker of one place.
USERS = ("pimpinan", "petugas2")
PLACE = "TANGAR"
TOKEN = "a" * 32
START_SECONDS = 60


@dataclass
class Answers:
    """Milliseconds of each answer: what the clock said, and what was worked for it."""

    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)

    def as_json(self) -> dict[str, float]:
        return {
            "median_ms": round(statistics.median(self.walls), 1),
            "p95_ms": round(statistics.quantiles(self.walls, n=20, method="inclusive")[-1], 1),
            "cpu_ms": round(statistics.median(self.cpus), 1),
        }


def terms() -> dict[str, str]:
    """What people type, each of somebody who lives in the place of the narrow caseworker."""
    known = Worker.objects.filter(nik__isnull=False, phone__isnull=False, place=PLACE)
    she = known.order_by("id")[0]
    alias = Alias.objects.filter(worker__place=PLACE).order_by("pk")[0]
    # Of three words the last is invented for her alone, the second stands in many names.
    rare = next(one for one in known.order_by("id") if len(one.name.split()) == 3)
    first, second, third = rare.name.split()
    return {
        "Soepiyah": "Soepiyah",
        "Supiyah": "Supiyah",
        "St. Aminah": "St. Aminah",
        "an alias": alias.name,
        "one letter wrong": "amonah",
        "one of two words wrong": "sri rahyau",
        "two rare words": f"{second} {third}",
        "a common and a rare word": f"{first} {third}",
        "four words that nobody bears": "siti aminah rahayu lestari",
        "NIK": str(she.nik),
        "last 4 digits": str(she.nik)[-4:],
        "telephone": str(she.phone),
        "register number": she.register_no,
    }


def measure(rounds: int) -> list[dict[str, Any]]:
    """Each term asked once a round by each user, the first round not counted."""
    found = {(user, name): Answers() for user in USERS for name in terms()}
    asked = terms()
    with _served() as port:
        browsers = {user: _Browser(port, user) for user in USERS}
        for number in range(rounds + 1):
            for (user, name), answers in found.items():
                wall, cpu = browsers[user].search(asked[name])
                if number:
                    answers.walls.append(wall)
                    answers.cpus.append(cpu)
    return [
        {"user": user, "term": name, **answers.as_json()} for (user, name), answers in found.items()
    ]


class _Browser:
    """One user; the two requests of a search go by one connection, as a browser's do."""

    def __init__(self, port: int, username: str) -> None:
        cookies = {name: one.value for name, one in pages.client_of(username).cookies.items()}
        cookies[settings.CSRF_COOKIE_NAME] = TOKEN
        text = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self._headers = {"Cookie": text, "X-CSRFToken": TOKEN, "Accept-Encoding": "gzip"}
        self._port = port

    def search(self, word: str) -> tuple[float, float]:
        """Wall and CPU milliseconds until the page of the results is there."""
        form = {**self._headers, "Content-Type": "application/x-www-form-urlencoded"}
        worked, start = _worked(), time.perf_counter()
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        sent = _asked(line, "POST", "/cari/", 302, body=urlencode({"q": word}), headers=form)
        target = urlsplit(str(sent.getheader("Location"))).path
        _asked(line, "GET", target, 200, headers=self._headers)
        line.close()
        wall = (time.perf_counter() - start) * 1000
        return wall, _worked() - worked


def _asked(
    line: http.client.HTTPConnection, method: str, path: str, status: int, **more: Any
) -> http.client.HTTPResponse:
    line.request(method, path, **more)
    response = line.getresponse()
    response.read()
    if response.status != status:
        raise AssertionError(f"{method} {path}: {response.status}")
    return response


@contextmanager
def _served() -> Iterator[int]:
    """gunicorn as deploy/ configures it, on the database that is in use, with its own port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "kotim_social.wsgi"]
    command += ["--config", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}"]
    # One process: what it took for an answer can be read off it.
    command += ["--workers", "1"]
    about = {**os.environ, "KOTIM_VAR_DIR": str(HOME), "DATABASE_URL": _database_url()}
    server = subprocess.Popen(command, cwd=ROOT, env=about)
    _processes[:] = [server.pid]
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=60)


def _database_url() -> str:
    found = connection.get_connection_params()
    where = urlencode({"host": found["host"], "port": found["port"]})
    return f"postgres://{found['user']}@/{found['dbname']}?{where}"


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    stop = time.monotonic() + START_SECONDS
    while time.monotonic() < stop and server.poll() is None:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("The program does not answer.")


_processes: list[int] = []


def _worked() -> float:
    """CPU milliseconds so far of the program, its children, and what serves it in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        serving = [pid for (pid,) in cursor.fetchall()]
    children = Path(f"/proc/{_processes[0]}/task/{_processes[0]}/children").read_text().split()
    return sum(_cpu(pid) for pid in [*_processes, *map(int, children), *serving])


def _cpu(pid: int) -> float:
    """Of all its threads; one that has ended meanwhile took nothing that matters."""
    spent = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            spent += int(task.read_text().split()[0])
        except OSError:
            continue
    return spent / 1e6
