"""A key file of its own for every test here."""

from pathlib import Path

import pytest
from pytest_django import Settings

from kotim_social.lib.crypto import create_key_file


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings) -> Path:
    path = tmp_path / "keys.json"
    create_key_file(path)
    settings.KOTIM_KEY_FILE = str(path)
    return path
