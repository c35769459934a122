"""The road of a batch by its actions: what each step does, and what it refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.models import Journey, OriginConfirmation, Worker
from kotim_social.audit.models import Entry
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from repatriation import rules
from repatriation.actions import outcomes, planning, preparing, road
from repatriation.models import Batch, Escort, Incident, Member
from repatriation.workflow import BATCH
from tests.factories import Four, make_user
from tests.repatriation.travellers import (
    ASKED,
    CAME,
    CONFIRMED,
    LEFT,
    RECEIVED,
    a_batch,
    member_of,
    people,
    prepare,
    ready_batch,
    walk_to,
    with_children,
)

pytestmark = pytest.mark.django_db


def states_of(batch: Batch) -> list[str]:
    rows = Journey.objects.filter(current=True, worker__batch_memberships__batch=batch)
    return list(rows.order_by("worker__register_no").values_list("state", flat=True))


def test_the_whole_road(four: Four) -> None:
    batch = a_batch(people(3, four), four)
    assert batch.code == "ROM-2017-001"
    assert states_of(batch) == ["in_batch"] * 3
    prepare(batch, four)
    for state, journey in (
        ("awaiting_origin", "in_batch"),
        ("approved", "in_batch"),
        ("departed", "departed"),
        ("arrived", "arrived"),
        ("handed_over", "handed_over"),
        ("finished", "handed_over"),
    ):
        walk_to(batch, state, four)
        assert batch.state == state
        assert states_of(batch) == [journey] * 3
    row = Journey.objects.filter(current=True).first()
    assert (row.approved_on, row.boarded_on) == (CONFIRMED, LEFT)
    assert (row.arrived_on, row.handed_over_on) == (CAME, RECEIVED)
    assert not Member.objects.filter(active=True).exists()
    assert batch.revision == 1
    acts = set(Entry.objects.filter(object_type="repatriation.batch").values_list("act", flat=True))
    assert {f"batch.{act}" for act in ("submit", "approve", "depart", "arrive", "finish")} <= acts


def test_the_codes_count_on(four: Four) -> None:
    workers = people(2, four)
    codes = [a_batch([worker], four).code for worker in workers]
    assert codes == ["ROM-2017-001", "ROM-2017-002"]


def test_the_gate_names_every_missing_thing(four: Four) -> None:
    batch = a_batch(people(2, four), four)
    names = [worker.name for worker in Worker.objects.order_by("name")]
    sentences = [one.sentence for one in rules.gate(batch)]
    assert len(sentences) == 1 + 4 + 1 + 1 + 2
    assert [s for s in sentences if names[0] in s and s != names[0]]
    assert all(one.url for one in rules.gate(batch))
    prepare(batch, four)
    assert len(rules.gate(batch)) == 1
    walk_to(batch, "approved", four)
    assert rules.gate(batch) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda b: Batch.objects.filter(pk=b.pk).update(escort_order=""),
        lambda b: Batch.objects.filter(pk=b.pk).update(escort_order_on=None),
        lambda b: Batch.objects.filter(pk=b.pk).update(receiving_office=""),
        lambda b: Batch.objects.filter(pk=b.pk).update(receiving_contact=""),
        lambda b: Batch.objects.filter(pk=b.pk).update(receiving_phone=None),
        lambda b: b.escorts.update(is_head=False),
        lambda b: b.escorts.get().officer.__class__.objects.update(sex="man"),
        lambda b: b.escorts.update(active=False),
        lambda b: b.legs.update(active=False),
        lambda b: b.legs.update(vessel=""),
        lambda b: b.legs.update(departure=None),
        lambda b: b.legs.update(arrival=None),
        lambda b: OriginConfirmation.objects.update(answer="denied"),
        lambda b: Worker.objects.update(home_regency="33.01"),
    ],
)
def test_no_departure_while_one_thing_is_missing(four: Four, spoil: object) -> None:
    batch = ready_batch(1, four)
    spoil(batch)
    batch.refresh_from_db()
    expected = [one.sentence for one in rules.gate(batch)]
    assert len(expected) == 1
    with pytest.raises(Refused) as refusal:
        road.depart(batch=batch, on=LEFT, stayed={}, by=four.petugas)
    assert refusal.value.sentences == expected
    assert Batch.objects.get(pk=batch.pk).state == "approved"
    assert states_of(batch) == ["in_batch"]


def test_who_changes_her_mind_keeps_the_batch_back(four: Four) -> None:
    batch = ready_batch(2, four)
    Worker.objects.filter(pk=batch.members.first().worker_id).update(choice="stay")
    with pytest.raises(Refused):
        road.depart(batch=batch, on=LEFT, stayed={}, by=four.petugas)
    member = Member.objects.get(worker__choice="stay")
    planning.remove_member(batch=batch, member=member, reason="menetap", by=four.petugas)
    batch.refresh_from_db()
    assert batch.revision == 2
    road.depart(batch=batch, on=LEFT, stayed={}, by=four.petugas)


def test_who_died_keeps_the_batch_back_and_is_taken_out(four: Four) -> None:
    batch = ready_batch(2, four)
    member = Member.objects.get(pk=member_of(batch))
    Journey.objects.filter(worker=member.worker_id).update(state="deceased")
    assert len(rules.gate(batch)) == 1
    planning.remove_member(batch=batch, member=member, reason="meninggal", by=four.petugas)
    assert rules.gate(batch) == []
    assert Journey.objects.get(worker=member.worker_id).state == "deceased"


def test_a_no_show_goes_back_to_the_pool(four: Four) -> None:
    batch = ready_batch(3, four)
    absent = Member.objects.get(pk=member_of(batch))
    road.depart(batch=batch, on=LEFT, stayed={absent.pk: "sakit"}, by=four.petugas)
    batch.refresh_from_db()
    absent.refresh_from_db()
    assert (batch.state, batch.revision) == ("departed", 2)
    assert (absent.active, absent.did_not_board, absent.removal_reason) == (False, True, "sakit")
    pool = rules.ready_pool(Worker.objects.all())
    assert [worker.pk for worker in pool] == [absent.worker_id]
    journeys = Journey.objects.filter(worker=absent.worker_id).order_by("id")
    assert [(j.current, j.state, j.batch_code) for j in journeys] == [
        (False, "on_site", batch.code),
        (True, "on_site", ""),
    ]
    assert journeys[0].note == "sakit"
    assert journeys[1].approved_on is None
    assert rules.count(batch).women == 2
    again = a_batch([absent.worker], four)
    assert again.members.count() == 1


def test_a_batch_that_nobody_boards_does_not_leave(four: Four) -> None:
    batch = ready_batch(1, four)
    with pytest.raises(Refused):
        road.depart(batch=batch, on=LEFT, stayed={member_of(batch): "batal"}, by=four.petugas)
    assert states_of(batch) == ["in_batch"]


def test_an_exception_needs_its_reason(four: Four) -> None:
    batch = ready_batch(2, four)
    with pytest.raises(Refused):
        road.depart(batch=batch, on=LEFT, stayed={member_of(batch): " "}, by=four.petugas)
    assert states_of(batch) == ["in_batch", "in_batch"]


def test_who_is_missing_on_arrival_follows_later(four: Four) -> None:
    batch = ready_batch(3, four, state="departed")
    late = member_of(batch)
    road.arrive(batch=batch, on=CAME, missing={late: "turun di Semarang"}, by=four.petugas)
    assert sorted(states_of(batch)) == ["arrived", "arrived", "departed"]
    member = Member.objects.get(pk=late)
    incident = Incident.objects.open().get(member=member)
    assert (incident.note, incident.owner) == ("turun di Semarang", four.petugas)
    assert incident.due_on == CAME + timedelta(days=7)
    road.hand_over(batch=batch, on=RECEIVED, missing={}, by=four.petugas)
    batch.refresh_from_db()
    assert batch.state == "handed_over"
    with pytest.raises(Refused) as refusal:
        road.finish(batch=batch, on=RECEIVED, by=four.petugas)
    assert member.worker.name in str(refusal.value)
    road.arrive(batch=batch, on=RECEIVED, missing={}, by=four.petugas)
    road.hand_over(batch=batch, on=RECEIVED, missing={}, by=four.petugas)
    assert not Incident.objects.open().exists()
    assert walk_to(batch, "finished", four).state == "finished"


def test_being_lost_is_an_outcome(four: Four) -> None:
    batch = ready_batch(2, four, state="departed")
    lost = Member.objects.get(pk=member_of(batch))
    road.arrive(batch=batch, on=CAME, missing={lost.pk: "tidak ada"}, by=four.petugas)
    road.hand_over(batch=batch, on=RECEIVED, missing={}, by=four.petugas)
    outcomes.lose(batch=batch, member=lost, reason="turun sendiri", by=four.petugas)
    assert sorted(states_of(batch)) == ["handed_over", "not_found"]
    batch.refresh_from_db()
    assert road.finish(batch=batch, on=RECEIVED, by=four.petugas).state == "finished"


def test_an_arrival_can_be_undone_and_recorded_again(four: Four) -> None:
    batch = ready_batch(2, four, state="arrived")
    member = Member.objects.get(pk=member_of(batch))
    with pytest.raises(Refused):
        road.undo_arrival(batch=batch, member=member, reason="", by=four.petugas)
    road.undo_arrival(batch=batch, member=member, reason="salah orang", by=four.petugas)
    journey = Journey.objects.get(worker=member.worker_id, current=True)
    assert (journey.state, journey.arrived_on, journey.arrived_by) == ("departed", None, None)
    other = Journey.objects.exclude(worker=member.worker_id).get(current=True)
    assert other.arrived_on == CAME
    assert Entry.objects.filter(act="journey.undo_arrival", reason="salah orang").count() == 1
    road.arrive(batch=batch, on=CAME, missing={}, by=four.petugas)
    assert states_of(batch) == ["arrived", "arrived"]


def test_dates_lie_neither_ahead_nor_before_the_step_before(four: Four) -> None:
    batch = ready_batch(1, four)
    for on in (today() + timedelta(days=1), CONFIRMED - timedelta(days=1)):
        with pytest.raises(Refused):
            road.depart(batch=batch, on=on, stayed={}, by=four.petugas)
    walk_to(batch, "departed", four)
    with pytest.raises(Refused):
        road.arrive(batch=batch, on=LEFT - timedelta(days=1), missing={}, by=four.petugas)


def test_cancelling_sets_everybody_free(four: Four) -> None:
    batch = ready_batch(2, four)
    with pytest.raises(Refused):
        road.cancel(batch=batch, reason="", by=four.pimpinan)
    with pytest.raises(Refused):
        road.cancel(batch=batch, reason="kapal rusak", by=four.petugas)  # confirmed already
    road.cancel(batch=batch, reason="kapal rusak", by=four.pimpinan)
    batch.refresh_from_db()
    assert (batch.state, batch.cancel_reason) == ("cancelled", "kapal rusak")
    assert Journey.objects.filter(state="on_site", approved_on=None, batch_code="").count() == 2
    assert rules.ready_pool(Worker.objects.all()).count() == 2


def test_sent_back_and_sent_again(four: Four) -> None:
    batch = a_batch(people(1, four), four)
    walk_to(batch, "awaiting_origin", four)
    road.send_back(batch=batch, reason="kursi kurang", by=four.pimpinan)
    batch.refresh_from_db()
    assert batch.state == "draft"
    assert walk_to(batch, "approved", four).confirmed_by == four.pimpinan


def test_an_empty_batch_is_not_sent(four: Four) -> None:
    batch = a_batch([], four)
    with pytest.raises(Refused):
        road.submit(batch=batch, on=ASKED, by=four.petugas)


def test_nobody_joins_a_confirmed_batch(four: Four) -> None:
    batch = ready_batch(1, four)
    with pytest.raises(Refused):
        planning.add_members(batch=batch, workers=[people(1, four)[0].pk], by=four.petugas)


def test_only_who_wants_to_go_home_and_is_in_no_batch_joins(four: Four) -> None:
    stays = people(1, four)[0]
    Worker.objects.filter(pk=stays.pk).update(choice="stay")
    batch = a_batch(people(1, four), four)
    for worker_id in (stays.pk, batch.members.get().worker_id):
        with pytest.raises(Refused):
            planning.add_members(batch=a_batch([], four), workers=[worker_id], by=four.petugas)


def test_seats_hold_everyone(four: Four) -> None:
    workers = with_children(people(3, four), 2)
    batch = a_batch(workers[:2], four, seats=5)
    preparing.send_new_officer(
        batch=batch, name="Contoh", sex="woman", nip=None, rank="", is_head=True, by=four.petugas
    )
    assert rules.count(batch).free == 0
    with pytest.raises(Refused):
        planning.add_members(batch=batch, workers=[workers[2].pk], by=four.petugas)
    with pytest.raises(Refused):
        preparing.send_new_officer(
            batch=batch, name="Lain", sex="man", nip=None, rank="", is_head=False, by=four.petugas
        )
    with pytest.raises(Refused):
        planning.edit_facts(batch=batch, facts={"seats": 4}, by=four.petugas)
    assert Journey.objects.get(worker=workers[2], current=True).state == "on_site"


def test_one_head_at_a_time(four: Four) -> None:
    batch = ready_batch(1, four)
    second = preparing.send_new_officer(
        batch=batch, name="Lain", sex="man", nip="198001012005011001", rank="", is_head=True,
        by=four.petugas,
    )  # fmt: skip
    assert list(Escort.objects.filter(is_head=True)) == [second]
    first = Escort.objects.get(is_head=False)
    preparing.make_head(batch=batch, escort=first, by=four.petugas)
    assert list(Escort.objects.filter(is_head=True)) == [first]
    with pytest.raises(Refused):
        preparing.add_officer(name="Sama", sex="man", nip="19800101 200501 1 001", by=four.petugas)


def test_origin_is_answered_by_one_letter(four: Four) -> None:
    batch = a_batch(people(3, four), four)
    denied = member_of(batch)
    road.confirm_origin(batch=batch, letter="470/1", on=ASKED, denied=[denied], by=four.petugas)
    answers = OriginConfirmation.objects.filter(current=True)
    assert answers.filter(answer="confirmed", regency="35.09", letter="470/1").count() == 2
    assert answers.filter(answer="denied").count() == 1
    road.confirm_origin(batch=batch, letter="470/2", on=ASKED, by=four.petugas)
    assert OriginConfirmation.objects.filter(current=True, answer="confirmed").count() == 3
    assert OriginConfirmation.objects.filter(current=False).count() == 3


def test_rights_and_scope_are_asked_by_the_actions_too(four: Four) -> None:
    batch = ready_batch(1, four)
    elsewhere = make_user("petugas", lokalisasi="TANGAR")
    for by in (four.verifikator, four.bendahara, four.pimpinan, elsewhere):
        with pytest.raises(Refused):
            road.depart(batch=batch, on=LEFT, stayed={}, by=by)
    with pytest.raises(Refused):
        road.cancel(batch=batch, reason="x", by=four.verifikator)
    with pytest.raises(Refused):
        planning.create_batches(
            [planning.NewBatch(province_code="35", seats=9, workers=[people(1, four)[0].pk])],
            by=elsewhere,
        )


def test_whoever_sent_it_does_not_confirm_it(four: Four) -> None:
    batch = a_batch(people(1, four), four)
    walk_to(batch, "awaiting_origin", four)
    Batch.objects.filter(pk=batch.pk).update(submitted_by=four.pimpinan)
    batch.refresh_from_db()
    assert BATCH.can(batch, four.pimpinan, "approve")
    with pytest.raises(Refused):
        road.approve(batch=batch, on=CONFIRMED, by=four.pimpinan)
