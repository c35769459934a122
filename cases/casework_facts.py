"""Everything on the case page of one person, in a number of queries that does not grow."""

from __future__ import annotations

from typing import Any

from cases.models import (
    Assessment,
    Consent,
    Note,
    PlanLine,
    Referral,
    StayBreach,
    Visit,
    Worker,
)
from cases.worklist import open_cases, with_due
from kotim_social.accounts.models import User
from kotim_social.lib.dates import today

SHOWN = 50


def case_of(worker: Worker, user: User) -> dict[str, Any]:
    """Newest first; each list comes from a set that is scoped to this user."""
    hers = {"worker": worker}
    assessments = Assessment.objects.visible_to(user).filter(**hers)
    lines = PlanLine.objects.visible_to(user).filter(**hers).select_related("provider")
    notes = Note.objects.visible_to(user).filter(**hers).select_related("recorded_by")
    visits = Visit.objects.visible_to(user).filter(**hers).select_related("recorded_by")
    referrals = Referral.objects.visible_to(user).filter(**hers).select_related("provider")
    breaches = StayBreach.objects.visible_to(user).filter(**hers)
    return {
        "assessments": list(
            assessments.select_related("recorded_by", "review__reviewed_by").order_by(
                "-assessed_on", "-id"
            )[:SHOWN]
        ),
        "lines": list(lines.order_by("state", "due_on", "id")[:SHOWN]),
        "notes": [
            {"note": note, "may_edit": note.may_be_edited_by(user)}
            for note in notes.order_by("-recorded_at", "-id")[:SHOWN]
        ],
        "visits": list(visits.order_by("-met_on", "-id")[:SHOWN]),
        "referrals": list(referrals.order_by("-referred_on", "-id")[:SHOWN]),
        "breaches": list(breaches.order_by("-happened_on", "-id")[:SHOWN]),
        "due": with_due(Worker.objects.filter(pk=worker.pk)).get(),
        "holder_name": open_cases(user)
        .filter(pk=worker.pk)
        .values_list("holder_name", flat=True)
        .first(),
        "today": today(),
    }


def consents_of(worker: Worker, user: User) -> list[Consent]:
    rows = Consent.objects.visible_to(user).filter(worker=worker).select_related("recorded_by")
    return list(rows.order_by("withdrawn_at", "layer", "receiver", "-given_on")[:SHOWN])
