"""Private servers for faults; the server of the other tests is never touched."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from kotim_social.embedded_postgres import server
from kotim_social.operations.backup import programs
from tests.faults.cluster import Cluster

ROLES = """
    CREATE ROLE kotim_owner LOGIN CREATEDB; CREATE ROLE kotim_app LOGIN;
    GRANT kotim_app TO kotim_owner;
    ALTER ROLE kotim_owner SET timezone = 'Asia/Jakarta';
    ALTER ROLE kotim_app SET timezone = 'Asia/Jakarta'
"""
BASE = "base"
FULL = bool(os.environ.get("KOTIM_FULL"))
_numbers = itertools.count()


@pytest.fixture(scope="session")
def cluster(django_db_setup: None, django_db_blocker: object) -> Iterator[Cluster]:
    """A server that holds a copy of the migrated, empty test database."""
    private = Cluster().make().start()
    try:
        private.sql(ROLES)
        private.sql(f"CREATE DATABASE {BASE} OWNER kotim_owner TEMPLATE template0 ENCODING 'UTF8'")
        with django_db_blocker.unblock(), tempfile.TemporaryFile() as dump:  # type: ignore[attr-defined]
            owner = connections["owner"]
            version = programs.major_of(owner)
            program = str(programs.find("pg_dump", version=version))
            programs.run([program, "-Fc"], env=programs.environment(owner), stdout=dump)
            dump.seek(0)
            target = {"PGHOST": str(private.folder), "PGUSER": "postgres", "PGPORT": "5432"}
            program = str(programs.find("pg_restore", version=version))
            # With owners and rights: the copy is used by the same two roles.
            programs.run([program, "-d", BASE], env={**os.environ, **target}, stdin=dump)
        yield private
    finally:
        private.remove()


@pytest.fixture
def office(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, django_db_blocker: object
) -> Iterator[str]:
    """This process works in a fresh database of the private server; gives its name."""
    name = f"office_{next(_numbers)}"
    cluster.copy(BASE, name)
    monkeypatch.setattr(server, "start", cluster.place)
    home = connections["owner"].settings_dict["NAME"]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        _move(name)
        yield name
        _move(home)


def _move(name: str) -> None:
    for alias in ("owner", "default"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def environment(cluster: Cluster, database: str) -> dict[str, str]:
    """For processes of the program that work in the private database, with the tests' keys."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kotim_social.settings",
        "PYTHONPATH": str(settings.BASE_DIR),
        "DATABASE_URL": cluster.url(database),
        "SECRET_KEY": settings.SECRET_KEY,
        "KOTIM_KEY_FILE": settings.KOTIM_KEY_FILE,
        "KOTIM_FILES_DIR": settings.PRIVATE_FILES_DIR,
        "KOTIM_VAR_DIR": str(Path(settings.KOTIM_KEY_FILE).parent),
    }


def python(*arguments: str, env: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments], env=env, stdout=subprocess.PIPE, text=True,
        cwd=settings.BASE_DIR,
    )  # fmt: skip


@pytest.fixture(scope="session")
def static_files(cluster: Cluster) -> None:
    """A server looks for them in the place of a release."""
    collecting = python("-m", "django", "collectstatic", "--no-input", "-v0",
                        env=environment(cluster, BASE))  # fmt: skip
    assert collecting.wait(timeout=120) == 0
