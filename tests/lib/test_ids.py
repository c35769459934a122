"""UUIDv7 ids: valid, ordered by time, never equal."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from kotim_social.lib import ids
from kotim_social.lib.ids import uuid7


def test_an_id_is_a_valid_version_7_that_carries_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    # Another test of this process may have stood at a later time: ids never go back.
    monkeypatch.setitem(ids._stamps, "last", 0)
    before = time.time_ns() // 1_000_000
    made = uuid7()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert 0 <= (made.int >> 80) - before < 60_000


def test_ids_rise_strictly_even_within_one_tick() -> None:
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_threads_never_get_the_same_id() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: uuid7(), range(4_000)))
    assert len(set(made)) == 4_000
