"""Assessing, planning and visiting; each leaves a row of its own and changes no earlier one."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import consents
from cases.actions.held import held, said
from cases.casework_states import PLAN_LINE
from cases.models import (
    Assessment,
    AssessmentReview,
    Journey,
    Layer,
    PlanLine,
    Provider,
    Visit,
    Worker,
)
from cases.models.casework import Risk
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused


@transaction.atomic
def assess(*, worker: Worker, risk: str, summary: str, assessed_on: date, by: User) -> Assessment:
    """The newest assessment counts; it may not be older than the one before it."""
    newest = worker.assessments.order_by("-assessed_on", "-id").first()
    person = held(worker, by=by, on=assessed_on, earlier=newest and newest.assessed_on)
    if risk not in Risk.values:
        raise Refused(_("Choose one of the three levels."))
    assessment = Assessment.objects.create(
        worker=person,
        risk=risk,
        summary=said(summary, _("Say in a few words what you found.")),
        assessed_on=assessed_on,
        recorded_by=by,
    )
    record("case.assess", by=by, obj=person, changes={"assessment": [None, str(assessment.pk)]})
    return assessment


@transaction.atomic
def review_assessment(*, assessment: Assessment, note: str, by: User) -> AssessmentReview:
    """A supervisor's look at somebody else's assessment."""
    person = held(assessment.worker, by=by, perm=Perm.CASEWORK_REVIEW)
    if assessment.recorded_by_id == by.pk:
        raise Refused(_("Somebody else must do this: you already had a hand in it."))
    if AssessmentReview.objects.filter(assessment=assessment).exists():
        raise Refused(_("This assessment has been reviewed already."))
    review = AssessmentReview.objects.create(
        assessment=assessment,
        note=said(note, _("Say what is to be done.")),
        reviewed_by=by,
    )
    changes = {"assessment": [None, str(assessment.pk)]}
    record("case.review", by=by, obj=person, changes=changes)
    return review


@transaction.atomic
def add_plan_line(
    *, worker: Worker, what: str, provider: Provider | None = None, due_on: date, by: User
) -> PlanLine:
    """Something to be done by a day; the day may have passed when it is typed in late."""
    person = held(worker, by=by)
    if due_on < person.registered_on:
        raise Refused(_("The date lies before her registration."))
    line = PlanLine.objects.create(
        worker=person,
        what=said(what, _("Say what is to be done.")),
        provider=provider,
        due_on=due_on,
        recorded_by=by,
    )
    record("case.plan", by=by, obj=person, changes={"plan": [None, str(line.pk)]})
    return line


@transaction.atomic
def end_plan_line(*, line: PlanLine, act: str, outcome: str, ended_on: date, by: User) -> PlanLine:
    """`act` is "finish" or "drop"; either way what came of it is written down."""
    held(line.worker, by=by, on=ended_on)
    return PLAN_LINE.apply(
        line,
        act,
        by=by,
        outcome=said(outcome, _("Say what came of it.")),
        ended_on=ended_on,
        ended_at=timezone.now(),
        ended_by=by,
    )


@transaction.atomic
def record_visit(
    *,
    worker: Worker,
    met_on: date,
    note: str,
    was_met: bool = True,
    way: str = Visit.Way.VISIT,
    by: User,
) -> Visit:
    """A visit or call. After she has left it needs her consent to be contacted."""
    person = held(worker, by=by, on=met_on)
    if way not in Visit.Way.values:
        raise Refused(_("Choose how she was contacted."))
    if has_left(person):
        consents.demand(person, Layer.FOLLOW_UP)
    visit = Visit.objects.create(
        worker=person,
        met_on=met_on,
        way=way,
        was_met=was_met,
        note=said(note, _("Say in a few words how she is.")),
        recorded_by=by,
    )
    record("case.visit", by=by, obj=person, changes={"visit": [None, str(visit.pk)]})
    return visit


def has_left(worker: Worker) -> bool:
    gone = ("handed_over", "returned_alone")
    return Journey.objects.filter(worker=worker, current=True, state__in=gone).exists()
