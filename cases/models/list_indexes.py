"""Indexes of the list of people by each of its filters: a page and its count touch nobody else."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cases.models.readiness import COMPLETE

# A merged record stands in no list: the one that leads on does.
_LISTED = ~Q(case_state="merged")
# What the policies ask of each row, so that it stands in the indexes.
_ASKED = ["place", "birth_date"]
_FILTERED = [
    "birth_date", "eligibility", "choice", "home_regency", "determined_on", "has_account",
    "account_active", "statement_signed", "reached", "way",
]  # fmt: skip

LIST_INDEXES = [
    models.Index(fields=["name", "id"], include=[*_ASKED, "case_state"], name="worker_by_name"),
    # A caseworker's whole list, whatever she filters by.
    models.Index(
        fields=["place", "name", "id"],
        include=_FILTERED,
        condition=_LISTED,
        name="worker_at_place",
    ),
    *(
        models.Index(
            fields=[column, "name", "id"],
            include=_ASKED,
            condition=_LISTED,
            name=f"worker_{name}",
        )
        for column, name in (
            ("choice", "by_choice"),
            ("eligibility", "by_eligibility"),
            ("home_regency", "by_home"),
            ("way", "by_way"),
            ("reached", "by_briefing"),
        )
    ),
    *(
        models.Index(
            fields=["name", "id"],
            include=_ASKED,
            condition=_LISTED & condition,
            name=f"worker_{name}",
        )
        for name, condition in (
            ("without_nik", Q(nik_index__isnull=True)),
            ("without_account", Q(has_account=False)),
            ("without_active_account", Q(account_active=False)),
            ("without_statement", Q(statement_signed=False)),
            ("complete", COMPLETE),
            (
                "waits_for_decree",
                Q(eligibility="eligible", determined_on__isnull=True),
            ),
            ("named_by_decree", Q(determined_on__isnull=False)),
        )
    ),
]
