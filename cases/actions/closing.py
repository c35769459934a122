"""The person's side of closing a case; whether money stands open is asked above, in the desk."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import workflow
from cases.actions.sets import is_open, locked
from cases.closing_workflow import CLOSING
from cases.models import CaseClosing, ClosingReason, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused


@transaction.atomic
def request_closing(*, worker: Worker, reason: str, note: str = "", by: User) -> CaseClosing:
    """Asks a supervisor to close the case; one request at a time."""
    if not by.can(Perm.WORKER_EDIT):
        raise Refused(_("You do not have the right to do this."))
    person = locked([worker], by=by)[0]
    if against := is_open(person):
        raise Refused(*against)
    if reason not in ClosingReason.values:
        raise Refused(_("Say why the case ends."))
    try:
        with transaction.atomic():
            closing = CaseClosing.objects.create(
                worker=person, reason=reason, note=note.strip() or None, requested_by=by
            )
    except IntegrityError:
        raise Refused(_("Closing this case was asked for already.")) from None
    record("worker.ask_closing", by=by, obj=person, changes={"closing": [None, reason]})
    return closing


@transaction.atomic
def close_case(*, closing: CaseClosing, by: User) -> CaseClosing:
    """The second person's yes. Called by the desk, which has asked about money before."""
    person = locked([closing.worker_id], by=by)[0]
    closing = CLOSING.apply(closing, "confirm", by=by, decided_at=timezone.now(), decided_by=by)
    workflow.CASE.apply(person, "close", by=by, reason=closing.get_reason_display())
    return closing


@transaction.atomic
def decline_closing(*, closing: CaseClosing, reason: str, by: User) -> CaseClosing:
    person = locked([closing.worker_id], by=by)[0]
    declined = CLOSING.apply(
        closing,
        "decline",
        by=by,
        reason=reason,
        decided_at=timezone.now(),
        decided_by=by,
        decided_because=reason.strip(),
    )
    record("worker.leave_open", by=by, obj=person)
    return declined


@transaction.atomic
def withdraw_closing(*, closing: CaseClosing, by: User) -> CaseClosing:
    person = locked([closing.worker_id], by=by)[0]
    withdrawn = CLOSING.apply(closing, "withdraw", by=by, decided_at=timezone.now(), decided_by=by)
    record("worker.withdraw_closing", by=by, obj=person)
    return withdrawn


@transaction.atomic
def reopen_case(*, worker: Worker, reason: str, by: User) -> Worker:
    """Work goes on; the closing stays in her history."""
    person = locked([worker], by=by)[0]
    closing = CaseClosing.objects.filter(worker=person, state="closed").first()
    person = workflow.CASE.apply(person, "reopen", by=by, reason=reason)
    if closing is not None:
        CLOSING.apply(
            closing,
            "reopen",
            by=by,
            reason=reason,
            reopened_at=timezone.now(),
            reopened_by=by,
            reopened_because=reason.strip(),
        )
    return person
