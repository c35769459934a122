"""docs/asvs.md names tests that exist, and says truly which of them have a twin."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROW = re.compile(r"^\| (V\d+[.\d]*) \| (.+?) \| `(tests/[\w/]+\.py)::(\w+)` \| (yes)? ?\|$")


def rows() -> list[tuple[str, str, str, str, str]]:
    lines = (ROOT / "docs" / "asvs.md").read_text().splitlines()
    table = [line for line in lines if line.startswith("| V")]
    found = [ROW.match(line) for line in table]
    assert all(found), [line for line, match in zip(table, found, strict=True) if not match]
    return [match.groups() for match in found if match]


def test_every_requirement_has_a_test_that_exists() -> None:
    assert len(rows()) >= 60
    for _number, what, path, name, _twin in rows():
        tree = ast.parse((ROOT / path).read_text())
        names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in names, f"{what}: {path}::{name}"


def test_every_twin_that_is_claimed_exists() -> None:
    text = (ROOT / "tests" / "twins" / "twins.py").read_text()
    # The parametrised test of the closed trail stands there by its assertion.
    aliases = {
        "test_raw_sql_as_the_app_role_is_refused": "assert_refused",
        "test_every_answer_carries_the_headers": "HEADER_TEST",
        "test_who_looked_at_her_and_why": "WHO_LOOKED",
    }
    for _number, what, _path, name, twin in rows():
        if twin:
            assert aliases.get(name, name) in text, f"{what}: no twin of {name}"
