"""Names for filters are read from the database once a minute, and not for each page."""

from __future__ import annotations

import pytest

from kotim_social.regions import known


def test_a_new_name_is_there_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now, written = [1000.0], [("KM12", "Km 12")]
    monkeypatch.setattr(known.time, "monotonic", lambda: now[0])
    names = known.Known(lambda: tuple(written))
    assert names() == (("KM12", "Km 12"),)
    written.append(("BARU", "Baru"))
    now[0] += known.SECONDS - 1
    assert names() == (("KM12", "Km 12"),)
    now[0] += 1
    assert names() == (("KM12", "Km 12"), ("BARU", "Baru"))
