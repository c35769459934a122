"""The doctor: what is broken is named, and said to be an error or a warning."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from kotim_social.audit.models import Entry
from kotim_social.audit.trail import record
from kotim_social.files.store import store
from kotim_social.lib.crypto import create_key_file
from kotim_social.operations import health
from kotim_social.operations.doctor import database, keys, machine, rounds, stored_files, trail
from kotim_social.operations.doctor.findings import Finding, Level, worst
from tests.reset import owner_cursor

pytestmark = pytest.mark.django_db


def of(findings: Iterable[Finding], subject: str) -> list[Finding]:
    return [finding for finding in findings if finding.subject == subject]


@pytest.fixture(autouse=True)
def _fresh_probe() -> None:
    health.last_answer.forget()


def test_the_test_database_is_sound_but_for_what_tests_switch_off() -> None:
    """The run's own database has synchronous_commit off, and the doctor sees just that."""
    found = rounds.vital_round()
    bad = [finding for finding in found if finding.level == Level.ERROR]
    assert [finding.subject for finding in bad] == ["durability"]
    assert "synchronous_commit" in bad[0].sentence
    assert bad[0].remedy


@pytest.mark.parametrize(
    ("give", "take", "table"),
    [
        ("GRANT DELETE ON audit_entry TO kotim_app", "REVOKE DELETE ON audit_entry FROM kotim_app",
         "audit_entry"),
        ("REVOKE INSERT ON audit_entry FROM kotim_app", "GRANT INSERT ON audit_entry TO kotim_app",
         "audit_entry"),
        ("GRANT UPDATE (amount) ON disbursements_entitlement TO kotim_app",
         "REVOKE UPDATE (amount) ON disbursements_entitlement FROM kotim_app",
         "disbursements_entitlement"),
        ("GRANT TRUNCATE ON disbursements_paymentline TO kotim_app",
         "REVOKE TRUNCATE ON disbursements_paymentline FROM kotim_app",
         "disbursements_paymentline"),
    ],
)  # fmt: skip
def test_a_right_too_many_or_too_few_is_named(give: str, take: str, table: str) -> None:
    with owner_cursor() as cursor:
        cursor.execute(give)
    try:
        found = list(database.check_grants())
    finally:
        with owner_cursor() as cursor:
            cursor.execute(take)
    assert worst(found) == Level.ERROR
    assert table in found[0].sentence
    assert worst(database.check_grants()) == Level.OK


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize(
    ("off", "on"),
    [
        ("DISABLE ROW LEVEL SECURITY", "ENABLE ROW LEVEL SECURITY"),
        ("RENAME TO cases_x", "RENAME TO cases_visit"),
    ],
)
def test_a_table_of_people_without_its_policy_is_named(off: str, on: str) -> None:
    with owner_cursor() as cursor:
        cursor.execute(f"ALTER TABLE cases_visit {off}")
    try:
        found = list(database.check_policies())
    finally:
        with owner_cursor() as cursor:
            table = "cases_x" if "RENAME" in off else "cases_visit"
            cursor.execute(f"ALTER TABLE {table} {on}")
    assert worst(found) == Level.ERROR
    assert "cases_visit" in found[0].sentence
    assert worst(database.check_policies()) == Level.OK


@pytest.mark.django_db
def test_every_policy_is_looked_after() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'seen'")
        assert {table for (table,) in cursor.fetchall()} == set(database.WALLED)


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_owner_is_not_bound_and_must_not_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "connection", connections["owner"])
    assert worst(database.check_policies()) == Level.ERROR


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_owner_must_not_serve_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "connection", connections["owner"])
    sentences = [finding.sentence for finding in database.check_role()]
    assert any("memiliki" in sentence for sentence in sentences)
    assert any("membuat tabel" in sentence for sentence in sentences)


def test_a_wrong_clock_is_an_error_and_a_slow_one_a_warning() -> None:
    def ahead(seconds: int) -> Level:
        now = timezone.now() + timedelta(seconds=seconds)
        return worst(of(database.check_server(now=lambda: now), "clock"))

    assert (ahead(0), ahead(10), ahead(-3600)) == (Level.OK, Level.WARNING, Level.ERROR)


def test_the_connection_speaks_the_time_of_the_office() -> None:
    assert worst(database.check_time_zone()) == Level.OK


def test_a_pending_and_an_unknown_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    known = database._known_migrations()
    monkeypatch.setattr(database, "_known_migrations", lambda: known | {("cases", "9999_next")})
    assert "1 perubahan" in next(iter(database.check_migrations())).sentence
    monkeypatch.setattr(database, "_known_migrations", lambda: known - {("audit", "0001_initial")})
    # An app of which no migration is known is not ours: only its newer ones count.
    monkeypatch.setattr(
        database,
        "_known_migrations",
        lambda: frozenset(known - {max(m for m in known if m[0] == "cases")}),
    )
    assert "lebih baru" in next(iter(database.check_migrations())).sentence


def test_no_database_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> Iterable[Finding]:
        raise OperationalError("password of somebody")

    monkeypatch.setattr(database, "check_server", gone)
    found = rounds.full_round()
    assert [f.level for f in of(found, "database")] == [Level.ERROR]
    assert "password" not in repr(found)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.content.startswith(b"database error\n")
    assert response["Retry-After"]


