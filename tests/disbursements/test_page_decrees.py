"""Pages of the decrees and of the programme."""

from __future__ import annotations

from uuid import uuid4

import pytest

from disbursements.models import Decree, Entitlement
from kotim_social.lib.money import format_rupiah
from tests.disbursements.browsing import address, browser, post, sentences, text
from tests.factories import Four, find_eligible, ids, make_user, ready_people, register, walk_to
from tests.factories import a_list as a_payment_list

pytestmark = pytest.mark.django_db
FACTS = {
    "number": "188.45/7/2017",
    "decided_on": "20-11-2017",
    "signed_by_title": "Bupati",
    "budget_year": "2017",
}


def test_the_check_shows_whom_it_determines_by_place_and_who_is_left_out(four: Four) -> None:
    km12 = register(3, by=four.petugas)
    tangar = register(2, by=four.petugas, place="TANGAR")
    find_eligible(km12[:2] + tangar, by=four.verifikator)
    client = browser(four.pimpinan)
    assert client.get(address("decree_create")).status_code == 200
    check = client.get(address("decree_create"), FACTS)
    preview = check.context["preview"]
    assert [(share.people, share.total) for share in preview.shares] == [
        (2, 20_200_000), (2, 20_200_000),
    ]  # fmt: skip
    assert preview.total.sums == (20_200_000, 1_000_000, 7_200_000, 12_000_000)
    assert next((row.row.kind.code, row.added) for row in preview.ceilings) == (
        "TABUNGAN", 20_200_000,
    )  # fmt: skip
    assert [worker for worker, _why in check.context["others"]] == [km12[2]]
    assert km12[2].name in text(check)


def test_the_yes_determines_exactly_those_of_the_check(four: Four) -> None:
    workers = register(3, by=four.petugas)
    find_eligible(workers[:2], by=four.verifikator)
    client, key = browser(four.pimpinan), str(uuid4())
    named = [str(pk) for pk in client.get(address("decree_create"), FACTS).context["workers"]]
    find_eligible(workers[2:], by=four.verifikator)
    first = post(client, address("decree_create"), key, worker=named, **FACTS)
    assert post(client, address("decree_create"), key, worker=named, **FACTS).url == first.url
    decree = Decree.objects.get()
    assert first.url == address("decree_detail", decree.pk)
    assert set(Entitlement.objects.values_list("worker", flat=True)) == set(ids(workers[:2]))
    page = client.get(first.url)
    assert page.context["total"] == 20_200_000
    assert format_rupiah(20_200_000) in text(page)
    assert text(client.get(address("decree_list"))).count(FACTS["number"]) == 1


def test_who_may_no_longer_be_determined_stops_the_whole_decree(four: Four) -> None:
    workers = register(2, by=four.petugas)
    find_eligible(workers[:1], by=four.verifikator)
    named = [str(worker.pk) for worker in workers]
    response = post(browser(four.pimpinan), address("decree_create"), worker=named, **FACTS)
    assert response.status_code == 422
    assert sentences(response)
    assert ("number", FACTS["number"]) in response.context["hidden"]
    assert not Decree.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", ""), ("decided_on", "31-02-2017"), ("decided_on", "01-01-2999"), ("worker", "x")],
)
def test_wrong_facts_give_a_sentence(four: Four, field: str, value: str) -> None:
    workers = register(1, by=four.petugas)
    find_eligible(workers, by=four.verifikator)
    data = {"worker": [str(workers[0].pk)], **FACTS, field: value}
    response = post(browser(four.pimpinan), address("decree_create"), **data)
    assert response.status_code == 422
    assert response.context["form"].errors
    assert not Decree.objects.exists()


def test_only_a_supervisor_signs_and_a_caseworker_sees_her_own(four: Four) -> None:
    ready_people(1, four=four)
    ready_people(2, four=four, place="TANGAR")
    elsewhere = browser(make_user("petugas", lokalisasi="TANGAR"))
    assert elsewhere.get(address("decree_create")).status_code == 403
    people = [sums["people"] for _decree, sums in elsewhere.get(address("decree_list"))
              .context["entries"]]  # fmt: skip
    assert sorted(people) == [0, 2]
    km12 = Entitlement.objects.filter(worker__place="KM12").first()
    page = elsewhere.get(address("decree_detail", km12.decree_id))
    assert page.context["page"].paginator.count == 0
    assert km12.worker.name not in text(page)


def test_the_programme_shows_ceilings_with_what_is_left(four: Four) -> None:
    ready_people(2, four=four)
    walk_to(a_payment_list(by=four.petugas), "approved", four=four)
    page = browser(make_user("auditor")).get(address("programme"))
    ((_year, rows),) = page.context["years"]
    saving = next(row for row in rows if row.kind.code == "TABUNGAN")
    assert (saving.determined, saving.committed) == (10_100_000, 10_100_000)
    assert saving.left == 237 * 5_050_000
    assert format_rupiah(saving.left) in text(page)
    assert browser(make_user("admin")).get(address("programme")).status_code == 403
