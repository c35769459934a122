"""What is asked of each person: kept in her row, or as columns of a query that are built once."""

from __future__ import annotations

from functools import cache
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models
from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery

from cases.models.of_age import under_age

# What triggers keep in her row from the tables that hang on her (docs/adr/0021). Nobody else writes
# it: what the program writes there is set right by the same statement.
KEPT = [
    "has_account", "account_active", "holder_same", "statement_signed", "origin_confirmed",
    "reached", "way",
]  # fmt: skip
COMPLETE = Q(nik_index__isnull=False, account_active=True, holder_same=True, statement_signed=True)


class BesidesKept(pgtrigger.Condition):
    """Something of her own has changed: what is kept has its history where it comes from."""

    def __init__(self) -> None:
        """The columns are those of the model that asks."""

    def resolve(self, model: type[models.Model]) -> str:
        own = [f.column for f in model._meta.concrete_fields if f.name not in KEPT]
        old, new = (", ".join(f'{row}."{column}"' for column in own) for row in ("OLD", "NEW"))
        return f"({old}) IS DISTINCT FROM ({new})"


def kept(label: Any) -> models.BooleanField[bool, bool]:
    """Whether something is so, as one of KEPT."""
    return models.BooleanField(label, default=False, db_default=False, editable=False)


@cache
def readiness() -> dict[str, Any]:
    """What her row does not keep of what she needs. A query takes copies: these never change."""
    accounts = apps.get_model("cases.BankAccount").objects.filter(worker=OuterRef("pk"))
    return {
        "account_state": Subquery(accounts.exclude(state="closed").values("state")[:1]),
        "under_age": under_age(),
    }


def current_journey() -> dict[str, Any]:
    """The state and the dates of her current journey; nothing when she has none.

    By a join, for there is at most one: as questions of their own each would bring the policies of
    the table into the statement again, whose planning costs more than its work. Made for each
    query, for a query makes such a join its own.
    """
    return {
        "current_journey": FilteredRelation("journeys", condition=Q(journeys__current=True)),
        "journey_state": F("current_journey__state"),
        "journey_batch": F("current_journey__batch_code"),
        "journey_approved_on": F("current_journey__approved_on"),
        "journey_arrived_on": F("current_journey__arrived_on"),
    }
