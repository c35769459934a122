"""Many batches are made, filled and emptied in as many statements as one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.models import Journey, Worker
from kotim_social.audit.models import Entry
from kotim_social.workflow import Refused
from repatriation.actions import planning, regrouping
from repatriation.actions.planning import NewBatch
from repatriation.models import Batch, BatchNumber, Member, Regrouping
from tests.factories import Four
from tests.repatriation.travellers import EAST_JAVA, LEFT, a_batch, people, with_children

pytestmark = pytest.mark.django_db


def new(*groups: list[Worker], seats: int = 20, year: int = 2017) -> list[NewBatch]:
    return [
        NewBatch(
            province_code=EAST_JAVA,
            seats=seats,
            workers=[worker.pk for worker in group],
            planned_departure=LEFT.replace(year=year),
        )
        for group in groups
    ]


def statements(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        work()
    return len(asked)


def test_each_is_in_her_batch_with_her_children_and_told_of(four: Four) -> None:
    first, second = with_children(people(2, four), 1, 0), people(3, four)
    batches = planning.create_batches(new(first, second, []), by=four.petugas)
    assert [batch.code for batch in batches] == ["ROM-2017-001", "ROM-2017-002", "ROM-2017-003"]
    for batch, group in zip(batches, (first, second, []), strict=True):
        ids = {worker.pk for worker in group}
        members = Member.objects.filter(batch=batch, active=True)
        assert set(members.values_list("worker_id", flat=True)) == ids
        journeys = Journey.objects.filter(batch_code=batch.code, current=True, state="in_batch")
        assert set(journeys.values_list("worker_id", flat=True)) == ids
        told = Entry.objects.filter(object_id=str(batch.pk)).order_by("pk")
        acts = [("batch.create", {"code": [None, batch.code]})]
        if group:
            made = Regrouping.objects.get(target=batch)
            assert set(made.members.values_list("worker_id", flat=True)) == ids
            acts.append(("batch.add", {"members": [None, len(ids)]}))
        else:
            assert not Regrouping.objects.filter(target=batch).exists()
        assert list(told.values_list("act", "changes")) == acts
    assert list(Member.objects.filter(batch=batches[0]).values_list("children", flat=True)) == [
        1,
        0,
    ]
    assert Entry.objects.filter(act="journey.join").count() == 5


def test_one_that_cannot_be_filled_leaves_none(four: Four) -> None:
    first, second = people(2, four), with_children(people(2, four), 3)
    with pytest.raises(Refused, match="2"):
        planning.create_batches(new(first, second, seats=2), by=four.petugas)
    with pytest.raises(Refused):
        planning.create_batches(new(first, [first[0]]), by=four.petugas)
    Worker.objects.filter(pk=second[0].pk).update(choice="stay")
    with pytest.raises(Refused):
        planning.create_batches(new(first, second), by=four.petugas)
    assert not Batch.objects.exists()
    assert not Journey.objects.exclude(state="on_site").exists()
    assert not BatchNumber.objects.filter(last__gt=0).exists()


def test_codes_count_in_their_year(four: Four) -> None:
    planning.create_batches(new([]), by=four.petugas)
    wanted = [*new([], [], year=2018), *new([]), *new([], year=2018)]
    codes = [batch.code for batch in planning.create_batches(wanted, by=four.petugas)]
    assert codes == ["ROM-2018-001", "ROM-2018-002", "ROM-2017-002", "ROM-2018-003"]


def test_many_batches_take_the_statements_of_one(four: Four) -> None:
    one = new(people(1, four))
    many = new(*(people(n, four) for n in (3, 4, 5)))
    # What she may do, and where, is asked once.
    planning.create_batches(new(people(1, four)), by=four.petugas)
    few = statements(lambda: planning.create_batches(one, by=four.petugas))
    assert statements(lambda: planning.create_batches(many, by=four.petugas)) == few <= 30


def test_many_are_moved_in_the_statements_of_one(four: Four) -> None:
    source, target = a_batch(people(9, four), four), a_batch([], four)
    ids = list(source.members.order_by("pk").values_list("pk", flat=True))

    def move(members: list[object]) -> Callable[[], object]:
        return lambda: regrouping.move(
            source=source, target=target, members=members, by=four.petugas
        )

    assert statements(move(ids[1:])) == statements(move(ids[:1]))
    left = Member.objects.filter(batch=source)
    assert {row.removal_reason for row in left} == {left[0].removal_reason}
    assert target.code in str(left[0].removal_reason)
    assert not left.filter(active=True).exists()


def test_the_database_counts_every_batch_of_a_statement(four: Four) -> None:
    roomy, full = a_batch([], four, seats=9), a_batch(people(1, four), four, seats=1)
    one, other = people(2, four)

    def rows(*pairs: tuple[Batch, Worker]) -> list[Member]:
        return [Member(batch=b, worker=w, added_by=four.petugas) for b, w in pairs]

    def refused(change: Callable[[], object], name: str) -> None:
        with pytest.raises(DatabaseError) as error, transaction.atomic():
            change()
        assert error.value.__cause__.diag.constraint_name == name

    together = rows((roomy, one), (full, other))
    refused(lambda: Member.objects.bulk_create(together), "batch_within_its_seats")
    Member.objects.bulk_create(rows((roomy, one)))
    crowd = Member.objects.filter(batch__in=[roomy, full])
    refused(lambda: crowd.update(children=4), "batch_within_its_seats")
    Worker.objects.filter(pk=other.pk).update(choice="stay")
    wider = Batch.objects.filter(pk=full.pk)
    wider.update(seats=5)
    together = rows((roomy, people(1, four)[0]), (full, other))
    refused(lambda: Member.objects.bulk_create(together), "member_chose_to_return")
    assert crowd.count() == 2
    crowd.update(children=4)
