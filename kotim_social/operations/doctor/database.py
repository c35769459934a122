"""The database as the app role sees it: role, rights, durability, time, migrations."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import Error, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from kotim_social.operations.doctor.findings import Finding, error, good, warning
from kotim_social.operations.grants import COLUMNS, grants_by_table
from kotim_social.replica import MOST_SECONDS_BEHIND, REPLICA, is_configured

OLDEST_SERVER = 140000
CLOCK_WARNING = timedelta(seconds=2)
CLOCK_ERROR = timedelta(seconds=60)
WORDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
ROLE = """
    SELECT current_user, r.rolsuper, r.rolcreaterole OR r.rolbypassrls,
           has_schema_privilege('public', 'CREATE'),
           (SELECT count(*) FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
            AND pg_has_role(current_user, c.relowner, 'USAGE'))
    FROM pg_roles r WHERE r.rolname = current_user
"""
RIGHTS = """
    SELECT c.relname, has_table_privilege(c.oid, 'SELECT'), has_table_privilege(c.oid, 'INSERT'),
           has_table_privilege(c.oid, 'UPDATE'), has_table_privilege(c.oid, 'DELETE'),
           has_table_privilege(c.oid, 'TRUNCATE'),
           (SELECT coalesce(array_agg(a.attname::text), '{}') FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            AND has_column_privilege(c.oid, a.attnum, 'UPDATE'))
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
"""
REPLICATION = """
    SELECT pg_is_in_recovery(), EXISTS (SELECT 1 FROM pg_stat_wal_receiver),
           CASE WHEN pg_last_wal_replay_lsn() = pg_last_wal_receive_lsn() THEN 0 ELSE
               coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 0) END
"""
# The tables whose rows tell who somebody is or how she stands (docs/adr/0019).
WALLED = (
    "cases_worker", "cases_worker_event", "cases_alias", "cases_bankaccount",
    "cases_bankaccount_event", "cases_personfile", "cases_portrait", "cases_correction",
    "cases_signedstatement", "cases_choicechange", "cases_eligibilitydecision", "cases_objection",
    "cases_caseclosing", "cases_journey", "cases_journey_event", "cases_originconfirmation",
    "cases_merge", "cases_consent", "cases_referral", "cases_datarequest", "cases_assessment",
    "cases_planline", "cases_note", "cases_visit", "cases_staybreach",
)  # fmt: skip
# Switched off, without its policy, or not binding this role (a superuser, BYPASSRLS, the owner).
UNBOUND = """
    SELECT t FROM unnest(%s::text[]) t
    WHERE to_regclass(t) IS NULL OR NOT row_security_active(to_regclass(t))
       OR NOT EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = to_regclass(t) AND polname = 'seen')
"""
LIMITS = "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
ROLE_TIME_ZONE = """
    SELECT option FROM pg_db_role_setting s, unnest(s.setconfig) option
    WHERE s.setrole = current_user::regrole AND option ILIKE 'timezone=%'
"""


def _rows(statement: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def check_server(now: Any = timezone.now) -> Iterator[Finding]:
    """Whether it answers, is new enough, and its clock agrees with this machine's."""
    before = now()
    ((version, encoding, clock),) = _rows(
        "SELECT current_setting('server_version_num')::int, "
        "current_setting('server_encoding'), clock_timestamp()"
    )
    if version < OLDEST_SERVER:
        yield error(
            "database", f"PostgreSQL {version // 10000} terlalu tua.", "Pasang PostgreSQL 14+."
        )
    if encoding != "UTF8":
        yield error(
            "database", f"Basis data memakai {encoding}, bukan UTF8.", "Buat ulang dengan UTF8."
        )
    yield good("database", f"PostgreSQL {version // 10000} menjawab.")
    off = abs(clock - before)
    if off > CLOCK_WARNING:
        make = error if off > CLOCK_ERROR else warning
        yield make(
            "clock",
            f"Jam mesin ini dan jam basis data berselisih {int(off.total_seconds())} detik.",
            "Nyalakan penyetel jam di kedua mesin: timedatectl set-ntp true",
        )
    else:
        yield good("clock", "Jam mesin dan jam basis data sama.")


