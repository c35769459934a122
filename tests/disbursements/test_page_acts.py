"""Pages of the acts on a payment list: the whole road by POST, refusals, keys, results."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.translation import gettext as _

from cases.models import BankAccount
from disbursements.models import PaymentList, Position
from kotim_social.audit.models import Entry
from kotim_social.lib.dates import today
from kotim_social.lib.money import format_rupiah, terbilang
from tests.disbursements.browsing import address, browser, post, sentences, text
from tests.factories import (
    Four,
    a_list,
    arrive,
    into_batch,
    line_of,
    ready_people,
    walk_to,
)

pytestmark = pytest.mark.django_db
ORDER = {"order_number": "SP2D/1", "ordered_on": f"{today():%d-%m-%Y}"}


@pytest.fixture
def payment_list(four: Four) -> PaymentList:
    ready_people(2, four=four)
    return a_list(by=four.petugas)


def results_of(payment_list: PaymentList, **exceptions: dict[str, str]) -> dict[str, Any]:
    """The form as it is sent: everybody paid, but for the lines whose number is named."""
    data = {"happened_on": f"{today():%d-%m-%Y}"}
    for line in payment_list.lines.filter(state="ordered"):
        row = {"outcome": "paid", "reason": "", "note": "", "slip": ""}
        row |= exceptions.get(f"line{line.number}", {})
        data |= {f"{name}-{line.pk}": value for name, value in row.items()}
    return data


def test_the_whole_road_by_four_people(four: Four, payment_list: PaymentList) -> None:
    pk = payment_list.pk
    road: list[tuple[Client, str, dict[str, Any], str]] = [
        (browser(four.petugas), "list_submit", {}, "submitted"),
        (browser(four.verifikator), "list_verify", {}, "verified"),
        (browser(four.pimpinan), "list_approve", {}, "approved"),
        (browser(four.bendahara), "list_order", ORDER, "ordered"),
    ]
    treasurer = road[-1][0]
    for client, act, data, state in road:
        check = client.get(address(act, pk))
        assert format_rupiah(10_100_000) in text(check)
        assert terbilang(10_100_000) in text(check)
        assert post(client, address(act, pk), **data).url == address("list_detail", pk)
        payment_list.refresh_from_db()
        assert payment_list.state == state
    page = treasurer.get(address("list_results", pk))
    assert [row.outcome for _shown, row in page.context["entries"]] == ["paid", "paid"]
    post(treasurer, address("list_results", pk), **results_of(payment_list))
    assert {line.state for line in payment_list.lines.all()} == {"paid"}
    for act in ("list_reconcile", "list_close"):
        post(treasurer, address(act, pk))
    payment_list.refresh_from_db()
    assert payment_list.state == "closed"
    assert Position.objects.filter(kind="TABUNGAN").sums()["paid"] == 10_100_000
    who = [row["who"] for row in treasurer.get(address("list_detail", pk)).context["timeline"]]
    assert set(who) == {
        user.full_name for user in (four.petugas, four.verifikator, four.pimpinan, four.bendahara)
    }


def test_approval_shows_what_is_left_of_the_ceiling(four: Four, payment_list: PaymentList) -> None:
    walk_to(payment_list, "verified", four=four)
    page = browser(four.pimpinan).get(address("list_approve", payment_list.pk))
    assert format_rupiah(239 * 5_050_000) in text(page)


def test_approving_and_paying_ask_for_a_fresh_proof(four: Four, payment_list: PaymentList) -> None:
    walk_to(payment_list, "verified", four=four)
    url = address("list_approve", payment_list.pk)
    stale = browser(four.pimpinan, proof=False)
    assert url in stale.get(url).url
    assert url in post(stale, url).url
    payment_list.refresh_from_db()
    assert payment_list.state == "verified"
    treasurer = browser(four.bendahara, proof=False)
    for act in ("list_order", "list_results"):
        assert treasurer.get(address(act, payment_list.pk)).status_code == 302


def test_only_the_buttons_of_whoever_looks(four: Four, payment_list: PaymentList) -> None:
    def pages(user: Any) -> list[str]:
        context = browser(user).get(address("list_detail", payment_list.pk)).context
        return [link["page"] for link in context["onward"] + context["aside"]]

    assert pages(four.petugas) == ["list_submit", "list_cancel"]
    assert pages(four.petugas2) == ["list_submit", "list_cancel"]
    assert pages(four.pimpinan) == ["list_cancel"]
    assert pages(four.verifikator) == pages(four.bendahara) == []
    walk_to(payment_list, "approved", four=four)
    assert pages(four.bendahara) == ["list_order", "list_send_back"]
    assert pages(four.pimpinan) == ["list_send_back", "list_cancel"]


def test_the_same_key_is_done_once_and_another_body_is_409(
    four: Four, payment_list: PaymentList
) -> None:
    walk_to(payment_list, "approved", four=four)
    client, key, url = browser(four.bendahara), str(uuid4()), address("list_order", payment_list.pk)
    first = post(client, url, key, **ORDER)
    again = post(client, url, key, **ORDER)
    assert (first.status_code, again.status_code, first.url) == (302, 302, again.url)
    assert payment_list.decisions.filter(act="order").count() == 1
    assert post(client, url, key, **{**ORDER, "order_number": "SP2D/2"}).status_code == 409
    assert client.post(url, ORDER).status_code == 400


def test_a_refused_act_says_why_and_loses_nothing(four: Four, payment_list: PaymentList) -> None:
    walk_to(payment_list, "approved", four=four)
    line = payment_list.lines.first()
    account = BankAccount.objects.get(worker=line.entitlement.worker)
    BankAccount.objects.filter(pk=account.pk).update(bank="BNI")
    url = address("list_order", payment_list.pk)
    response = post(browser(four.bendahara), url, **ORDER)
    assert response.status_code == 422
    assert line.entitlement.worker.register_no in " ".join(sentences(response))
    assert 'value="SP2D/1"' in text(response)
    payment_list.refresh_from_db()
    assert (payment_list.state, payment_list.order_number) == ("approved", "")
    assert not payment_list.decisions.filter(act="order").exists()
    assert Entry.objects.filter(act="request.refused", user_id=four.bendahara.pk).exists()


@pytest.mark.parametrize("when", ["31-02-2017", "besok", "", "01-01-2999", "01-01-2000"])
def test_an_impossible_date_gives_a_sentence(
    four: Four, payment_list: PaymentList, when: str
) -> None:
    walk_to(payment_list, "approved", four=four)
    url = address("list_order", payment_list.pk)
    response = post(browser(four.bendahara), url, order_number="SP2D/1", ordered_on=when)
    assert response.status_code == 422
    assert response.context["form"].errors
    payment_list.refresh_from_db()
    assert payment_list.state == "approved"


@pytest.mark.parametrize("act", ["list_send_back", "list_cancel"])
def test_a_reason_is_asked_for(four: Four, payment_list: PaymentList, act: str) -> None:
    walk_to(payment_list, "verified", four=four)
    client, url = browser(four.pimpinan), address(act, payment_list.pk)
    for reason in ("", "   ", "a\x00b"):
        assert post(client, url, reason=reason).status_code == 422
    post(client, url, reason="Nama <siti> salah & ganda")
    payment_list.refresh_from_db()
    assert payment_list.state == ("draft" if act == "list_send_back" else "cancelled")
    page = text(client.get(address("list_detail", payment_list.pk)))
    assert "Nama &lt;siti&gt; salah &amp; ganda" in page


def test_a_page_whose_act_is_over_leads_back_with_the_sentence(
    four: Four, payment_list: PaymentList
) -> None:
    walk_to(payment_list, "submitted", four=four)
    client = browser(four.petugas)
    gone = client.get(address("list_submit", payment_list.pk), follow=True)
    assert gone.redirect_chain[0][0] == address("list_detail", payment_list.pk)
    assert [m.level_tag for m in gone.context["messages"]] == ["error"]
    assert post(client, address("list_submit", payment_list.pk)).status_code == 422


def test_who_prepared_may_not_cancel_as_somebody_else(
    four: Four, payment_list: PaymentList
) -> None:
    walk_to(payment_list, "submitted", four=four)
    assert post(browser(four.petugas), address("list_cancel", payment_list.pk),
                reason="salah").status_code == 422  # fmt: skip


# -- results -----------------------------------------------------------------------------------


def test_ten_paid_one_returned(four: Four) -> None:
    workers = ready_people(11, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    client, url = browser(four.bendahara), address("list_results", payment_list.pk)
    bad = line_of(payment_list, workers[3])
    exception = {f"line{bad.number}": {"outcome": "returned", "reason": "name_differs"}}
    post(client, url, **results_of(payment_list, **exception))
    bad.refresh_from_db()
    assert (bad.state, bad.result_reason, bad.result_by) == (
        "returned", "name_differs", four.bendahara,
    )  # fmt: skip
    assert payment_list.lines.filter(state="paid").count() == 10
    sums = Position.objects.filter(kind="TABUNGAN").sums()
    assert (sums["paid"], sums["returned"]) == (50_500_000, 5_050_000)
    assert client.get(url).url == address("list_detail", payment_list.pk)


def test_a_return_without_reason_is_refused_and_keeps_what_was_typed(
    four: Four, payment_list: PaymentList
) -> None:
    walk_to(payment_list, "ordered", four=four)
    client, url = browser(four.bendahara), address("list_results", payment_list.pk)
    wrong = {"line1": {"outcome": "returned", "note": "bank tutup"}}
    response = post(client, url, **results_of(payment_list, **wrong))
    assert response.status_code == 422
    rows = {row.line.number: row for _shown, row in response.context["entries"]}
    assert (rows[1].outcome, rows[1].note) == ("returned", "bank tutup")
    assert rows[1].error and not rows[2].error
    assert rows[1].error in sentences(response)
    assert payment_list.lines.filter(state="ordered").count() == 2


def test_part_of_the_results_now_the_rest_later(four: Four, payment_list: PaymentList) -> None:
    walk_to(payment_list, "ordered", four=four)
    client, url = browser(four.bendahara), address("list_results", payment_list.pk)
    post(client, url, **results_of(payment_list, line1={"outcome": "waiting"}))
    states = dict(payment_list.lines.values_list("number", "state"))
    assert states == {1: "ordered", 2: "paid"}
    assert [row.line.number for _s, row in client.get(url).context["entries"]] == [1]
    refused = post(client, address("list_reconcile", payment_list.pk))
    assert refused.status_code == 422
    post(client, url, **results_of(payment_list))
    assert set(payment_list.lines.values_list("state", flat=True)) == {"paid"}


def test_nothing_to_book_is_a_sentence(four: Four, payment_list: PaymentList) -> None:
    walk_to(payment_list, "ordered", four=four)
    url = address("list_results", payment_list.pk)
    response = post(browser(four.bendahara), url, happened_on=f"{today():%d-%m-%Y}")
    assert response.status_code == 422
    assert sentences(response) == [_("There is no result to book.")]


@pytest.mark.parametrize(
    "row",
    [
        {"outcome": "everything"},
        {"outcome": "returned", "reason": "because"},
        {"outcome": "returned", "reason": "other", "note": "a\x00b"},
        {"outcome": "returned", "reason": "other", "note": "x" * 301},
    ],
)
def test_wrong_values_of_a_line_give_a_sentence(
    four: Four, payment_list: PaymentList, row: dict[str, str]
) -> None:
    walk_to(payment_list, "ordered", four=four)
    url = address("list_results", payment_list.pk)
    response = post(browser(four.bendahara), url, **results_of(payment_list, line1=row))
    assert response.status_code == 422
    assert payment_list.lines.filter(state="ordered").count() == 2


def test_a_proof_that_grew_old_while_typing_loses_no_line(
    four: Four, payment_list: PaymentList
) -> None:
    walk_to(payment_list, "ordered", four=four)
    url = address("list_results", payment_list.pk)
    stale = browser(four.bendahara, proof=False)
    exception = {"outcome": "returned", "reason": "other", "note": "bank tutup"}
    response = post(stale, url, **results_of(payment_list, line1=exception))
    assert response.status_code == 422
    assert "bank tutup" in text(response)
    assert response.context["proof_url"] in text(response)
    assert payment_list.lines.filter(state="ordered").count() == 2


def test_cash_that_was_not_fetched_needs_its_slip(four: Four) -> None:
    workers = ready_people(2, four=four)
    into_batch(workers, four=four)
    made = a_list(by=four.petugas, kinds=["TRANSPORT"], batch_code="R-01")
    payment_list = walk_to(made, "ordered", four=four)
    client, url = browser(four.bendahara), address("list_results", payment_list.pk)
    exception = {"outcome": "returned", "reason": "not_fetched"}
    data = results_of(payment_list, line1=exception)
    assert post(client, url, **data).status_code == 422
    post(client, url, **results_of(payment_list, line1={**exception, "slip": "STS-7"}))
    assert payment_list.lines.get(number=1).deposit_slip == "STS-7"


def test_another_treasurer_who_verified_nothing_may_book_but_the_approver_may_not(
    four: Four, payment_list: PaymentList
) -> None:
    walk_to(payment_list, "ordered", four=four)
    url = address("list_results", payment_list.pk)
    assert browser(four.bendahara2).get(url).status_code == 200
    assert browser(four.pimpinan).get(url).status_code == 403


def test_a_payment_that_came_back_is_reversed_once(four: Four) -> None:
    (worker,) = ready_people(1, four=four)
    arrive([worker], four=four)
    payment_list = walk_to(a_list(by=four.petugas, kinds=["MODAL"]), "reconciled", four=four)
    line = line_of(payment_list, worker)
    client, url = browser(four.bendahara), address("line_reverse", payment_list.pk, line.pk)
    assert client.get(url).status_code == 200
    data = {"happened_on": f"{today():%d-%m-%Y}", "paper": "NK-1", "reason": "salah bank"}
    assert post(client, url, **{**data, "paper": ""}).status_code == 422
    post(client, url, **data)
    assert line.reversal.amount == 3_000_000
    assert post(client, url, **data).status_code == 422
    page = client.get(address("list_detail", payment_list.pk))
    assert page.context["sums"].returned_amount == 3_000_000
    assert url not in text(page)
    elsewhere = address("line_reverse", payment_list.pk, uuid4())
    assert client.get(elsewhere).status_code == 404
