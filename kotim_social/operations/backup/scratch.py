"""A database that lives for one check: the dump is restored into it and compared."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import IO, Any

import psycopg2
from django.db.backends.base.base import BaseDatabaseWrapper

from kotim_social.operations.backup import programs, sums

MAINTENANCE = "postgres"


def check_by_restoring(
    owner: BaseDatabaseWrapper, *, dump: IO[bytes], manifest: dict[str, Any]
) -> list[str]:
    """What differs between the manifest and the dump once it is a database again."""
    name = f"kotim_periksa_{os.getpid()}"
    with _database(owner, name):
        programs.load(owner, database=name, source=dump)
        with closing(connect(owner, name)) as connection, connection.cursor() as cursor:
            return sums.differences(manifest, cursor)


@contextmanager
def _database(owner: BaseDatabaseWrapper, name: str) -> Iterator[None]:
    with closing(connect(owner, MAINTENANCE)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            try:
                cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
            except psycopg2.errors.InsufficientPrivilege:
                raise programs.ProgramFailed(
                    "Pemilik basis data tidak boleh membuat basis data pemeriksaan. "
                    "Sebagai superuser: ALTER ROLE kotim_owner CREATEDB"
                ) from None
            try:
                yield
            finally:
                # Without FORCE: autovacuum is asked to leave, which the owner may not end itself.
                cursor.execute(f"DROP DATABASE IF EXISTS {name}")


def connect(owner: BaseDatabaseWrapper, database: str) -> Any:
    about = owner.get_connection_params()
    wanted = {key: about[key] for key in ("host", "port", "user", "password") if about.get(key)}
    if about.get("sslmode"):
        wanted["sslmode"] = about["sslmode"]
    return psycopg2.connect(dbname=database, **wanted)
