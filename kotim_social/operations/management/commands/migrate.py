"""Migrates as the owner role, then gives the app role its rights, guards written rows, and says how
the row history is planned."""

from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections

from kotim_social.operations.grants import apply_grants
from kotim_social.operations.plans import apply_plans
from kotim_social.operations.written_once import apply_guards

OWNER = "owner"


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] == DEFAULT_DB_ALIAS and OWNER in connections:
            options["database"] = OWNER
        super().handle(*args, **options)
        apply_grants(connections[options["database"]])
        apply_guards(connections[options["database"]])
        apply_plans(connections[options["database"]])
