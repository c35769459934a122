"""Objections to a finding: taken down, answered by somebody else, or withdrawn."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.sets import is_open, locked, not_before
from cases.models import EligibilityDecision, Objection, Worker
from cases.verval_workflow import OBJECTION
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.lib.dates import format_date, today
from kotim_social.workflow import Refused

# Days within which she may object after the notice, and within which the office answers.
DAYS_TO_OBJECT = 14
DAYS_TO_ANSWER = 14
CONTESTABLE = ("not_eligible", "on_hold")


def contested_finding(worker: Worker) -> EligibilityDecision | None:
    """The finding that stands against her now; None when there is nothing to object to."""
    if worker.eligibility not in CONTESTABLE:
        return None
    rows = EligibilityDecision.objects.filter(worker=worker).order_by("-decided_on", "-id")
    return rows.select_related("recorded_by").first()


@transaction.atomic
def raise_objection(*, worker: Worker, raised_on: date, grounds: str, by: User) -> Objection:
    """Takes her objection down; it is answered within the office's own days."""
    person = locked([worker], by=by)[0]
    if not by.can(Perm.WORKER_EDIT):
        raise Refused(_("You do not have the right to do this."))
    finding = contested_finding(person)
    if finding is None:
        raise Refused(_("There is no finding against her to object to."))
    if not grounds.strip():
        raise Refused(_("Write what she says against the finding."))
    against = is_open(person) or not_before(person, raised_on, finding.decided_on)
    if Objection.objects.filter(worker=person, state="open").exists():
        against.append(_("An objection of hers already waits for its answer."))
    if against:
        raise Refused(*against)
    objection = Objection.objects.create(
        worker=person,
        decision=finding,
        found_by=finding.recorded_by,
        raised_on=raised_on,
        due_on=raised_on + timedelta(days=DAYS_TO_ANSWER),
        grounds=grounds.strip(),
        recorded_by=by,
    )
    changes = {"due_on": [None, objection.due_on.isoformat()]}
    record("worker.object", by=by, obj=person, changes=changes)
    return objection


@transaction.atomic
def answer_objection(
    *, objection: Objection, act: str, outcome: str, decided_on: date, by: User
) -> Objection:
    """`act` is a transition of the objection's workflow. Upheld: she may be verified again."""
    if not outcome.strip():
        raise Refused(_("Write the answer and why."))
    if decided_on > today():
        raise Refused(_("The date lies in the future."))
    if decided_on < objection.raised_on:
        shown = {"date": format_date(objection.raised_on)}
        raise Refused(_("The date lies before %(date)s, the step before it.") % shown)
    answered: Objection = OBJECTION.apply(
        objection,
        act,
        by=by,
        outcome=outcome.strip(),
        decided_on=decided_on,
        decided_at=timezone.now(),
        decided_by=by,
    )
    worker = answered.worker
    record(f"worker.objection_{answered.state}", by=by, obj=worker)
    return answered