def check_role() -> Iterator[Finding]:
    """Pages are served by a role that owns nothing and can give itself nothing."""
    ((name, is_super, has_powers, may_create, owns),) = _rows(ROLE)
    remedy = "Pakai peran biasa dalam DATABASE_URL (deploy/postgresql/roles.sql)."
    if is_super or has_powers:
        yield error("role", f"Peran {name} terlalu berkuasa untuk melayani halaman.", remedy)
    if owns:
        yield error("role", f"Peran {name} memiliki {owns} tabel; ia hanya boleh memakai.", remedy)
    if may_create:
        yield error(
            "role",
            f"Peran {name} boleh membuat tabel.",
            "Sebagai pemilik: REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        )
    if not (is_super or has_powers or owns or may_create):
        yield good("role", f"Peran {name} tidak memiliki apa pun.")


def _expected(table: str, allowed: str, all_columns: set[str]) -> tuple[set[str], set[str]]:
    """Rights on the table, and the columns that may be updated."""
    words = {word for word in WORDS if word in allowed.split("UPDATE (", maxsplit=1)[0]}
    for label, columns in COLUMNS.items():
        if table == label.lower().replace(".", "_") and "UPDATE (" in allowed:
            return words, set(columns.split(", "))
    return words, all_columns if "UPDATE" in words else set()


def check_grants() -> Iterator[Finding]:
    """Rights of the app role, table by table, are those of operations/grants.py and no more."""
    expected = grants_by_table()
    wrong: list[str] = []
    for table, *flags, columns in _rows(RIGHTS):
        has = {word for word, flag in zip(WORDS, flags, strict=True) if flag}
        wanted, wanted_columns = _expected(table, expected.get(table, ""), set(columns))
        if has != wanted or set(columns) != wanted_columns:
            wrong.append(table)
    if wrong:
        some = ", ".join(sorted(wrong)[:5]) + (" …" if len(wrong) > 5 else "")
        yield error(
            "grants",
            f"Hak peran aplikasi tidak sesuai pada {len(wrong)} tabel: {some}.",
            "Jalankan sebagai pemilik: ./run manage migrate",
        )
    else:
        yield good("grants", f"Hak peran aplikasi sesuai pada {len(expected)} tabel.")


def check_policies() -> Iterator[Finding]:
    """The person tables show each user her own people, and the serving role is bound by that."""
    open_tables = [table for (table,) in _rows(UNBOUND, [list(WALLED)])]
    if open_tables:
        yield error(
            "policies",
            f"Tabel orang tanpa pembatas baris: {', '.join(open_tables)}.",
            "Jalankan sebagai pemilik: ./run manage migrate; peran aplikasi tanpa BYPASSRLS.",
        )
    else:
        yield good("policies", f"Pembatas baris menyala pada {len(WALLED)} tabel orang.")


def check_durability() -> Iterator[Finding]:
    """What was answered as stored survives a power cut."""
    ((fsync, full_pages, commit, checksums),) = _rows(
        "SELECT current_setting('fsync'), current_setting('full_page_writes'), "
        "current_setting('synchronous_commit'), current_setting('data_checksums')"
    )
    bad = [
        name
        for name, is_off in (
            ("fsync", fsync != "on"),
            ("full_page_writes", full_pages != "on"),
            ("synchronous_commit", commit == "off"),
        )
        if is_off
    ]
    for name in bad:
        yield error(
            "durability",
            f"{name} mati: data yang sudah disimpan dapat hilang bila listrik padam.",
            f"ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();",
        )
    if checksums != "on":
        yield warning(
            "durability",
            "Halaman data tidak diberi angka pemeriksa: cakram yang rusak tidak ketahuan.",
            "Matikan PostgreSQL lalu jalankan pg_checksums --enable",
        )
    if not bad:
        yield good("durability", "fsync, full_page_writes, dan synchronous_commit menyala.")


def check_time_zone() -> Iterator[Finding]:
    ((of_connection,),) = _rows("SELECT current_setting('TimeZone')")
    of_role = [option.split("=", 1)[1] for (option,) in _rows(ROLE_TIME_ZONE)]
    if of_connection != settings.TIME_ZONE:
        yield error(
            "time zone",
            f"Sambungan memakai zona waktu {of_connection}.",
            "Sambungkan langsung, atau DATABASE_POOLED=on dan deploy/postgresql/pooled.sql.",
        )
    if settings.TIME_ZONE not in of_role:
        yield error(
            "time zone",
            "Peran aplikasi tidak memakai zona waktu Asia/Jakarta.",
            "ALTER ROLE kotim_app SET timezone = 'Asia/Jakarta'",
        )
    if of_connection == settings.TIME_ZONE and settings.TIME_ZONE in of_role:
        yield good("time zone", "Sambungan dan peran memakai Asia/Jakarta.")


def check_limits() -> Iterator[Finding]:
    """Work for a page ends by itself: a frozen session must not hold up everybody."""
    ((locks, statements),) = _rows(LIMITS)
    if "0" in (locks, statements):
        yield error(
            "limits",
            "Tidak ada batas waktu untuk perintah basis data.",
            "Sebagai superuser: jalankan deploy/postgresql/pooled.sql",
        )
    else:
        yield good("limits", f"Perintah berhenti setelah {statements}, menunggu kunci {locks}.")


@functools.cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """The migrations of this version of the program; they do not change while it runs."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return frozenset(loader.disk_migrations)


def check_migrations() -> Iterator[Finding]:
    applied = set(MigrationRecorder(connection).applied_migrations())
    known = _known_migrations()
    ours = {app for app, _name in known}
    pending = known - applied
    foreign = {(app, name) for app, name in applied - known if app in ours}
    if pending:
        yield error(
            "migrations",
            f"{len(pending)} perubahan tabel belum dijalankan.",
            "Jalankan sebagai pemilik: ./run manage migrate",
        )
    if foreign:
        yield error(
            "migrations",
            f"Basis data lebih baru daripada program ({len(foreign)} perubahan tidak dikenal).",
            "Pasang versi program yang sama atau lebih baru.",
        )
    if not pending and not foreign:
        yield good("migrations", f"Semua {len(known)} perubahan tabel sudah dijalankan.")


def check_replica() -> Iterator[Finding]:
    """Whether the server of DATABASE_REPLICA_URL follows this one, and how far behind it is."""
    if not is_configured():
        return
    remedy = "Sementara itu semua dibaca dari basis data utama; lihat docs/scaling.md."
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(REPLICATION)
            follows, streams, seconds = cursor.fetchone()
    except Error:
        yield warning("replica", "Replika tidak dapat dihubungi.", remedy)
        return
    if not follows:
        yield error(
            "replica",
            "DATABASE_REPLICA_URL menunjuk peladen yang bukan replika.",
            "Buat replika itu lagi dengan pg_basebackup; lihat docs/scaling.md.",
        )
    elif not streams:
        yield warning("replica", "Replika tidak lagi menerima perubahan.", remedy)
    elif seconds > MOST_SECONDS_BEHIND:
        yield warning("replica", f"Replika tertinggal {int(seconds)} detik.", remedy)
    else:
        yield good("replica", "Replika mengikuti basis data utama.")
