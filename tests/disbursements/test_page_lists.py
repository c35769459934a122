"""Pages of the payment lists: all of them, a new one, and one of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext as _

from disbursements.actions import lists
from disbursements.models import PaymentList
from kotim_social.audit.models import Entry
from kotim_social.lib.money import format_rupiah, terbilang
from tests.disbursements.browsing import address, browser, post, sentences, text
from tests.factories import (
    Four,
    a_list,
    book,
    correct,
    line_of,
    make_user,
    ready_people,
    register,
    walk_to,
)

pytestmark = pytest.mark.django_db
KM12 = {"kinds": ["TABUNGAN"], "places": ["KM12"], "budget_year": "2017", "batch": ""}


def queries(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as caught:
        act()
    return len(caught)


def test_a_list_for_one_place_is_three_pages_and_three_fields(four: Four) -> None:
    workers = ready_people(3, four=four)
    left_out = register(1, by=four.petugas, nik=False, account=False)[0]
    client = browser(four.petugas)
    assert client.get(address("list_index")).status_code == 200
    assert client.get(address("list_create")).status_code == 200
    check = client.get(address("list_create"), KM12)
    assert len(check.context["rows"]) == 3
    assert check.context["total"] == 3 * 5_050_000
    (person,) = check.context["left_out"]
    assert person.worker == left_out
    urls = {reason["url"] for reason in person.reasons}
    assert f"/penerima/{left_out.pk}/verval/" in urls
    assert f"/penerima/{left_out.pk}/rekening/baru/" in urls
    assert str(_("Her NIK is missing.")) in text(check)
    made = post(client, address("list_create"), line=[row["key"] for row in check.context["rows"]],
                **KM12)  # fmt: skip
    payment_list = PaymentList.objects.get()
    assert made.url == address("list_detail", payment_list.pk)
    assert payment_list.lines.count() == 3
    assert {line.entitlement.worker for line in payment_list.lines.all()} == set(workers)


def test_only_the_ticked_ones_get_a_line(four: Four) -> None:
    workers = ready_people(3, four=four)
    client = browser(four.petugas)
    post(client, address("list_create"), line=[f"{workers[1].pk}:TABUNGAN"], **KM12)
    assert [x.entitlement.worker for x in PaymentList.objects.get().lines.all()] == [workers[1]]


def test_nobody_ticked_is_refused_and_the_choice_stays(four: Four) -> None:
    ready_people(2, four=four)
    response = post(browser(four.petugas), address("list_create"), **KM12)
    assert response.status_code == 422
    assert sentences(response)
    assert not any(row["checked"] for row in response.context["rows"])
    assert ("places", "KM12") in response.context["hidden"]
    assert not PaymentList.objects.exists()


def test_who_can_no_longer_be_paid_at_the_yes_is_told(four: Four) -> None:
    workers = ready_people(2, four=four)
    client = browser(four.petugas)
    a_list(by=four.petugas2, only=[f"{workers[0].pk}:TABUNGAN"])
    keys = [f"{worker.pk}:TABUNGAN" for worker in workers]
    response = client.post(
        address("list_create"),
        {"idempotency_key": "0190c2a4-0000-7000-8000-000000000001", "line": keys, **KM12},
        follow=True,
    )
    assert [m.level_tag for m in response.context["messages"]] == ["success", "warning"]


def test_a_conflict_names_the_other_list_and_comes_first(four: Four) -> None:
    workers = ready_people(2, four=four)
    other = a_list(by=four.petugas2, only=[f"{workers[1].pk}:TABUNGAN"])
    register(1, by=four.petugas)
    check = browser(four.petugas).get(address("list_create"), KM12)
    first = check.context["left_out"][0]
    assert first.worker == workers[1]
    assert other.number in first.reasons[0]["sentence"]
    assert first.reasons[0]["url"] == address("list_detail", other.pk)


@pytest.mark.parametrize("kinds", [["TABUNGAN", "JADUP"], ["TRANSPORT", "JADUP"], [], ["NOTHING"]])
def test_kinds_that_do_not_go_together_are_refused(four: Four, kinds: list[str]) -> None:
    response = post(browser(four.petugas), address("list_create"), **{**KM12, "kinds": kinds})
    assert response.status_code == 422
    assert response.context["form"].errors["kinds"]


def test_places_outside_the_scope_are_no_choice(four: Four) -> None:
    ready_people(1, four=four, place="TANGAR")
    client = browser(make_user("petugas", lokalisasi="KM12"))
    form = client.get(address("list_create")).context["form"]
    assert [place.pk for place in form.fields["places"].queryset] == ["KM12"]
    assert client.get(address("list_create"), {**KM12, "places": ["TANGAR"]}).context["form"].errors
    everywhere = client.get(address("list_create"), {**KM12, "places": []})
    assert everywhere.context["rows"] == []
    assert everywhere.context["left_out"] == []


def test_the_batch_comes_with_the_link(four: Four) -> None:
    page = browser(four.petugas).get(address("list_create"), {"batch": "R-01"})
    assert 'value="R-01"' in text(page)


def test_a_caseworker_of_another_place_finds_nothing(four: Four) -> None:
    ready_people(1, four=four)
    payment_list = a_list(by=four.petugas)
    client = browser(make_user("petugas", lokalisasi="TANGAR"))
    assert client.get(address("list_detail", payment_list.pk)).status_code == 404
    for act in ("list_submit", "list_cancel", "lines_add", "lines_take_out", "list_nominatif"):
        assert client.get(address(act, payment_list.pk)).status_code == 404, act
    assert payment_list.number not in text(client.get(address("list_index")))


def test_who_has_no_right_is_refused(four: Four) -> None:
    ready_people(1, four=four)
    payment_list = a_list(by=four.petugas)
    admin, auditor = browser(make_user("admin")), browser(make_user("auditor"))
    assert admin.get(address("list_index")).status_code == 403
    assert auditor.get(address("list_detail", payment_list.pk)).status_code == 200
    for act in ("list_submit", "list_verify", "list_approve", "list_order", "list_results"):
        assert auditor.get(address(act, payment_list.pk)).status_code == 403, act
    assert browser(four.bendahara).get(address("list_create")).status_code == 403


def test_filters_by_state_and_by_whose_turn(four: Four) -> None:
    workers = ready_people(2, four=four)
    draft = a_list(by=four.petugas, only=[f"{workers[0].pk}:TABUNGAN"])
    sent = a_list(by=four.petugas, only=[f"{workers[1].pk}:TABUNGAN"])
    walk_to(sent, "submitted", four=four)

    def shown(client: object, query: str) -> list[str]:
        return [one.number for one in client.get(address("list_index") + query).context["page"]]

    assert shown(browser(four.petugas), "") == [sent.number, draft.number]
    assert shown(browser(four.petugas), "?state=submitted") == [sent.number]
    assert shown(browser(four.petugas), "?waiting=me") == [draft.number]
    assert shown(browser(four.verifikator), "?waiting=me") == [sent.number]
    assert shown(browser(four.pimpinan), "?waiting=me") == []
    assert shown(browser(four.petugas), "?state=nothing&page=-1") == [sent.number, draft.number]


def test_the_page_shows_road_total_and_masked_accounts(four: Four) -> None:
    ready_people(2, four=four)
    payment_list = a_list(by=four.petugas)
    page = browser(four.petugas).get(address("list_detail", payment_list.pk))
    said = text(page)
    assert format_rupiah(10_100_000) in said
    assert terbilang(10_100_000) in said
    assert "7000000000" not in said
    assert "******0000" in said
    assert [step["status"] for step in page.context["road"]][:2] == ["current", "todo"]
    assert Entry.objects.filter(act="paymentlist.view", object_id=str(payment_list.pk)).exists()


def test_after_approval_the_frozen_name_is_shown_and_a_change_is_told(four: Four) -> None:
    (worker,) = ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "approved", four=four)
    before = worker.name
    worker.refresh_from_db()
    correct(worker, "name", "Nama Lain", by=four.pimpinan)
    page = browser(four.bendahara).get(address("list_detail", payment_list.pk))
    assert before in text(page)
    assert page.context["changed"] == [worker.register_no]
    assert worker.register_no in text(page)


def test_a_draft_loses_lines_and_gains_people(four: Four) -> None:
    workers = ready_people(2, four=four)
    client = browser(four.petugas)
    payment_list = a_list(by=four.petugas, only=[f"{workers[0].pk}:TABUNGAN"])
    assert len(client.get(address("lines_add", payment_list.pk)).context["people"]) == 1
    post(client, address("lines_add", payment_list.pk))
    assert payment_list.lines.filter(state="prepared").count() == 2
    line = line_of(payment_list, workers[0])
    check = client.get(address("lines_take_out", payment_list.pk), {"line": [str(line.pk)]})
    assert workers[0].name in text(check)
    post(client, address("lines_take_out", payment_list.pk), line=[str(line.pk)])
    line.refresh_from_db()
    assert line.state == "cancelled"
    nothing = client.get(address("lines_take_out", payment_list.pk), {"line": ["x"]})
    assert nothing.url == address("list_detail", payment_list.pk)


def test_the_number_of_queries_does_not_grow(four: Four) -> None:
    few = ready_people(5, four=four)
    first = a_list(by=four.petugas)
    many = ready_people(50, four=four)
    second = a_list(by=four.petugas)
    assert (first.lines.count(), second.lines.count()) == (len(few), len(many))
    client = browser(four.petugas)
    client.get(address("list_detail", first.pk))
    small = queries(lambda: client.get(address("list_detail", first.pk)))
    large = queries(lambda: client.get(address("list_detail", second.pk)))
    assert small == large
    everything = f"{address('list_detail', second.pk)}?all=1"
    assert queries(lambda: client.get(everything)) == large
    lists.cancel(payment_list=first, reason="coba", by=four.petugas)
    five = queries(lambda: client.get(address("list_create"), KM12))
    lists.cancel(payment_list=second, reason="coba", by=four.petugas)
    assert len(client.get(address("list_create"), KM12).context["rows"]) == 55
    assert queries(lambda: client.get(address("list_create"), KM12)) == five


def test_the_index_asks_the_same_number_of_questions(four: Four) -> None:
    workers = ready_people(4, four=four)
    client = browser(four.petugas)
    a_list(by=four.petugas, only=[f"{workers[0].pk}:TABUNGAN"])
    client.get(address("list_index"))
    one = queries(lambda: client.get(address("list_index")))
    for worker in workers[1:]:
        a_list(by=four.petugas, only=[f"{worker.pk}:TABUNGAN"])
    assert queries(lambda: client.get(address("list_index"))) == one


def test_what_is_booked_is_shown_on_the_page(four: Four) -> None:
    workers = ready_people(3, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    book(payment_list, by=four.bendahara,
         returned={line_of(payment_list, workers[0]).pk: "wrong_number"})  # fmt: skip
    page = browser(four.bendahara).get(address("list_detail", payment_list.pk))
    sums = page.context["sums"]
    assert (sums.paid_amount, sums.returned_amount) == (10_100_000, 5_050_000)
