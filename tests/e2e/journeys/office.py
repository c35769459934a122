"""One office in which every journey finds what it needs, and none takes another's."""

from __future__ import annotations

from dataclasses import dataclass

from cases.actions.closing import request_closing
from cases.actions.workers import edit_worker
from cases.models import CaseClosing, Worker
from disbursements.models import PaymentList
from repatriation.models import Batch
from tests import factories
from tests.factories import Four
from tests.repatriation.travellers import ready_batch


@dataclass(frozen=True)
class Office:
    """Who works there, and the people, lists and batches that wait for an act."""

    four: Four
    owed: Worker
    misspelt: Worker
    without_account: Worker
    visited: Worker
    leaving: Worker
    closing: CaseClosing
    twins: tuple[Worker, Worker]
    verified: PaymentList
    ordered: PaymentList
    submitted: PaymentList
    leaves: Batch
    travels: Batch


def open_office() -> Office:
    four = factories.the_four()
    ordered = a_list_in("ordered", 11, four)
    verified = a_list_in("verified", 2, four)
    submitted = a_list_in("submitted", 2, four)
    owed = factories.ready_people(3, four=four)[0]
    factories.register(1, by=four.petugas, home="33.74")
    misspelt, visited, leaving, closing = factories.register(4, by=four.petugas, choice="stay")
    return Office(
        four=four,
        owed=owed,
        misspelt=misspelt,
        visited=visited,
        leaving=leaving,
        closing=request_closing(worker=closing, reason="own_request", by=four.petugas),
        without_account=factories.register(1, by=four.petugas, account=False, choice="stay")[0],
        twins=two_records(four),
        verified=verified,
        ordered=ordered,
        submitted=submitted,
        leaves=ready_batch(2, four),
        travels=ready_batch(3, four, state="departed"),
    )


def a_list_in(state: str, people: int, four: Four) -> PaymentList:
    """A list of people who are on no other."""
    factories.ready_people(people, four=four)
    return factories.walk_to(factories.a_list(by=four.petugas), state, four=four)


def two_records(four: Four) -> tuple[Worker, Worker]:
    """One person who was registered twice; the second record knows less of her."""
    first = factories.register(1, by=four.petugas, choice="stay")[0]
    second = factories.register(1, by=four.petugas, choice="stay", nik=False, account=False)[0]
    values = {"name": first.name, "birth_date": first.birth_date}
    edit_worker(worker=second, values=values, version=second.version, by=four.petugas)
    return first, second
