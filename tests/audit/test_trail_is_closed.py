"""The app role cannot change the trail by raw SQL; what the owner changes is found by the chain."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from kotim_social.audit import sealing
from kotim_social.audit.models import Entry, Seal
from kotim_social.audit.sealing import seal, standing, verify
from kotim_social.audit.trail import record
from tests.reset import owner_cursor

WAYS = {
    "change": "UPDATE audit_entry SET act = 'other.act'",
    "remove": "DELETE FROM audit_entry",
    "empty": "TRUNCATE audit_entry CASCADE",
    "change a seal": "UPDATE audit_seal SET digest = repeat('0', 64)",
    "remove a seal": "DELETE FROM audit_seal",
    "overwrite": (
        "INSERT INTO audit_entry (id, act, username, object_type, object_id, reason, changes,"
        " request_id) SELECT id, 'x.y', '', '', '', '', '{}', '' FROM audit_entry LIMIT 1"
        " ON CONFLICT (id) DO UPDATE SET act = 'x.y'"
    ),
    "merge": ("MERGE INTO audit_entry e USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE"),
    "alter": "ALTER TABLE audit_entry ADD COLUMN more text",
    "drop": "DROP TABLE audit_entry",
    "rule": "CREATE RULE nothing AS ON INSERT TO audit_entry DO INSTEAD NOTHING",
    "trigger": (
        "CREATE TRIGGER skip BEFORE INSERT ON audit_entry"
        " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    "become the owner": "SET ROLE kotim_owner",
    "give oneself the right": (
        "GRANT UPDATE ON audit_entry TO CURRENT_USER; UPDATE audit_entry SET act = 'x.y'"
    ),
    "switch triggers off": "SET session_replication_role = replica",
}


def assert_refused(way: str) -> None:
    record("test.act", by=None)
    before = list(Entry.objects.order_by("pk").values())
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(WAYS[way])
    assert caught.value.__cause__.pgcode in ("42501", "42P01"), str(caught.value)
    assert list(Entry.objects.order_by("pk").values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_raw_sql_as_the_app_role_is_refused(way: str) -> None:
    assert_refused(way)


def as_owner(sql: str, *values: object) -> None:
    """What only an owner who takes the guard off can do."""
    with owner_cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER written_once")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER written_once")


@pytest.mark.django_db(transaction=True)
def test_what_the_owner_changes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    # Other test processes share the server, and their long transactions would hold the sealer up.
    monkeypatch.setattr(sealing, "_horizon", lambda: 2**62)
    rows = [record("test.act", by=None, object_id=str(number)) for number in range(6)]
    head = seal()
    assert verify().ok
    assert (standing().head, standing().sealed, standing().unsealed) == (head, 6, 0)
    as_owner("UPDATE audit_entry SET act = 'other.act' WHERE id = %s", rows[3].pk)
    assert verify().first_bad == rows[3].pk
    as_owner("UPDATE audit_entry SET act = 'test.act' WHERE id = %s", rows[3].pk)
    assert verify().ok
    as_owner("DELETE FROM audit_entry WHERE id = %s", rows[1].pk)
    assert verify().first_bad == rows[1].pk
    as_owner("DELETE FROM audit_seal WHERE entry_id = %s", rows[1].pk)
    assert not verify().ok
    assert Seal.objects.count() == 5
