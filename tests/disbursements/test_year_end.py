"""The end of a year: deposits, closing, what comes later, and the identity of the ceiling."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from disbursements.actions import changing, closing_year, lists, results
from disbursements.actions.programme import accept, propose
from disbursements.models import (
    BudgetYear,
    Ceiling,
    Entitlement,
    Funder,
    PaymentLine,
    PaymentList,
    Position,
    Reversal,
)
from disbursements.reconciliation import PARTS, differences, identity, orphans
from disbursements.yearend import year_end_needs
from kotim_social.audit.models import Entry
from kotim_social.lib.dates import today
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import Refused
from tests.disbursements.browsing import address, browser, post, sentences, text
from tests.factories import Four, a_list, book, line_of, place_order, ready_people, walk_to

pytestmark = pytest.mark.django_db
ONE = 5_050_000
Denied = Callable[..., str]


def year() -> BudgetYear:
    return BudgetYear.objects.get(pk=2017)


def saving() -> dict[str, int]:
    row = next(row for row in identity(year()) if row.kind.pk == "TABUNGAN")
    assert row.adds_up
    return {name: getattr(row, name) for name in PARTS}


def kemensos() -> Funder:
    return Funder.objects.get(pk="KEMENSOS")


@pytest.fixture
def settled(four: Four) -> PaymentList:
    """Of four one is paid, one came back, two were never on a list."""
    workers = ready_people(4, four=four)
    keys = [f"{worker.pk}:TABUNGAN" for worker in workers[:2]]
    payment_list = walk_to(a_list(by=four.petugas, only=keys), "ordered", four=four)
    back = line_of(payment_list, workers[1])
    book(payment_list, by=four.bendahara, returned={back.pk: "wrong_bank"})
    return lists.reconcile(payment_list=payment_list, by=four.bendahara)


def close(four: Four) -> None:
    proposal = propose(
        subject="closing", after={"year": 2017, "closed_on": "now"}, reason="", by=four.bendahara
    )
    accept(change=proposal, by=four.pimpinan)


def deposit(four: Four) -> int:
    return closing_year.deposit_back(
        year=year(), funder=kemensos(), deposit_number="STS-1", on=today(), by=four.bendahara
    )


def closed(four: Four) -> None:
    deposit(four)
    close(four)


def next_year() -> BudgetYear:
    made = BudgetYear.objects.create(year=2018)
    Ceiling.objects.create(budget_year=made, kind_id="TABUNGAN", amount=10 * ONE)
    return made


def test_the_ceiling_is_accounted_for_in_every_part(four: Four, settled: PaymentList) -> None:
    whole = Ceiling.objects.get(kind="TABUNGAN").amount
    assert saving() == {
        "paid": ONE, "in_process": 0, "returned": ONE, "deposited": 0, "unclaimed": 2 * ONE,
        "free": whole - 4 * ONE,
    }  # fmt: skip
    a_list(by=four.petugas)
    assert (saving()["in_process"], saving()["returned"]) == (3 * ONE, 0)
    lists.cancel(payment_list=PaymentList.objects.get(state="draft"), reason="x", by=four.pimpinan)
    closed(four)
    assert saving() == {
        "paid": ONE, "in_process": 0, "returned": 0, "deposited": ONE, "unclaimed": 2 * ONE,
        "free": whole - 4 * ONE,
    }  # fmt: skip
    assert differences() == []
    assert not any(orphans().values())


def test_a_year_closes_when_nothing_is_on_its_way(
    four: Four, settled: PaymentList, denied: Denied
) -> None:
    draft = a_list(by=four.petugas)
    with pytest.raises(Refused) as refused:
        close(four)
    assert draft.number in str(refused.value)
    shut = (
        "UPDATE disbursements_budgetyear SET closed_on = current_date, closed_at = now(),"
        " closed_by_id = %s"
    )
    assert "unpaid" in denied(shut, four.pimpinan.pk)
    lists.cancel(payment_list=draft, reason="akhir tahun", by=four.pimpinan)
    with pytest.raises(Refused):  # what came back is not deposited yet
        close(four)
    with pytest.raises(Refused):
        closing_year.deposit_back(
            year=year(), funder=kemensos(), deposit_number=" ", on=today(), by=four.bendahara
        )
    for by in (four.pimpinan, four.petugas):
        with pytest.raises(Refused):
            closing_year.deposit_back(
                year=year(), funder=kemensos(), deposit_number="S", on=today(), by=by
            )
    assert deposit(four) == 1
    with pytest.raises(Refused):
        deposit(four)
    close(four)
    kinds = Entitlement.objects.filter(kind="TABUNGAN").values_list("lapse_kind", "deposit_number")
    assert sorted(kinds) == [
        ("", ""), ("deposited", "STS-1"), ("unclaimed", ""), ("unclaimed", ""),
    ]  # fmt: skip
    assert "stays as it is" in denied("UPDATE disbursements_budgetyear SET closed_on = NULL,"
                                      " closed_at = NULL, closed_by_id = NULL")  # fmt: skip


def test_a_closed_year_takes_no_postings(four: Four, settled: PaymentList, denied: Denied) -> None:
    line = PaymentLine.objects.get(state="paid")
    closed(four)
    # One that lapsed: a second right beside one that stands is refused by its key already.
    right = Entitlement.objects.filter(state="lapsed", kind="TABUNGAN").first()
    with pytest.raises(Refused):
        a_list(by=four.petugas)
    with pytest.raises(Refused):
        results.reverse_line(
            line=line, happened_on=today(), paper="x", reason="x", by=four.bendahara
        )
    shut = "the budget year 2017 is closed"
    assert shut in denied(
        "INSERT INTO disbursements_reversal (id, line_id, amount, happened_on, paper, reason,"
        " recorded_at, recorded_by_id) VALUES (%s, %s, %s, current_date, 'S', '\\x00', now(), %s)",
        uuid7(), line.pk, ONE, four.bendahara.pk,
    )  # fmt: skip
    assert shut in denied("UPDATE disbursements_ceiling SET amount = 1")
    assert shut in denied(
        "INSERT INTO disbursements_paymentlist (id, number, funder_id, batch_code, method,"
        " budget_year_id, state, revision, order_number, created_at, created_by_id)"
        " VALUES (%s, 'X', 'KEMENSOS', '', 'transfer', 2017, 'draft', 1, '', now(), %s)",
        uuid7(), four.petugas.pk,
    )  # fmt: skip
    assert shut in denied(
        "INSERT INTO disbursements_entitlement (id, decree_id, worker_id, kind_id, budget_year_id,"
        " rate_id, amount, legal_basis, paid, state, recorded_at, recorded_by_id)"
        " SELECT %s, decree_id, worker_id, kind_id, 2017, rate_id, amount, '', 0, 'determined',"
        " now(), recorded_by_id FROM disbursements_entitlement WHERE id = %s",
        uuid7(), right and right.pk,
    )  # fmt: skip


def test_after_the_last_day_nothing_is_paid(four: Four, denied: Denied) -> None:
    ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    BudgetYear.objects.filter(pk=2017).update(cut_off=today() - timedelta(days=1))
    with pytest.raises(Refused):
        book(payment_list, by=four.bendahara)
    words = denied(
        "UPDATE disbursements_paymentline SET state = 'paid', result_on = current_date,"
        " result_at = now(), result_by_id = %s",
        four.bendahara.pk,
    )
    assert "last day" in words


def test_the_new_year_pays_what_the_old_one_did_not(four: Four, settled: PaymentList) -> None:
    closed(four)
    later = next_year()
    found = changing.payable_anew(four.pimpinan, on=today(), year=later)
    rights = [one.old.pk for one in found if one.old.kind_id == "TABUNGAN"]
    assert len(rights) == 3
    decree = changing.issue_change(
        number="SK 2018", decided_on=today(), signed_by_title="Bupati", budget_year=later,
        rights=rights, by=four.pimpinan,
    )  # fmt: skip
    assert {row.replaces_id for row in decree.entitlements.all()} == set(rights)
    with pytest.raises(Refused):
        changing.issue_change(
            number="SK 2018b", decided_on=today(), signed_by_title="Bupati", budget_year=later,
            rights=rights[:1], by=four.pimpinan,
        )  # fmt: skip
    funder = kemensos()
    made = lists.create_list(
        funder=funder, kinds=list(funder.kinds.all()), places=[], budget_year=later,
        by=four.petugas,
    )  # fmt: skip
    book(place_order(walk_to(made, "approved", four=four), by=four.bendahara), by=four.bendahara)
    assert saving()["paid"] == ONE
    assert [row.paid for row in identity(later)] == [3 * ONE]
    assert Position.objects.filter(kind="TABUNGAN").sums()["paid"] == 4 * ONE
    assert differences() == []


def test_a_list_pays_rights_of_its_own_year(four: Four, denied: Denied) -> None:
    ready_people(1, four=four)
    later, funder = next_year(), kemensos()
    with pytest.raises(Refused):
        lists.create_list(
            funder=funder, kinds=list(funder.kinds.all()), places=[], budget_year=later,
            by=four.petugas,
        )  # fmt: skip


def test_a_late_refund_is_an_entry_of_the_open_year(four: Four, settled: PaymentList) -> None:
    line = PaymentLine.objects.get(state="paid")
    with pytest.raises(Refused):  # while the year is open the line is simply reversed
        closing_year.book_late_refund(
            line=line, booked_in=year(), happened_on=today(), paper="S", reason="x",
            by=four.bendahara,
        )  # fmt: skip
    closed(four)
    before = saving()
    later = next_year()
    client = browser(four.bendahara)
    url = address("late_refund", 2017)
    facts = {
        "list_number": settled.number,
        "line_number": line.number,
        "booked_in": "2018",
        "happened_on": f"{today():%d-%m-%Y}",
        "paper": "STS-9",
        "reason": "salah bayar",
    }
    assert client.get(url).status_code == 200
    assert sentences(post(client, url, **{**facts, "line_number": 77}))
    assert post(client, url, **facts).status_code == 302
    assert Reversal.objects.get().booked_in == later
    right = Entitlement.objects.get(pk=line.entitlement_id)
    assert (right.paid, right.state, right.lapse_kind) == (0, "lapsed", "refunded")
    assert saving() == before, "the closed year keeps its figures"
    row = next(row for row in identity(year()) if row.kind.pk == "TABUNGAN")
    assert row.refunded_later == ONE
    assert post(client, url, **facts).status_code == 422
    found = changing.payable_anew(four.pimpinan, on=today(), year=later)
    assert right.pk in {one.old.pk for one in found}


def test_pages_of_the_year(four: Four, settled: PaymentList) -> None:
    client = browser(four.bendahara)
    page = client.get(address("year_page", 2017))
    assert "Rp1.206.950.000" in text(page)
    assert page.context["ends"][0].to_deposit == 1
    url = address("year_deposit", 2017, "KEMENSOS")
    assert client.get(url).status_code == 200
    assert post(client, url, deposit_number="", on="").status_code == 422
    assert post(client, url, deposit_number="STS-3", on=f"{today():%d-%m-%Y}").status_code == 302
    assert client.get(url).status_code == 302
    assert client.get(address("year_deposit", 2017, "NOBODY")).status_code == 404
    assert client.get(address("year_page", 1999)).status_code == 404
    made = post(client, address("change_propose", "closing"), year="2017")
    change = made.url.rstrip("/").rsplit("/", 1)[1]
    assert post(browser(four.pimpinan), address("change_accept", change)).status_code == 302
    assert year().closed_by == four.pimpinan
    assert client.get(address("year_page", 2017)).context["against"] == []


def test_warnings_come_before_the_last_day(four: Four) -> None:
    ready_people(2, four=four)
    assert year_end_needs(four.bendahara) == []
    BudgetYear.objects.filter(pk=2017).update(cut_off=today() + timedelta(days=10))
    (need,) = year_end_needs(four.bendahara)
    assert need["value"] == 8
    assert need["url"] == address("year_rights", 2017, "unpaid")
    assert year_end_needs(four.verifikator) == []


# -- reconciliation ----------------------------------------------------------------------------


def run(name: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command(name, stdout=out, stderr=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_self_check_is_green_and_leaves_one_row(four: Four, settled: PaymentList) -> None:
    assert run("self_check")[0] == 0
    assert run("totals")[0] == 0
    assert Entry.objects.get(act="system.self_check").changes == {"wrong": [None, 0]}
    page = browser(four.pimpinan).get(address("reconciliation"))
    assert page.context["differences"] == []


def test_a_difference_is_named(
    four: Four, settled: PaymentList, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the owner could make one; seen here through a query that looks for the wrong sum."""
    from disbursements import reconciliation

    wrong = reconciliation._QUERIES["booked"].replace("e.paid <>", "e.paid + 1 <>")
    monkeypatch.setitem(reconciliation._QUERIES, "booked", wrong)
    found = differences()
    assert len(found) == 16
    code, said = run("self_check")
    assert code == 1
    assert found[0].register_no in said
    assert run("totals")[0] == 1
    page = browser(four.pimpinan).get(address("reconciliation"))
    assert found[0].register_no in text(page)
    assert browser(four.petugas).get(address("reconciliation")).context["sees_all"] is not None


