"""The private store: encrypted, private, atomic, checked on reading."""

from __future__ import annotations

import os
import stat
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from kotim_social.accounts.models import User
from kotim_social.audit.immutable import ImmutableError
from kotim_social.audit.models import Entry
from kotim_social.files import disk
from kotim_social.files.models import StoredFile
from kotim_social.files.serving import attachment, file_response
from kotim_social.files.store import reencrypt, store, sweep
from kotim_social.lib.crypto import CryptoError

pytestmark = pytest.mark.django_db
CONTENT = b"Siti Aminah, 6202065003960001" * 100


@pytest.fixture
def user() -> User:
    return User.objects.create(username="petugas", full_name="Rina Contoh")


def keep(user: User | None, content: bytes = CONTENT) -> StoredFile:
    return store(content, kind="test", content_type="text/plain", by=user)


def files_on_disk() -> list[Path]:
    return [path for path in Path(settings.PRIVATE_FILES_DIR).rglob("*") if path.is_file()]


def test_what_is_stored_is_read_back(user: User) -> None:
    stored = keep(user)
    again = StoredFile.objects.get(pk=stored.pk)
    assert again.read() == CONTENT
    assert again.size == len(CONTENT)
    assert again.sha256 == disk.digest(CONTENT)
    assert again.created_by == user
    assert again.created_at is not None


def test_an_empty_file_and_a_command_without_user_are_possible() -> None:
    stored = keep(None, b"")
    assert stored.read() == b""
    assert stored.created_by is None


def test_the_disk_holds_ciphertext_under_private_names(user: User) -> None:
    path = keep(user).path
    raw = path.read_bytes()
    assert b"Siti" not in raw
    assert b"6202" not in raw
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700
    assert path.parent.parent.parent == Path(settings.PRIVATE_FILES_DIR)


def test_equal_contents_look_different(user: User) -> None:
    assert keep(user).path.read_bytes() != keep(user).path.read_bytes()


def test_a_changed_file_does_not_open(user: User) -> None:
    stored = keep(user)
    raw = bytearray(stored.path.read_bytes())
    raw[-1] ^= 1
    stored.path.write_bytes(bytes(raw))
    with pytest.raises(CryptoError):
        stored.read()


def test_a_file_moved_to_another_row_does_not_open(user: User) -> None:
    first, second = keep(user), keep(user, b"other")
    second.path.write_bytes(first.path.read_bytes())
    with pytest.raises(CryptoError):
        second.read()


def test_content_put_under_the_wrong_row_is_noticed(user: User) -> None:
    stored = keep(user)
    disk.write(stored.pk, b"another content")
    with pytest.raises(disk.FileDamaged):
        stored.read()


def test_a_missing_file_is_said(user: User) -> None:
    stored = keep(user)
    stored.path.unlink()
    with pytest.raises(disk.FileMissing):
        stored.read()


def test_a_failed_write_leaves_neither_row_nor_file(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(files_on_disk())

    def full_disk(_descriptor: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        keep(user)
    assert set(files_on_disk()) == before
    assert not StoredFile.objects.exists()


def test_a_refused_row_leaves_no_file(user: User) -> None:
    before = set(files_on_disk())
    with pytest.raises(IntegrityError), transaction.atomic():
        store(b"x", kind="", content_type="text/plain", by=user)
    assert set(files_on_disk()) == before


def test_sweeping_removes_only_old_files_without_a_row(user: User) -> None:
    kept = keep(user)
    with pytest.raises(RuntimeError), transaction.atomic():
        lost = keep(user)
        raise RuntimeError
    half = kept.path.with_name(".half.tmp")
    half.write_bytes(b"half")
    assert lost.path.exists()

    sweep()
    assert lost.path.exists(), "a young file may belong to an open transaction"

    long_ago = time.time() - 3 * 24 * 3600
    for path in (kept.path, lost.path, half):
        os.utime(path, (long_ago, long_ago))
    assert sweep(older_than=timedelta(days=1)) == 2
    assert not lost.path.exists()
    assert not half.exists()
    assert kept.read() == CONTENT


def test_reencrypting_keeps_the_content(user: User) -> None:
    stored = keep(user)
    before = stored.path.read_bytes()
    reencrypt(stored)
    assert stored.path.read_bytes() != before
    assert stored.read() == CONTENT


def test_rows_are_never_changed_or_deleted(user: User) -> None:
    stored = keep(user)
    with pytest.raises(ImmutableError):
        stored.save()
    with pytest.raises(ImmutableError):
        stored.delete()
    with pytest.raises(ImmutableError):
        StoredFile.objects.update(kind="other")


def test_a_served_file_is_an_attachment_and_leaves_a_row(user: User) -> None:
    stored = keep(user)
    response = file_response(stored, filename="dokumen.txt", by=user)
    assert response.content == CONTENT
    assert response["Content-Disposition"] == 'attachment; filename="dokumen.txt"'
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    entry = Entry.objects.get(act="file.read")
    assert entry.object_id == str(stored.pk)
    assert entry.user_id == user.pk


def test_what_cannot_be_recorded_is_not_shown(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = keep(user)

    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("no trail")

    monkeypatch.setattr("kotim_social.files.serving.record", broken)
    with pytest.raises(RuntimeError):
        file_response(stored, filename="dokumen.txt", by=user)


def test_a_file_name_cannot_break_the_header() -> None:
    response = attachment(b"", content_type="text/plain", filename='a"\r\nX-Evil: 1')
    assert "X-Evil" not in response.headers


def test_only_own_files_are_visible_without_a_role(user: User) -> None:
    other = User.objects.create(username="lain", full_name="Lain Contoh")
    mine, theirs = keep(user), keep(other)
    assert list(StoredFile.objects.visible_to(user)) == [mine]
    assert theirs not in StoredFile.objects.visible_to(user)
