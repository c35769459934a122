"""Backup and restore: what comes back is what was there, and a bad copy is not taken for one."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import TransactionTestCase
from pytest_django import Settings

from kotim_social.audit.models import Entry
from kotim_social.files import disk
from kotim_social.files.models import StoredFile
from kotim_social.files.store import store
from kotim_social.lib.envelope import read_paper_key
from kotim_social.operations.backup import making, programs, scratch, sums
from kotim_social.operations.backup.restoring import restore
from kotim_social.operations.doctor.findings import Level, worst
from kotim_social.operations.doctor.machine import backups, check_backup
from tests import factories
from tests.reset import owner_cursor

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = b"%PDF- paper with a name"


@pytest.fixture(autouse=True)
def _owner_may_work(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Backups work as the owner. Named among the test's databases it would be flushed, and the
    regions with it; so its connection alone is opened again."""
    owner = connections["owner"]
    for name, _operation in TransactionTestCase._disallowed_connection_methods:
        monkeypatch.setattr(owner, name, getattr(owner, name).wrapped)
    monkeypatch.setattr(
        owner, "ensure_connection", lambda: owner.connection is None and owner.connect()
    )


@pytest.fixture
def paper(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """An office with a few people, money and a file; the key pair is made, its paper returned."""
    settings.BACKUP_DIR = str(tmp_path / "backup")
    settings.BACKUP_PUBLIC_KEY = str(tmp_path / "backup-key.pub")
    settings.PRIVATE_FILES_DIR = str(tmp_path / "files")
    settings.VAR_DIR = tmp_path
    settings.IS_DEMO = False
    call_command("backup_key")
    said = capsys.readouterr().out
    blocks = [word for word in said.split() if len(word) == 4 and word == word.upper()]
    return " ".join(blocks)


@pytest.fixture
def office(paper: str) -> None:
    four = factories.the_four()
    people = factories.ready_people(3, four=four)
    factories.walk_to(factories.a_list(by=four.petugas), "ordered", four=four)
    store(CONTENT, kind="test", content_type="application/pdf", by=four.petugas)
    assert len(people) == 3


@pytest.fixture
def empty_machine(paper: str, tmp_path: Path) -> Iterator[Path]:
    """Another database, key file and folder, to which both roles point."""
    name = f"test_restore_{os.getpid()}"
    owner = connections["owner"]
    home, key_file = owner.settings_dict["NAME"], settings.KOTIM_KEY_FILE

    def move(database: str) -> None:
        for alias in ("owner", "default"):
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = database

    with owner._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    files = settings.PRIVATE_FILES_DIR

    def enter() -> Path:
        move(name)
        settings.KOTIM_KEY_FILE = str(tmp_path / "new" / "keys.json")
        settings.PRIVATE_FILES_DIR = str(tmp_path / "new" / "files")
        return tmp_path / "new"

    try:
        yield enter  # type: ignore[misc]
    finally:
        move(home)
        settings.KOTIM_KEY_FILE, settings.PRIVATE_FILES_DIR = key_file, files
        with owner._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_restored_onto_an_empty_machine_everything_is_there(
    office: None, paper: str, empty_machine: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("backup")
    (path,) = backups()
    before = _sums()
    keys = Path(settings.KOTIM_KEY_FILE).read_bytes()
    assert Entry.objects.get(act="backup.make").changes["checked"] == [None, True]
    assert path.stat().st_mode & 0o777 == 0o600
    empty_machine()  # type: ignore[operator]
    monkeypatch.setattr("sys.stdin", io.StringIO(paper))
    call_command("restore", str(path), "--key", "-")
    after = _sums()
    # The trail has grown by the row of the backup (not in its own snapshot) and of the restore.
    for table in ("audit_entry", "audit_seal"):
        before.pop(table), after.pop(table)
    assert after == before
    assert Path(settings.KOTIM_KEY_FILE).read_bytes() == keys
    assert StoredFile.objects.get().read() == CONTENT
    assert Entry.objects.filter(act="backup.restore").count() == 1
    assert worst(check_backup()) == Level.OK
    # What the new office writes does not collide with numbers given before.
    factories.make_user("petugas", username="baru")
    # A second time it is not empty any more.
    monkeypatch.setattr("sys.stdin", io.StringIO(paper))
    with pytest.raises(CommandError, match="tidak kosong"):
        call_command("restore", str(path), "--key", "-")


def _sums() -> sums.Sums:
    with owner_cursor() as cursor:
        return sums.of_tables(cursor)


def test_a_finished_backup_is_checked_and_a_damaged_one_found(
    office: None, paper: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("backup", "--no-restore-check")
    (path,) = backups()
    key = tmp_path / "paper.txt"
    key.write_text(paper)
    call_command("backup", "--check", str(path), "--key", str(key))
    assert "Utuh" in capsys.readouterr().out
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:], b""):
        path.write_bytes(damaged)
        with pytest.raises(CommandError):
            call_command("backup", "--check", str(path), "--key", str(key))
    assert not list(tmp_path.glob("restore-*"))


def test_a_row_lost_in_the_dump_is_seen_before_the_backup_gets_its_name(
    office: None, paper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sums.of_tables

    def one_more(cursor: object) -> sums.Sums:
        found = real(cursor)
        if cursor.connection.info.dbname.startswith("kotim_periksa"):  # type: ignore[attr-defined]
            found["cases_worker"] = [found["cases_worker"][0] - 1, *found["cases_worker"][1:]]
        return found

    monkeypatch.setattr(sums, "of_tables", one_more)
    with pytest.raises(CommandError, match="cases_worker"):
        call_command("backup")
    assert list(Path(settings.BACKUP_DIR).iterdir()) == [Path(settings.BACKUP_DIR) / ".lock"]


def test_a_full_disk_leaves_the_older_backups_and_no_half_one(
    office: None, paper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("backup", "--no-restore-check")
    older = backups()

    def full(*_args: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making.EncryptingWriter, "write", full)
    with pytest.raises(CommandError, match="No space left"):
        call_command("backup", "--no-restore-check")
    assert backups() == older
    assert not list(Path(settings.BACKUP_DIR).glob(".*.tmp"))


def test_only_the_newest_are_kept_and_a_missing_file_is_said(
    office: None, paper: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BACKUP_KEEP = 2
    folder = Path(settings.BACKUP_DIR)
    folder.mkdir(mode=0o700)
    for day in (1, 2, 3):
        (folder / f"kotim-2017110{day}-010000.backup").write_bytes(b"")
    (folder / "catatan.txt").write_text("milik operator")
    disk.remove(StoredFile.objects.get().pk)
    with pytest.raises(SystemExit):
        call_command("backup", "--no-restore-check")
    assert "1 berkas" in capsys.readouterr().err
    assert backups()[0].name[:14] == "kotim-20171103"
    assert len(backups()) == 2
    assert (folder / "catatan.txt").exists()


def test_the_key_pair_is_made_once_and_its_private_half_stays_nowhere(
    paper: str, tmp_path: Path
) -> None:
    private = read_paper_key(paper)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert private not in everything
    assert paper.encode() not in everything
    with pytest.raises(CommandError, match="sudah ada"):
        call_command("backup_key")
    call_command("backup_key", "--replace")


def test_passwords_and_data_stay_out_of_command_lines_and_errors(
    paper: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[list[str]] = []
    real = subprocess.run

    def watch(command: list[str], **how: object) -> object:
        seen.append(command)
        return real(command, **how)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", watch)
    monkeypatch.setitem(connections["owner"].settings_dict, "PASSWORD", "rahasia-sekali")
    broken = tmp_path / "broken"
    broken.write_bytes(b"Siti Aminah")
    with pytest.raises(programs.ProgramFailed) as problem, broken.open("rb") as source:
        programs.load(connections["owner"], database="none", source=source)
    assert "rahasia" not in repr(seen)
    assert "Siti" not in str(problem.value)
    assert programs.environment(connections["owner"])["PGPASSWORD"] == "rahasia-sekali"


def test_a_wrong_paper_key_touches_nothing(
    office: None, paper: str, empty_machine: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("backup", "--no-restore-check")
    (path,) = backups()
    place = empty_machine()  # type: ignore[operator]
    with pytest.raises(Exception, match="paper key"):
        restore(path, private=bytes(32), replace_empty=True, say=print)
    assert not place.exists()
    with scratch.connect(connections["owner"], connections["owner"].settings_dict["NAME"]) as link:
        cursor = link.cursor()
        cursor.execute(sums.TABLES)
        assert cursor.fetchall() == []
    link.close()
