"""Late proposals: put forward with evidence, checked by a second officer, accepted or not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.registering import NewPerson, register_person
from cases.likeness import Applicant, Likely, find_likely
from cases.models import LateProposal
from cases.verval_workflow import PROPOSAL
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.lib.dates import ADULT, format_date, today
from kotim_social.workflow import Refused


@dataclass(frozen=True, kw_only=True)
class NewProposal:
    """Who is proposed, and what shows that she lives there. Columns of LateProposal."""

    name: str
    birth_date: date
    place_id: str
    wisma: str
    arrived_on: date
    rt_witness: str
    evidence: str
    proposed_on: date
    nik: str | None = None
    nik_note: str = ""
    birth_place: str = ""
    mother_name: str = ""
    home_regency_id: str | None = None
    home_district_id: str | None = None


def likely_of(proposal: LateProposal, *, user: User) -> Likely:
    """Who in the register may be the same person."""
    return find_likely(
        Applicant(
            name=proposal.name,
            birth_date=proposal.birth_date,
            mother=proposal.mother_name,
            nik=proposal.nik,
        ),
        user=user,
    )


@transaction.atomic
def propose_late(proposal: NewProposal, *, by: User) -> LateProposal:
    if not by.can(Perm.WORKER_EDIT):
        raise Refused(_("You do not have the right to do this."))
    if proposal.proposed_on > today():
        raise Refused(_("The date lies in the future."))
    if proposal.arrived_on > proposal.proposed_on:
        raise Refused(_("She came there after she was proposed."))
    if not (proposal.rt_witness.strip() and proposal.wisma.strip() and proposal.evidence.strip()):
        raise Refused(_("A late proposal needs the room, a witness of the RT, and the evidence."))
    row = LateProposal.objects.create(**asdict(proposal), recorded_by=by)
    record("proposal.propose", by=by, obj=row)
    return row


@transaction.atomic
def check_proposal(
    *, proposal: LateProposal, note: str, checked_on: date, by: User
) -> LateProposal:
    """The second officer says what was seen; never the one who proposed her."""
    _refuse_date(checked_on, proposal.proposed_on)
    if not note.strip():
        raise Refused(_("Write what you saw and whom you asked."))
    return PROPOSAL.apply(
        proposal,
        "check",
        by=by,
        check_note=note.strip(),
        checked_on=checked_on,
        checked_at=timezone.now(),
        checked_by=by,
    )


@transaction.atomic
def end_proposal(
    *, proposal: LateProposal, act: str, outcome: str, decided_on: date, by: User
) -> LateProposal:
    """`act` is "reject" or "withdraw", with its reason."""
    return PROPOSAL.apply(proposal, act, by=by, **_ending(proposal, outcome, decided_on, by))


@transaction.atomic
def accept_proposal(
    *,
    proposal: LateProposal,
    outcome: str,
    decided_on: date,
    by: User,
    other_person: str = "",
) -> LateProposal:
    """Registers her although registration is frozen; `other_person` says why she is no double."""
    values = _ending(proposal, outcome, decided_on, by)
    against = PROPOSAL.can(proposal, by, "accept")
    likely = likely_of(proposal, user=by)
    if likely.same_nik:
        against.append(_("This NIK already belongs to another record."))
    elif likely.decide and not other_person.strip():
        against.append(
            _("Somebody like her is already recorded. Write why this is another person.")
        )
    if proposal.place.age_on_closing(proposal.birth_date) < ADULT:
        against.append(_("She is under 18 on the day of closing: a child is never registered."))
    if against:
        raise Refused(*against)
    worker = register_person(_person(proposal), by=by, registered_on=decided_on, is_late=True)
    if likely.decide:
        others = [str(candidate.pk) for candidate in likely.decide]
        record(
            "worker.not_the_same",
            by=by,
            obj=worker,
            reason=other_person.strip(),
            changes={"others": [None, others]},
        )
    return PROPOSAL.apply(proposal, "accept", by=by, worker=worker, **values)


def _person(proposal: LateProposal) -> NewPerson:
    return NewPerson(
        name=proposal.name,
        birth_date=proposal.birth_date,
        birth_place=proposal.birth_place,
        mother_name=proposal.mother_name,
        nik=proposal.nik,
        nik_note=proposal.nik_note,
        place_code=proposal.place_id,
        wisma=proposal.wisma,
        home_regency_code=proposal.home_regency_id,
        home_district_code=proposal.home_district_id,
    )


def _ending(proposal: LateProposal, outcome: str, decided_on: date, by: User) -> dict[str, Any]:
    _refuse_date(decided_on, proposal.checked_on or proposal.proposed_on)
    if not outcome.strip():
        raise Refused(_("Give a reason."))
    return {
        "outcome": outcome.strip(),
        "decided_on": decided_on,
        "decided_at": timezone.now(),
        "decided_by": by,
    }


def _refuse_date(on: date, first: date) -> None:
    if on > today():
        raise Refused(_("The date lies in the future."))
    if on < first:
        shown = {"date": format_date(first)}
        raise Refused(_("The date lies before %(date)s, the step before it.") % shown)
