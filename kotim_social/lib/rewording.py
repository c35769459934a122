"""A migration of words alone: other names of fields on the screen, and nothing in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations import AlterField, SeparateDatabaseAndState
from django.db.migrations.state import ProjectState
from django.db.models import Field


class Reworded(SeparateDatabaseAndState):
    """Alters fields in the state only; refuses what the database would have to know of.

    Django draws up every related model anew after each alteration, a quarter of a second of work;
    here all of them are drawn up once, by whatever comes next.
    """

    def __init__(self, state_operations: Sequence[AlterField]) -> None:
        super().__init__(state_operations=state_operations)
        self.alterations = state_operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)
        for operation in self.alterations:
            fields = state.models[app_label, operation.model_name_lower].fields
            before = _stored(fields[operation.name])
            operation.state_forwards(app_label, state)
            if _stored(fields[operation.name]) != before:
                raise ValueError(f"{operation.describe()}: more than its words.")


def _stored(field: Field[Any, Any]) -> tuple[Any, ...]:
    """What the database knows of a field."""
    _name, path, args, about = field.deconstruct()
    kept = {key: value for key, value in about.items() if key not in field.non_db_attrs}
    return path, args, kept
