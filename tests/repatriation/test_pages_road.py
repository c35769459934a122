"""The road of a batch by POST, as people walk it: pages, roll-calls, sending twice, scope."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Journey, OriginConfirmation, Worker
from kotim_social.documents.models import IssuedPaper
from repatriation import rules
from repatriation.models import Batch, Escort, Leg, Member, Officer
from repatriation.urls import urlpatterns
from tests.factories import Four, make_user
from tests.repatriation.travellers import (
    ASKED,
    CAME,
    CONFIRMED,
    LEFT,
    RECEIVED,
    a_batch,
    key,
    member_of,
    people,
    ready_batch,
    seen_on,
    signed_in,
)

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(name if ":" in name else f"repatriation:{name}", args=args)


def roll(batch: Batch, *, on: object, absent: dict[Any, str] | None = None) -> dict[str, str]:
    """What a browser sends: a tick for each who is there, reasons for the others."""
    body = {"on": str(on), **key()}
    for member in batch.members.filter(active=True):
        reason = (absent or {}).get(member.pk)
        body[f"reason-{member.pk}"] = reason or ""
        if reason is None:
            body[f"present-{member.pk}"] = "on"
    return body


def post(
    client: Client, name: str, batch: Batch, body: dict[str, Any], *more: object
) -> HttpResponse:
    response = client.post(url(name, batch.pk, *more), {**key(), **body})
    batch.refresh_from_db()
    return response


def test_the_whole_road_by_post(four: Four) -> None:
    people(3, four)
    desk, head = signed_in(four.petugas), signed_in(four.pimpinan)
    offer = desk.get(url("propose"), {"seats": "5"}).context["offers"][0]
    made = desk.post(url("propose"), {"seats": "5", "batch": [offer.key], **key()})
    assert made.status_code == 302
    batch = Batch.objects.get()
    assert (batch.seats, batch.destination_id, batch.members.count()) == (5, "35", 3)

    facts = {
        "seats": "5",
        "receiving_office": "Dinas Sosial",
        "receiving_contact": "Bu Penerima",
        "receiving_phone": "0812 0000 0001",
        "escort_order": "094/1",
        "escort_order_on": str(ASKED),
        "planned_departure": str(LEFT),
    }
    seen = seen_on(desk, url("batch_edit", batch.pk))
    assert post(desk, "batch_edit", batch, facts | seen).status_code == 302
    officer = {"new-name": "Contoh Ketua", "new-sex": "woman", "new-nip": "19800101 200501 2 001",
               "new-is_head": "on"}  # fmt: skip
    assert post(desk, "officer_add", batch, officer).status_code == 302
    leg = {
        "mode": "sea",
        "carrier": "Pelni",
        "vessel": "KM Contoh",
        "origin": "Sampit",
        "target": "Banjarmasin",
        "departure": "2017-11-29T10:00",
        "departure_zone": "WIB",
        "arrival": "2017-11-30T10:00",
        "arrival_zone": "WITA",
    }
    assert post(desk, "leg_add", batch, leg).status_code == 302
    assert Leg.objects.get().departure_shown == "29-11-2017 10.00 WIB"
    assert Leg.objects.get().arrival_shown == "30-11-2017 10.00 WITA"
    origin = {**roll(batch, on=ASKED), "letter": "470/7"}
    assert post(desk, "origin", batch, origin).status_code == 302
    assert OriginConfirmation.objects.filter(answer="confirmed").count() == 3
    assert post(desk, "submit", batch, {"on": str(ASKED)}).status_code == 302
    approved = post(head, "approve", batch, {"on": str(CONFIRMED)})
    assert (approved.url, batch.state) == (url("batch_detail", batch.pk), "approved")

    absent = member_of(batch)
    body = roll(batch, on=LEFT, absent={absent: "sakit"})
    assert post(desk, "desk:batch_depart", batch, body).status_code == 302
    assert (batch.state, batch.revision, rules.count(batch).women) == ("departed", 2, 2)
    assert post(desk, "arrive", batch, roll(batch, on=CAME)).status_code == 302
    assert post(desk, "hand_over", batch, roll(batch, on=RECEIVED)).status_code == 302
    assert post(desk, "finish", batch, {"on": str(RECEIVED)}).status_code == 302
    assert batch.state == "finished"
    assert Journey.objects.filter(current=True, state="handed_over").count() == 2
    assert desk.get(url("batch_detail", batch.pk)).status_code == 200


def test_a_form_that_is_sent_twice_counts_once(four: Four) -> None:
    batch = ready_batch(2, four)
    client = signed_in(four.petugas)
    body = roll(batch, on=LEFT, absent={member_of(batch): "sakit"})
    first, second = (client.post(url("desk:batch_depart", batch.pk), body) for _twice in range(2))
    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    batch.refresh_from_db()
    assert batch.revision == 2
    other = client.post(url("desk:batch_depart", batch.pk), {**body, "on": str(CAME)})
    assert other.status_code == 409
    assert client.post(url("desk:batch_depart", batch.pk), {"on": str(LEFT)}).status_code == 400


def test_a_departure_that_is_refused_names_all_and_loses_nothing(four: Four) -> None:
    batch = ready_batch(2, four)
    Batch.objects.filter(pk=batch.pk).update(receiving_office="")
    Leg.objects.update(vessel="")
    absent = member_of(batch)
    client = signed_in(four.petugas)
    answer = client.post(
        url("desk:batch_depart", batch.pk), roll(batch, on=LEFT, absent={absent: "sakit"})
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    batch.refresh_from_db()
    for one in rules.gate(batch):
        assert one.sentence in text
    assert 'value="sakit"' in text
    assert f'name="present-{absent}" checked' not in text
    assert batch.state == "approved"


def test_an_exception_without_a_reason_is_asked_again(four: Four) -> None:
    batch = ready_batch(2, four, state="departed")
    body = roll(batch, on=CAME)
    del body[f"present-{member_of(batch)}"]
    answer = signed_in(four.petugas).post(url("arrive", batch.pk), body)
    assert answer.status_code == 422
    assert f"reason-{member_of(batch)}" in answer.context["form"].errors
    assert Journey.objects.filter(state="arrived").count() == 0


def test_a_roll_call_is_preset_and_works_without_javascript(four: Four) -> None:
    batch = ready_batch(2, four, state="departed")
    text = signed_in(four.petugas).get(url("arrive", batch.pk)).content.decode()
    for member in batch.members.all():
        assert f'name="present-{member.pk}" checked' in text
        assert f'name="reason-{member.pk}"' in text
    assert "<script" not in text.split("<main", 1)[1]


def test_the_proposal_follows_the_people(four: Four) -> None:
    workers = people(2, four)
    client = signed_in(four.petugas)
    offer = client.get(url("propose"), {"seats": "9"}).context["offers"][0]
    a_batch(workers[:1], four)
    answer = client.post(url("propose"), {"seats": "9", "batch": [offer.key], **key()})
    assert answer.status_code == 422
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("seats", ["0", "-1", "1e9", "abc", "", "99999999999999999999", "5\x00"])
def test_seats_that_are_none_are_a_sentence(four: Four, seats: str) -> None:
    answer = signed_in(four.petugas).get(url("propose"), {"seats": seats})
    assert answer.status_code in (400, 422)


def test_a_route_over_two_provinces_is_one_batch_with_its_drop_offs(four: Four) -> None:
    people(2, four, home="35.09")
    people(1, four, home="51.01")
    client = signed_in(four.petugas)
    asked = {"seats": "9", "grouping": "route", "route": ["35", "51"]}
    context = client.get(url("propose"), asked).context
    assert (len(context["offers"]), context["proposal"].gap) == (1, 0)
    made = client.post(url("propose"), {**asked, "batch": [context["offers"][0].key], **key()})
    assert made.status_code == 302
    batch = Batch.objects.get()
    assert (batch.destination_id, batch.members.count()) == ("35", 3)
    assert len(batch.drop_offs.split(", ")) == 2
    assert client.get(url("propose"), {**asked, "route": ["35"]}).status_code == 422


def test_left_over_people_are_named_with_the_reason(four: Four) -> None:
    unknown = people(1, four, home=None)[0]
    large = people(1, four)[0]
    Worker.objects.filter(pk=large.pk).update(children=9)
    rows = signed_in(four.petugas).get(url("propose"), {"seats": "9"}).context["left_out"]
    assert {row["name"] for row in rows} == {unknown.name, large.name}
    mend = next(row["url"] for row in rows if row["name"] == unknown.name)
    assert mend == reverse("cases:worker_edit", args=[unknown.pk])


def test_people_are_added_and_taken_out_by_post(four: Four) -> None:
    first, second = people(2, four)
    elsewhere = people(1, four, home="33.01")[0]
    batch = a_batch([first], four)
    client = signed_in(four.petugas)
    shown = client.get(url("member_add", batch.pk)).context["page"]
    assert [worker.pk for worker in shown] == [second.pk]
    assert post(client, "member_add", batch, {"worker": [str(second.pk)]}).status_code == 302
    assert post(client, "member_add", batch, {"worker": ["kein-id"]}).status_code == 422
    assert post(client, "member_add", batch, {"worker": [str(uuid4())]}).status_code == 422
    assert post(client, "member_add", batch, {}).status_code == 422
    member = Member.objects.get(worker=second)
    answer = post(client, "member_remove", batch, {"reason": "menunggu anak"}, member.pk)
    assert answer.status_code == 302
    assert [m.worker_id for m in batch.members.filter(active=True)] == [first.pk]
    assert elsewhere.pk not in {m.worker_id for m in batch.members.all()}


def test_an_arrival_is_undone_by_post(four: Four) -> None:
    batch = ready_batch(1, four, state="arrived")
    client = signed_in(four.petugas)
    answer = post(client, "undo_arrival", batch, {"reason": "salah"}, member_of(batch))
    assert answer.status_code == 302
    assert Journey.objects.get(current=True).state == "departed"
    answer = post(client, "lose", batch, {"reason": "turun"}, member_of(batch))
    assert answer.status_code == 302
    assert Journey.objects.get(current=True).state == "not_found"


def test_a_leg_and_an_escort_are_changed_by_post(four: Four) -> None:
    batch = ready_batch(1, four, state="awaiting_origin")
    client = signed_in(four.petugas)
    leg = Leg.objects.get()
    page = client.get(url("leg_edit", batch.pk, leg.pk)).content.decode()
    assert 'value="2017-11-29T10:00"' in page
    body = {"mode": "road", "carrier": "Bus", "origin": "Sampit", "target": "Banjarbaru",
            "departure_zone": "WIB", "arrival_zone": "WITA"}  # fmt: skip
    body |= seen_on(client, url("leg_edit", batch.pk, leg.pk))
    assert post(client, "leg_edit", batch, body, leg.pk).status_code == 302
    leg.refresh_from_db()
    assert (leg.mode, leg.vessel, leg.departure) == ("road", "", None)
    wrong = {**body, "departure": "2017-11-30T10:00", "arrival": "2017-11-29T10:00"}
    wrong |= seen_on(client, url("leg_edit", batch.pk, leg.pk))
    assert post(client, "leg_edit", batch, wrong, leg.pk).status_code == 422
    assert post(client, "leg_remove", batch, {}, leg.pk).status_code == 302
    assert not Leg.objects.filter(active=True).exists()
    known = Officer.objects.create(name="Contoh Dua", sex="man")
    assert post(client, "escorts", batch, {"officer": str(known.pk)}).status_code == 302
    second = Escort.objects.get(officer=known)
    head = {"head": str(second.pk), **seen_on(client, url("escort_head", batch.pk, second.pk))}
    assert post(client, "escort_head", batch, head, second.pk).status_code == 302
    assert Escort.objects.get(is_head=True) == second
    assert post(client, "escort_remove", batch, {}, second.pk).status_code == 302
    assert Escort.objects.filter(active=True).count() == 1
    bad = {"new-name": "X", "new-sex": "woman", "new-nip": "123"}
    assert post(client, "officer_add", batch, bad).status_code == 422
    assert Officer.objects.filter(name="X").count() == 0


def test_the_supervisor_sends_back_and_cancels(four: Four) -> None:
    batch = ready_batch(1, four, state="awaiting_origin")
    client = signed_in(four.pimpinan)
    assert post(client, "send_back", batch, {"reason": ""}).status_code == 422
    assert post(client, "send_back", batch, {"reason": "kursi"}).status_code == 302
    assert post(client, "cancel", batch, {"reason": "batal"}).status_code == 302
    assert batch.state == "cancelled"
    assert "batal" in client.get(url("batch_detail", batch.pk)).content.decode()


def addresses(batch: Batch) -> list[str]:
    """Every address of one batch."""
    values = {
        "pk": batch.pk,
        "member_pk": member_of(batch),
        "leg_pk": batch.legs.get().pk,
        "escort_pk": batch.escorts.get().pk,
        "paper": "surat-tugas",
        "paper_pk": uuid4(),
        "cost_pk": uuid4(),
        "incident_pk": uuid4(),
        "marks": uuid4(),
        "regency": "35.09",
    }
    found = []
    for pattern in urlpatterns:
        names = pattern.pattern.converters
        if "pk" in names and pattern.name != "undo":
            args = {name: values[name] for name in names}
            if {"paper", "escort_pk"} <= set(args):
                args["paper"] = "sppd"
            found.append(reverse(f"repatriation:{pattern.name}", kwargs=args))
    return found


def test_another_caseworkers_batch_does_not_exist(four: Four) -> None:
    """Out of scope is 404 on every child address, by GET and by POST; nothing is listed."""
    batch = ready_batch(1, four)
    client = signed_in(make_user("petugas", lokalisasi="TANGAR"))
    for address in addresses(batch):
        wanted = 403 if address.endswith(("setujui/", "kembalikan/")) else 404
        looked = 405 if address.endswith("terbitkan/") else wanted
        assert client.get(address).status_code == looked, address
        assert client.post(address, key()).status_code == wanted, address
    assert list(client.get(url("batch_list")).context["page"]) == []


def test_a_shared_batch_shows_names_but_links_only_to_her_own(four: Four) -> None:
    mine, theirs = people(1, four, place="TANGAR")[0], people(1, four)[0]
    batch = a_batch([mine, theirs], four)
    client = signed_in(make_user("petugas", lokalisasi="TANGAR"))
    answer = client.get(url("batch_detail", batch.pk))
    text = answer.content.decode()
    assert theirs.name in text
    assert str(mine.pk) in text
    assert str(theirs.pk) not in text


@pytest.mark.parametrize("role", ["verifikator", "bendahara", "auditor", "admin"])
def test_who_has_no_hand_in_travel_may_only_look(four: Four, role: str) -> None:
    batch = ready_batch(1, four)
    client = signed_in(make_user(role))
    for address in addresses(batch):
        pages = (url("batch_detail", batch.pk), url("offices", batch.pk))
        looks = address in pages and role != "admin"
        prints = "/cetakan/" in address and role == "bendahara"
        unknown = "/rombongan/" in address and "/surat/" in address and role == "bendahara"
        unknown = unknown and "/daerah-asal/" not in address
        wanted = 200 if looks or prints else 404 if unknown else 403
        if prints and address.endswith("terbitkan/"):
            wanted = 405
        assert client.get(address).status_code == wanted, address


def test_what_does_not_exist_is_404(four: Four) -> None:
    batch = ready_batch(1, four)
    other = a_batch([], four)
    client = signed_in(four.petugas)
    assert client.get(url("batch_detail", uuid4())).status_code == 404
    assert client.get(url("leg_edit", other.pk, batch.legs.get().pk)).status_code == 404
    assert client.get(url("escort_head", other.pk, batch.escorts.get().pk)).status_code == 404
    assert client.get(url("undo_arrival", other.pk, member_of(batch))).status_code == 404
    officer = uuid4()
    for unknown in (["lain"], ["sppd"], ["sppd", officer], ["surat-tugas", officer]):
        assert client.get(url("paper_draft", batch.pk, *unknown)).status_code == 404
        assert client.post(url("paper_issue", batch.pk, *unknown), key()).status_code == 404


def test_the_list_filters_and_counts(four: Four) -> None:
    ready_batch(2, four)
    a_batch([], four)
    client = signed_in(four.petugas)
    page = client.get(url("batch_list")).context["page"]
    assert [(b.women, b.children) for b in page] == [(0, 0), (2, 0)]
    assert len(client.get(url("batch_list"), {"state": "approved"}).context["page"]) == 1
    for odd in ("-1", "0", "1000000000", "x"):
        assert client.get(url("batch_list"), {"page": odd, "state": odd}).status_code == 200


def test_a_page_asks_the_database_as_often_for_many_as_for_few(four: Four) -> None:
    client = signed_in(four.petugas)
    asked = []
    for batch in (ready_batch(2, four), ready_batch(12, four)):
        client.get(url("batch_detail", batch.pk))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(url("batch_detail", batch.pk))
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_page_leads_to_the_travel_money_by_the_code(four: Four) -> None:
    batch = ready_batch(1, four)
    client = signed_in(four.petugas)
    page = reverse("desk:batch_money", args=[batch.pk])
    assert f'href="{page}"' in client.get(url("batch_detail", batch.pk)).content.decode()
    text = client.get(page).content.decode()
    money = reverse("disbursements:list_create")
    assert f'href="{money}?batch={batch.code}"' in text


def test_the_buttons_are_those_of_the_workflow(four: Four) -> None:
    batch = ready_batch(1, four)
    acts = signed_in(four.petugas).get(url("batch_detail", batch.pk)).context["buttons"]
    assert [button["act"] for button in acts] == ["depart"]
    assert str(acts[0]["label"]) == _("Record the departure")
    acts = signed_in(four.pimpinan).get(url("batch_detail", batch.pk)).context["buttons"]
    assert [button["act"] for button in acts] == ["cancel"]


def test_papers_are_issued_once_a_click(four: Four) -> None:
    batch = ready_batch(1, four)
    client = signed_in(four.petugas)
    body = key()
    for _twice in range(2):
        answer = client.post(url("paper_issue", batch.pk, "manifes-pengangkut"), body)
        assert answer.status_code == 302
    paper = IssuedPaper.objects.get()
    assert paper.kind == "manifest_carrier"
    answer = client.get(url("paper_file", batch.pk, paper.pk))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
