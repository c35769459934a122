"""Each control is switched off once; the test that shows it must turn red.

`./run test` tries every fourth, from a start that the date moves on; `--full` tries all.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.urls import NoReverseMatch

from kotim_social.lib.dates import today
from tests.accounts.test_accounts import admin
from tests.cases.test_protected_children import child, people
from tests.desk.test_trail_pages import auditor, four, worker
from tests.test_access import of_tangar
from tests.test_forgery import victim
from tests.test_headers import client as caseworker
from tests.twins.twins import TWINS, Twin

__all__ = [
    "admin", "auditor", "caseworker", "child", "four", "of_tangar", "people", "victim", "worker",
]  # fmt: skip
FULL = bool(os.environ.get("KOTIM_FULL"))
CHOSEN = TWINS if FULL else TWINS[today().toordinal() % 4 :: 4]
# What a test that sees the broken control may end with; a fault of the twin itself is none.
RED = (
    AssertionError,
    AttributeError,
    KeyError,
    ValueError,
    NoReverseMatch,
    ObjectDoesNotExist,
    pytest.fail.Exception,
)


def run(twin: Twin, request: pytest.FixtureRequest, patch: pytest.MonkeyPatch) -> None:
    """Fixtures first, while everything still works; then the control goes off."""
    names = [_renamed(twin, name) for name in twin.fixtures]
    arguments = [request.getfixturevalue(name) for name in names]
    off = twin.off(patch)
    context = off if isinstance(off, AbstractContextManager) else nullcontext()
    with context, pytest.raises(RED):
        twin.test(*arguments, *twin.values)


def _renamed(twin: Twin, name: str) -> str:
    """The tests of the headers have a `client` of their own."""
    own = twin.test.__module__.endswith("test_headers") and name == "client"
    return "caseworker" if own else name


@pytest.mark.django_db
@pytest.mark.parametrize(
    "twin", [twin for twin in CHOSEN if "chain" not in twin.name], ids=lambda twin: twin.name
)
def test_without_the_control_its_test_is_red(
    twin: Twin, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(twin, request, monkeypatch)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "twin", [twin for twin in TWINS if "chain" in twin.name], ids=lambda twin: twin.name
)
def test_without_the_chain_a_change_is_not_found(
    twin: Twin, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(twin, request, monkeypatch)
