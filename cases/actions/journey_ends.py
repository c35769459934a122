"""How a journey ends otherwise: alone, back where it began, in death; and being found again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.journey_ground import (
    check,
    locked,
    record_each,
    refuse_wrong_date,
    step,
)
from cases.actions.sets import is_open, not_before
from cases.actions.verification import went_home_alone
from cases.models import Journey, Worker
from kotim_social.accounts.models import User
from kotim_social.lib.dates import format_date
from kotim_social.workflow import Refused


@transaction.atomic
def go_alone(*, worker: UUID, proof: str, on: date, by: User) -> Worker:
    """She went home by herself: the proof of arrival counts as her arrival.

    Before a decree names her she is thereby not eligible. What lapses of money that a decree
    gave her is the business of the act that calls this one (see the desk).
    """
    person = _person(worker, by)
    journey = locked([worker])[0]
    check([journey], "go_alone", by, proof)
    if person.choice != "return":
        raise Refused(_("Record first that she chose to return."))
    if problems := not_before(person, on):
        raise Refused(*problems)
    _end(journey, "returned_alone", "go_alone", note=proof, by=by, arrived_on=on)
    if person.determined_on is None:
        went_home_alone(worker=person, on=on, by=by)
    return person


@transaction.atomic
def go_on_alone(*, worker: UUID, proof: str, on: date, by: User) -> None:
    """She left her group on the way and reached her home by herself."""
    journey = locked([worker])[0]
    check([journey], "go_on_alone", by, proof)
    refuse_wrong_date([journey], on, after="boarded_on")
    arrived = None if journey.arrived_on else on
    _end(journey, "returned_alone", "go_on_alone", note=proof, by=by, arrived_on=arrived)


@transaction.atomic
def come_back(*, worker: UUID, reason: str, on: date, by: User) -> None:
    """She came back from the way: this journey ends, and she stands on site again."""
    journey = locked([worker])[0]
    check([journey], "come_back", by, reason)
    refuse_wrong_date([journey], on, after="boarded_on")
    before = journey.state
    journey.state, journey.current, journey.note = "on_site", False, reason.strip()
    journey.save(update_fields=["state", "current", "note"])
    Journey.objects.create(worker_id=worker)
    record_each([journey], "journey.come_back", by, {"state": [before, "on_site"]})


@transaction.atomic
def report_death(*, worker: UUID, proof: str, on: date, by: User) -> Worker:
    """She died; whatever was not paid is not paid any more."""
    person = _person(worker, by)
    journey = locked([worker])[0]
    check([journey], "report_death", by, proof)
    if problems := not_before(person, on):
        raise Refused(*problems)
    note = f"{format_date(on)}: {proof.strip()}"
    _end(journey, "deceased", "report_death", note=note, by=by)
    return person


@transaction.atomic
def find_again(*, worker: UUID, reason: str, by: User) -> Worker:
    """She was found: the journey on which she was lost stays, and a new one begins on site."""
    person = _person(worker, by)
    journey = locked([worker])[0]
    check([journey], "find_again", by, reason)
    journey.current = False
    journey.save(update_fields=["current"])
    found = Journey.objects.create(worker_id=worker, note=reason.strip())
    record_each([found], "journey.find_again", by, {"state": ["not_found", "on_site"]})
    return person


def _person(worker: UUID, by: User) -> Worker:
    rows = Worker.objects.visible_to(by).select_for_update(of=("self",))
    person = rows.filter(pk=worker).first()
    if person is None:
        raise Refused(_("Some of these people are not in your care."))
    if against := is_open(person):
        raise Refused(*against)
    return person


def _end(
    journey: Journey,
    state: str,
    act: str,
    *,
    note: str,
    by: User,
    arrived_on: date | None = None,
) -> None:
    before, journey.state, journey.note = journey.state, state, note.strip()
    fields = ["state", "note"]
    if arrived_on is not None:
        values = step("arrived", arrived_on, by)
        for name, value in values.items():
            setattr(journey, name, value)
        fields += list(values)
    journey.save(update_fields=fields)
    record_each([journey], f"journey.{act}", by, {"state": [before, state]})
