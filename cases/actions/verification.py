"""What was found about people's eligibility, and that a decree names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases import workflow
from cases.actions.children import refer_found
from cases.actions.sets import (
    Against,
    People,
    is_open,
    locked,
    newest_dates,
    not_before,
    refuse_unless_ready,
)
from cases.actions.stages import kept_out
from cases.models import EligibilityDecision, ReasonCode, Stage, VerificationSession, Worker
from kotim_social.accounts.models import User
from kotim_social.audit.trail import build, record, record_many
from kotim_social.workflow import Refused

_LOOKED_AT_BY_A_DECREE = (
    "register_no", "place", "eligibility", "case_state", "determined_on", "registered_on",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One result for a set of people; `act` is a transition of workflow.ELIGIBILITY."""

    act: str
    decided_on: date
    reason_code: str = ""
    note: str = ""
    session: VerificationSession | None = None


def against_finding(people: list[Worker], finding: Finding, *, by: User) -> Against:
    """What stands against the finding for one of the people; a constant number of queries."""
    earlier = newest_dates(EligibilityDecision.objects, "decided_on", people)
    frozen = kept_out(people, Stage.VERIFICATION)

    def against(worker: Worker) -> list[str]:
        if worker.pk in frozen:
            return [_("Verification is frozen in her place: an upheld objection opens it for her.")]
        return (
            is_open(worker)
            or _outside_session(worker, finding)
            or workflow.ELIGIBILITY.can(worker, by, finding.act)
            or not_before(worker, finding.decided_on, earlier.get(worker.pk))
        )

    return against


def _outside_session(worker: Worker, finding: Finding) -> list[str]:
    """A result of a session is of its place, and not older than the session."""
    session = finding.session
    if session is None:
        return []
    if worker.place_id != session.place_id:
        return [_("The session was held in another place.")]
    if finding.decided_on < session.held_on:
        return [_("The decision is older than the session.")]
    return []


@transaction.atomic
def decide_eligibility(*, workers: People, finding: Finding, by: User) -> int:
    """Writes a dated decision for each and moves them all; returns how many. All or nobody."""
    people = locked(workers, by=by)
    step = workflow.ELIGIBILITY.transition(finding.act)
    if step.reason_required and finding.reason_code not in ReasonCode.values:
        raise Refused(_("Say why."))
    if finding.reason_code == ReasonCode.OTHER and not finding.note.strip():
        raise Refused(_("Write what the other reason is."))
    refuse_unless_ready(people, against_finding(people, finding, by=by))
    reason_code = finding.reason_code if step.reason_required else ""
    EligibilityDecision.objects.bulk_create(
        EligibilityDecision(
            worker=worker,
            state=step.target,
            reason_code=reason_code,
            note=finding.note.strip() or None,
            session=finding.session,
            decided_on=finding.decided_on,
            recorded_by=by,
        )
        for worker in people
    )
    Worker.objects.filter(pk__in=[worker.pk for worker in people]).update(eligibility=step.target)
    record_many(
        build(
            f"worker.{finding.act}",
            by=by,
            object_type="cases.worker",
            object_id=str(worker.pk),
            reason=reason_code,
            changes={"eligibility": [worker.eligibility, step.target]},
        )
        for worker in people
    )
    if reason_code == ReasonCode.MINOR:
        refer_found(workers=people, by=by)
    return len(people)


@transaction.atomic
def went_home_alone(*, worker: Worker, on: date, by: User) -> None:
    """Who went home by herself before a decree named her is not eligible; nobody finds that.

    It follows from the fact and its proof, so whoever records these needs no right to verify.
    """
    step = workflow.ELIGIBILITY.transition("find_not_eligible")
    if worker.eligibility not in step.sources:
        return
    earlier = newest_dates(EligibilityDecision.objects, "decided_on", [worker]).get(worker.pk)
    EligibilityDecision.objects.create(
        worker=worker,
        state=step.target,
        reason_code=ReasonCode.WENT_HOME_ALONE,
        decided_on=max(on, earlier or on),
        recorded_by=by,
    )
    Worker.objects.filter(pk=worker.pk).update(eligibility=step.target)
    record(
        "worker.find_not_eligible",
        by=by,
        obj=worker,
        reason=ReasonCode.WENT_HOME_ALONE,
        changes={"eligibility": [worker.eligibility, step.target]},
    )


@transaction.atomic
def mark_determined(*, workers: People, on: date, by: User) -> int:
    """A decree names them: called by the decree's own act. Who is named already stays as she is.

    Returns how many were newly named. Refused when one was not found eligible.
    """
    people = locked(workers, by=by, only=_LOOKED_AT_BY_A_DECREE)
    decided = newest_dates(EligibilityDecision.objects, "decided_on", people)
    frozen = kept_out(people, Stage.DECREE)

    def against(worker: Worker) -> list[str]:
        if worker.pk in frozen:
            return [_("The list of her place is frozen: no further decree names her.")]
        if worker.eligibility != "eligible":
            return [_("She has not been found eligible.")]
        return is_open(worker) or not_before(worker, on, decided.get(worker.pk))

    newly = [worker for worker in people if worker.determined_on is None]
    refuse_unless_ready(newly, against)
    ids: list[UUID] = [worker.pk for worker in newly]
    Worker.objects.filter(pk__in=ids).update(determined_on=on)
    record_many(
        build(
            "worker.determine",
            by=by,
            object_type="cases.worker",
            object_id=str(pk),
            changes={"determined_on": [None, on.isoformat()]},
        )
        for pk in ids
    )
    return len(ids)
