"""On the way: roll-calls at each leg, incidents with owner and day, outcomes, hand-over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from cases.models import Journey, Worker
from disbursements.models import AssistanceKind
from disbursements.rules import find_candidates
from kotim_social.audit.models import Entry
from kotim_social.documents.models import IssuedPaper
from kotim_social.workflow import Refused
from repatriation import rules
from repatriation.actions import costs, incidents, outcomes, planning, preparing, road
from repatriation.actions.outcomes import How, Outcome
from repatriation.models import Batch, HandOver, Incident, LegCall, Member
from tests import factories
from tests.documents.pdf_text import page_texts
from tests.factories import Four
from tests.repatriation.travellers import (
    CAME,
    LEFT,
    RECEIVED,
    a_batch,
    agree_to,
    key,
    member_of,
    people,
    prepare,
    ready_batch,
    seen_on,
    signed_in,
    walk_to,
    with_children,
)

pytestmark = pytest.mark.django_db


def arrival_money(four: Four) -> set[object]:
    """Worker ids whose arrival-bound money can be paid now."""
    kinds = list(AssistanceKind.objects.filter(policy__payable_when="arrived"))
    assert kinds
    found = find_candidates(four.bendahara, kinds=kinds).included
    return {candidate.worker.pk for candidate in found}


def test_81_seats_and_72_board(four: Four) -> None:
    """73 women, 3 children and 5 escorts; money opens for exactly those whose arrival stands."""
    workers = factories.ready_people(73, four=four)
    with_children(workers, 2, 1)
    batch = a_batch(workers, four, seats=81)
    prepare(batch, four)
    for number in range(4):
        preparing.send_new_officer(
            batch=batch, name=f"Contoh {number}", sex="man", nip=None, rank="", is_head=False,
            by=four.petugas,
        )  # fmt: skip
    count = rules.count(batch)
    assert (count.women, count.children, count.escorts, count.size, count.free) == (
        73, 3, 5, 81, 0,
    )  # fmt: skip
    walk_to(batch, "approved", four)
    absent = batch.members.filter(children=0).first()
    road.depart(batch=batch, on=LEFT, stayed={absent.pk: "sakit"}, by=four.petugas)
    assert rules.count(batch).women == 72
    assert arrival_money(four) == set()
    late = batch.members.filter(active=True).last()
    road.arrive(batch=batch, on=CAME, missing={late.pk: "tertinggal"}, by=four.petugas)
    arrived = set(
        Journey.objects.filter(current=True, state="arrived").values_list("worker", flat=True)
    )
    assert len(arrived) == 71
    assert arrival_money(four) == arrived
    member = batch.members.filter(worker__in=arrived).first()
    road.undo_arrival(batch=batch, member=member, reason="salah orang", by=four.petugas)
    assert arrival_money(four) == arrived - {member.worker_id}


def test_20_leave_and_18_are_handed_over(four: Four) -> None:
    batch = ready_batch(20, four, seats=30, state="departed")
    everybody = [member.worker for member in batch.members.select_related("worker")]
    agree_to(everybody, batch.receiving_office, four)
    ill, unwilling = (Member.objects.get(pk=member_of(batch, n)) for n in (0, 1))
    road.arrive(
        batch=batch, on=CAME, missing={ill.pk: "demam tinggi"}, kinds={ill.pk: "ill"},
        by=four.petugas,
    )  # fmt: skip
    terms = road.HandOverTerms(
        received_by="Bu Penerima", documents=["id_card", "transfer"], differences={}
    )
    road.hand_over(
        batch=batch, on=RECEIVED, missing={unwilling.pk: "tidak mau"},
        kinds={unwilling.pk: "refused"}, terms=terms, by=four.petugas,
    )  # fmt: skip
    assert HandOver.objects.count() == 18
    assert HandOver.objects.first().documents == "id_card,transfer"
    assert {i.kind for i in Incident.objects.open()} == {"ill", "refused"}

    client = signed_in(four.petugas)
    client.post(reverse("repatriation:paper_issue", args=[batch.pk, "berita-acara"]), key())
    text = "\n".join(page_texts(IssuedPaper.objects.get(kind="handover_of_people").file.read()))
    assert "JUMLAH 18 ORANG" in text
    assert "sakit di perjalanan" in text
    assert text.count("surat pindah") == 18
    assert text.count("belum selesai") == 2

    with pytest.raises(Refused) as refusal:
        road.finish(batch=batch, on=RECEIVED, by=four.petugas)
    assert len(refusal.value.sentences) == 2
    end = Outcome(How.CAME_BACK, "dirawat di RS, lalu pulang ke Sampit", RECEIVED)
    outcomes.conclude(batch=batch, member=ill, outcome=end, by=four.petugas)
    with pytest.raises(Refused):
        road.finish(batch=batch, on=RECEIVED, by=four.petugas)
    end = Outcome(How.ALONE, "dijemput keluarga, surat RT 4", RECEIVED)
    outcomes.conclude(batch=batch, member=unwilling, outcome=end, by=four.petugas)
    assert not Incident.objects.open().exists()
    assert road.finish(batch=batch, on=RECEIVED, by=four.petugas).state == "finished"
    assert [w.pk for w in rules.ready_pool(Worker.objects.all())] == [ill.worker_id]
    alone = Journey.objects.get(worker=unwilling.worker_id, current=True)
    assert (alone.state, alone.arrived_on) == ("returned_alone", CAME)


@pytest.mark.parametrize("how", list(How))
def test_each_other_outcome_is_one(four: Four, how: How) -> None:
    batch = ready_batch(2, four, state="departed")
    member = Member.objects.get(pk=member_of(batch))
    with pytest.raises(Refused):
        outcomes.conclude(
            batch=batch, member=member, outcome=Outcome(how, " ", CAME), by=four.petugas
        )
    with pytest.raises(Refused):
        early = Outcome(how, "surat", LEFT - timedelta(days=1))
        outcomes.conclude(batch=batch, member=member, outcome=early, by=four.petugas)
    outcomes.conclude(
        batch=batch, member=member, outcome=Outcome(how, "surat", CAME), by=four.petugas
    )
    row = batch.members.with_journey().get(pk=member.pk)
    assert rules.has_outcome(row)
    assert not row.active
    road.arrive(batch=batch, on=CAME, missing={}, by=four.petugas)
    road.hand_over(batch=batch, on=RECEIVED, missing={}, by=four.petugas)
    assert road.finish(batch=batch, on=RECEIVED, by=four.petugas).state == "finished"


def test_the_roll_is_called_at_each_leg(four: Four) -> None:
    batch = a_batch(people(3, four), four)
    prepare(batch, four)
    second = preparing.save_leg(
        batch=batch, leg=None, by=four.petugas,
        facts={"mode": "road", "carrier": "Bus", "origin": "Surabaya", "target": "Jember",
               "departure": batch.legs.get().arrival, "arrival": batch.legs.get().arrival
               + timedelta(hours=6)},
    )  # fmt: skip
    with pytest.raises(Refused):
        incidents.call_leg(batch=batch, leg=second, on=LEFT, missing={}, by=four.petugas)
    walk_to(batch, "departed", four)
    assert [(c.present, c.absent) for c in LegCall.objects.all()] == [(3, 0)]
    gone = Member.objects.get(pk=member_of(batch))
    incidents.call_leg(
        batch=batch, leg=second, on=CAME, missing={gone.pk: "turun"}, kinds={gone.pk: "left"},
        by=four.petugas,
    )  # fmt: skip
    incident = Incident.objects.open().get()
    assert (incident.kind, incident.note, incident.due_on) == (
        "left", "turun", CAME + timedelta(days=7),
    )  # fmt: skip
    with pytest.raises(Refused):
        incidents.hand_incident(
            incident=incident, owner=four.bendahara, due_on=RECEIVED, by=four.petugas
        )
    incidents.hand_incident(
        incident=incident, owner=four.petugas2, due_on=RECEIVED, by=four.petugas
    )
    incident.refresh_from_db()
    assert (incident.owner, incident.due_on) == (four.petugas2, RECEIVED)
    road.arrive(batch=batch, on=CAME, missing={}, by=four.petugas)
    assert not Incident.objects.open().exists()


def test_an_incident_between_two_calls_is_settled_by_hand(four: Four) -> None:
    batch = ready_batch(2, four, state="departed")
    member = Member.objects.get(pk=member_of(batch))
    report = incidents.Report("ill", "mabuk laut", LEFT)
    one = incidents.report_incident(batch=batch, member=member, report=report, by=four.petugas)
    again = incidents.Report("ill", "demam", CAME)
    assert (
        incidents.report_incident(batch=batch, member=member, report=again, by=four.petugas).pk
        == one.pk
    )
    with pytest.raises(Refused):
        incidents.settle(incident=one, outcome="", on=CAME, by=four.petugas)
    incidents.settle(incident=one, outcome="sembuh", on=CAME, by=four.petugas)
    with pytest.raises(Refused):
        incidents.settle(incident=one, outcome="sembuh", on=CAME, by=four.petugas)
    member.refresh_from_db()
    assert member.active


def test_pages_of_the_way(four: Four) -> None:
    batch = ready_batch(3, four, state="departed")
    client = signed_in(four.petugas)
    pk, member, leg = batch.pk, member_of(batch), batch.legs.get()

    def url(name: str, *more: object) -> str:
        return reverse(f"repatriation:{name}", args=[pk, *more])

    body = {"on": str(CAME), **key()}
    for one in batch.members.all():
        body[f"present-{one.pk}"] = "on"
    del body[f"present-{member}"]
    assert client.post(url("call_leg", leg.pk), {**body}).status_code == 422
    body |= {f"reason-{member}": "sakit", f"kind-{member}": "ill", **key()}
    first, second = (client.post(url("call_leg", leg.pk), body) for _twice in range(2))
    assert first.status_code == second.status_code == 302
    assert LegCall.objects.count() == 2
    incident = Incident.objects.open().get()
    text = client.get(url("batch_detail")).content.decode()
    assert "sakit" in text
    assert url("outcome", member) in text
    handed = {"owner": four.petugas2.pk, "due_on": str(RECEIVED), **key()}
    handed |= seen_on(client, url("hand_on", incident.pk))
    assert client.post(url("hand_on", incident.pk), handed).status_code == 302
    settled = {"outcome": "sembuh", "on": str(CAME), **key()}
    assert client.post(url("settle", incident.pk), settled).status_code == 302
    told = {"kind": "other", "note": "dompet hilang", "on": str(CAME), **key()}
    assert client.post(url("incident", member), told).status_code == 302
    ended = {"how": "not_found", "reason": "turun", "on": str(CAME), **key()}
    assert client.post(url("outcome", member), ended).status_code == 302
    assert Journey.objects.get(worker__batch_memberships=member, current=True).state == "not_found"
    spent = {"category": "tickets", "what": "Tiket kapal", "amount": "1.500.000",
             "spent_on": str(LEFT), **key()}  # fmt: skip
    assert client.post(url("costs"), spent).status_code == 302
    assert client.post(url("costs"), {**spent, "amount": "1e9", **key()}).status_code == 422
    cost = batch.costs.get()
    assert client.get(url("costs")).context["total"] == 1_500_000
    assert client.post(url("cost_strike", cost.pk), key()).status_code == 302
    assert client.get(url("costs")).context["total"] == 0


def test_hand_over_by_post_keeps_condition_and_differences(four: Four) -> None:
    batch = ready_batch(2, four, state="arrived")
    first = member_of(batch)
    body = {"on": str(RECEIVED), "received_by": "Bu Terima", "documents": ["id_card"], **key()}
    for one in batch.members.all():
        body[f"present-{one.pk}"] = "on"
    body |= {f"condition-{first}": "care", f"differs-{first}": "tanpa KTP"}
    url = reverse("repatriation:hand_over", args=[batch.pk])
    assert signed_in(four.petugas).post(url, body).status_code == 302
    row = HandOver.objects.get(member=first)
    assert (row.condition, row.differences, row.received_by) == ("care", "tanpa KTP", "Bu Terima")
    other = HandOver.objects.exclude(member=first).get()
    assert (other.condition, other.differences, other.documents) == ("well", None, "id_card")


def test_costs_end_with_the_batch(four: Four) -> None:
    batch = ready_batch(1, four, state="finished")
    cost = costs.NewCost(category="meals", what="nasi", amount=1, spent_on=date(2017, 12, 1))
    with pytest.raises(Refused):
        costs.add_cost(batch=batch, cost=cost, by=four.petugas)


def test_who_stays_is_never_in_a_batch(four: Four) -> None:
    batch = a_batch([], four)
    stayer = factories.register(1, by=four.petugas, choice="stay")[0]
    with pytest.raises(Refused):
        planning.add_members(batch=batch, workers=[stayer.pk], by=four.petugas)
    with pytest.raises(DatabaseError), transaction.atomic():
        Member.objects.create(batch=batch, worker=stayer, added_by=four.petugas)


def test_each_revision_of_the_manifest_says_why(four: Four) -> None:
    batch = ready_batch(3, four)
    client = signed_in(four.petugas)
    url = reverse("repatriation:paper_issue", args=[batch.pk, "manifes-kantor"])
    client.post(url, key())
    planning.remove_member(
        batch=batch, member=batch.members.first(), reason="batal", by=four.petugas
    )
    absent = batch.members.filter(active=True).first()
    road.depart(batch=Batch.objects.get(), on=LEFT, stayed={absent.pk: "sakit"}, by=four.petugas)
    assert [(r.number, r.cause) for r in batch.revisions.all()] == [(2, "removed"), (3, "no_show")]
    client.post(url, key())
    old, new = IssuedPaper.objects.filter(kind="manifest").order_by("sequence")
    assert (old.is_void, new.is_void) == (True, False)
    assert new.snapshot["revision"] == 3


def test_emergency_contacts_change_until_the_batch_has_ended(four: Four) -> None:
    """On the road too, by whoever plans; each change leaves its row, without the numbers."""
    batch = ready_batch(1, four, state="departed")
    client, page = signed_in(four.petugas), reverse("repatriation:emergency", args=[batch.pk])
    shown = client.get(reverse("repatriation:batch_detail", args=[batch.pk]))
    assert f'href="{page}"' in shown.content.decode()
    before = Entry.objects.filter(act="batch.edit").count()
    for _twice in range(2):  # the same words again are no change
        seen = seen_on(client, page)
        answer = client.post(page, {"contacts": "Posko 0812 7000 0001", **seen, **key()})
        assert answer.status_code == 302
    batch.refresh_from_db()
    assert batch.emergency_contacts == "Posko 0812 7000 0001"
    rows = Entry.objects.filter(act="batch.edit")
    assert rows.count() == before + 1
    assert "7000" not in str(rows.order_by("-pk").first().changes)
    assert "Posko 0812 7000 0001" in client.get(page).content.decode()
    walk_to(batch, "finished", four)
    late = {"contacts": "lain", **seen_on(client, page), **key()}
    assert client.post(page, late).status_code == 422
    assert signed_in(four.pimpinan).get(page).status_code == 403
    with pytest.raises(Refused):
        planning.edit_emergency_contacts(batch=batch, contacts="lain", by=four.petugas)
    batch.refresh_from_db()
    assert batch.emergency_contacts == "Posko 0812 7000 0001"
