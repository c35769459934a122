"""Batches adjusted by hand: move, split, merge, and the undo of a quarter hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Journey, Worker
from kotim_social.workflow import Refused
from repatriation import rules
from repatriation.actions import preparing, regrouping
from repatriation.models import Batch, Member, Regrouping
from tests.factories import Four
from tests.repatriation.travellers import (
    a_batch,
    key,
    people,
    prepare,
    ready_batch,
    signed_in,
    walk_to,
    with_children,
)

pytestmark = pytest.mark.django_db


def inside(batch: Batch) -> set[str]:
    return set(batch.members.filter(active=True).values_list("worker__register_no", flat=True))


def codes() -> set[str]:
    return set(Journey.objects.filter(current=True).values_list("batch_code", flat=True))


def pks(batch: Batch, count: int) -> list[object]:
    return list(batch.members.filter(active=True).values_list("pk", flat=True)[:count])


def test_people_move_with_their_children_and_go_back(four: Four) -> None:
    workers = with_children(people(4, four), 2)
    source, target = a_batch(workers, four), a_batch([], four)
    before = inside(source)
    with_two = source.members.get(children=2)
    made = regrouping.move(source=source, target=target, members=[with_two.pk], by=four.petugas)
    assert len(inside(source)) == 3
    assert inside(target) == {with_two.worker.register_no}
    assert (rules.count(target).children, rules.count(source).children) == (2, 0)
    assert codes() == {source.code, target.code}
    assert regrouping.undo(regrouping=made, by=four.petugas) == source
    assert (inside(source), inside(target)) == (before, set())
    assert codes() == {source.code}
    with pytest.raises(Refused):
        regrouping.undo(regrouping=made, by=four.petugas)


def test_no_move_past_the_seats(four: Four) -> None:
    source, target = a_batch(people(3, four), four), a_batch(people(1, four), four, seats=2)
    with pytest.raises(Refused):
        regrouping.move(source=source, target=target, members=pks(source, 2), by=four.petugas)
    assert (len(inside(source)), len(inside(target))) == (3, 1)


def test_a_split_makes_a_batch_on_the_same_way_and_its_undo_ends_it(four: Four) -> None:
    source = a_batch(people(4, four), four)
    prepare(source, four)
    made = regrouping.split(source=source, members=pks(source, 1), by=four.petugas)
    new = made.target
    assert (len(inside(source)), len(inside(new))) == (3, 1)
    assert new.receiving_office == source.receiving_office
    assert new.receiving_phone == source.receiving_phone
    assert [leg.vessel for leg in new.legs.all()] == ["KM Contoh"]
    assert not new.escorts.exists()
    with pytest.raises(Refused):
        regrouping.split(source=source, members=pks(source, 3), by=four.petugas)
    regrouping.undo(regrouping=made, by=four.petugas)
    new.refresh_from_db()
    assert (len(inside(source)), new.state) == (4, "cancelled")


def test_a_merge_cancels_the_source_and_its_undo_makes_it_anew(four: Four) -> None:
    source, target = a_batch(people(2, four), four), a_batch(people(2, four), four)
    prepare(source, four)
    before = inside(source)
    made = regrouping.merge(source=source, target=target, by=four.petugas)
    source.refresh_from_db()
    assert (source.state, len(inside(target))) == ("cancelled", 4)
    assert target.code in source.cancel_reason
    home = regrouping.undo(regrouping=made, by=four.petugas)
    assert home.pk != source.pk
    assert (inside(home), len(inside(target))) == (before, 2)
    assert home.escorts.filter(active=True, is_head=True).count() == 1


def test_after_a_quarter_hour_it_stays(four: Four) -> None:
    source, target = a_batch(people(2, four), four), a_batch([], four)
    made = regrouping.move(source=source, target=target, members=pks(source, 1), by=four.petugas)
    Regrouping.objects.update(made_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(Refused):
        regrouping.undo(regrouping=made, by=four.petugas)
    assert len(inside(target)) == 1


def test_what_has_gone_on_meanwhile_is_not_undone(four: Four) -> None:
    source, target = a_batch(people(2, four), four), a_batch([], four)
    made = regrouping.move(source=source, target=target, members=pks(source, 1), by=four.petugas)
    walk_to(target, "awaiting_origin", four)
    prepare(target, four)
    walk_to(target, "approved", four)
    with pytest.raises(Refused):
        regrouping.undo(regrouping=made, by=four.petugas)


def test_a_confirmed_batch_is_not_regrouped(four: Four) -> None:
    source, target = ready_batch(2, four), a_batch([], four)
    with pytest.raises(Refused):
        regrouping.merge(source=source, target=target, by=four.petugas)


def test_by_post_with_the_undo_in_the_message(four: Four) -> None:
    source, target = a_batch(people(3, four), four), a_batch([], four)
    client = signed_in(four.petugas)
    body = {"member": [str(pk) for pk in pks(source, 2)], "target": str(target.pk), **key()}
    answer = client.post(reverse("repatriation:move", args=[source.pk]), body, follow=True)
    made = Regrouping.objects.get(kind="move")
    undo = reverse("repatriation:undo", args=[made.pk])
    assert f'href="{undo}"' in answer.content.decode()
    assert len(inside(target)) == 2
    assert client.get(undo).status_code == 200
    assert client.post(undo, key()).status_code == 302
    assert (len(inside(source)), len(inside(target))) == (3, 0)
    assert client.post(undo, key()).status_code == 422
    nobody = client.post(reverse("repatriation:move", args=[source.pk]), {"target": "new", **key()})
    assert nobody.status_code == 422


def test_adding_by_hand_is_undone_too(four: Four) -> None:
    batch = a_batch([], four)
    worker = people(1, four)[0]
    client: Client = signed_in(four.petugas)
    body = {"worker": [str(worker.pk)], **key()}
    client.post(reverse("repatriation:member_add", args=[batch.pk]), body)
    made = Regrouping.objects.get(kind="add")
    assert client.post(reverse("repatriation:undo", args=[made.pk]), key()).status_code == 302
    assert not Member.objects.filter(active=True).exists()
    assert [w.pk for w in rules.ready_pool(Worker.objects.all())] == [worker.pk]


def test_an_order_that_is_written_names_later_escorts_too(four: Four) -> None:
    batch = ready_batch(1, four)
    escort = preparing.send_new_officer(
        batch=batch, name="Contoh Dua", sex="man", nip=None, rank="", is_head=False,
        by=four.petugas,
    )  # fmt: skip
    assert escort.order_number == batch.escort_order


def test_a_proposal_for_one_province_leaves_the_others_alone(four: Four) -> None:
    """One batch that is made is opened at once; a route names its provinces itself."""
    people(3, four)
    people(2, four, home="33.74")
    client, page = signed_in(four.petugas), reverse("repatriation:propose")
    asked = {"seats": "40", "destination": "35", "grouping": "province"}
    (offer,) = client.get(page, asked).context["offers"]
    assert (offer.batch.provinces[0], offer.batch.women) == ("35", 3)
    made = client.post(page, {**asked, "batch": [offer.key], **key()})
    batch = Batch.objects.get()
    assert made.url == reverse("repatriation:batch_detail", args=[batch.pk])
    assert (batch.destination_id, batch.members.count()) == ("35", 3)
    both = {"seats": "40", "destination": "35", "grouping": "route", "route": ["33", "35"]}
    assert client.get(page, both).status_code == 422
