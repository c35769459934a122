"""Ways around the database's rules that the app role could try, each of them shut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction

from disbursements.models import Entitlement, PaymentLine, PaymentList, Position, Reversal
from kotim_social.lib.ids import uuid7
from tests.disbursements.hands import BOOK_LINE, INSERT_DECISION, INSERT_LINE, decision
from tests.factories import Four, a_list, book, place_order, ready_people, the_four, walk_to
from tests.reset import owner_cursor

pytestmark = pytest.mark.django_db
Denied = Callable[..., str]
ONE = 5_050_000
TABLES = (
    "disbursements_entitlement", "disbursements_paymentline", "disbursements_paymentlist",
    "disbursements_listdecision", "disbursements_reversal", "disbursements_decree", "audit_entry",
    "audit_seal",
)  # fmt: skip


def in_state(state: str, four: Four) -> PaymentList:
    ready_people(1, four=four)
    return walk_to(a_list(by=four.petugas), state, four=four)


OWNER = connections["owner"].settings_dict["USER"]


def test_these_tests_run_as_the_app_role(four: Four, sql: Any) -> None:
    [(superuser, creates)] = sql(
        "SELECT rolsuper, rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles"
        " WHERE rolname = current_user"
    )
    assert not superuser and not creates
    owners = sql("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    assert owners == [(OWNER,)]
    assert sql("SELECT pg_has_role(current_user, %s, 'MEMBER')", OWNER) == [(False,)]
    assert sql("SELECT current_user <> %s", OWNER) == [(True,)]


# -- switching triggers off --------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_no_table_loses_its_triggers_or_rows(four: Four, denied: Denied, table: str) -> None:
    in_state("closed", four)
    for statement in (
        f"TRUNCATE {table} CASCADE",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"ALTER TABLE {table} DISABLE TRIGGER USER",
        f"DROP TABLE {table} CASCADE",
        f"ALTER TABLE {table} ADD COLUMN x int",
        f"CREATE TRIGGER mine BEFORE UPDATE ON {table} FOR EACH ROW"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        f"CREATE RULE mine AS ON UPDATE TO {table} DO INSTEAD NOTHING",
    ):
        words = denied(statement)
        assert "permission denied" in words or "must be owner" in words, statement


@pytest.mark.parametrize(
    ("table", "trigger"),
    [
        ("disbursements_paymentline", "line_guard"),
        ("disbursements_paymentline", "begin_line"),
        ("disbursements_paymentline", "advance_line"),
        ("disbursements_paymentline", "book_line"),
        ("disbursements_paymentlist", "list_guard"),
        ("disbursements_paymentlist", "list_begins"),
        ("disbursements_listdecision", "decision_guard"),
        ("disbursements_reversal", "book_reversal"),
        ("disbursements_entitlement", "entitlement_guard"),
        ("disbursements_entitlement", "begin_entitlement"),
    ],
)
def test_no_trigger_is_dropped(denied: Denied, db: None, table: str, trigger: str) -> None:
    assert "must be owner" in denied(f"DROP TRIGGER {trigger} ON {table}")
    assert "must be owner" in denied(f"ALTER TRIGGER {trigger} ON {table} RENAME TO x")
    name = f"disbursements_{trigger}"
    assert "must be owner" in denied(f"DROP FUNCTION {name}() CASCADE")
    words = denied(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS ''")
    assert "permission denied" in words or "must be owner" in words


def test_replication_mode_is_a_superusers(four: Four, denied: Denied) -> None:
    assert "permission denied" in denied("SET session_replication_role = replica")
    for role in (OWNER, "postgres"):
        assert "permission denied" in denied(f"SET ROLE {role}")
        assert "permission denied" in denied(f"SET SESSION AUTHORIZATION {role}")


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
def test_the_trail_is_only_added_to(four: Four, denied: Denied, table: str) -> None:
    assert "permission denied" in denied(f"DELETE FROM {table}")
    assert "permission denied" in denied(f"UPDATE {table} SET id = id")


# -- the setting that pgtrigger knows ----------------------------------------------------------


@pytest.fixture
def ignoring(four: Four, sql: Any) -> None:
    """All of pgtrigger's own triggers are off: the roads of states, and the row history."""
    [(names,)] = sql("SELECT array_agg(tgname::text) FROM pg_trigger WHERE NOT tgisinternal")
    sql("SELECT set_config('pgtrigger.ignore', %s, true)", "{" + ",".join(names) + "}")


