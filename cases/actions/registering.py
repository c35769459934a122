"""Registers people: one by one from the page, or hundreds at once in the same few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.actions.stages import refuse_frozen
from cases.identity import account_index, folded, nik_indexes, phone_index
from cases.models import Alias, BankAccount, ChoiceChange, Journey, RegisterNumber, Worker
from kotim_social.accounts.models import User
from kotim_social.audit.scope import whole_office
from kotim_social.audit.trail import build, record_many
from kotim_social.lib.dates import today
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import Refused

UNDECIDED = "undecided"
_ALIAS_LENGTH = 80


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """Her account as it was written down; without a holder it is taken to stand in her name."""

    bank: str
    number: str
    holder: str = ""


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """Everything that may be known of somebody on the day she is registered."""

    name: str
    birth_date: date
    place_code: str
    birth_place: str = ""
    mother_name: str = ""
    nik: str | None = None
    nik_note: str = ""
    phone: str | None = None
    wisma: str = ""
    home_regency_code: str | None = None
    home_district_code: str | None = None
    home_address: str | None = None
    children: int = 0
    remark: str = ""
    aliases: tuple[str, ...] = ()
    account: NewAccount | None = None
    choice: str = UNDECIDED
    id: UUID = field(default_factory=uuid7)


@transaction.atomic
@whole_office()
def register_people(
    people: Sequence[NewPerson], *, by: User, registered_on: date, is_late: bool = False
) -> list[Worker]:
    """Writes everybody in a number of statements that does not grow with them, in their order.

    Raises Refused when a NIK or an account number already stands at somebody else, and when
    registration is frozen in a place; `is_late` is the way of an accepted late proposal.
    """
    if registered_on > today():
        raise Refused(_("The date of registration lies in the future."))
    if not people:
        return []
    if not is_late:
        refuse_frozen(person.place_code for person in people)
    numbers = _next_numbers(registered_on.year, len(people))
    accounts = _accounts(people, by=by, opened_on=registered_on)
    journeys = {person.id: Journey(worker_id=person.id) for person in people}
    workers = [
        _worker(person, number, by=by, registered_on=registered_on)
        for person, number in zip(people, numbers, strict=True)
    ]
    for worker in workers:
        _keep(worker, accounts.get(worker.pk), journeys[worker.pk])
    try:
        with transaction.atomic():
            # Keys are checked at the end. What her row keeps of these is there before it, and so
            # the row is written once; the database would set it right (docs/adr/0021).
            BankAccount.objects.bulk_create(accounts.values())
            Journey.objects.bulk_create(journeys.values())
            Worker.objects.bulk_create(workers)
    except IntegrityError as error:
        raise Refused(_sentence_for(error)) from None
    Alias.objects.bulk_create(_aliases(people))
    ChoiceChange.objects.bulk_create(_choices(people, by=by, decided_on=registered_on))
    record_many(
        build("worker.register", by=by, object_type="cases.worker", object_id=str(worker.pk))
        for worker in workers
    )
    return workers


def register_person(
    person: NewPerson, *, by: User, registered_on: date, is_late: bool = False
) -> Worker:
    """One person, from the page."""
    people = register_people([person], by=by, registered_on=registered_on, is_late=is_late)
    return people[0]


def hold_numbers(year: int) -> RegisterNumber:
    """Locks the year's numbers: whoever registers meanwhile waits until this one has ended."""
    RegisterNumber.objects.bulk_create([RegisterNumber(year=year)], ignore_conflicts=True)
    return RegisterNumber.objects.select_for_update().get(pk=year)


def _next_numbers(year: int, count: int) -> list[str]:
    row = hold_numbers(year)
    first = row.last + 1
    row.last += count
    row.save(update_fields=["last"])
    return [
        f"{settings.REGISTER_PREFIX}-{year}-{number:04d}" for number in range(first, first + count)
    ]


def _worker(person: NewPerson, register_no: str, *, by: User, registered_on: date) -> Worker:
    nik_index, tail_index = nik_indexes(person.nik) if person.nik else (None, None)
    return Worker(
        id=person.id,
        register_no=register_no,
        name=person.name,
        name_folded=folded(person.name),
        mother_name=person.mother_name,
        mother_folded=folded(person.mother_name),
        birth_place=person.birth_place,
        birth_date=person.birth_date,
        nik=person.nik or None,
        nik_index=nik_index,
        nik_tail_index=tail_index,
        nik_note=person.nik_note,
        phone=person.phone or None,
        phone_index=phone_index(person.phone) if person.phone else None,
        place_id=person.place_code,
        wisma=person.wisma,
        home_regency_id=person.home_regency_code,
        home_district_id=person.home_district_code,
        home_address=person.home_address or None,
        children=person.children,
        remark=person.remark,
        choice=person.choice,
        registered_on=registered_on,
        registered_by=by,
        recorded_by=by,
    )


def _keep(worker: Worker, account: BankAccount | None, journey: Journey) -> None:
    if account is not None:
        worker.has_account = account.number_index is not None
        worker.holder_same = account.holder_folded == worker.name_folded
    worker.way = journey.state


def _accounts(people: Sequence[NewPerson], *, by: User, opened_on: date) -> dict[UUID, BankAccount]:
    return {
        person.id: BankAccount(
            worker_id=person.id,
            bank=person.account.bank,
            number=person.account.number,
            number_index=account_index(person.account.number),
            holder=person.account.holder or person.name,
            holder_folded=folded(person.account.holder or person.name),
            state="opened",
            opened_on=opened_on,
            recorded_by=by,
        )
        for person in people
        if person.account is not None
    }


def _aliases(people: Sequence[NewPerson]) -> list[Alias]:
    """The same alias twice, in whatever spelling, is kept once."""
    rows = []
    for person in people:
        by_folded = {folded(alias)[:_ALIAS_LENGTH]: alias for alias in person.aliases}
        rows += [
            Alias(worker_id=person.id, name=alias, name_folded=key)
            for key, alias in by_folded.items()
        ]
    return rows


def _choices(people: Sequence[NewPerson], *, by: User, decided_on: date) -> list[ChoiceChange]:
    return [
        ChoiceChange(
            worker_id=person.id,
            before=UNDECIDED,
            choice=person.choice,
            decided_on=decided_on,
            recorded_by=by,
        )
        for person in people
        if person.choice != UNDECIDED
    ]


def _sentence_for(error: IntegrityError) -> str:
    """The constraint's own sentence; never the database's text, which quotes the values."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    for model in (Worker, BankAccount):
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return str(constraint.violation_error_message)
    raise error
