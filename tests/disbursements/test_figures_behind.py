"""Figures of the money: each leads to as many rows as it says, and each empty page says why."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from disbursements.actions import closing_year, lists, results
from disbursements.actions.bank_files import stage_results
from disbursements.actions.refunds import demand_refund
from disbursements.models import BudgetYear, Entitlement, Funder, PaymentList, Position
from disbursements.papers.issuing import Scope, make_report
from disbursements.papers.list_papers import letter_of_refund
from kotim_social.lib.dates import today
from kotim_social.lib.money import format_rupiah
from kotim_social.workflow import Refused
from tests.disbursements.browsing import address, browser, post, text
from tests.disbursements.test_programme import in_force, new_rate
from tests.documents.pdf_text import drawn_text
from tests.factories import Four, a_list, arrive, book, into_batch, line_of, ready_people, walk_to

pytestmark = pytest.mark.django_db
ONE, MODAL = 5_050_000, 3_000_000
LINK = re.compile(r'href="([^"]*/hak/[^"]*)"')


@pytest.fixture
def mixed(four: Four) -> PaymentList:
    """Of six: two paid, one came back, one came back and is tried again, two on no list."""
    people = ready_people(6, four=four)
    keys = [f"{worker.pk}:TABUNGAN" for worker in people[:4]]
    payment_list = walk_to(a_list(by=four.petugas, only=keys), "ordered", four=four)
    back = [line_of(payment_list, worker).pk for worker in people[2:4]]
    book(payment_list, by=four.bendahara, returned=dict.fromkeys(back, "wrong_bank"))
    a_list(by=four.petugas, only=keys[3:])
    return payment_list


# -- an unknown batch --------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["report_index", "sheet_page"])
def test_a_report_of_an_unknown_batch_says_so(four: Four, page: str) -> None:
    into_batch(ready_people(2, four=four), four=four, code="R-01")
    client = browser(four.bendahara)
    url = address(page, "spj") if page == "sheet_page" else address(page)
    words = "Tidak ada orang dalam rombongan dengan kode R-99"
    assert words in text(client.get(url, {"batch": "R-99"}))
    for known in ("R-01", " r-01 ", ""):
        assert "Tidak ada orang dalam rombongan" not in text(client.get(url, {"batch": known}))
    found = client.get(address("report_index"), {"batch": "r-01"})
    assert found.context["rekap"].total.people == 2


def test_a_new_list_for_an_unknown_batch_says_so(four: Four) -> None:
    people = ready_people(2, four=four)
    into_batch(people[:1], four=four, code="R-01")
    client, asked = browser(four.petugas), {"kinds": ["TRANSPORT"], "budget_year": "2017"}
    page = client.get(address("list_create"), {**asked, "batch": "R-99"})
    assert "Tidak ada orang dalam rombongan dengan kode R-99" in text(page)
    assert "rows" not in page.context
    found = client.get(address("list_create"), {**asked, "batch": "r-01"})
    assert [row["worker"].pk for row in found.context["rows"]] == [people[0].pk]
    made = a_list(by=four.petugas, kinds=["TRANSPORT"], batch_code="R-01")
    assert made.lines.count() == 1


# -- the package -------------------------------------------------------------------------------


def test_parts_of_a_package_carry_its_funder_and_rates_are_theirs(four: Four) -> None:
    client = browser(four.pimpinan)
    before = text(client.get(address("programme")))
    rate = address("change_propose", "rate")
    assert before.count(f"{rate}?code=") == 4
    in_force("package", four, package="TABUNGAN", parts=["TRANSPORT", "JADUP", "MODAL"])
    page = client.get(address("programme"))
    assert [kind.payer.pk for kind in page.context["kinds"]] == ["KEMENSOS"] * 4
    cells = re.findall(r"<td[^>]*>([^<]+\(AP[^<]+\))</td>", text(page))
    assert len(cells) == 4 and len(set(cells)) == 1
    assert f"{rate}?code=TABUNGAN" not in text(page)
    assert "Dibayar lewat bagian-bagiannya" in text(page)
    assert text(page).count(f"{rate}?code=") == 3
    offered = [kind.pk for kind in client.get(rate).context["form"].fields["kind"].queryset]
    assert "TABUNGAN" not in offered and len(offered) == 3


def test_in_a_package_only_its_own_ceiling_counts(four: Four) -> None:
    in_force("package", four, package="TABUNGAN", parts=["TRANSPORT", "JADUP", "MODAL"])
    ready_people(2, four=four)
    page = browser(four.bendahara).get(address("year_page", 2017))
    assert [row.kind.pk for row in page.context["rows"]] == ["TABUNGAN"]
    assert all(row.adds_up for row in page.context["rows"])
    data = make_report("realisasi", Scope()).data
    assert sum(row.ceiling for row in data.rows) == 1_206_950_000
    assert data.funders == ["Kementerian Sosial"]
    ((_year, rows),) = browser(four.bendahara).get(address("programme")).context["years"]
    assert [row.amount for row in rows] == [1_206_950_000]


# -- a new rate --------------------------------------------------------------------------------


def test_an_accepted_rate_leads_to_the_decree_that_applies_it(four: Four) -> None:
    ready_people(3, four=four)
    new_rate(four)
    change = in_force("rate", four, kind="MODAL", amount=MODAL, valid_from="2017-11-24",
                      legal_basis="x")  # fmt: skip
    client = browser(four.pimpinan)
    assert client.get(address("change_page", change.pk)).context["not_yet"] == []
    rate = in_force("rate", four, kind="MODAL", amount=3_500_000, valid_from="2017-11-25",
                    legal_basis="y")  # fmt: skip
    page = client.get(address("change_page", rate.pk))
    (one,) = page.context["not_yet"]
    assert (one.rights, one.difference) == (3, 3 * 500_000)
    assert "3 hak tahun 2017" in text(page)
    link = re.search(r'href="([^"]*sk/perubahan/[^"]*)"', text(page))
    assert link
    preview = client.get(link[1].replace("&amp;", "&"))
    touched = [r for r in preview.context["replacements"] if r.old.kind_id == "MODAL"]
    assert sum(r.difference for r in touched) == 3 * 500_000
    assert preview.context["on"] == today()
    treasurer = text(browser(four.bendahara).get(address("change_page", rate.pk)))
    assert "sk/perubahan" not in treasurer and "Pimpinan yang mencatatnya" in treasurer
    assert client.get(address("decree_change"), {"on": "31-31"}).context["on"] == today()
    named = client.get(address("decree_change"), {"on": "2017-11-20"})
    assert named.context["on"] == date(2017, 11, 20) and not named.context["replacements"]


# -- money that came back ----------------------------------------------------------------------


def test_ten_modal_with_one_retur_and_its_payment_again(four: Four) -> None:
    people = ready_people(10, four=four)
    arrive(people, four=four)
    first = walk_to(a_list(by=four.petugas, kinds=["MODAL"]), "ordered", four=four)
    back = line_of(first, people[0])
    book(first, by=four.bendahara, returned={back.pk: "wrong_bank"})

    def figures() -> tuple[int, int]:
        data = make_report("realisasi", Scope()).data
        (row,) = [row for row in data.rows if row.kind.casefold() == "modal usaha"]
        sums = Position.objects.filter(kind="MODAL").sums()
        assert (row.paid, row.returned) == (sums["paid"], sums["returned"])
        rekap = make_report("rekap", Scope()).data
        (kind,) = [one for one in rekap.kinds if one.kind == "MODAL"]
        assert (kind.paid, kind.returned) == (row.paid, row.returned)
        return row.paid, row.returned

    assert figures() == (27_000_000, 3_000_000)
    again = a_list(by=four.petugas, kinds=["MODAL"])
    assert figures() == (27_000_000, 0), "it is on its way again"
    book(walk_to(again, "ordered", four=four), by=four.bendahara)
    assert figures() == (30_000_000, 0)
    history = make_report("realisasi", Scope()).data.history
    assert (history.payments, history.amount) == (1, 3_000_000)
    assert (history.settled, history.settled_amount) == (1, 3_000_000)
    row = make_report("realisasi", Scope()).data.rows[-1]
    assert row.ordered == 30_000_000, "its second order takes the place of the first"
    said = drawn_text(make_report("realisasi", Scope()).pdf())
    assert "1pembayaranpernahkembali" in said and "33.000.000" not in said
    page = text(browser(four.bendahara).get(address("sheet_page", "realisasi")))
    assert history.in_words() in page


def test_a_reversed_payment_is_returned_until_it_is_paid_again(four: Four) -> None:
    people = ready_people(2, four=four)
    first = walk_to(a_list(by=four.petugas), "ordered", four=four)
    book(first, by=four.bendahara)
    results.reverse_line(line=line_of(first, people[0]), happened_on=today(), paper="S",
                         reason="x", by=four.bendahara)  # fmt: skip
    row = make_report("realisasi", Scope()).data.rows[0]
    assert (row.paid, row.returned) == (ONE, ONE)
    book(walk_to(a_list(by=four.petugas), "ordered", four=four), by=four.bendahara)
    row = make_report("realisasi", Scope()).data.rows[0]
    assert (row.paid, row.returned, row.deposited) == (2 * ONE, 0, 0)


def test_what_a_refund_set_free_can_lapse(four: Four, mixed: PaymentList) -> None:
    line = mixed.lines.filter(state="paid").first()
    assert line is not None
    demand_refund(line=line, demanded_on=today(), reason="dua kali", letter=letter_of_refund,
                  by=four.pimpinan)  # fmt: skip
    page, lapse = (
        address("line_detail", mixed.pk, line.pk),
        address("entitlement_lapse", line.entitlement_id),
    )
    client = browser(four.pimpinan)
    refunds = address("refund_list")
    assert lapse not in text(client.get(page)) + text(client.get(refunds)), "not come back yet"
    results.reverse_line(line=line, happened_on=today(), paper="STS-7", reason="ganda",
                         by=four.bendahara)  # fmt: skip
    assert lapse in text(client.get(page)) and lapse in text(client.get(refunds))
    assert lapse in text(client.get(reverse("desk:worker_page", args=[line.entitlement.worker_id])))
    for other in (four.bendahara, four.petugas):
        assert lapse not in text(browser(other).get(page))
        assert browser(other).get(lapse).status_code == 403
    day = f"{today():%d-%m-%Y}"
    assert post(client, lapse, on=day, reason="").status_code == 422
    assert post(client, lapse, on=day, reason="dibayar dua kali").status_code == 302
    right = Entitlement.objects.get(pk=line.entitlement_id)
    assert (right.state, right.lapsed_because) == ("lapsed", "dibayar dua kali")
    assert lapse not in text(client.get(page)) + text(client.get(refunds))
    assert "gugur pada" in text(client.get(page))


# -- every number is a link --------------------------------------------------------------------


def test_every_figure_of_a_list_leads_to_its_lines(four: Four, mixed: PaymentList) -> None:
    client, url = browser(four.bendahara), address("list_detail", mixed.pk)
    page = client.get(url)
    for group, n in {"paid": 2, "returned": 2, "waiting": 0, "standing": 4}.items():
        assert f'href="?lines={group}#lines-title"' in text(page)
        shown = client.get(url, {"lines": group})
        assert len(shown.context["page"].object_list) == n, group
        assert len(shown.context["tags"]) == 1
    assert len(client.get(url, {"lines": "nonsense"}).context["page"].object_list) == 4
    index = text(client.get(address("list_index")))
    assert f"{url}?lines=standing#lines-title" in index


def test_every_figure_of_a_year_leads_to_its_rights(four: Four, mixed: PaymentList) -> None:
    client = browser(four.bendahara)
    page = client.get(address("year_page", 2017))
    (end,) = [end for end in page.context["ends"] if end.funder.pk == "KEMENSOS"]
    assert (end.live, end.to_deposit, end.unclaimed) == (1, 1, 2)
    for part, n, amount in (
        ("in_process", end.live, end.live_amount),
        ("returned", end.to_deposit, end.deposit_amount),
        ("unclaimed", end.unclaimed, end.unclaimed_amount),
    ):
        url = f"{address('year_rights', 2017, part)}?funder=KEMENSOS"
        assert url in text(page)
        shown = client.get(url)
        assert shown.context["page"].paginator.count == n
        assert shown.context["total"] == amount
        assert text(shown).count('<th scope="row" class="cell-main">') == n
    for row in page.context["rows"]:
        for part, amount in row.figures:
            url = f"{address('year_rights', 2017, part)}?kind={row.kind.pk}" if part else ""
            if url and amount:
                assert url in text(page)
            if url:
                assert client.get(url).context["total"] == amount, (row.kind.pk, part)
    assert len(LINK.findall(text(page))) >= 8
    assert client.get(address("year_rights", 2017, "nonsense")).status_code == 404
    caseworker = text(browser(four.petugas).get(address("year_page", 2017)))
    assert not LINK.findall(caseworker), "she finds those of her places alone"


def test_figures_of_a_closed_year_lead_to_its_rights(four: Four, mixed: PaymentList) -> None:
    draft = PaymentList.objects.get(state="draft")
    lists.cancel(payment_list=draft, reason="akhir tahun", by=four.pimpinan)
    year = BudgetYear.objects.get(pk=2017)
    kemensos = Funder.objects.get(pk="KEMENSOS")
    closing_year.deposit_back(
        year=year, funder=kemensos, deposit_number="STS-1", on=today(), by=four.bendahara
    )
    lists.reconcile(payment_list=mixed, by=four.bendahara)
    in_force("closing", four, year=2017, closed_on="now")
    client = browser(four.bendahara)
    page = client.get(address("reconciliation"))
    ((_year, rows),) = page.context["years"]
    saving = next(row for row in rows if row.kind.pk == "TABUNGAN")
    assert (saving.paid, saving.deposited, saving.unclaimed) == (2 * ONE, 2 * ONE, 2 * ONE)
    for part, amount in saving.figures:
        if part:
            url = f"{address('year_rights', 2017, part)}?kind=TABUNGAN"
            assert client.get(url).context["total"] == amount, part
            assert (url in text(page)) == bool(amount), part
    assert format_rupiah(2 * ONE) in text(page)


# -- the page of a list ------------------------------------------------------------------------


def test_why_a_list_came_back_stands_before_its_lines(four: Four) -> None:
    ready_people(2, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "submitted", four=four)
    lists.send_back(payment_list=payment_list, reason="Rekening keliru", by=four.verifikator)
    client, url = browser(four.petugas), address("list_detail", payment_list.pk)
    said = text(client.get(url))
    assert said.index("Rekening keliru") < said.index('id="lines-title"')
    assert four.verifikator.full_name in said[: said.index('id="lines-title"')]
    lists.submit(payment_list=payment_list, by=four.petugas)
    said = text(client.get(url))
    assert said.index("Rekening keliru") > said.index('id="lines-title"'), "it was mended"


def test_a_cash_list_has_no_file_of_the_bank(four: Four) -> None:
    into_batch(ready_people(2, four=four), four=four)
    travel = walk_to(a_list(by=four.petugas, kinds=["TRANSPORT"]), "ordered", four=four)
    client, upload = browser(four.bendahara), address("result_file_upload", travel.pk)
    page = text(client.get(address("list_detail", travel.pk)))
    assert upload not in page and address("list_results", travel.pk) in page
    with pytest.raises(Refused, match="tunai"):
        stage_results(payment_list=travel, content=b"x", happened_on=today(), by=four.bendahara)


def test_rows_of_a_file_and_lines_of_a_list_are_called_apart(four: Four) -> None:
    ready_people(2, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    content = b"NO BARIS;NOMINAL;STATUS\r\n1;5050000;BERHASIL\r\n9;1;BERHASIL\r\n"
    source = stage_results(payment_list=payment_list, content=content, happened_on=today(),
                           by=four.bendahara)  # fmt: skip
    said = text(browser(four.bendahara).get(address("result_file", source.pk)))
    heads = re.findall(r"<th scope=\"col\"[^>]*>([^<]+)</th>", said)
    assert "Baris berkas" in heads and "Baris daftar bayar" in heads and "Baris" not in heads