STATES = ("draft", "submitted", "verified", "approved", "ordered", "reconciled", "closed")
FORGED = {
    "submitted": ("submit", "prepare"), "verified": ("verify", "verify"),
    "approved": ("approve", "approve"), "ordered": ("order", "pay"),
    "reconciled": ("reconcile", "pay"), "closed": ("close", "pay"),
    "cancelled": ("cancel", "approve"), "draft": ("send_back_verified", "approve"),
}  # fmt: skip
STEPS = {
    ("draft", "submitted"), ("draft", "cancelled"), ("submitted", "verified"),
    ("submitted", "cancelled"), ("verified", "approved"), ("verified", "draft"),
    ("verified", "cancelled"), ("approved", "ordered"), ("approved", "draft"),
    ("approved", "cancelled"), ("ordered", "reconciled"), ("reconciled", "closed"),
}  # fmt: skip


@pytest.mark.parametrize("state", [*STATES, "cancelled"])
def test_no_step_of_a_list_is_skipped(
    four: Four, ignoring: None, sql: Any, denied: Denied, state: str
) -> None:
    """Not without a decision, and not with a forged one: it fits only the next step."""
    payment_list = in_state(state, four)
    if state == "ordered":
        book(payment_list, by=four.bendahara)
    forger = four.bendahara2 if state in ("approved", "ordered", "reconciled") else four.petugas2
    move = (
        "UPDATE disbursements_paymentlist SET state = %s, revision = revision + %s,"
        " order_number = CASE WHEN %s = 'ordered' THEN 'X' ELSE order_number END,"
        " ordered_on = CASE WHEN %s = 'ordered' THEN current_date ELSE ordered_on END"
    )
    for target, (act, duty) in FORGED.items():
        if target == state:
            continue
        params = (target, int(target == "draft"), target, target)
        denied(move, *params)
        row = decision(payment_list, act, duty, target, forger)
        if (state, target) in STEPS:
            with transaction.atomic():
                sql(INSERT_DECISION, *row)
                sql(move, *params)
                transaction.set_rollback(True)
        else:
            assert "next step" in denied(INSERT_DECISION, *row), (state, target)
    payment_list.refresh_from_db()
    assert payment_list.state == state


def test_one_person_alone_moves_no_money(
    four: Four, ignoring: None, sql: Any, denied: Denied
) -> None:
    """Whoever writes every decision in one name comes as far as the verifier."""
    payment_list = in_state("draft", four)
    sql(INSERT_DECISION, *decision(payment_list, "submit", "prepare", "submitted", four.petugas))
    sql("UPDATE disbursements_paymentlist SET state = 'submitted'")
    row = decision(payment_list, "verify", "verify", "verified", four.petugas)
    assert "list_four_different_people" in denied(INSERT_DECISION, *row)


@pytest.mark.parametrize("state", [*STATES, "cancelled"])
def test_no_step_of_a_line_is_skipped(
    four: Four, ignoring: None, sql: Any, denied: Denied, state: str
) -> None:
    line = in_state(state, four).lines.get()
    allowed = {"draft": {"cancelled"}, "ordered": {"paid", "returned"}}.get(state, set())
    for target in {"prepared", "ordered", "paid", "returned", "cancelled"} - allowed:
        booking = target in ("paid", "returned")
        if target == line.state and line.state in ("prepared", "ordered"):
            continue
        if booking:
            denied(BOOK_LINE, target, four.bendahara2.pk, line.pk)
        else:
            denied("UPDATE disbursements_paymentline SET state = %s", target)


def test_a_lapsed_right_does_not_rise(four: Four, ignoring: None, sql: Any, denied: Denied) -> None:
    ready_people(1, four=four)
    Entitlement.objects.filter(kind="MODAL").update(
        state="lapsed", lapsed_on="2017-12-01", lapsed_at="2017-12-01T00:00Z",
        lapsed_by=four.pimpinan,
    )  # fmt: skip
    denied(
        "UPDATE disbursements_entitlement SET state = 'determined', lapsed_on = NULL,"
        " lapsed_at = NULL, lapsed_by_id = NULL WHERE state = 'lapsed'"
    )


# -- tables of the forger's own ----------------------------------------------------------------


