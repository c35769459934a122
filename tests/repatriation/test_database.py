"""What the database itself holds about batches, tried past the actions as the app role."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from kotim_social.workflow import Refused
from repatriation.actions import planning
from repatriation.models import Batch, Escort, Member, Officer
from tests.factories import Four, the_four
from tests.repatriation.travellers import a_batch, people, ready_batch, walk_to


def refused(change: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        change()


@pytest.mark.django_db
def test_a_woman_is_in_one_open_batch(four: Four) -> None:
    batch = a_batch(people(1, four), four)
    other = a_batch([], four)
    worker = batch.members.get().worker
    refused(lambda: Member.objects.create(batch=other, worker=worker, added_by=four.petugas))


@pytest.mark.django_db
def test_no_more_travellers_than_seats(four: Four) -> None:
    batch = a_batch(people(3, four), four, seats=3)
    member = batch.members.first()
    officer = Officer.objects.create(name="Contoh", sex="man")
    refused(lambda: Escort.objects.create(batch=batch, officer=officer, added_by=four.petugas))
    refused(lambda: Member.objects.filter(pk=member.pk).update(children=1))
    refused(lambda: Batch.objects.filter(pk=batch.pk).update(seats=2))
    one_more = people(1, four)[0]
    refused(lambda: Member.objects.create(batch=batch, worker=one_more, added_by=four.petugas))


@pytest.mark.django_db
def test_the_road_has_no_short_cut(four: Four) -> None:
    batch = a_batch(people(1, four), four)
    for state in ("approved", "departed", "finished", "nonsense"):
        refused(lambda state=state: Batch.objects.filter(pk=batch.pk).update(state=state))
    walk_to(batch, "awaiting_origin", four)
    # A state demands who brought it about, and the confirmer is nobody who planned it.
    refused(lambda: Batch.objects.filter(pk=batch.pk).update(state="approved"))
    forged = {
        "state": "approved",
        "confirmed_on": F("submitted_on"),
        "confirmed_at": F("submitted_at"),
        "confirmed_by": F("submitted_by"),
    }
    refused(lambda: Batch.objects.filter(pk=batch.pk).update(**forged))


@pytest.mark.django_db
def test_batches_and_members_are_never_deleted(four: Four) -> None:
    batch = ready_batch(1, four)
    for table in ("repatriation_batch", "repatriation_member", "repatriation_escort"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
    assert Batch.objects.filter(pk=batch.pk).exists()


@pytest.mark.django_db
def test_one_head_and_no_officer_twice(four: Four) -> None:
    batch = ready_batch(1, four)
    head = batch.escorts.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Escort.objects.create(batch=batch, officer=head.officer, added_by=four.petugas)
    other = Officer.objects.create(name="Contoh", sex="man")
    with pytest.raises(IntegrityError), transaction.atomic():
        Escort.objects.create(batch=batch, officer=other, is_head=True, added_by=four.petugas)


def together(*works: Callable[[], object]) -> list[object]:
    """Runs them at once, each on a connection of its own; what each gave or raised."""
    results: list[object] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(index: int, work: Callable[[], object]) -> None:
        try:
            start.wait(timeout=10)
            results[index] = work()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_people_add_the_same_woman_to_two_batches() -> None:
    four = the_four()
    worker = people(1, four)[0]
    batches = [a_batch([], four), a_batch([], four)]
    results = together(
        *(
            lambda batch=batch, by=by: planning.add_members(batch=batch, workers=[worker.pk], by=by)
            for batch, by in zip(batches, (four.petugas, four.petugas2), strict=True)
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["Refused", "int"]
    sentence = next(str(result) for result in results if isinstance(result, Refused))
    assert sentence
    assert Member.objects.filter(worker=worker, active=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_fill_the_last_seat() -> None:
    four = the_four()
    first, second = people(2, four)
    batch = a_batch([], four, seats=1)
    results = together(
        *(
            lambda worker=worker, by=by: planning.add_members(
                batch=batch, workers=[worker.pk], by=by
            )
            for worker, by in ((first, four.petugas), (second, four.petugas2))
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["Refused", "int"]
    assert Member.objects.filter(batch=batch, active=True).count() == 1
