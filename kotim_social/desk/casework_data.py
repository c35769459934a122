"""What the casework holds about one person, as label and value for her own data sheet."""

from __future__ import annotations

from typing import Any

from cases.models import Worker
from kotim_social.lib.dates import format_date

Row = tuple[str, str]


def casework_rows(worker: Worker) -> list[Row]:
    """Assessments, plan, referrals, visits, open notes, breaches and closings, oldest first."""
    dated = [*_assessments(worker), *_plan(worker), *_meetings(worker), *_findings(worker)]
    return [(format_date(day), text) for day, text in sorted(dated, key=lambda row: row[0])]


def _assessments(worker: Worker) -> list[tuple[Any, str]]:
    return [
        (row.assessed_on, f"Asesmen, risiko {row.get_risk_display()}: {row.summary}")
        for row in worker.assessments.all()
    ]


def _plan(worker: Worker) -> list[tuple[Any, str]]:
    rows = [
        (row.due_on, f"Rencana: {row.what}" + (f" – {row.outcome}" if row.outcome else ""))
        for row in worker.plan_lines.all()
    ]
    return rows + [
        (
            row.referred_on,
            f"Rujukan ke {row.provider.name}: {row.need}" + (f" – {row.answer or ''}").rstrip(" –"),
        )
        for row in worker.referrals.select_related("provider")
    ]


def _meetings(worker: Worker) -> list[tuple[Any, str]]:
    visits = [
        (row.met_on, f"{'Bertemu' if row.was_met else 'Tidak bertemu'}: {row.note}")
        for row in worker.visits.all()
    ]
    notes = [
        (row.recorded_at.date(), f"Catatan: {row.text}")
        for row in worker.notes.filter(confidential=False)
    ]
    return visits + notes


def _findings(worker: Worker) -> list[tuple[Any, str]]:
    breaches = [
        (
            row.happened_on,
            "Dugaan pelanggaran aturan menetap: "
            + "; ".join(part for part in (row.evidence, row.her_side, row.finding) if part),
        )
        for row in worker.stay_breaches.all()
    ]
    closings = [
        (row.requested_at.date(), f"Penutupan kasus: {row.get_reason_display()}")
        for row in worker.closings.filter(state__in=["closed", "reopened"])
    ]
    return breaches + closings
