"""Commands of the owner role: keys and files of their own, and a way in as the owner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from kotim_social.lib.crypto import create_key_file


@pytest.fixture
def key_file(tmp_path: Path, settings: Any) -> Path:
    """A key file and a folder of files that no other test has written to."""
    path = tmp_path / "keys.json"
    create_key_file(path)
    settings.KOTIM_KEY_FILE = str(path)
    settings.PRIVATE_FILES_DIR = str(tmp_path / "files")
    return path


@pytest.fixture
def owner(transactional_db: None) -> Iterator[Any]:
    """The owner's connection, which pytest-django keeps shut for tests that name no databases.

    Naming it there would have Django empty the reference tables after the test.
    """
    connection = connections["owner"]
    shut = {
        name: vars(connection)[name]
        for name in ("connect", "temporary_connection", "cursor", "chunked_cursor")
        if name in vars(connection)
    }
    for name in shut:
        delattr(connection, name)
    connection.connect()
    yield connection
    connection.close()
    for name, method in shut.items():
        setattr(connection, name, method)
