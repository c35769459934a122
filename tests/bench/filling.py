"""Fills an empty office by COPY: several processes write, the database checks what they wrote.

The guards that ask how a row came to be (a line begins in a draft, an entitlement unpaid) are set
aside while finished roads are copied in; keys, checks and row history stay on. For a large office
foreign keys and plain indexes are made again afterwards, which proves every key in one pass.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from io import StringIO
from typing import Any

import psycopg2
from django.db import connection

from kotim_social.accounts.actions import assign, create_user, enrol_demo_totp, grant_role
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.regions.models import Lokalisasi
from tests.bench.rows import AT, COLUMNS, DECIDED, Office, rows_of

ROLES = (Role.PETUGAS, Role.VERIFIKATOR, Role.PIMPINAN, Role.BENDAHARA, Role.ADMIN, Role.AUDITOR)
HIRED = date(2017, 1, 1)
LARGE = 20_000
GUARDS = (
    ("disbursements_entitlement", "begin_entitlement"),
    ("disbursements_paymentline", "begin_line"),
    ("disbursements_paymentlist", "list_begins"),
    ("disbursements_listdecision", "decision_guard"),
    ("disbursements_reversal", "book_reversal"),
)
# COPY in this order: what is pointed at comes first.
TABLES = tuple(COLUMNS)
HISTORIES = (
    "cases_worker_event",
    "cases_bankaccount_event",
    "cases_journey_event",
    "disbursements_entitlement_event",
    "disbursements_paymentline_event",
)
FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
"""
PLAIN_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique AND NOT EXISTS (
        SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
"""


def make_users(*, people_of: str = "TANGAR") -> dict[str, int]:
    """One person a role, and a second caseworker who has one lokalisasi only."""
    users = {}
    for role in ROLES:
        user = create_user(username=str(role), full_name=f"Uji {role}", by=None, is_demo=True)
        grant_role(user=user, role=role, by=None, valid_from=HIRED)
        if user.needs_second_factor:
            enrol_demo_totp(user)
        users[str(role)] = user.pk
    narrow = create_user(username="petugas2", full_name="Uji petugas dua", by=None, is_demo=True)
    grant_role(user=narrow, role=Role.PETUGAS, by=None, valid_from=HIRED)
    first = User.objects.get(username="petugas")
    for row in Lokalisasi.objects.all():
        assign(user=first, lokalisasi=row, by=None, valid_from=HIRED)
    assign(user=narrow, lokalisasi=Lokalisasi.objects.get(pk=people_of), by=None, valid_from=HIRED)
    return users


def office_of(people: int, seed: int, users: dict[str, int], cursor: Any) -> Office:
    cursor.execute("SELECT kind_id, id, amount, legal_basis FROM disbursements_rate ORDER BY id")
    rates = {kind: (pk, amount, basis) for kind, pk, amount, basis in cursor.fetchall()}
    cursor.execute("SELECT code FROM regions_regency WHERE code ~ '^(33|35|52|63|62)' ORDER BY 1")
    regencies = tuple(code for (code,) in cursor.fetchall())
    return Office(people=people, seed=seed, users=users, rates=rates, regencies=regencies)


def present_office(people: int, seed: int) -> Office:
    """The office of the database that is in use."""
    users = dict(User.objects.values_list("username", "pk"))
    with connection.cursor() as cursor:
        return office_of(people, seed, users, cursor)


def fill(office: Office, owner: dict[str, Any], *, tables: Iterable[str] = TABLES) -> None:
    """`owner`: how psycopg2 reaches the database as its owner. `tables` may leave some out."""
    wanted = tuple(tables)
    with _connected(owner) as cursor:
        _prepare(cursor, office)
    with _set_aside(owner, is_large=office.people >= LARGE):
        jobs = [(office, chunk, owner, wanted) for chunk in office.chunks]
        if len(jobs) == 1:
            _copy_chunk(jobs[0])
        else:
            with multiprocessing.get_context("fork").Pool(len(os.sched_getaffinity(0))) as pool:
                for _done in pool.imap_unordered(_copy_chunk, jobs):
                    pass


def _prepare(cursor: Any, office: Office) -> None:
    """The decree, the last number given, and ceilings for so many people."""
    cursor.execute(
        "INSERT INTO disbursements_decree (id, number, decided_on, signed_by_title, recorded_at,"
        " budget_year_id, recorded_by_id) VALUES (%s, '188.45/1/2017', %s, 'Kepala Dinas', %s,"
        " 2017, %s)",
        [office.decree, DECIDED, AT, office.users["pimpinan"]],
    )
    cursor.execute("INSERT INTO cases_registernumber VALUES (2017, %s)", [office.people])
    cursor.execute(
        "UPDATE disbursements_ceiling c SET amount = %s * r.amount FROM disbursements_rate r"
        " WHERE r.kind_id = c.kind_id",
        [office.people],
    )


def _copy_chunk(job: tuple[Office, int, dict[str, Any], tuple[str, ...]]) -> None:
    office, chunk, owner, wanted = job
    texts = rows_of(office, chunk).texts
    with _connected(owner) as cursor:
        for table in wanted:
            text: StringIO = texts[table]
            text.seek(0)
            cursor.copy_expert(f"COPY {table} ({COLUMNS[table]}) FROM STDIN", text)


@contextmanager
def _set_aside(owner: dict[str, Any], *, is_large: bool) -> Iterator[None]:
    dropped: list[str] = []
    with _connected(owner) as cursor:
        for table, guard in GUARDS:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
        if is_large:
            dropped = _drop_keys_and_indexes(cursor)
    try:
        yield
    finally:
        with _connected(owner) as cursor:
            for statement in dropped:
                cursor.execute(statement)
            for table, guard in GUARDS:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {guard}")


def _drop_keys_and_indexes(cursor: Any) -> list[str]:
    """Returns the statements that make them again, indexes first."""
    tables = [*TABLES, *HISTORIES]
    cursor.execute(FOREIGN_KEYS, [tables])
    keys = cursor.fetchall()
    cursor.execute(PLAIN_INDEXES, [tables])
    indexes = cursor.fetchall()
    for table, name, _definition in keys:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    again = [definition for _name, definition in indexes]
    return [
        "SET LOCAL maintenance_work_mem = '512MB'",
        *again,
        *(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {text}' for table, name, text in keys),
    ]


@contextmanager
def _connected(parameters: dict[str, Any]) -> Iterator[Any]:
    with (
        closing(psycopg2.connect(**parameters)) as alone,
        alone,
        alone.cursor() as cursor,
    ):
        yield cursor
