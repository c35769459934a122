"""Within what time the office answers a request about personal data, and by what law."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestKind(models.TextChoices):
    """What she may ask for (UU 27/2022 arts. 6 to 11)."""

    ACCESS = "access", _("see her data or get a copy")
    CORRECTION = "correction", _("have something corrected")
    RESTRICTION = "restriction", _("delay or restrict the use")
    OBJECTION = "objection", _("object to a use")
    ERASURE = "erasure", _("have data erased")


@dataclass(frozen=True)
class Term:
    kind: str
    within: timedelta
    basis: Any
    since: date


_LAW = date(2022, 10, 17)
_OFFICE = _("term of the office; Law 27/2022 names none")
# A new term is a new row with its day; the newest one that has begun holds.
TERMS = (
    Term("access", timedelta(hours=72), _("Law 27/2022 art. 32 (2): 3 × 24 hours"), _LAW),
    Term("correction", timedelta(hours=72), _("Law 27/2022 art. 30 (1): 3 × 24 hours"), _LAW),
    Term("restriction", timedelta(hours=72), _("Law 27/2022 art. 41 (1): 3 × 24 hours"), _LAW),
    Term("objection", timedelta(days=14), _OFFICE, _LAW),
    Term("breach", timedelta(hours=72), _("Law 27/2022 art. 46 (1): 3 × 24 hours"), _LAW),
    Term("erasure", timedelta(days=14), _OFFICE, _LAW),
)


def term_of(kind: str, day: date) -> Term:
    """The term in force; before the law the first one of its kind."""
    rows = sorted((term for term in TERMS if term.kind == kind), key=lambda term: term.since)
    return next((term for term in reversed(rows) if term.since <= day), rows[0])


def deadline_of(kind: str, received: datetime) -> datetime:
    return received + term_of(kind, received.date()).within
