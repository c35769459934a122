"""Continuous archiving: the disk is lost, and base backup plus archived WAL bring the work back."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.faults.cluster import SERVER_USER, Cluster, as_server, program

# The office's setting is 60 seconds (deploy/postgresql/kotim.conf); the drill waits less.
TIMEOUT = 1
# The switch of the segment and the copy come a little after the timeout.
SLACK = 2.0
INSERT = "INSERT INTO work (at) VALUES (clock_timestamp()) RETURNING extract(epoch FROM at)"


@pytest.fixture
def primary() -> Iterator[Cluster]:
    cluster = Cluster()
    archive = cluster.folder / "archive"
    archive.mkdir()
    if os.geteuid() == 0:
        os.chown(archive, pwd.getpwnam(SERVER_USER).pw_uid, -1)
    # The very command that the office is told to use, with the drill's folder.
    shown = (Path(settings.BASE_DIR) / "deploy" / "postgresql" / "kotim.conf").read_text()
    (command,) = re.findall(r"^archive_command = '(.*)'$", shown, re.MULTILINE)
    assert "/srv/kotim-wal/" in command
    command = command.replace("/srv/kotim-wal", str(archive))
    cluster.make(
        "wal_level = replica\narchive_mode = on\n"
        f"archive_command = '{command}'\narchive_timeout = {TIMEOUT}\n"
    )
    yield cluster.start()
    cluster.remove()


def test_the_loss_is_no_longer_than_the_archive_timeout(primary: Cluster) -> None:
    primary.sql("CREATE TABLE work (id bigserial PRIMARY KEY, at timestamptz)")
    base = primary.folder / "base"
    program("pg_basebackup", "-h", str(primary.folder), "-U", "postgres", "-D", str(base),
            "--checkpoint=fast", "--wal-method=none", "--no-sync")  # fmt: skip
    written = []
    end = time.time() + 2.5
    while time.time() < end:
        written.append(float(primary.sql(INSERT)[0][0]))
        time.sleep(0.02)
    killed = time.time()
    primary.kill()
    restored = _recover(primary)
    try:
        rows = restored.sql("SELECT extract(epoch FROM at) FROM work ORDER BY id")
        found = [float(at) for (at,) in rows]
        assert found == written[: len(found)], "what came back has no hole and nothing twice"
        assert len(found) > 10, "only the base backup came back"
        assert killed - found[-1] <= TIMEOUT + SLACK
        assert restored.sql("SELECT pg_is_in_recovery()") == [(False,)]
        restored.sql("INSERT INTO work (at) VALUES (now())")
        assert restored.sql("SELECT count(*) FROM work") == [(len(found) + 1,)]
    finally:
        restored.remove()


def _recover(lost: Cluster) -> Cluster:
    """On another machine: the base backup, the archive, and recovery to the end of the archive."""
    shutil.rmtree(lost.data)
    restored = Cluster()
    shutil.rmtree(restored.data, ignore_errors=True)
    # As the server's user, so that everything keeps its owner.
    subprocess.run(
        ["cp", "-a", str(lost.folder / "base"), str(restored.data)], check=True, **as_server()
    )
    restored.configure(
        f"\narchive_mode = off\nrestore_command = 'cp {lost.folder}/archive/%f %p'\n"
        "recovery_target_timeline = 'latest'\n"
    )
    (restored.data / "recovery.signal").touch()
    if os.geteuid() == 0:
        os.chown(restored.data / "recovery.signal", pwd.getpwnam(SERVER_USER).pw_uid, -1)
    restored.start()
    for _attempt in range(300):
        if restored.sql("SELECT pg_is_in_recovery()") == [(False,)]:
            return restored
        time.sleep(0.05)
    raise AssertionError("the recovery did not end")
