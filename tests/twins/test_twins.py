"""Each control is switched off once; the test that shows it must turn red, for that reason.

`./run test` tries every twelfth, from a start that the date moves on; `--full` tries all.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError
from django.urls import NoReverseMatch

from kotim_social.accounts.models import User
from kotim_social.lib.crypto import CryptoError
from kotim_social.lib.dates import today
from tests.accounts.test_accounts import admin
from tests.cases.people import client_of
from tests.cases.test_casework import petugas, pimpinan
from tests.cases.test_protected_children import child, people
from tests.cases.test_row_level_security import no_filters
from tests.cases.test_worker_edit import ani, officer
from tests.cases.test_worker_facts import ani as masked
from tests.cases.test_worker_search import people as found
from tests.desk.test_trail_pages import auditor, four, worker
from tests.disbursements.conftest import denied, sql
from tests.disbursements.test_actions_threads import rounds
from tests.disbursements.test_database_bypasses import ignoring
from tests.disbursements.test_page_acts import payment_list
from tests.disbursements.test_paying import savings
from tests.drafts.test_drafts import proposing
from tests.files.test_store import user as keeper
from tests.hostile.test_single_shots import browser
from tests.lib.conftest import key_file
from tests.test_access import of_tangar
from tests.test_forgery import victim
from tests.test_headers import client as caseworker
from tests.twins.switching import Twin
from tests.twins.twins import TWINS

__all__ = [
    "admin", "ani", "auditor", "browser", "caseworker", "child", "denied", "found", "four",
    "ignoring", "keeper", "key_file", "masked", "no_filters", "of_tangar", "officer",
    "payment_list", "people",
    "petugas", "pimpinan", "proposing", "rounds", "savings", "sql", "victim", "worker",
]  # fmt: skip
FULL = bool(os.environ.get("KOTIM_FULL"))
PART = 12
CHOSEN = TWINS if FULL else TWINS[today().toordinal() % PART :: PART]
# What a test that sees the broken control may end with; a fault of the twin itself is none.
RED = (
    AssertionError,
    AttributeError,
    CryptoError,
    DatabaseError,
    KeyError,
    ValueError,
    NoReverseMatch,
    ObjectDoesNotExist,
    ValidationError,
    pytest.fail.Exception,
)


@pytest.fixture
def editor(officer: User) -> object:
    return client_of(officer)


@contextmanager
def red_at(part: str) -> Iterator[None]:
    """The line at which the test stops, or what it says, holds this part: the right reason."""
    with pytest.raises(RED) as caught:
        yield
    frames = traceback.extract_tb(caught.value.__traceback__)
    lines = [
        frame.line or "" for frame in frames
        if "/tests/" in frame.filename and "/tests/twins/" not in frame.filename
    ]  # fmt: skip
    told = f"{type(caught.value).__name__}: {str(caught.value)[:300]}"
    where = "\n".join([*lines, told])
    assert part and part in where, f"{lines} <- {told}"


def run(twin: Twin, request: pytest.FixtureRequest, patch: pytest.MonkeyPatch) -> None:
    """Fixtures first, while everything still works; then the control goes off."""
    arguments = [request.getfixturevalue(name) for name in twin.fixtures]
    off = twin.off(patch)
    context = off if isinstance(off, AbstractContextManager) else nullcontext()
    with context, red_at(twin.at):
        twin.test(*arguments, *twin.values)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "twin", [twin for twin in CHOSEN if not twin.commits], ids=lambda twin: twin.name
)
def test_without_the_control_its_test_is_red(
    twin: Twin, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(twin, request, monkeypatch)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "twin", [twin for twin in CHOSEN if twin.commits], ids=lambda twin: twin.name
)
def test_without_the_guard_of_the_database_its_test_is_red(
    twin: Twin, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(twin, request, monkeypatch)
