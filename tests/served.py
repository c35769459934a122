"""A busy office of invented people, served as the program really is, in a place of its own.

For `./run audit` and for the pictures of the manual: both need pages as a browser gets them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent.parent
PORT = 8765
# Demo users, each known by the role's code.
ROLES = ("petugas", "verifikator", "pimpinan", "bendahara", "admin", "auditor")


@dataclass
class Served:
    """Where it is served, and a signed-in client of each role with its cookie."""

    base: str
    clients: dict[str, Any] = field(default_factory=dict)

    def cookie(self, role: str) -> str:
        return str(self.clients[role].cookies["sessionid"].value)


@contextmanager
def served_office() -> Iterator[Served]:
    """Makes it anew each time; nothing of a real office is read or written."""
    own = HERE / "var" / "seen"
    shutil.rmtree(own, ignore_errors=True)
    os.environ |= {"KOTIM_VAR_DIR": str(own), "DJANGO_SETTINGS_MODULE": "kotim_social.settings"}
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "KOTIM_KEY_FILE", "KOTIM_FILES_DIR"):
        os.environ.pop(name, None)
    import django

    django.setup()
    from tests import outside

    outside.stand()
    own.mkdir(parents=True, exist_ok=True)
    # Its presence makes every page say that everybody here is invented.
    (own / "demo.txt").write_text("")
    served = Served(f"http://127.0.0.1:{PORT}")
    _fill(served)
    # As a real server runs it; two processes are enough for whoever looks.
    command = [
        *(sys.executable, "-m", "gunicorn", "kotim_social.wsgi"),
        *("--config", str(HERE / "deploy" / "gunicorn.conf.py")),
        *("--bind", f"127.0.0.1:{PORT}", "--workers", "2"),
    ]
    server = subprocess.Popen(command, cwd=HERE)
    try:
        _wait_for(served.base)
        yield served
    finally:
        server.terminate()
        server.wait(timeout=20)


def _fill(served: Served) -> None:
    from django.test import Client

    from kotim_social.operations.office import set_up
    from tests import busy

    set_up()
    people = busy.one_of_each_role()
    busy.fill_office(people["petugas"])
    for role in ROLES:
        served.clients[role] = Client(headers={"host": urlsplit(served.base).netloc})
        served.clients[role].force_login(people[role])


def _wait_for(base: str) -> None:
    for _attempt in range(100):
        try:
            urllib.request.urlopen(f"{base}/masuk/")
        except URLError as error:
            if getattr(error, "code", 0):
                return
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The program does not answer.")
