"""What is asked of each person as columns of a query: built once, not for every set of people."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import (
    Case,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Subquery,
    When,
)

from cases.models.of_age import under_age


@cache
def readiness() -> dict[str, Any]:
    """What she still needs (see rules.py). A query takes copies, so these never change."""
    hers = {"worker": OuterRef("pk")}
    accounts = apps.get_model("cases.BankAccount").objects.filter(**hers).exclude(state="closed")
    statements = apps.get_model("cases.SignedStatement").objects.filter(**hers)
    origins = apps.get_model("cases.OriginConfirmation").objects.filter(
        **hers, current=True, answer="confirmed", regency=OuterRef("home_regency")
    )
    newest = statements.order_by("-signed_on", "-id").values("choice")[:1]
    return {
        "has_account": Exists(accounts.filter(number_index__isnull=False)),
        "account_active": Exists(accounts.filter(state="active")),
        "account_state": Subquery(accounts.values("state")[:1]),
        "holder_same": Exists(accounts.filter(holder_folded=OuterRef("name_folded"))),
        "statement_choice": Subquery(newest),
        "under_age": under_age(),
        "origin_confirmed": Exists(origins),
    }


@cache
def statement_signed() -> Case:
    """A statement stands for the choice that it was signed for, and for no later one."""
    return Case(When(statement_choice=F("choice"), then=True), default=False)


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