def test_a_temporary_table_stands_for_no_real_one(four: Four, sql: Any, denied: Denied) -> None:
    """pg_temp is searched first by default: a false list or decision there must not be read."""
    payment_list = in_state("verified", four)
    line = payment_list.lines.get()
    for name in ("disbursements_listdecision", "disbursements_paymentlist"):
        sql(f"CREATE TEMP TABLE {name} AS SELECT * FROM public.{name}")
    sql(
        "UPDATE pg_temp.disbursements_listdecision"
        " SET act = 'approve', duty = 'approve', target = 'approved'"
    )
    denied("UPDATE public.disbursements_paymentlist SET state = 'approved'")
    sql("UPDATE pg_temp.disbursements_paymentlist SET state = 'ordered'")
    denied(
        "UPDATE public.disbursements_paymentline SET state = 'ordered', payee_mark = 'x'"
        " WHERE id = %s",
        line.pk,
    )
    sql("UPDATE pg_temp.disbursements_paymentlist SET state = 'draft'")
    right = Entitlement.objects.filter(kind="TABUNGAN").get()
    params = [uuid7(), payment_list.pk, 77, right.pk, ONE, "prepared", four.petugas.pk]
    denied(INSERT_LINE.replace("disbursements_", "public.disbursements_"), *params)


@pytest.mark.parametrize(
    ("function", "columns", "when"),
    [
        ("disbursements_book_line", "entitlement_id uuid, amount bigint, state text", "UPDATE"),
        ("disbursements_book_reversal", "line_id uuid, amount bigint", "INSERT"),
    ],
)
def test_what_writes_with_the_owners_rights_is_put_on_no_other_table(
    four: Four, sql: Any, denied: Denied, function: str, columns: str, when: str
) -> None:
    in_state("closed", four)
    sql(f"CREATE TEMP TABLE mine ({columns})")
    words = denied(
        f"CREATE TRIGGER t AFTER {when} ON mine FOR EACH ROW EXECUTE FUNCTION {function}()"
    )
    assert "permission denied" in words
    assert "permission denied" in denied(f"SELECT {function}()")


def test_no_function_and_no_table_is_added_to_the_programs(denied: Denied, db: None) -> None:
    assert "permission denied" in denied("CREATE TABLE public.mine (x int)")
    assert "permission denied" in denied(
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    )
    assert "permission denied" in denied("CREATE SCHEMA mine")
    words = denied("CREATE OR REPLACE VIEW public.disbursements_position AS SELECT 1")
    assert "permission denied" in words or "must be owner" in words


# -- statements that step back -----------------------------------------------------------------

REVERSE = """
    INSERT INTO disbursements_reversal
        (id, line_id, amount, happened_on, paper, reason, recorded_at, recorded_by_id)
    VALUES (%s, %s, %s, current_date, 'STS', '\\x00', now(), %s) ON CONFLICT DO NOTHING
"""


def test_a_second_reversal_that_steps_back_books_nothing(four: Four, sql: Any) -> None:
    """Paid, reversed, paid again: reversing the first once more would open a third payment."""
    payment_list = in_state("closed", four)
    line = payment_list.lines.get()
    sql(REVERSE, uuid7(), line.pk, ONE, four.bendahara.pk)
    walk_to(a_list(by=four.petugas), "closed", four=four)
    sql(REVERSE, uuid7(), line.pk, ONE, four.bendahara.pk)
    assert Reversal.objects.count() == 1
    assert Entitlement.objects.get(pk=line.entitlement_id).paid == ONE
    assert Position.objects.sums()["paid"] == ONE


def test_an_upsert_is_an_update_like_any_other(four: Four, denied: Denied) -> None:
    payment_list = in_state("ordered", four)
    book(payment_list, by=four.bendahara)
    line = payment_list.lines.get()
    params = [line.pk, payment_list.pk, 1, line.entitlement_id, ONE, "prepared", four.petugas.pk]
    denied(INSERT_LINE + " ON CONFLICT (id) DO UPDATE SET state = 'ordered'", *params)
    assert PaymentLine.objects.get().state == "paid"


# -- the owner rotates keys --------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_owner_alone_writes_the_same_facts_under_another_key() -> None:
    four = the_four()
    payment_list = in_state("approved", four)
    place_order(payment_list, by=four.bendahara)
    book(payment_list, by=four.bendahara)
    with owner_cursor() as cursor:
        cursor.execute("UPDATE disbursements_paymentline SET snapshot = '\\x02'")
        assert cursor.rowcount == 1
        for change in ("state = 'ordered'", "payee_mark = 'x'", "amount = 1", "deposit_slip = 'x'"):
            cursor.execute("SAVEPOINT before")
            with pytest.raises(Exception, match="never changed"):
                cursor.execute(f"UPDATE disbursements_paymentline SET {change}")
            cursor.execute("ROLLBACK TO before")
