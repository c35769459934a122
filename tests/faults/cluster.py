"""A PostgreSQL of a test's own, to be killed, cut off and thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psycopg2

from kotim_social.embedded_postgres.server import EMBEDDED_PROGRAMS

# The server refuses to run as root; the embedded one makes this user when it is root.
SERVER_USER = "embedded_postgres"
PORT = 5432
ROOM = 2 * 1024**3
SETTINGS = "shared_buffers = 32MB\nmax_connections = 40\nlogging_collector = off\n"


def as_server() -> dict[str, Any]:
    return {"user": SERVER_USER} if os.geteuid() == 0 else {}


def parent() -> str:
    """Memory where there is enough of it: a killed process loses nothing there that it would keep
    on a disk. The full runs work on the disk."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    return str(memory) if roomy and not os.environ.get("KOTIM_FULL") else "/tmp"


def program(name: str, *arguments: str) -> None:
    subprocess.run(
        [str(EMBEDDED_PROGRAMS / name), *arguments],
        check=True, capture_output=True, cwd="/tmp", timeout=60, **as_server(),
    )  # fmt: skip


class Cluster:
    """Durability is that of the default settings: fsync and full page writes are on."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kotim-pg-", dir=parent()))
        if os.geteuid() == 0:
            os.chown(self.folder, pwd.getpwnam(SERVER_USER).pw_uid, -1)
        self.data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None

    def make(self, extra: str = "") -> Cluster:
        program("initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust",
                "--encoding=UTF8", "--no-sync", "--no-instructions")  # fmt: skip
        self.configure(SETTINGS + extra)
        return self

    def configure(self, text: str) -> None:
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(text)

    def start(self) -> Cluster:
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(
            [str(EMBEDDED_PROGRAMS / "postgres"), "-D", str(self.data), "-h", "",
             "-k", str(self.folder), "-p", str(PORT)],
            stdout=log, stderr=log, cwd="/tmp", start_new_session=True, **as_server(),
        )  # fmt: skip
        for _attempt in range(600):
            with suppress(psycopg2.OperationalError), closing(self.connect("postgres")):
                return self
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def kill(self) -> None:
        """Every process of the server at once, as the power going off would."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=30)
            self._process = None

    def remove(self) -> None:
        if self._process is not None:
            self.kill()
        shutil.rmtree(self.folder)

    def connect(self, database: str, *, user: str = "postgres") -> Any:
        return psycopg2.connect(host=str(self.folder), port=PORT, user=user, dbname=database)

    def sql(self, statement: str, *, database: str = "postgres") -> list[tuple[Any, ...]]:
        with closing(self.connect(database)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []

    def copy(self, source: str, target: str, *, survives_crash: bool = False) -> None:
        """A database like another one.

        PostgreSQL copies the page of a sequence as it stands, not as it was logged ahead: a crash
        before the next checkpoint would give its last numbers a second time.
        """
        self.sql(f"CREATE DATABASE {target} TEMPLATE {source} OWNER kotim_owner")
        if survives_crash:
            self.sql("CHECKPOINT")

    def place(self) -> dict[str, Any]:
        """Where it listens, in the words of the embedded server."""
        return {"host": str(self.folder), "port": PORT}

    def url(self, database: str, *, user: str = "kotim_app") -> str:
        return f"postgres://{user}@/{database}?host={self.folder}"
