"""Rotating the keys: everything opens afterwards, nothing else changed, and it can be cut off."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, transaction

from cases.models import BankAccount, Worker
from disbursements.models import PaymentLine
from kotim_social.accounts import actions as office
from kotim_social.accounts.adapters import MFAAdapter
from kotim_social.accounts.models import User
from kotim_social.audit.models import Entry
from kotim_social.documents.actions import issue_paper
from kotim_social.documents.blocks import Paragraph
from kotim_social.documents.models import IssuedPaper
from kotim_social.documents.paper import Paper, build_paper
from kotim_social.lib.crypto import CryptoError, load_keyring
from kotim_social.lib.dates import today
from kotim_social.operations import rotation
from kotim_social.operations.written_once import guarded_models
from tests import factories
from tests.factories import the_four

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def written(key_file: Path, owner: Any) -> dict[str, Any]:
    """People, accounts, approved lines, an issued paper, its file and a second factor."""
    four = the_four()
    people = factories.ready_people(3, four=four)
    factories.walk_to(factories.a_list(by=four.petugas), "ordered", four=four)
    paper = issue_paper(
        kind="rekap",
        build=lambda number: build_paper(Paper(blocks=[Paragraph("isi")], number=number)),
        snapshot={"isi": ["rahasia", 1]},
        issued_on=today(),
        by=four.pimpinan,
    )
    User.objects.filter(pk=four.pimpinan.pk).update(is_demo=True)
    office.enrol_demo_totp(factories.fresh(four.pimpinan))
    return {"niks": [w.nik for w in people], "paper": paper.pk, "pdf": paper.file.read()}


def plain_columns(owner: Any) -> str:
    """A checksum over every column of every table but ciphertext, second factors and the trail."""
    digest = hashlib.sha256()
    tables = {t.name: t for t in rotation.encrypted_tables()}
    skipped = ("audit_entry", "audit_seal", "mfa_authenticator", "django_migrations")
    with owner.cursor() as cursor:
        for name in sorted(owner.introspection.table_names(cursor)):
            if name in skipped:
                continue
            hidden = list(tables[name].labels) if name in tables else []
            cursor.execute(
                "SELECT string_agg(row::text, '' ORDER BY row::text) FROM"
                f' (SELECT to_jsonb(t) - %s::text[] AS row FROM "{name}" t) rows',
                [hidden],
            )
            digest.update(f"{name}{cursor.fetchone()[0]}".encode())
    return digest.hexdigest()


def opens(written: dict[str, Any]) -> None:
    assert [w.nik for w in Worker.objects.order_by("register_no")] == written["niks"]
    assert all(a.number for a in BankAccount.objects.all())
    assert all(line.snapshot["name"] for line in PaymentLine.objects.all())
    paper = IssuedPaper.objects.get(pk=written["paper"])
    assert (paper.snapshot, paper.file.read()) == ({"isi": ["rahasia", 1]}, written["pdf"])
    events = Worker._meta.get_field("events").related_model.objects.all()
    assert {event.nik for event in events} == set(written["niks"])


def test_everything_has_the_new_key_and_nothing_else_changed(
    written: dict[str, Any], owner: Any, key_file: Path
) -> None:
    before = plain_columns(owner)
    places = rotation.key_uses()["k1"]
    assert {"files", "mfa_authenticator", "cases_worker_event.nik"} <= set(places)
    index = json.loads(key_file.read_text())["index"]

    call_command("rotate_keys")

    assert rotation.key_uses() == {"k2": places}
    assert rotation.old_keys_in_use() == {}
    assert plain_columns(owner) == before
    opens(written)
    row = Entry.objects.get(act="keys.rotate")
    assert row.changes["key"] == [None, "k2"]
    assert row.changes["tokens"][1]["files"] == places["files"]
    content = json.loads(key_file.read_text())
    assert (list(content["data"]), content["index"]) == (["k1", "k2"], index)
    assert key_file.stat().st_mode & 0o077 == 0
    factor = Authenticator.objects.get(type="totp")
    assert MFAAdapter().decrypt(factor.data["secret"])


def test_a_run_that_was_cut_off_is_finished_by_the_next(
    written: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    batches, renewed = [], rotation._renewed

    def cut(table: Any, row: Any, head: bytes) -> Any:
        batches.append(table.name)
        if len(batches) == 6:
            raise KeyboardInterrupt
        return renewed(table, row, head)

    monkeypatch.setattr(rotation, "_renewed", cut)
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(batch=2)
    monkeypatch.undo()
    uses = rotation.key_uses()
    assert sum(uses["k2"].values()) >= 2
    assert sum(uses["k1"].values()) > 2
    opens(written)
    assert not Entry.objects.filter(act="keys.rotate").exists()

    rotation.rotate(batch=2)

    assert list(rotation.key_uses()) == ["k2"]
    opens(written)
    assert Entry.objects.get(act="keys.rotate").changes["key"] == [["k1"], "k2"]


def test_a_missing_or_wrong_key_stops_it_with_a_sentence(
    written: dict[str, Any], key_file: Path
) -> None:
    whole = json.loads(key_file.read_text())
    lost = {**whole, "current": "k9", "data": {"k9": whole["data"]["k1"]}}
    key_file.write_text(json.dumps(lost))
    with pytest.raises(CommandError, match="need the key k1"):
        call_command("rotate_keys")
    wrong = {**whole, "data": {"k1": whole["index"]["i1"]}}
    key_file.unlink()
    key_file.write_text(json.dumps(wrong))
    key_file.chmod(0o600)
    with pytest.raises(CommandError, match="put the right key file back"):
        call_command("rotate_keys")
    added = json.loads(key_file.read_text())
    key_file.unlink()
    key_file.write_text(json.dumps({**added, "data": {**added["data"], **whole["data"]}}))
    key_file.chmod(0o600)
    call_command("rotate_keys")
    opens(written)


def test_old_keys_leave_only_when_nothing_needs_them(
    written: dict[str, Any], key_file: Path
) -> None:
    assert rotation.drop_unused() == []
    rotation.rotate()
    assert rotation.drop_unused() == ["k1"]
    assert load_keyring().key_ids == ["k2"]
    opens(written)


def test_a_ciphertext_in_another_row_or_column_does_not_open(
    written: dict[str, Any], owner: Any
) -> None:
    rotation.rotate()
    first, second, _third = Worker.objects.order_by("register_no")
    with owner.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_worker SET nik = (SELECT nik FROM cases_worker WHERE id = %s),"
            " phone = nik WHERE id = %s",
            [first.pk, second.pk],
        )
    moved = Worker.objects.get(pk=second.pk)
    for name in ("nik", "phone"):
        with pytest.raises(CryptoError):
            getattr(moved, name)
    with pytest.raises(CommandError, match="does not open"):
        call_command("rotate_keys")


def test_the_owner_renews_ciphertext_of_a_written_row_and_nothing_else(
    written: dict[str, Any], owner: Any
) -> None:
    """The app role does not even that."""
    papers, history = "documents_issuedpaper", "cases_worker_event"
    with owner.cursor() as cursor:
        cursor.execute(f"UPDATE {papers} SET snapshot = '\\x02'")
        cursor.execute(f"UPDATE {history} SET nik = '\\x02'")
        for change in (
            f"UPDATE {papers} SET number = 'x'",
            f"UPDATE {papers} SET snapshot = '\\x03', sha256 = repeat('a', 64)",
            f"UPDATE {history} SET name = 'x'",
            "UPDATE audit_entry SET act = 'x'",
        ):
            with pytest.raises(DatabaseError, match="written once"):
                cursor.execute(change)
    for change in (f"UPDATE {papers} SET snapshot = '\\x03'", f"UPDATE {history} SET nik = NULL"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(change)


def test_every_written_row_has_its_guard(owner: Any) -> None:
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'written_once'"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    assert guarded == {model._meta.db_table for model in guarded_models()}
    assert len(guarded) > 20
