"""The rules of the house, run over the whole tree: a new part that breaks one fails here."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL
from django.urls import URLPattern, URLResolver, get_resolver

from cases.workflow import WORKFLOWS as CASES
from disbursements.workflow import WORKFLOWS as DISBURSEMENTS
from kotim_social.audit.immutable import ImmutableError, ImmutableModel
from kotim_social.jobs.workflow import WORKFLOWS as JOBS
from kotim_social.operations.management.commands.write_docs import pages
from repatriation.workflow import WORKFLOWS as REPATRIATION

ROOT = Path(settings.BASE_DIR)
OURS = ("kotim_social", "cases", "disbursements", "repatriation")
WORKFLOWS = (*CASES, *DISBURSEMENTS, *REPATRIATION, *JOBS)
PRIVACY_CLASSES = {"umum", "spesifik", "rahasia"}
MODULE_LINES, FUNCTION_LINES, TEMPLATE_LINES = 400, 40, 150
# Django's own views and allauth's: they carry no mark of ours, the middleware guards them.
FOREIGN_VIEWS = ("django.", "allauth.", "kotim_social.accounts")


def python_files() -> Iterator[Path]:
    for folder in OURS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def our_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith(OURS)]


def our_views() -> Iterator[tuple[str, object]]:
    def walk(patterns: list[object], prefix: str) -> Iterator[tuple[str, object]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
            elif isinstance(pattern, URLPattern):
                yield prefix + str(pattern.pattern), pattern.callback

    yield from walk(get_resolver().url_patterns, "")


def test_every_view_has_a_permission_or_is_public() -> None:
    bare = [
        address
        for address, view in our_views()
        if not address.startswith("admin/")
        and not getattr(view, "__module__", "").startswith(FOREIGN_VIEWS)
        and not hasattr(view, "perms")
        and not getattr(view, "is_public", False)
    ]
    assert bare == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: f"{w.model_label}.{w.field}")
def test_states_have_label_owner_and_way_out(workflow: object) -> None:
    left = {source for step in workflow.transitions for source in step.sources}
    for state in workflow.states:
        assert str(state.label), state.code
        if state.final:
            assert state.code not in left, f"{state.code} is final and has a way out"
        else:
            assert state.owner, f"{state.code} is nobody's turn"
            assert state.code in left, f"{state.code} has no way out"
    known = {state.code for state in workflow.states}
    for step in workflow.transitions:
        assert {*step.sources, step.target} <= known, step.act
        assert str(step.label)
    acts = [step.act for step in workflow.transitions]
    assert len(acts) == len(set(acts))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: f"{w.model_label}.{w.field}")
def test_the_database_guards_each_state_column(workflow: object) -> None:
    triggers = {trigger.name for trigger in workflow.model._meta.triggers}
    assert f"{workflow.field}_road" in triggers
    names = {constraint.name for constraint in workflow.model._meta.constraints}
    assert f"{workflow.model._meta.model_name}_known_{workflow.field}" in names


@pytest.mark.parametrize("model", our_models(), ids=lambda m: m._meta.label)
def test_every_at_has_its_by(model: type[models.Model]) -> None:
    names = {field.name for field in model._meta.get_fields()}
    machine = getattr(model, "acts_of_the_machine", set())
    if model._meta.label_lower == "audit.entry" or hasattr(model, "pgh_tracked_model"):
        return
    for name in names:
        if name.endswith("_at") and name not in machine:
            assert f"{name[:-3]}_by" in names, f"{name} does not say by whom"


@pytest.mark.parametrize("model", our_models(), ids=lambda m: m._meta.label)
def test_every_field_has_a_privacy_class(model: type[models.Model]) -> None:
    if hasattr(model, "pgh_tracked_model"):
        return
    classes = getattr(model, "privacy", {})
    names = {field.name for field in model._meta.local_fields + model._meta.local_many_to_many}
    assert set(classes) == names
    assert set(classes.values()) <= PRIVACY_CLASSES


@pytest.mark.parametrize(
    "model",
    [m for m in our_models() if issubclass(m, ImmutableModel)],
    ids=lambda m: m._meta.label,
)
def test_immutable_models_refuse_change(model: type[models.Model]) -> None:
    row = model()
    row._state.adding = False
    with pytest.raises(ImmutableError):
        row.save()
    with pytest.raises(ImmutableError):
        row.delete()
    with pytest.raises(ImmutableError):
        model._default_manager.all().update(pk=1)
    with pytest.raises(ImmutableError):
        model._default_manager.all().delete()
    with pytest.raises(ImmutableError):
        model._default_manager.all().bulk_update([], [])


@pytest.mark.parametrize("name", ["states.md", "permissions.md"])
def test_generated_docs_are_current(name: str) -> None:
    assert (ROOT / "docs" / name).read_text() == pages()[name], "run manage.py write_docs"


def test_every_template_is_used_and_has_nothing_inline() -> None:
    folder = ROOT / "templates"
    sources = "\n".join(path.read_text() for path in python_files())
    templates = {path: path.read_text() for path in sorted(folder.rglob("*.html"))}
    everything = sources + "\n".join(templates.values())
    known_to_libraries = re.compile(r"^(account|mfa|bootstrap5|admin|django|allauth)/|^\d{3}")
    for path, text in templates.items():
        name = str(path.relative_to(folder))
        assert len(text.splitlines()) <= TEMPLATE_LINES, f"{name} is too long"
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", text), name
        if not known_to_libraries.match(name):
            assert f'"{name}"' in everything or f"'{name}'" in everything, f"{name} is not used"
        page = not path.name.startswith("_") and "<html" not in text
        if page and not known_to_libraries.match(name):
            assert "{% extends " in text, f"{name} extends no base"


def test_no_float_near_money() -> None:
    for path in python_files():
        text = path.read_text()
        if path.is_relative_to(ROOT / "kotim_social" / "documents"):
            continue  # measures on paper are fractions of a point
        assert "FloatField" not in text, path
        if "disbursements" in path.parts:
            assert not re.search(r"\bfloat\(|DecimalField", text), path


def test_what_a_name_in_a_list_needs_is_said_once() -> None:
    """`named()` knows what to select; written out beside a list it is forgotten one day."""
    for path in python_files():
        assert not re.search(r"worker__place__lokalisasi\b\"", path.read_text()), path


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model",
    [m for m in our_models() if hasattr(m._default_manager, "named")],
    ids=lambda m: m._meta.label,
)
def test_a_name_in_a_list_costs_no_query(model: type[models.Model]) -> None:
    """The row, her, her place and its closing come in one: by that day she is a child or not."""
    rows = model._default_manager.named()  # type: ignore[attr-defined]
    way = rows.person.split("__") if rows.person else []
    found: object = rows.query.select_related
    for step in [*way, "place", "lokalisasi"]:
        assert isinstance(found, dict) and step in found, step
        found = found[step]
    assert "regions_lokalisasi" in str(rows.query)


@pytest.mark.parametrize("path", list(python_files()), ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_are_short_and_say_what_they_are(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MODULE_LINES, "split it"
    tree = ast.parse(text)
    if tree.body:
        assert ast.get_docstring(tree), "say in one line what this module is"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = _lines_of_body(node)
            assert length <= FUNCTION_LINES, f"{node.name} has {length} lines"


def _lines_of_body(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of work: a long signature and a docstring are no fault."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_every_data_migration_reverses() -> None:
    loader = MigrationLoader(connection)
    for (app, name), migration in loader.disk_migrations.items():
        if not migration.__module__.startswith(OURS):
            continue
        for operation in migration.operations:
            if isinstance(operation, RunPython | RunSQL):
                assert operation.reversible, f"{app}.{name}"


def test_no_machine_path_or_secret_in_the_tree() -> None:
    tell_tale = re.compile(
        r"/(?:home|root|work|Users)/[a-z]|BEGIN (?:RSA |EC )?PRIVATE KEY|AKIA[0-9A-Z]{16}"
    )
    for path in [*python_files(), *ROOT.glob("*.toml"), ROOT / "run", ROOT / "README.md"]:
        found = tell_tale.search(path.read_text())
        assert not found, f"{path}: {found and found.group()}"


def test_the_driver_is_still_psycopg2() -> None:
    """A package that brings psycopg 3 along would flip Django to it without a word."""
    assert connection.Database.__name__ == "psycopg2"
    assert "psycopg" not in sys.modules
