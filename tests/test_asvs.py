"""docs/asvs.md names tests that exist, each with its twin or the reason why it has none."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from django.conf import settings

from tests.twins.twins import TWINS

ROOT = Path(settings.BASE_DIR)
ROW = re.compile(
    r"^\| (V\d+[.\d]*) \| (.+?) \| `(tests/[\w/]+\.py)::(\w+)` \| (yes|no: .{10,}) \|$"
)
# Thousands of shots and a browser; every other test has a control that can be switched off.
WITHOUT = {"test_hostile_requests", "test_the_gates_see_what_the_content_policy_forbids"}


def rows() -> list[tuple[str, str, str, str, str]]:
    lines = (ROOT / "docs" / "asvs.md").read_text().splitlines()
    table = [line for line in lines if line.startswith("| V")]
    found = [ROW.match(line) for line in table]
    assert all(found), [line for line, match in zip(table, found, strict=True) if not match]
    return [match.groups() for match in found if match]


def twinned() -> set[tuple[str, str]]:
    return {(twin.test.__module__.replace(".", "/") + ".py", twin.test.__name__) for twin in TWINS}


def test_every_requirement_has_a_test_that_exists() -> None:
    assert len(rows()) >= 100
    for _number, what, path, name, _twin in rows():
        tree = ast.parse((ROOT / path).read_text())
        names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in names, f"{what}: {path}::{name}"


def test_every_requirement_has_its_twin() -> None:
    for _number, what, path, name, twin in rows():
        if twin == "yes":
            assert (path, name) in twinned(), f"{what}: no twin of {name}"
        else:
            assert name in WITHOUT, f"{what}: {name} could have a twin"


def test_every_twin_shows_a_requirement() -> None:
    listed = {(path, name) for _number, _what, path, name, _twin in rows()}
    assert twinned() <= listed, twinned() - listed


def test_every_twin_has_its_own_name_and_line() -> None:
    names = [twin.name for twin in TWINS]
    assert len(names) == len(set(names))
    assert [twin.name for twin in TWINS if not twin.at] == []
