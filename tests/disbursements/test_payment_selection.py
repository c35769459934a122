"""Papers 4–7 of a part of a list and of several lists: rows, originals, copies, files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from itertools import takewhile
from typing import Any
from urllib.parse import urlencode

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from cases.models import BankAccount, Worker
from disbursements.models import PaperLine, PaymentList
from disbursements.papers.bank_files import bank_file_of_paper, issued_list
from disbursements.papers.issuing import Scope, make_report
from disbursements.papers.list_papers import (
    LIST_PAPERS,
    draft_list_paper,
    issue_list_paper,
    request_receipts,
)
from disbursements.papers.payments import Payments
from disbursements.papers.selecting import Selection
from kotim_social.documents.actions import issue_paper, void_paper
from kotim_social.documents.models import IssuedPaper, PaperCopy
from kotim_social.jobs import actions as jobs
from kotim_social.jobs.running import run_here
from kotim_social.lib.dates import today
from kotim_social.lib.money import terbilang
from kotim_social.regions.models import Place
from kotim_social.workflow import Refused
from tests.disbursements.browsing import address, browser, post, text
from tests.documents.pdf_text import drawn_text, page_lines
from tests.factories import (
    Four,
    a_list,
    book,
    correct,
    into_batch,
    make_user,
    ready_people,
    walk_to,
)

pytestmark = pytest.mark.django_db
ONE = 5_050_000
KINDS = list(LIST_PAPERS)
LONG = "Raden Ayu Siti Nurhaliza Kusumaningrum Wahyuningtyas Handayani"
Denied = Callable[..., str]


def dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


@pytest.fixture
def lists(four: Four) -> tuple[PaymentList, PaymentList]:
    """Three at the first place on one list; two of Tangar on another, one of them with BNI."""
    first = ready_people(3, four=four)
    names = [LONG, "<siti>", "A&B"]
    for worker, name in zip(first, names, strict=True):
        Worker.objects.filter(pk=worker.pk).update(name=name)
    one = a_list(by=four.petugas)
    second = ready_people(2, four=four, place="TANGAR")
    for worker, name in zip(second, ["Ani", "Zubaidah"], strict=True):
        Worker.objects.filter(pk=worker.pk).update(name=name)
    BankAccount.objects.filter(worker=second[0]).update(bank="BNI")
    into_batch(second[1:], four=four, code="R-09")
    two = a_list(by=four.petugas)
    return walk_to(one, "ordered", four=four), walk_to(two, "ordered", four=four)


def issue(four: Four, kind: str, **about: Any) -> IssuedPaper:
    return issue_list_paper(LIST_PAPERS[kind], Scope(**about), by=four.bendahara)


def print_receipts(four: Four, **about: Any) -> IssuedPaper:
    job = request_receipts(
        scope=Scope(**about), budget_code="5.1.05", duty=None, duty_reason="", by=four.bendahara
    )
    assert job.state == "finished"
    return IssuedPaper.objects.get(pk=job.result_id)


def tangar() -> Place:
    return Place.objects.get(pk="TANGAR")


# -- the filters -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_each_filter_narrows_screen_paper_and_files_alike(
    four: Four, lists: tuple[PaymentList, PaymentList], kind: str
) -> None:
    one, two = lists
    client, day = browser(four.bendahara), f"{today():%d-%m-%Y}"
    tomorrow = f"{today() + timedelta(days=1):%d-%m-%Y}"
    both = {"Ani", "Zubaidah"}
    for query, names in (
        ({}, {LONG, "<siti>", "A&B", *both}),
        ({"list": one.pk}, {LONG, "<siti>", "A&B"}),
        ({"place": "TANGAR"}, both),
        ({"lokalisasi": "TANGAR"}, both),
        ({"bank": "BNI"}, {"Ani"}),
        ({"batch": "R-09"}, {"Zubaidah"}),
        ({"list": two.pk, "bank": "BNI"}, {"Ani"}),
        ({"list": one.pk, "place": "TANGAR"}, set()),
        ({"funder": "KEMENSOS", "first": day, "last": day}, {LONG, "<siti>", "A&B", *both}),
        ({"first": tomorrow}, set()),
    ):  # fmt: skip
        page = client.get(address("payment_paper", kind), query)
        shown = page.context["chosen"].payments
        assert {row.name for row in shown.rows} == names, query
        sheet = page.context["sheet"]
        money = next(i for i, column in enumerate(sheet.columns) if column.kind == "money")
        assert sheet.total(money) == shown.total == len(names) * ONE
        draft = client.get(address("payment_paper_draft", kind), query)
        assert (draft.status_code == 200) == bool(names), query
        said = drawn_text(draft.content) if names else ""
        if kind == "receipt":
            assert said.count("KWITANSI") == len(names)
        else:
            assert dotted(shown.total) in said or not names
        answer = client.get(address("payment_paper_export", kind, "csv"), query)
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        rows = list(takewhile(bool, lines[1:]))
        assert sum(int(row[money]) for row in rows) == shown.total
        content = client.get(address("payment_paper_export", kind, "xlsx"), query).content
        values = list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(
            min_row=2, values_only=True))  # fmt: skip
        assert sum(row[money] for row in values) == shown.total
        assert "7000000000" not in answer.content.decode(), "accounts are masked"


def test_addresses_that_ask_for_what_there_is_not(
    four: Four, lists: tuple[PaymentList, PaymentList]
) -> None:
    client = browser(four.bendahara)
    page = client.get(address("payment_paper", "receipt"), {"batch": "R-77"})
    assert "Tidak ada orang dalam rombongan dengan kode R-77" in text(page)
    for query in ({"list": "x"}, {"place": "NOWHERE"}, {"first": "99-99-2017"}, {"only": "y"}):
        assert client.get(address("payment_paper", "receipt"), query).status_code == 404, query
    assert client.get(address("payment_paper", "nonsense")).status_code == 404
    assert browser(four.petugas).get(address("payment_paper", "receipt")).status_code == 403
    assert browser(make_user("auditor")).get(address("payment_paper", "receipt")).status_code == 403
    stale = browser(four.bendahara, proof=False)
    for name in ("payment_paper_draft", "payment_paper_issue"):
        assert stale.get(address(name, "collective_receipt")).status_code == 302
    assert stale.get(address("payment_paper_export", "receipt", "csv")).status_code == 302


def test_a_list_that_is_not_approved_is_on_no_paper(four: Four) -> None:
    ready_people(1, four=four)
    draft = a_list(by=four.petugas)
    client, query = browser(four.bendahara), {"list": draft.pk}
    page = client.get(address("payment_paper", "receipt"), query)
    assert page.context["chosen"].payments.rows == []
    assert any("belum disetujui" in sentence for sentence in page.context["against"])
    sent = client.get(address("payment_paper_draft", "receipt"), query)
    assert sent.url == address("list_papers", draft.pk)
    with pytest.raises(Refused):
        issue(four, "receipt", payment_list=draft)


def test_the_bank_is_that_of_the_approval(
    four: Four, lists: tuple[PaymentList, PaymentList]
) -> None:
    account = BankAccount.objects.get(bank="BNI")
    correct(account.worker, "bank", "BRI Unit", by=four.pimpinan)
    paper = LIST_PAPERS["transfer_list"]
    assert len(paper.select(Scope(bank="BNI")).payments.rows) == 1
    assert paper.select(Scope(bank="BRI Unit")).payments.rows == []


def test_the_page_asks_as_much_for_many_as_for_few(
    four: Four, lists: tuple[PaymentList, PaymentList]
) -> None:
    client, url = browser(four.bendahara), address("payment_paper", "collective_receipt")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url, {"bank": "BNI"})
    ready_people(8, four=four)
    walk_to(a_list(by=four.petugas), "ordered", four=four)
    with CaptureQueriesContext(connection) as many:
        client.get(url, {"place": ""})
    assert len(many) <= len(few)


# -- over several lists ------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["F4", "A4"])
@pytest.mark.parametrize("kind", ["transfer_list", "collective_receipt", "handover_of_goods"])
def test_a_paper_over_several_lists_names_them_and_adds_up(
    four: Four, kind: str, size: str
) -> None:
    people = ready_people(46, four=four)
    for worker, name in zip(people, [LONG, "<siti>", "A&B"], strict=False):
        Worker.objects.filter(pk=worker.pk).update(name=name)
        BankAccount.objects.filter(worker=worker).update(holder=name)
    keys = [f"{worker.pk}:TABUNGAN" for worker in people]
    one = walk_to(a_list(by=four.petugas, only=keys[:30]), "ordered", four=four)
    two = walk_to(a_list(by=four.petugas), "ordered", four=four)
    paper = LIST_PAPERS[kind]
    issued = issue_list_paper(paper, Scope(), by=four.bendahara, size=size)
    content = issued.file.read()
    said, lines = drawn_text(content), [line for page in page_lines(content) for line in page]
    total = 46 * ONE
    assert issued.number.replace(" ", "") in said and "KONSEP" not in said
    assert one.number in said and two.number in said
    assert terbilang(total).replace(" ", "") in said
    assert issued.snapshot["total"] == total
    assert issued.snapshot["list"] == f"{one.number}, {two.number}"
    assert [row["list"] for row in issued.snapshot["rows"]] == [one.number] * 30 + [two.number] * 16
    drawn = issued.payment_lines.values_list("line__payment_list", flat=True)
    assert set(drawn) == {one.pk, two.pk}
    if kind != "handover_of_goods":
        sums = {
            number: next(line for line in lines if line.startswith(f"Jumlah {number}"))
            for number in (one.number, two.number)
        }
        assert dotted(30 * ONE) in sums[one.number] and dotted(16 * ONE) in sums[two.number]
        assert LONG.replace(" ", "") in said and "<siti>" in said and "A&B" in said
        assert len(page_lines(content)) > 1
        pages = [re.search(r"\d[\d.]+", line.split("|", 1)[-1]) for line in lines
                 if line.startswith("Jumlah halaman ini")]  # fmt: skip
        assert sum(int(found[0].replace(".", "")) for found in pages if found) == total
    if kind == "transfer_list":
        for telling in ("tabungan", "lokalisasi", "bantuan", "tangar", "km12", "kemensos"):
            assert telling not in said.casefold()
    client = browser(four.bendahara)
    for number in (one, two):
        assert issued.number in text(client.get(address("list_papers", number.pk)))
        assert number.number in text(client.get(address("paper_page", issued.pk)))


def test_a_paper_has_one_funder_and_one_year(
    four: Four, lists: tuple[PaymentList, PaymentList]
) -> None:
    into_batch(Worker.objects.exclude(journeys__batch_code="R-09"), four=four, code="R-10")
    walk_to(a_list(by=four.petugas, kinds=["TRANSPORT"]), "ordered", four=four)
    with pytest.raises(Refused, match="beberapa sumber dana"):
        issue(four, "collective_receipt")
    page = browser(four.bendahara).get(address("payment_paper", "collective_receipt"))
    assert address("payment_paper_issue", "collective_receipt") not in text(page)
    rows = LIST_PAPERS["receipt"].select(Scope()).payments.rows
    numbers = sorted({row.list for row in rows})
    sources = {number: ("A", 2017 + step) for step, number in enumerate(numbers)}
    two_years = Payments(None, rows, sources)
    (sentence,) = Selection(Scope(), two_years, []).against()
    assert "beberapa tahun anggaran" in sentence
    assert not IssuedPaper.objects.exists()
    one = [row for row in rows if row.list == numbers[0]]
    assert Selection(Scope(), Payments(None, one, sources), []).against() == []
    assert issue(four, "collective_receipt", bank="BNI", funder=lists[0].funder).snapshot["total"]


# -- one original ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["transfer_list", "collective_receipt", "handover_of_goods"])
def test_a_payment_has_one_original_of_each_paper(
    four: Four, lists: tuple[PaymentList, PaymentList], kind: str
) -> None:
    _one, two = lists
    part = issue(four, kind, place=tangar())
    assert part.subject_id == ""
    assert [tuple(pair) for pair in part.snapshot["scope"]] == [
        ("Daftar bayar", two.number), ("Tempat", tangar().label),
    ]  # fmt: skip
    with pytest.raises(Refused, match=part.number):
        issue(four, kind, place=tangar())
    with pytest.raises(Refused):
        issue(four, kind, payment_list=two)
    client, url = browser(four.bendahara), address("payment_paper_issue", kind)
    check = text(client.get(url))
    assert part.number in check and dotted(3 * ONE) in check and "2 pembayaran" in check
    rest = IssuedPaper.objects.get(pk=post(client, url).url.split("/")[-2])
    assert rest.snapshot["total"] == 3 * ONE
    assert PaperLine.objects.count() == 5
    assert client.get(url).status_code == 302, "nothing is left to issue"
    void_paper(part, reason="salah", by=four.bendahara)
    again = issue(four, kind, payment_list=two)
    assert again.snapshot["total"] == 2 * ONE


def test_the_database_refuses_a_second_original(
    four: Four, lists: tuple[PaymentList, PaymentList], denied: Denied, sql: Any
) -> None:
    first = issue(four, "collective_receipt", place=tangar())
    other = issue(four, "collective_receipt")
    line = first.payment_lines.first()
    assert line is not None
    insert = "INSERT INTO disbursements_paperline (paper_id, line_id) VALUES (%s, %s)"
    assert "one original" in denied(insert, other.pk, line.line_id)
    assert "paper_line_once" in denied(insert, first.pk, line.line_id)
    assert "permission denied" in denied("UPDATE disbursements_paperline SET line_id = line_id")
    assert "permission denied" in denied("DELETE FROM disbursements_paperline")
    bank = issue(four, "transfer_list", place=tangar())
    assert bank.payment_lines.count() == 2, "another kind of paper has its own original"
    void_paper(first, reason="salah", by=four.bendahara)
    sql(insert, other.pk, line.line_id)


def test_receipts_of_a_part_and_their_copies(
    four: Four, lists: tuple[PaymentList, PaymentList]
) -> None:
    _one, two = lists
    whole = print_receipts(four, payment_list=two)
    client, url = browser(four.bendahara), address("payment_paper", "receipt")
    page = client.get(url, {"bank": "BNI"})
    (original,) = page.context["originals"]
    assert (original.paper, len(original.rows)) == (whole, 1)
    with pytest.raises(Refused, match="salinan"):
        request_receipts(scope=Scope(bank="BNI"), budget_code="5", duty=None, duty_reason="",
                         by=four.bendahara)  # fmt: skip
    before = IssuedPaper.objects.count()
    copies = f"{address('receipt_copies', whole.pk)}?bank=BNI"
    assert copies in text(page)
    copy = drawn_text(client.post(copies).content)
    assert "SALINANke-1" in copy and whole.number.replace(" ", "") in copy
    assert copy.count("KWITANSI") == 1 and "ANI" in copy and "ZUBAIDAH" not in copy
    assert f"KW-{two.number}-0001" in copy and "5.1.05" in copy and "Meterai" in copy
    assert "SALINANke-2" in drawn_text(client.post(copies).content)
    assert PaperCopy.objects.filter(paper=whole).count() == 2
    assert IssuedPaper.objects.count() == before, "a copy is no second original"
    nobody = f"{address('receipt_copies', whole.pk)}?list={_one.pk}"
    assert client.post(nobody).status_code == 302
    assert PaperCopy.objects.filter(paper=whole).count() == 2
    rest = print_receipts(four)
    assert rest.snapshot["total"] == 3 * ONE
    said = drawn_text(rest.file.read())
    assert said.count("KWITANSI") == 3 and "<SITI>" in said and "A&B" in said
    assert LONG.upper().replace(" ", "") in said and "ZUBAIDAH" not in said


def test_receipts_of_a_filter_wait_for_a_worker_and_choose_again(
    four: Four, lists: tuple[PaymentList, PaymentList]
) -> None:
    jobs.beat("elsewhere")
    job = request_receipts(
        scope=Scope(place=tangar(), bank="BNI"), budget_code="5", duty=None, duty_reason="",
        by=four.bendahara,
    )  # fmt: skip
    assert (job.state, job.total) == ("waiting", 1)
    assert job.arguments == {"place": "TANGAR", "bank": "BNI", "budget_code": "5", "duty": None}
    done = run_here(job)
    paper = IssuedPaper.objects.get(pk=done.result_id)
    assert [row["name"] for row in paper.snapshot["rows"]] == ["Ani"]


def test_receipts_come_in_the_size_that_was_chosen_and_their_copies_too(
    four: Four, lists: tuple[PaymentList, PaymentList]
) -> None:
    """The filter asks for A4, and nobody looks at the setting of the office any more."""
    client, here = browser(four.bendahara), {"list": str(lists[0].pk), "paper": "A4"}
    path = f"{address('payment_paper_issue', 'receipt')}?{urlencode(here)}"
    assert "<dd>A4</dd>" in text(client.get(path))
    assert post(client, path, budget_code="5.1.05").status_code == 302
    [paper] = IssuedPaper.objects.filter(kind="receipt")
    copies = f"{address('receipt_copies', paper.pk)}?{urlencode(here)}"
    copy = client.post(copies).content
    assert paper.paper_size == "A4"
    for content in (paper.file.read(), copy):
        with pikepdf.open(io.BytesIO(content)) as pdf:
            sizes = {tuple(round(float(edge)) for edge in page.mediabox) for page in pdf.pages}
        assert sizes == {(0, 0, 595, 842)}


@pytest.mark.parametrize("kind", KINDS)
def test_where_nothing_is_chosen_nothing_is_offered(
    four: Four, lists: tuple[PaymentList, PaymentList], kind: str
) -> None:
    """Words in place of buttons; the addresses behind them lead back with the same words."""
    client = browser(four.bendahara)
    for query, offered in (({}, True), ({"place": "MEKAR_JAYA"}, False)):
        path = f"{address('payment_paper', kind)}?{urlencode(query)}"
        page = text(client.get(path))
        for name in ("payment_paper_draft", "payment_paper_issue"):
            assert (address(name, kind) in page) is offered, name
        assert ("Tidak ada pembayaran yang disetujui untuk saringan ini" in page) is not offered
    for name in ("payment_paper_draft", "payment_paper_issue"):
        answer = client.get(f"{address(name, kind)}?place=MEKAR_JAYA", follow=True)
        back = f"{address('payment_paper', kind)}?place=MEKAR_JAYA"
        assert answer.redirect_chain == [(back, 302)]
        assert "suratnya akan kosong" in text(answer)


def test_a_receipt_counts_as_evidence_of_its_own_payment_alone(
    four: Four, lists: tuple[PaymentList, PaymentList]
) -> None:
    _one, two = lists
    book(two, by=four.bendahara)
    print_receipts(four, bank="BNI")
    rows = make_report("spj", Scope(payment_list=two)).data.rows
    assert {row.name: row.marks[1] for row in rows} == {"Ani": "✓", "Zubaidah": "☐"}


# -- files for the bank ------------------------------------------------------------------------


def test_the_banks_files_of_a_part_hold_what_its_paper_holds(
    four: Four, lists: tuple[PaymentList, PaymentList]
) -> None:
    one, two = lists
    paper = issue(four, "transfer_list", bank="BNI")
    assert issued_list(one) is None and issued_list(two) == paper
    rows = list(csv.reader(io.StringIO(bank_file_of_paper(paper, "csv").decode("utf-8-sig")),
                           delimiter=";"))  # fmt: skip
    sheet = load_workbook(io.BytesIO(bank_file_of_paper(paper, "xlsx"))).active
    grid = [[cell.value for cell in row] for row in sheet.rows]
    assert len(rows) == len(grid) == 3
    assert rows[-1][4] == str(grid[-1][4]) == str(ONE)
    assert rows[-1][5] == grid[-1][5] == paper.snapshot["check_sum"]
    assert paper.snapshot["check_sum"] in drawn_text(paper.file.read())
    treasurer, url = browser(four.bendahara), address("paper_bank_file", paper.pk, "csv")
    assert url in text(treasurer.get(address("paper_page", paper.pk)))
    assert treasurer.get(url).status_code == 200
    assert browser(four.pimpinan).get(url).status_code == 403
    assert browser(four.bendahara, proof=False).get(url).status_code == 302
    void_paper(paper, reason="x", by=four.bendahara)
    assert treasurer.get(url).url == address("paper_page", paper.pk)
    assert url not in text(treasurer.get(address("paper_page", paper.pk)))


# -- papers of before --------------------------------------------------------------------------


def test_papers_that_were_issued_before_are_originals_of_their_list(
    four: Four, lists: tuple[PaymentList, PaymentList], sql: Any
) -> None:
    earlier = import_module("disbursements.migrations.0013_lines_of_papers").EARLIER
    papers = [
        issue_paper(kind="receipt", build=lambda _number: b"%PDF-", snapshot={}, issued_on=today(),
                    by=four.bendahara, subject=lists[0])
        for _time in range(2)
    ]  # fmt: skip
    void_paper(papers[0], reason="x", by=four.bendahara)
    sql(earlier)
    assert set(PaperLine.objects.values_list("paper", flat=True)) == {papers[1].pk}
    assert PaperLine.objects.count() == 3
    with pytest.raises(Refused, match=papers[1].number):
        print_receipts(four, payment_list=lists[0])


def test_two_at_once_make_one_original(
    four: Four, lists: tuple[PaymentList, PaymentList], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looked before the other issued finds out when she issues: all or nothing."""
    stale = LIST_PAPERS["collective_receipt"].select(Scope())
    issue(four, "collective_receipt")
    before = IssuedPaper.objects.count()
    monkeypatch.setattr("disbursements.papers.list_papers.select_payments", lambda *_of: stale)
    with pytest.raises(Refused, match="baru saja"):
        issue(four, "collective_receipt")
    assert IssuedPaper.objects.count() == before


def test_a_draft_of_what_is_new_is_what_would_be_issued(
    four: Four, lists: tuple[PaymentList, PaymentList]
) -> None:
    issue(four, "collective_receipt", place=tangar())
    paper = LIST_PAPERS["collective_receipt"]
    chosen = paper.select(Scope())
    whole = drawn_text(draft_list_paper(paper, chosen, by=four.bendahara))
    new = drawn_text(draft_list_paper(paper, chosen, by=four.bendahara, new=True))
    assert dotted(5 * ONE) in whole and dotted(3 * ONE) in new and "Zubaidah" not in new
    page = browser(four.bendahara).get(address("payment_paper", paper.kind), {"only": "new"})
    assert len(page.context["rows"]) == 3
