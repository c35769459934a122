"""PostgreSQL's own programs, and how they reach the database without a password in sight."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import IO, Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kotim_social.embedded_postgres.server import EMBEDDED_PROGRAMS


class ProgramFailed(RuntimeError):  # noqa: N818
    """A program of PostgreSQL ended with an error; the text names no data."""


def find(name: str, *, version: int) -> Path:
    """The program of the server's own major version: from PATH, from Debian's folder, ours."""
    candidates = [
        shutil.which(name),
        f"/usr/lib/postgresql/{version}/bin/{name}",
        str(EMBEDDED_PROGRAMS / name),
    ]
    for candidate in candidates:
        if candidate and Path(candidate).exists() and _major(candidate) == version:
            return Path(candidate)
    raise ProgramFailed(
        f"{name} versi {version} tidak ada. Pasang: sudo apt install postgresql-client-{version}"
    )


def _major(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    found = re.search(r"\) (\d+)", said)
    return int(found.group(1)) if found else 0


def major_of(connection: BaseDatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        return int(cursor.fetchone()[0])


def environment(connection: BaseDatabaseWrapper, *, database: str = "") -> dict[str, str]:
    """Where and as whom, in libpq's variables: a command line is seen by everybody."""
    about: dict[str, Any] = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
             "dbname": "PGDATABASE", "sslmode": "PGSSLMODE"}  # fmt: skip
    found = {names[key]: str(value) for key, value in about.items() if key in names and value}
    if database:
        found["PGDATABASE"] = database
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return {**clean, **found, "PGAPPNAME": "kotim_backup"}


def run(
    command: list[str],
    *,
    env: dict[str, str],
    stdin: IO[bytes] | None = None,
    stdout: IO[bytes] | None = None,
) -> None:
    """Errors keep the first line that speaks of no row: a DETAIL can hold a person's name."""
    done = subprocess.run(  # noqa: S603
        command,
        env=env,
        stdin=stdin,
        stdout=stdout or subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").splitlines()
        first = next((line for line in said if "error" in line.lower()), "")
        name = Path(command[0]).name
        raise ProgramFailed(f"{name} gagal ({done.returncode}). {first[:200]}")


def dump(connection: BaseDatabaseWrapper, *, snapshot: str, target: IO[bytes]) -> None:
    program = find("pg_dump", version=major_of(connection))
    command = [str(program), "--format=custom", "--no-owner", "--no-privileges",
               "--no-password", f"--snapshot={snapshot}"]  # fmt: skip
    run(command, env=environment(connection), stdout=target)


def load(connection: BaseDatabaseWrapper, *, database: str, source: IO[bytes]) -> None:
    """One transaction: all of it is there, or nothing."""
    program = find("pg_restore", version=major_of(connection))
    command = [str(program), "--no-owner", "--no-privileges", "--no-password",
               "--single-transaction", "--exit-on-error", f"--dbname={database}"]  # fmt: skip
    source.seek(0)
    run(command, env=environment(connection, database=database), stdin=source)
