"""Filters of the reports, papers 15 and 16, exports, warnings beside a payment."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from itertools import takewhile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from cases.models import BankAccount, Worker
from disbursements.actions import results
from disbursements.cautions import cautions
from disbursements.models import PaymentLine, PaymentList
from disbursements.papers.issuing import Scope, make_report
from disbursements.realisation import Period
from disbursements.sheets import sheet_of
from disbursements.views import reports
from kotim_social.audit.models import Entry
from kotim_social.documents.exports import DAY, MONEY, Column, Sheet, as_csv, as_xlsx
from kotim_social.documents.models import IssuedPaper
from kotim_social.lib.dates import today
from tests.disbursements.browsing import address, browser, post, text
from tests.documents.pdf_text import drawn_text, page_lines
from tests.factories import (
    Four,
    a_list,
    book,
    into_batch,
    line_of,
    make_user,
    ready_people,
    register,
    walk_to,
)

pytestmark = pytest.mark.django_db
ONE = 5_050_000


def dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


@pytest.fixture
def paid(four: Four) -> PaymentList:
    """Five on a list: three paid, one of them reversed later; one came back; one in Tangar paid."""
    people = ready_people(4, four=four)
    ready_people(1, four=four, place="TANGAR")
    BankAccount.objects.filter(worker__place="TANGAR").update(bank="BNI")
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    back = line_of(payment_list, people[0])
    book(payment_list, by=four.bendahara, returned={back.pk: "wrong_bank"})
    results.reverse_line(
        line=line_of(payment_list, people[1]), happened_on=today(), paper="S", reason="x",
        by=four.bendahara,
    )  # fmt: skip
    return payment_list


def test_realisation_adds_up_on_paper_screen_and_in_files(four: Four, paid: PaymentList) -> None:
    data = make_report("realisasi", Scope()).data
    row = data.rows[0]
    assert (row.ordered, row.paid, row.returned, row.deposited) == (5 * ONE, 3 * ONE, 2 * ONE, 0)
    assert row.rest == row.ceiling - 3 * ONE
    content = make_report("realisasi", Scope(), size="A4").pdf()
    lines = [line for page in page_lines(content) for line in page]
    grand = next(line for line in lines if line.startswith("JUMLAH SELURUHNYA"))
    assert grand.split(" | ")[1:7] == [
        dotted(2_413_900_000), dotted(5 * ONE), dotted(3 * ONE), dotted(2 * ONE), "0",
        dotted(2_413_900_000 - 3 * ONE),
    ]  # fmt: skip
    subtotals = [line.split(" | ") for line in lines if line.startswith("Jumlah ")]
    sums = [int(cells[3].replace(".", "")) for cells in subtotals if cells[0][7] in "KP"]
    assert sum(sums) == 3 * ONE
    page = browser(four.bendahara).get(address("sheet_page", "realisasi"))
    assert dotted(3 * ONE) in text(page)
    assert page.context["sheet"].total(5) == 3 * ONE


def test_period_place_bank_and_batch_narrow_every_report(four: Four, paid: PaymentList) -> None:
    into_batch(Worker.objects.filter(place="TANGAR"), four=four, code="R-9")
    tangar = Worker.objects.get(place="TANGAR")
    tomorrow = today() + timedelta(days=1)
    client = browser(four.bendahara)
    for query in (
        {"place": "TANGAR"}, {"lokalisasi": "TANGAR"}, {"batch": "R-9"}, {"bank": "BNI"},
    ):  # fmt: skip
        assert client.get(address("report_index"), query).context["rekap"].total.people == 1, query
        spj = client.get(address("sheet_page", "spj"), query)
        assert [row[2][0] for row in spj.context["rows"]] == [tangar.name], query
        real = client.get(address("sheet_page", "realisasi"), query)
        assert real.context["sheet"].total(5) == ONE, query
        paper = client.get(address("report_draft", "spj"), query)
        assert tangar.name.replace(" ", "") in drawn_text(paper.content)
    day = f"{today():%d-%m-%Y}"
    within = client.get(address("report_index"), {"first": day, "last": day})
    assert within.context["rekap"].total.paid == 3 * ONE
    after = client.get(address("sheet_page", "spj"), {"first": f"{tomorrow:%d-%m-%Y}"})
    assert after.context["rows"] == []
    assert make_report("realisasi", Scope(period=Period(tomorrow, None))).data.total == 0
    assert client.get(address("report_index"), {"first": "31-31-2017"}).status_code == 404


def test_a_page_of_the_evidence_reads_its_own_rows_and_sums_all(
    four: Four, paid: PaymentList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "PAGE", 2)
    client, url = browser(four.bendahara), address("sheet_page", "spj")
    whole = make_report("spj", Scope()).data
    pages = [client.get(url, {"page": number}) for number in ("1", "2")]
    assert [len(page.context["sheet"].rows) for page in pages] == [2, 1]
    assert all(dotted(3 * ONE) in text(page) for page in pages)
    shown = [row[2][0] for page in pages for row in page.context["rows"]]
    assert shown == [row.name for row in whole.rows]
    assert len(client.get(url, {"all": "1"}).context["rows"]) == 3


def test_spj_lists_every_payment_that_stands_with_its_evidence(
    four: Four, paid: PaymentList
) -> None:
    data = make_report("spj", Scope(payment_list=paid)).data
    assert len(data.rows) == 3
    assert data.total == 3 * ONE
    assert data.rows[0].marks == ("✓", "☐", "✓", "☐", "☐", "✓", "–", "–")
    content = make_report("spj", Scope(payment_list=paid)).pdf()
    assert dotted(3 * ONE) in drawn_text(content)
    assert "Limabelasjutaseratuslimapuluhriburupiah" in drawn_text(content)
    client, url = browser(four.bendahara), address("list_spj_issue", paid.pk)
    assert "KONSEP" in drawn_text(client.get(address("list_spj", paid.pk)).content)
    assert client.get(url).status_code == 200
    done = post(client, url)
    assert client.get(done.url).status_code == 200
    paper = IssuedPaper.objects.get()
    assert (paper.kind, paper.snapshot["total"]) == ("accountability_cover", 3 * ONE)
    assert IssuedPaper.objects.about(paid).get() == paper
    assert post(client, address("report_issue", "realisasi")).status_code == 302


@pytest.mark.parametrize("kind", ["rekap", "nominatif", "realisasi", "spj"])
def test_files_hold_what_the_report_holds_and_leave_a_row(
    four: Four, paid: PaymentList, kind: str
) -> None:
    client = browser(four.bendahara)
    sheet = sheet_of(make_report(kind, Scope(four.bendahara)).data, [])
    money = [index for index, column in enumerate(sheet.columns) if column.kind == MONEY]
    answer = client.get(address("report_export", kind, "csv"))
    assert answer["Content-Disposition"] == 'attachment; filename="laporan.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    rows = list(takewhile(bool, lines[1:]))
    book = load_workbook(io.BytesIO(client.get(address("report_export", kind, "xlsx")).content))
    page = book.worksheets[0]
    assert (page.freeze_panes, bool(page.auto_filter.ref)) == ("A2", True)
    values = list(page.iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(values) == len(sheet.rows)
    for index in money:
        whole = sheet.total(index)
        assert sum(int(row[index]) for row in rows) == whole
        assert sum(row[index] for row in values) == whole
    assert any("Sumber dana" in line for line in lines[len(rows) + 1 :])
    assert Entry.objects.filter(act="report.export", object_id=kind).count() == 2
    assert "7000000000" not in answer.content.decode()


def test_who_may_export_and_only_with_a_fresh_proof(four: Four, paid: PaymentList) -> None:
    url = address("report_export", "spj", "csv")
    assert browser(four.petugas).get(url).status_code == 403
    assert browser(make_user("auditor")).get(url).status_code == 403
    assert browser(four.pimpinan, proof=False).get(url).status_code == 302
    assert browser(four.pimpinan).get(address("list_export", paid.pk, "spj", "xlsx")).status_code == 200  # noqa: E501  # fmt: skip
    for sheet, form in (("spj", "exe"), ("rekap", "csv")):
        address_of = address("list_export", paid.pk, sheet, form)
        assert browser(four.pimpinan).get(address_of).status_code == 404


def test_no_formula_leaves_the_house() -> None:
    bad = ["=1+1", "+62", "-1", "@x", "\tx", " =x", "a\x00b\u202ec"]
    sheet = Sheet("x", [Column("n"), Column("d", DAY), Column("m", MONEY)],
                  [[value, today(), ONE] for value in bad])  # fmt: skip
    rows = list(csv.reader(io.StringIO(as_csv(sheet).decode("utf-8-sig")), delimiter=";"))[1:]
    assert [row[0][0] for row in rows[:6]] == ["'"] * 6
    assert rows[6] == ["abc", f"{today():%d-%m-%Y}", str(ONE)]
    cells = load_workbook(io.BytesIO(as_xlsx(sheet))).worksheets[0]
    for line in range(2, 9):
        assert cells.cell(line, 1).data_type == "s"
        assert cells.cell(line, 3).value == ONE
        assert cells.cell(line, 2).is_date


def test_a_long_paper_and_odd_names_come_out_whole(four: Four) -> None:
    people = ready_people(45, four=four)
    Worker.objects.filter(pk=people[0].pk).update(name="<siti> A&B")
    Worker.objects.filter(pk=people[1].pk).update(name="Maria " * 9 + "Utami")
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    book(payment_list, by=four.bendahara)
    for size in ("F4", "A4"):
        content = make_report("spj", Scope(payment_list=payment_list), size=size).pdf()
        said, pages = drawn_text(content), page_lines(content)
        assert "<siti>A&B" in said
        assert len(pages) > 1
        found = (
            re.search(r"\d[\d.]+", line)
            for page in pages
            for line in page
            if line.startswith("Jumlah halaman ini")
        )
        sums = [int(cell.group().replace(".", "")) for cell in found if cell]
        assert sum(sums) == 45 * ONE


# -- warnings and filters beside a list --------------------------------------------------------


def test_warnings_name_what_somebody_should_look_at(four: Four) -> None:
    first, second, third = ready_people(3, four=four)
    account = BankAccount.objects.get(worker=third)
    BankAccount.objects.filter(worker=second).update(
        number_index=account.number_index, shared_because="ibu dan anak"
    )
    Worker.objects.filter(pk=third.pk).update(name_folded=first.name_folded)
    payment_list = walk_to(a_list(by=four.petugas), "ordered", four=four)
    back = line_of(payment_list, first)
    book(payment_list, by=four.bendahara, returned={back.pk: "wrong_bank"})
    found = cautions([first.pk, second.pk, third.pk])
    assert len(found[first.pk]) == 2, "came back once, and a name like the third's"
    assert third.register_no in " ".join(found[second.pk])
    assert second.register_no in found[third.pk][0]
    with CaptureQueriesContext(connection) as few:
        cautions([first.pk])
    with CaptureQueriesContext(connection) as many:
        cautions(Worker.objects.values_list("pk", flat=True))
    assert len(many) == len(few) + 1  # the ids themselves


def test_the_check_page_filters_the_ready_and_the_left_out(four: Four, paid: PaymentList) -> None:
    ready_people(1, four=four)
    register(2, by=four.petugas, nik=False)
    client, choice = browser(four.petugas), {"kinds": ["TABUNGAN"], "budget_year": "2017"}
    whole = client.get(address("list_create"), choice)
    assert len(whole.context["rows"]) == 3
    again = client.get(address("list_create"), {**choice, "readiness": "again"})
    assert len(again.context["rows"]) == 2
    assert again.context["total"] == 2 * ONE
    assert all(row["cautions"] for row in again.context["rows"])
    plain = client.get(address("list_create"), {**choice, "readiness": "plain"})
    assert len(plain.context["rows"]) == 1
    for sentence, n in whole.context["reasons"]:
        one = client.get(address("list_create"), {**choice, "because": sentence})
        assert len(one.context["left_out"]) == n
        assert one.context["all_left_out"] == len(whole.context["left_out"])
    draft = a_list(by=four.petugas)
    page = client.get(address("list_detail", draft.pk))
    assert len(page.context["cautions"]) == 2
    assert PaymentLine.objects.filter(payment_list=draft).count() == 3
