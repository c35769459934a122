"""The database of a test run: a copy of a template that is migrated once for all runs."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from django.conf import settings
from django.db import ProgrammingError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

APPS = ("kotim_social", "cases", "disbursements", "repatriation")
# Two processes may want the template at once: one makes it, the other waits.
TEMPLATE_LOCK = 20171201


def create() -> str:
    """Makes this process's own database and points both roles at it; returns its name."""
    owner = connections["owner"]
    home = owner.settings_dict["NAME"]
    template = f"test_kotim_template_{_digest()}"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"test_kotim_{worker}_{os.getpid()}"
    with owner._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
        if cursor.fetchone() is None:
            _make_template(owner, template, home)
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        cursor.execute("SELECT pg_advisory_unlock(%s)", [TEMPLATE_LOCK])
    for alias in ("owner", "default"):
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name
    return name


def drop(name: str) -> None:
    for connection in connections.all():
        connection.close()
    with connections["owner"]._nodb_cursor() as cursor:
        for _attempt in range(60):
            try:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
            except ProgrammingError:
                # Autovacuum is at work in it just now: no role of ours may end that.
                time.sleep(0.5)
            else:
                return


def _digest() -> str:
    """Changes with every migration and with the grants."""
    digest = hashlib.sha256()
    root = Path(settings.BASE_DIR)
    paths = [path for app in APPS for path in sorted((root / app).rglob("migrations/*.py"))]
    operations = root / "kotim_social/operations"
    by_hand = [operations / name for name in ("grants.py", "plans.py", "written_once.py")]
    for path in [*paths, *by_hand]:
        digest.update(path.read_bytes())
    # Grants follow from the models as well: which of them are append-only, for instance.
    for path in sorted(path for app in APPS for path in (root / app).rglob("models*/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _make_template(owner: BaseDatabaseWrapper, template: str, home: str) -> None:
    half_made = f"{template}_{os.getpid()}"
    owner.settings_dict["TEST"]["NAME"] = half_made
    owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    owner.close()
    owner.settings_dict["NAME"] = home
    with owner._nodb_cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {half_made} RENAME TO {template}")
