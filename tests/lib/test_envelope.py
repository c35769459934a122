"""Streams encrypted to a public key: they open with the paper key, whole, or not at all."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kotim_social.lib import envelope
from kotim_social.lib.crypto import CryptoError
from kotim_social.lib.envelope import DecryptingReader, EncryptingWriter

PRIVATE, PUBLIC = envelope.new_pair()


def sealed(plain: bytes, *, pieces: int = 1000) -> bytes:
    target = io.BytesIO()
    with EncryptingWriter(target, PUBLIC) as writer:
        for at in range(0, len(plain), pieces):
            writer.write(plain[at : at + pieces])
    return target.getvalue()


def opened(token: bytes, private: bytes = PRIVATE) -> bytes:
    return io.BufferedReader(DecryptingReader(io.BytesIO(token), private)).read()


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope, "CHUNK", 64)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=400), st.integers(1, 200))
def test_what_is_written_is_read_back(plain: bytes, pieces: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(envelope, "CHUNK", 64)
        assert opened(sealed(plain, pieces=pieces)) == plain


def test_every_changed_or_cut_byte_is_noticed(small_chunks: None) -> None:
    token = sealed(b"x" * 200)
    for at in range(len(token)):
        changed = token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
        with pytest.raises(CryptoError):
            opened(changed)
        with pytest.raises(CryptoError):
            opened(token[:at])


def test_chunks_cannot_change_places_or_be_added(small_chunks: None) -> None:
    token = sealed(b"a" * 64 + b"b" * 64 + b"c" * 10)
    size = 64 + envelope.TAG
    head, one, two = token[: envelope.HEADER], token[envelope.HEADER :][:size], None
    two = token[envelope.HEADER + size :][:size]
    rest = token[envelope.HEADER + 2 * size :]
    assert opened(head + one + two + rest) == b"a" * 64 + b"b" * 64 + b"c" * 10
    for order in (head + two + one + rest, head + one + rest, token + one, head + one + one + rest):
        with pytest.raises(CryptoError):
            opened(order)


def test_the_writer_holds_nothing_that_opens_it() -> None:
    stranger, _public = envelope.new_pair()
    with pytest.raises(CryptoError, match=envelope.fingerprint(PUBLIC)):
        opened(sealed(b"secret"), stranger)
    assert b"secret" not in sealed(b"secret")


def test_a_paper_key_survives_typing_and_shows_a_slip() -> None:
    paper = envelope.paper_key(PRIVATE)
    assert envelope.read_paper_key(paper) == PRIVATE
    assert envelope.read_paper_key(paper.lower().replace(" ", "-\n")) == PRIVATE
    typed = paper.replace("O", "0").replace("I", "1").replace("B", "8")
    assert envelope.read_paper_key(typed) == PRIVATE
    other = "A" if paper[0] != "A" else "C"
    for slip in (other + paper[1:], paper[:-5], paper + " AAAA", "", "Ä" * 56):
        with pytest.raises(CryptoError):
            envelope.read_paper_key(slip)