def test_key_file_missing_open_or_without_a_used_key(settings: Settings, tmp_path: Path) -> None:
    store(b"x", kind="test", content_type="text/plain", by=None)
    assert keys.keys_in_use()["k1"] >= 1
    assert worst(keys.check_key_use()) == Level.OK
    settings.KOTIM_KEY_FILE = str(tmp_path / "none.json")
    assert worst(keys.check_key_file()) == Level.ERROR
    other = tmp_path / "other.json"
    create_key_file(other)
    other.write_text(other.read_text().replace("k1", "k9"))
    settings.KOTIM_KEY_FILE = str(other)
    (finding,) = keys.check_key_use()
    assert finding.level == Level.ERROR
    assert "k1" in finding.sentence
    other.chmod(0o644)
    (finding,) = keys.check_key_file()
    assert "chmod 600" in finding.remedy


def test_open_folders_full_disks_and_old_backups(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IS_DEMO = False
    settings.BACKUP_DIR = str(tmp_path / "backup")
    settings.BACKUP_PUBLIC_KEY = str(tmp_path / "key.pub")
    (tmp_path / "key.pub").write_text("x")
    folder = tmp_path / "backup"
    folder.mkdir(mode=0o700)
    assert worst(machine.check_backup()) == Level.WARNING
    made = folder / "kotim-20171128-010000.backup"
    made.write_bytes(b"")
    for hours, level in ((1, Level.OK), (30, Level.WARNING), (24 * 8, Level.ERROR)):
        os.utime(made, (time.time() - hours * 3600,) * 2)
        assert worst(machine.check_backup()) == level, hours
    folder.chmod(0o755)
    assert any("chmod 700" in f.remedy for f in machine.check_folders())
    monkeypatch.setattr(machine, "DISK_ERROR", 2**62)
    assert worst(machine.check_disk()) == Level.ERROR


def test_a_server_for_others_needs_https(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    assert worst(machine.check_settings()) == Level.OK
    settings.ALLOWED_HOSTS = ["sosial.example.go.id"]
    assert worst(machine.check_settings()) == Level.ERROR
    settings.HTTPS, settings.DEBUG = True, True
    assert any("DEBUG" in f.sentence for f in machine.check_settings())


def test_the_trail_must_be_sealed_and_checked() -> None:
    Entry.objects.count()
    record("test.act", by=None)
    assert worst(trail.check_trail()) == Level.WARNING
    call_command("verify_audit")
    assert worst(trail.check_trail()) == Level.OK
    with time_machine.travel(timezone.now() + timedelta(days=9), tick=False):
        assert worst(trail.check_trail()) == Level.WARNING
    record(trail.VERIFIED, by=None, changes={"ok": [None, False]})
    assert worst(trail.check_trail()) == Level.ERROR


def test_the_command_ends_with_one_on_errors(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:  # synchronous_commit is off in tests
        call_command("doctor", "--vital", "--json")
    assert end.value.code == 1
    rows = json.loads(capsys.readouterr().out)
    assert {row["level"] for row in rows} == {"ok", "error"}


def test_alive_asks_nobody_and_ready_tells_plain_words(
    django_assert_num_queries: object, settings: Settings
) -> None:
    client = Client()
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    for path in ("/healthz", "/readyz"):
        response = client.get(path)
        assert response["Cache-Control"] == "no-store"
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert not response.cookies
        assert client.post(path).status_code in (200, 403)
        settings.SECURE_SSL_REDIRECT = True
        assert Client().get(path).status_code == 200
        settings.SECURE_SSL_REDIRECT = False
    words = dict(line.split() for line in response.content.decode().splitlines())
    assert set(words) == {"database", "migrations", "disk", "backup", "trail"}
    assert set(words.values()) <= {"ok", "warning"}


def test_a_monitor_that_asks_often_costs_nothing(django_assert_num_queries: object) -> None:
    Client().get("/readyz")
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert Client().get("/readyz").status_code == 200


def test_ready_needs_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "DISK_ERROR", 2**62)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert b"disk error" in response.content
    assert str(settings.VAR_DIR).encode() not in response.content


def test_files_that_are_gone_left_over_or_nobodys_are_named(
    settings: Settings, tmp_path: Path
) -> None:
    settings.PRIVATE_FILES_DIR = str(tmp_path)
    kept = store(b"isi", kind="test", content_type="text/plain", by=None)
    assert worst(stored_files.check_files()) == Level.OK
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        nobodys = [one for one in stored_files.check_files() if str(kept.pk) in one.sentence]
        assert [one.level for one in nobodys] == [Level.WARNING]
    left = kept.path.with_name("01a20d9e-0000-7000-8000-000000000000")
    left.write_bytes(b"sisa")
    two_days_ago = time.time() - 2 * 86_400
    os.utime(left, (two_days_ago, two_days_ago))
    (leftover,) = of(stored_files.check_files(), "files")
    assert leftover.level == Level.WARNING and "--sweep" in leftover.remedy
    with pytest.raises(SystemExit):  # the tests' own database is not durable
        call_command("doctor", "--vital", "--sweep")
    assert not left.exists()
    kept.path.unlink()
    (gone,) = of(stored_files.check_files(), "files")
    assert gone.level == Level.ERROR and str(kept.pk) in gone.sentence