def test_whoever_closes_a_year_sees_first_what_lapses_with_it(
    four: Four, settled: PaymentList
) -> None:
    deposit(four)
    proposal = propose(
        subject="closing", after={"year": 2017, "closed_on": "now"}, reason="", by=four.bendahara
    )
    client = browser(four.pimpinan)
    page = text(client.get(address("change_page", proposal.pk)))
    check = text(client.get(address("change_accept", proposal.pk)))
    for said in (page, check):
        assert "2 hak atas uang Kementerian Sosial yang tidak diambil, Rp10.100.000" in said
    accept(change=proposal, by=four.pimpinan)
    assert "gugur bersama tahunnya" not in text(client.get(address("change_page", proposal.pk)))


def test_a_line_of_a_closed_year_leads_to_the_late_refund(four: Four, settled: PaymentList) -> None:
    line = PaymentLine.objects.get(state="paid")
    client, page = browser(four.bendahara), address("line_detail", settled.pk, line.pk)
    reverse, late = address("line_reverse", settled.pk, line.pk), address("late_refund", 2017)
    assert reverse in text(client.get(page)) and late not in text(client.get(page))
    closed(four)
    for url in (page, address("list_detail", settled.pk)):
        assert reverse not in text(client.get(url))
    link = f"{late}?list_number={settled.number}&amp;line_number={line.number}"
    assert link in text(client.get(page))
    next_year()
    form = client.get(link.replace("&amp;", "&")).context["form"]
    assert (form["list_number"].value(), form["line_number"].value()) == (
        settled.number, str(line.number),
    )  # fmt: skip


def test_the_warning_of_the_first_page_leads_to_as_many_rights(
    four: Four, settled: PaymentList
) -> None:
    BudgetYear.objects.filter(pk=2017).update(cut_off=today())
    for user in (four.pimpinan, four.petugas):
        (need,) = year_end_needs(user)
        shown = browser(user).get(need["url"]).context["page"].paginator
        assert need["value"] == shown.count > 0
