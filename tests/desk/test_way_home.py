"""What the desk knows of the way home: going alone, travel money of a batch, where people go."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.actions import journey, journey_ends
from cases.models import EligibilityDecision, Journey, Worker
from disbursements.models import AssistanceKind, Entitlement, Position
from disbursements.rules import find_candidates
from kotim_social.desk.destinations import destinations
from kotim_social.desk.leaving import go_home_alone
from kotim_social.workflow import Refused
from repatriation.actions import planning, road
from repatriation.actions.planning import NewBatch
from repatriation.models import Batch
from tests import factories
from tests.factories import Four
from tests.repatriation.travellers import LEFT, key, prepare, signed_in, walk_to

pytestmark = pytest.mark.django_db
HOME_ON = date(2017, 12, 1)
PROOF = "surat lurah 12, foto di rumah"


@pytest.fixture
def four(db: None) -> Four:
    return factories.the_four()


def payable(kind: str, four: Four) -> set[object]:
    kinds = list(AssistanceKind.objects.filter(pk=kind))
    return {c.worker.pk for c in find_candidates(four.bendahara, kinds=kinds).included}


def test_alone_before_the_decree_is_not_eligible(four: Four) -> None:
    worker = factories.register(1, by=four.petugas)[0]
    factories.make_ready([worker], four=four)
    assert go_home_alone(worker=worker, proof=PROOF, on=HOME_ON, by=four.petugas) == 0
    worker.refresh_from_db()
    assert worker.eligibility == "not_eligible"
    newest = EligibilityDecision.objects.filter(worker=worker).order_by("-id").first()
    assert newest.reason_code == "PULANG_MANDIRI"
    row = Journey.objects.get(worker=worker, current=True)
    assert (row.state, row.arrived_on, row.note) == ("returned_alone", HOME_ON, PROOF)
    assert not Position.objects.filter(worker=worker).exists()


def test_alone_after_the_decree_arrives_and_loses_the_travel_money(four: Four) -> None:
    alone, other = factories.ready_people(2, four=four)
    with pytest.raises(Refused):
        go_home_alone(worker=alone, proof=PROOF, on=HOME_ON, by=four.petugas)
    assert Journey.objects.get(worker=alone, current=True).state == "on_site"
    assert go_home_alone(worker=alone, proof=PROOF, on=HOME_ON, by=four.pimpinan) == 1
    lapsed = Entitlement.objects.get(worker=alone, state="lapsed")
    assert (lapsed.kind_id, lapsed.lapsed_on, lapsed.lapsed_because) == (
        "TRANSPORT", HOME_ON, PROOF,
    )  # fmt: skip
    for kind in ("JADUP", "MODAL"):
        assert payable(kind, four) == {alone.pk}
    assert payable("TRANSPORT", four) == set()
    assert not Position.objects.filter(worker=alone, kind="TRANSPORT").exists()
    assert Entitlement.objects.filter(worker=other, state="lapsed").count() == 0


def test_travel_money_in_a_list_is_taken_out_first(four: Four) -> None:
    worker = factories.ready_people(1, four=four)[0]
    factories.into_batch([worker], four=four)
    factories.a_list(by=four.petugas, kinds=["TRANSPORT"], batch_code="R-01")
    journey.leave_batch(workers=[worker.pk], by=four.petugas)
    with pytest.raises(Refused):
        go_home_alone(worker=worker, proof=PROOF, on=HOME_ON, by=four.pimpinan)
    assert Journey.objects.get(worker=worker, current=True).state == "on_site"


@pytest.mark.parametrize(
    ("choice", "proof", "on"),
    [("stay", PROOF, HOME_ON), ("return", " ", HOME_ON), ("return", PROOF, date(2017, 1, 1)),
     ("return", PROOF, date(2099, 1, 1))],
)  # fmt: skip
def test_going_alone_needs_choice_proof_and_day(
    four: Four, choice: str, proof: str, on: date
) -> None:
    worker = factories.register(1, by=four.petugas, choice=choice)[0]
    with pytest.raises(Refused):
        go_home_alone(worker=worker, proof=proof, on=on, by=four.petugas)
    worker.refresh_from_db()
    assert worker.eligibility == "registered"


def test_lost_found_again_and_death_by_post(four: Four) -> None:
    worker = factories.register(1, by=four.petugas)[0]
    client = signed_in(four.petugas)

    def url(name: str) -> str:
        return reverse(f"desk:{name}", args=[worker.pk])

    def state() -> str:
        return Journey.objects.get(worker=worker, current=True).state

    assert url("not_found") in client.get(url("journey")).content.decode()
    assert client.post(url("found_again"), {"reason": "x", **key()}).status_code == 422
    assert client.post(url("not_found"), {"reason": "", **key()}).status_code == 422
    assert client.post(url("not_found"), {"reason": "tiada kabar", **key()}).status_code == 302
    assert state() == "not_found"
    assert client.post(url("found_again"), {"reason": "menelepon", **key()}).status_code == 302
    assert state() == "on_site"
    assert Journey.objects.filter(worker=worker).count() == 2
    body = {"on": "1-12-2017", "proof": "akta kematian 5", **key()}
    for _twice in range(2):
        assert client.post(url("deceased"), body).status_code == 302
    assert state() == "deceased"
    assert url("deceased") not in client.get(url("journey")).content.decode()


def test_going_alone_by_post(four: Four) -> None:
    worker = factories.register(1, by=four.petugas)[0]
    url = reverse("desk:went_alone", args=[worker.pk])
    client = signed_in(four.petugas)
    assert client.get(url).status_code == 200
    body = {"on": "1-12-2017", "proof": PROOF, **key()}
    assert client.post(url, body).status_code == 302
    assert Worker.objects.get(pk=worker.pk).eligibility == "not_eligible"


def test_an_ended_case_and_a_stranger_are_refused(four: Four) -> None:
    worker = factories.register(1, by=four.petugas)[0]
    stranger = factories.make_user("petugas", lokalisasi="TANGAR")
    with pytest.raises(Refused):
        journey_ends.report_death(worker=worker.pk, proof=PROOF, on=HOME_ON, by=stranger)
    assert Journey.objects.get(worker=worker).state == "on_site"


def a_batch_of(people: list[Worker], four: Four) -> Batch:
    new = NewBatch(province_code="35", seats=20, workers=factories.ids(people))
    batch = planning.create_batches([new], by=four.petugas)[0]
    prepare(batch, four)
    return walk_to(batch, "approved", four)


def test_the_departure_warns_of_travel_money_that_is_not_ready(four: Four) -> None:
    """It says what is not ready, and lets the batch leave."""
    batch = a_batch_of(factories.ready_people(3, four=four), four)
    page = reverse("desk:batch_depart", args=[batch.pk])
    desk = signed_in(four.petugas)
    (no_list,) = desk.get(page).context["money_warnings"]
    assert str(no_list) in desk.get(page).content.decode()
    payment_list = factories.a_list(by=four.petugas, kinds=["TRANSPORT"], batch_code=batch.code)
    (not_ordered,) = desk.get(page).context["money_warnings"]
    assert payment_list.number in not_ordered
    factories.walk_to(payment_list, "ordered", four=four)
    assert desk.get(page).context["money_warnings"] == []
    body = {f"present-{member.pk}": "on" for member in batch.members.all()}
    assert desk.post(page, {"on": str(LEFT), **body, **key()}).status_code == 302
    batch.refresh_from_db()
    assert batch.state == "departed"


def test_the_departure_of_a_foreign_batch_is_not_found(four: Four) -> None:
    batch = a_batch_of(factories.register(2, by=four.petugas), four)
    stranger = signed_in(factories.make_user("petugas", lokalisasi=["TANGAR"]))
    assert stranger.get(reverse("desk:batch_depart", args=[batch.pk])).status_code == 404


def test_the_travel_money_of_a_batch(four: Four) -> None:
    """Warned of while it is not ordered; results preset from who boarded."""
    batch = a_batch_of(factories.ready_people(3, four=four), four)
    page = reverse("desk:batch_money", args=[batch.pk])
    desk, treasurer = signed_in(four.petugas), signed_in(four.bendahara)
    assert len(desk.get(page).context["warnings"]) == 1
    payment_list = factories.a_list(by=four.petugas, kinds=["TRANSPORT"], batch_code=batch.code)
    assert payment_list.number in "".join(desk.get(page).context["warnings"])
    factories.walk_to(payment_list, "ordered", four=four)
    assert desk.get(page).context["warnings"] == []
    results = reverse("disbursements:list_results", args=[payment_list.pk])
    assert results in treasurer.get(page).content.decode()
    before = treasurer.get(results).context["form"].rows
    assert {row.outcome for row in before} == {"paid"}
    absent = batch.members.first()
    road.depart(batch=batch, on=LEFT, stayed={absent.pk: "sakit"}, by=four.petugas)
    rows = treasurer.get(results).context["form"].rows
    flipped = [row for row in rows if row.outcome == "returned"]
    assert [row.line.entitlement.worker_id for row in flipped] == [absent.worker_id]
    assert flipped[0].reason == "not_fetched"
    context = desk.get(page).context
    assert (context["boarded"], context["absent"]) == (2, 1)


def test_where_they_go(four: Four) -> None:
    factories.register(3, by=four.petugas, home="35.09")
    factories.register(1, by=four.petugas, home="33.01")
    factories.register(1, by=four.petugas, home=None)
    factories.register(2, by=four.petugas, home="52.01", choice="stay")
    rows = destinations(four.pimpinan)
    assert [(row.code, row.returnees) for row in rows] == [("35", 3), ("33", 1)]
    client = signed_in(four.pimpinan)
    answer = client.get(reverse("desk:destinations"))
    text = answer.content.decode()
    assert text.count("<path d=") == 34
    assert "fill-opacity" in text
    assert answer.context["without_home"] == 1
    for row in rows:
        listed = client.get(
            reverse("cases:worker_list"), {"choice": "return", "province": row.code}
        )
        assert listed.context["page"].count == row.returnees
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("desk:destinations"))
    factories.register(9, by=four.petugas, home="64.01")
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("desk:destinations"))
    assert len(few) == len(many)
