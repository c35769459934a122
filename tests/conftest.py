"""Ground of all tests: a real PostgreSQL in which the owner creates and the app role works."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.management import call_command

from kotim_social.lib.crypto import create_key_file
from tests import database, outside
from tests.reset import ReferenceRows

NEEDS_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}
# Beside those in a browser.
LONG = {"bench", "hostile", "twins"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Processes take one test after the other; those with a private server stay in one process.

    They are the largest group, so they begin: while their process makes the database, the other
    has the tests that need none. The mark xdist_group no longer does it: a process gives its
    groups away in node ids, which pytest 9.2 no longer lets it change.
    """
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling

    class Groups(LoadGroupScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return "faults" if nodeid.startswith("tests/faults/") else nodeid

    return Groups(config, log)


def pytest_collection_finish() -> None:
    """The tests themselves stay until the end: no look for rubbish among them all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_configure(config: pytest.Config) -> None:
    """Pages speak Indonesian in tests too: compiled before any worker looks for words."""
    if not hasattr(config, "workerinput"):
        call_command("compilemessages", verbosity=0)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs no database first, for one process may still be making it; then what takes long.

    A long test at the end would leave the other processes without work.
    """

    def turn(item: pytest.Item) -> int:
        if item.get_closest_marker("e2e") or item.path.parent.name in LONG:
            return 1
        if item.get_closest_marker("django_db"):
            return 2
        return 2 if NEEDS_DATABASE & set(getattr(item, "fixturenames", ())) else 0

    items.sort(key=turn)


@pytest.fixture(scope="session", autouse=True)
def _light_passwords() -> None:
    """The same hasher with the least work: at full cost each hash takes a quarter of a second."""
    Argon2PasswordHasher.time_cost = Argon2PasswordHasher.parallelism = 1
    Argon2PasswordHasher.memory_cost = 8


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: object, _own_keys_and_files: None
) -> Iterator[None]:
    """The owner makes and migrates the database; `default` is the app role's way to it."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        name = database.create()
        ReferenceRows.remember()
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        database.drop(name)


@pytest.fixture(scope="session", autouse=True)
def _outside_the_wall() -> None:
    """Tests make and look up people of the whole office; requests and jobs have their user's."""
    outside.stand()


@pytest.fixture(autouse=True)
def _clean_slate(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that really committed, the owner empties the tables again.

    Django's own flush leaves a mirrored alias alone, and would take the reference rows too.
    """
    marker = request.node.get_closest_marker("django_db")
    committed = bool(marker and marker.kwargs.get("transaction")) or bool(
        {"transactional_db", "live_server"} & set(request.fixturenames)
    )
    yield
    if committed:
        blocker = request.getfixturevalue("django_db_blocker")
        with blocker.unblock():
            ReferenceRows.restore()


@pytest.fixture(scope="session", autouse=True)
def _own_keys_and_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keys and files of the tests never lie among those of the office."""
    base = tmp_path_factory.mktemp("var")
    settings.KOTIM_KEY_FILE = str(base / "keys.json")
    settings.PRIVATE_FILES_DIR = str(base / "files")
    create_key_file(settings.KOTIM_KEY_FILE)
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.WHITENOISE_USE_FINDERS = True
    # A file is looked for when it is asked for: every test client would else list them all anew.
    settings.WHITENOISE_AUTOREFRESH = True
    settings.STATIC_ROOT = base / "static"
    settings.STATIC_ROOT.mkdir()
