"""Encryption and blind indexes: bound to label, record and key, and silent about the data."""

import base64
import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from kotim_social.lib.crypto import (
    CryptoError,
    blind_index,
    create_key_file,
    decrypt,
    encrypt,
    load_keyring,
    token_key_id,
)

SECRET = b"3517154306930006"


def sealed(plain: bytes = SECRET) -> bytes:
    return encrypt(plain, label="worker.nik", record_id="r1")


def rewrite(path: Path, **changes: object) -> None:
    content = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps(content))
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1_000_000))


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_what_is_encrypted_is_read_back(key_file: Path, plain: bytes) -> None:
    token = sealed(plain)
    assert decrypt(token, label="worker.nik", record_id="r1") == plain
    assert token != sealed(plain)
    assert len(plain) < 8 or plain not in token


@pytest.mark.parametrize(
    ("label", "record_id"), [("worker.nik", "r2"), ("worker.phone", "r1"), ("worker", "nik|r1")]
)
def test_a_token_opens_only_in_its_own_field_and_record(
    key_file: Path, label: str, record_id: str
) -> None:
    with pytest.raises(CryptoError):
        decrypt(sealed(), label=label, record_id=record_id)


def test_every_changed_or_cut_byte_is_noticed(key_file: Path) -> None:
    token = sealed()
    for place in range(len(token)):
        changed = bytearray(token)
        changed[place] ^= 0x81
        for bad in (bytes(changed), token[:place]):
            with pytest.raises(CryptoError) as caught:
                decrypt(bad, label="worker.nik", record_id="r1")
            assert SECRET.decode() not in str(caught.value)
            assert caught.value.__cause__ is None


def test_a_token_needs_a_label_and_a_record(key_file: Path) -> None:
    for label, record_id in (("", "r1"), ("worker.nik", "")):
        with pytest.raises(CryptoError):
            encrypt(SECRET, label=label, record_id=record_id)


def test_old_keys_still_read_after_a_new_one_writes(key_file: Path) -> None:
    old = sealed()
    keys = json.loads(key_file.read_text())["data"]
    keys["k2"] = base64.b64encode(os.urandom(32)).decode()
    rewrite(key_file, current="k2", data=keys)
    assert decrypt(old, label="worker.nik", record_id="r1") == SECRET
    assert (token_key_id(old), token_key_id(sealed())) == ("k1", "k2")
    assert load_keyring().key_ids == ["k1", "k2"]
    del keys["k1"]
    rewrite(key_file, data=keys)
    with pytest.raises(CryptoError):
        decrypt(old, label="worker.nik", record_id="r1")


def test_another_office_cannot_read_the_token(key_file: Path, settings: Settings) -> None:
    token, index = sealed(), blind_index("1", label="worker.nik")
    other = key_file.with_name("other.json")
    create_key_file(other)
    settings.KOTIM_KEY_FILE = str(other)
    with pytest.raises(CryptoError):
        decrypt(token, label="worker.nik", record_id="r1")
    assert blind_index("1", label="worker.nik") != index


def test_the_key_file_is_private_and_never_overwritten(key_file: Path) -> None:
    before = key_file.read_bytes()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        create_key_file(key_file)
    assert key_file.read_bytes() == before


def test_a_key_file_that_others_may_read_is_refused(key_file: Path) -> None:
    key_file.chmod(0o640)
    with pytest.raises(CryptoError, match="600"):
        sealed()


@pytest.mark.parametrize(
    "content",
    [
        "", "{}", "[]", "nonsense",
        '{"current": "k1", "data": {}, "index": {}}',
        '{"current": "k1", "data": {"k1": "AAAA"}, "index": {"i1": "AAAA"}}',
    ],
)  # fmt: skip
def test_a_broken_key_file_is_a_crypto_error(key_file: Path, content: str) -> None:
    key_file.write_text(content)
    os.utime(key_file, ns=(0, 1))
    with pytest.raises(CryptoError):
        sealed()


def test_a_missing_key_file_is_a_crypto_error(tmp_path: Path, settings: Settings) -> None:
    for place in ("", str(tmp_path / "none.json")):
        settings.KOTIM_KEY_FILE = place
        with pytest.raises(CryptoError):
            sealed()


def test_the_blind_index_depends_on_value_and_label_only(key_file: Path) -> None:
    index = blind_index("3517154306930006", label="worker.nik")
    assert index == blind_index("3517154306930006", label="worker.nik")
    assert len(index) == 64
    assert index != blind_index("3517154306930007", label="worker.nik")
    assert index != blind_index("3517154306930006", label="worker.phone")
    assert len(blind_index("\ud800", label="worker.nik")) == 64
    with pytest.raises(ValueError, match="nothing"):
        blind_index("", label="worker.nik")
