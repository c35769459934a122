"""The register of data breaches: reported, made clear, told to whom the law names, closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.data_breach_workflow import DATA_BREACH
from cases.data_terms import deadline_of
from cases.models import BreachNotice, BreachPerson, DataBreach, Worker
from cases.models.data_breach import RUNNING
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused

_WRITTEN = ("how", "data")


@dataclass(frozen=True)
class BreachFacts:
    """What is known of it; `happened` is None while nobody knows, cause and measures may follow."""

    kind: str
    happened: datetime | None
    discovered: datetime
    how: str
    data: str
    people_estimated: int
    cause: str = ""
    measures: str = ""


@transaction.atomic
def report(*, facts: BreachFacts, by: User) -> DataBreach:
    """Whoever notices it reports it at once; what is not known yet may follow."""
    if not by.can(Perm.BREACH_REPORT):
        raise Refused(_("You do not have the right to do this."))
    values = _checked(facts)
    row = DataBreach.objects.create(
        **values, deadline=deadline_of("breach", facts.discovered), recorded_by=by
    )
    record("databreach.report", by=by, obj=row, changes={"kind": [None, facts.kind]})
    return row


@transaction.atomic
def amend(*, breach: DataBreach, facts: BreachFacts, version: int, by: User) -> DataBreach:
    """What was learnt since. The hours run from the discovery, so its moment may only move back."""
    row = _held(breach, by=by)
    if row.version != version:
        raise Refused(_("Somebody changed this meanwhile. Open it again and add yours."))
    if facts.discovered > row.discovered:
        raise Refused(_("The discovery cannot move to a later moment."))
    values = _checked(facts)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    row.deadline = deadline_of("breach", row.discovered)
    row.version += 1
    row.save(update_fields=[*changed, "deadline", "version"])
    record("databreach.amend", by=by, obj=row, changes={name: [None, "…"] for name in changed})
    return row


@transaction.atomic
def name_people(*, breach: DataBreach, workers: Sequence[UUID], by: User) -> int:
    """Adds those whose data it touches; who is named already stays named once."""
    row = _held(breach, by=by)
    seen = Worker.objects.visible_to(by).filter(pk__in=workers).exclude(case_state="merged")
    if seen.count() != len(set(workers)):
        raise Refused(_("Somebody of these people is not to be found."))
    there = row.people.filter(removed_at__isnull=True).values("worker")
    new = [BreachPerson(breach=row, worker=one, added_by=by) for one in seen.exclude(pk__in=there)]
    BreachPerson.objects.bulk_create(new)
    if not new:
        raise Refused(_("All of these people are named already."))
    record("databreach.name_people", by=by, obj=row, changes={"people": [None, len(new)]})
    return len(new)


@transaction.atomic
def take_person_out(*, person: BreachPerson, reason: str, by: User) -> None:
    """It does not touch her after all; once a letter is issued to her she stays."""
    row = _held(person.breach, by=by)
    one = BreachPerson.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if one.removed_at is not None:
        raise Refused(_("She is taken out already."))
    if row.notices.filter(worker=one.worker_id).exists():
        raise Refused(_("A letter to her is issued already."))
    if not reason.strip():
        raise Refused(_("Give a reason."))
    one.removed_at, one.removed_by, one.removal_reason = timezone.now(), by, reason.strip()
    one.save(update_fields=["removed_at", "removed_by", "removal_reason"])
    record("databreach.take_out", by=by, obj=row, changes={"people": [1, 0]})


@dataclass(frozen=True)
class Sending:
    """When and how a notice went out, and what proves it."""

    sent_at: datetime
    channel: str
    evidence: str = ""


@transaction.atomic
def record_sending(
    *, breach: DataBreach, notices: Sequence[UUID], sending: Sending, by: User
) -> int:
    """The letters that were handed over or sent; the clock counts this moment, not the issuing."""
    row = _held(breach, by=by)
    if not row.discovered <= sending.sent_at <= timezone.now():
        raise Refused(_("The moment must lie between the discovery and now."))
    if sending.channel not in BreachNotice.Channel.values:
        raise Refused(_("Choose how it went out."))
    waiting = row.notices.select_for_update(of=("self",)).filter(
        pk__in=notices, sent_at__isnull=True
    )
    found = list(waiting)
    if not found or len(found) != len(set(notices)):
        raise Refused(_("Choose letters that have not gone out yet."))
    for notice in found:
        notice.sent_at, notice.sent_by, notice.channel = sending.sent_at, by, sending.channel
        notice.evidence = sending.evidence.strip() or None
        notice.save(update_fields=["sent_at", "sent_by", "channel", "evidence"])
    changes = {"notices": [None, len(found)], "channel": [None, sending.channel]}
    record("databreach.tell", by=by, obj=row, changes=changes)
    return len(found)


@transaction.atomic
def move(*, breach: DataBreach, act: str, conclusion: str, by: User) -> DataBreach:
    """`act` is a transition of the workflow; the conclusion says why."""
    text = conclusion.strip()
    if act != "confirm" and not text:
        raise Refused(_("Write the conclusion."))
    ends = act in ("close", "dismiss")
    moved: DataBreach = DATA_BREACH.apply(
        breach,
        act,
        by=by,
        conclusion=text or None,
        ended_at=timezone.now() if ends else None,
        ended_by=by if ends else None,
    )
    return moved


def _held(breach: DataBreach, *, by: User) -> DataBreach:
    """The row, locked; its facts are the supervisor's to write while the hours run."""
    if not by.can(Perm.BREACH_HANDLE):
        raise Refused(_("You do not have the right to do this."))
    row = DataBreach.objects.select_for_update(of=("self",)).get(pk=breach.pk)
    if row.state not in RUNNING:
        raise Refused(_("This breach is closed."))
    return row


def _checked(facts: BreachFacts) -> dict[str, Any]:
    if facts.kind not in DataBreach.Kind.values:
        raise Refused(_("Choose what kind of breach it is."))
    if facts.discovered > timezone.now():
        raise Refused(_("The date lies in the future."))
    if facts.happened is not None and facts.happened > facts.discovered:
        raise Refused(_("It cannot have been discovered before it happened."))
    values = asdict(facts)
    for name in ("how", "data", "cause", "measures"):
        values[name] = values[name].strip()
        if not values[name]:
            if name in _WRITTEN:
                raise Refused(_("Write what happened and which data it touches."))
            values[name] = None
    return values
