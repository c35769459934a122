"""Papers of a list read back: receipts, bank list, collective receipt; check and void."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Worker
from disbursements.models import PaymentList, StampDuty
from disbursements.papers.issuing import Scope
from disbursements.papers.list_papers import (
    LIST_PAPERS,
    draft_list_paper,
    issue_list_paper,
    request_receipts,
)
from disbursements.papers.payments import Stamps, payments_of
from kotim_social.documents.actions import void_paper
from kotim_social.documents.models import IssuedPaper
from kotim_social.jobs.models import Job
from kotim_social.lib.dates import today
from kotim_social.lib.money import terbilang
from kotim_social.workflow import Refused
from tests.disbursements.browsing import address, browser, post, text
from tests.documents.pdf_text import drawn_text, page_texts
from tests.factories import Four, a_list, book, into_batch, ready_people, walk_to

pytestmark = pytest.mark.django_db
LONG = "Raden Ayu Siti Nurhaliza Kusumaningrum Wahyuningtyas Handayani"
NAMES = (LONG, "<siti>", "A&B", "Ani")


@pytest.fixture
def savings(four: Four) -> PaymentList:
    people = ready_people(30, four=four)
    for worker, name in zip(people, NAMES, strict=False):
        Worker.objects.filter(pk=worker.pk).update(name=name)
    return walk_to(a_list(by=four.petugas), "ordered", four=four)


def dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def ask_for_receipts(payment_list: PaymentList, four: Four, **about: object) -> Job:
    facts = {"budget_code": "5.1.05.02", "duty": None, "duty_reason": "", **about}
    scope = Scope(payment_list=payment_list)
    return request_receipts(scope=scope, by=four.bendahara, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", ["F4", "A4"])
@pytest.mark.parametrize("kind", list(LIST_PAPERS))
def test_papers_read_back(four: Four, savings: PaymentList, kind: str, size: str) -> None:
    paper, scope = LIST_PAPERS[kind], Scope(payment_list=savings)
    content = draft_list_paper(paper, paper.select(scope), by=four.bendahara, size=size)
    said, total = drawn_text(content), 30 * 5_050_000
    assert "KONSEP" in said
    if kind == "receipt":
        assert said.count("KWITANSI") == 30, "one a payment, and no sum of them"
        return
    assert dotted(total) in said
    assert terbilang(total).replace(" ", "") in said
    if kind == "collective_receipt":
        assert all(name.replace(" ", "") in said for name in NAMES)
        pages = page_texts(content)
        assert len(pages) > 1
        assert all("Jumlah halaman ini" in page for page in pages[:-1])
    if kind == "transfer_list":
        issued = issue_list_paper(paper, scope, by=four.bendahara, size=size)
        whole = drawn_text(issued.file.read())
        accounts = [row.account for row in payments_of(savings).rows]
        assert all(account in whole for account in accounts)
        assert not [account for account in accounts if account in said], "a draft is for looking"
        for telling in ("tabungan", "lokalisasi", "bantuan", "km12"):
            assert telling not in said.casefold()


def test_receipts_one_a_payment(four: Four, savings: PaymentList) -> None:
    job = ask_for_receipts(savings, four)
    assert job.state == "finished"
    paper = IssuedPaper.objects.get(pk=job.result_id)
    said = drawn_text(paper.file.read())
    assert said.count("KWITANSI") == 30
    assert said.count(f"KW-{savings.number}-") == 30
    assert said.count(dotted(5_050_000) + ",00") == 30
    assert said.count(terbilang(5_050_000).replace(" ", "")) == 30
    assert said.count("Meterai") == 30
    assert "5.1.05.02" in said
    for name in ("<SITI>", "A&B", LONG.upper().replace(" ", "")):
        assert name in said
    assert paper.snapshot["total"] == 30 * 5_050_000
    with pytest.raises(Refused):
        ask_for_receipts(savings, four)
    void_paper(paper, reason="salah kode", by=four.bendahara)
    assert ask_for_receipts(savings, four).state == "finished"


def test_another_duty_needs_its_reason(four: Four, savings: PaymentList) -> None:
    with pytest.raises(Refused):
        ask_for_receipts(savings, four, duty=6_000)
    job = ask_for_receipts(savings, four, duty=6_000, duty_reason="meterai lama")
    assert IssuedPaper.objects.get(pk=job.result_id).snapshot["duties"] == [6_000] * 30


@pytest.mark.parametrize(
    ("day", "amount", "duty"),
    [
        (date(2017, 12, 1), 250_000, 0),
        (date(2017, 12, 1), 250_001, 3_000),
        (date(2017, 12, 1), 1_000_000, 3_000),
        (date(2017, 12, 1), 1_800_000, 6_000),
        (date(2020, 12, 31), 5_050_000, 6_000),
        (date(2021, 1, 1), 5_000_000, 0),
        (date(2021, 1, 1), 5_050_000, 10_000),
    ],
)
def test_stamp_duty_by_the_dated_table(day: date, amount: int, duty: int) -> None:
    assert Stamps("receipt", day).on(amount) == duty


def test_duty_goes_by_the_day_of_the_payment_not_of_the_printing(
    four: Four, savings: PaymentList, monkeypatch: pytest.MonkeyPatch
) -> None:
    book(savings, by=four.bendahara)
    tomorrow = today() + timedelta(days=1)
    valid = StampDuty.objects.filter(document="receipt", valid_until=None)
    above = valid.order_by("above").last().above  # type: ignore[union-attr]
    valid.update(valid_until=today())
    StampDuty.objects.create(document="receipt", above=above, duty=20_000, valid_from=tomorrow)
    for module in ("disbursements.papers.list_papers", "kotim_social.documents.actions"):
        monkeypatch.setattr(f"{module}.today", lambda: tomorrow)
    job = ask_for_receipts(savings, four)
    paper = IssuedPaper.objects.get(pk=job.result_id)
    assert paper.snapshot["duties"] == [10_000] * 30
    assert paper.snapshot["rows"][0]["on"] == today().isoformat()


def test_statements_always_carry_a_stamp() -> None:
    assert Stamps("statement", date(2017, 12, 1)).on(1) == 6_000
    assert Stamps("statement", date(2026, 1, 1)).on(1) == 10_000


def test_cash_has_no_bank_list(four: Four) -> None:
    into_batch(ready_people(2, four=four), four=four)
    travel = walk_to(a_list(by=four.petugas, kinds=("TRANSPORT",)), "approved", four=four)
    client = browser(four.bendahara)
    of_list = {"list": str(travel.pk)}
    assert client.get(address("payment_paper", "transfer_list"), of_list).status_code == 404
    kinds = [
        paper.kind for paper in client.get(address("list_papers", travel.pk)).context["papers"]
    ]
    assert kinds == ["collective_receipt", "handover_of_goods", "receipt"]


def test_pages_of_papers(four: Four, savings: PaymentList) -> None:
    client = browser(four.bendahara)
    assert client.get(address("list_papers", savings.pk)).status_code == 200
    of_list = f"?list={savings.pk}"
    draft = client.get(address("payment_paper_draft", "collective_receipt") + of_list + "&paper=A4")
    assert draft.content[:4] == b"%PDF"
    issue = address("payment_paper_issue", "transfer_list") + of_list
    assert client.get(issue).status_code == 200
    page = post(client, issue).url
    assert client.get(page).status_code == 200
    receipts = address("payment_paper_issue", "receipt") + of_list
    assert client.get(receipts).status_code == 200
    assert post(client, receipts, budget_code="").status_code == 422
    job = post(client, receipts, budget_code="5.1")
    shown = client.get(job.url)
    assert client.get(shown.context["result_url"]).status_code == 200


def test_check_code_and_void(four: Four, savings: PaymentList) -> None:
    paper = issue_list_paper(
        LIST_PAPERS["transfer_list"], Scope(payment_list=savings), by=four.bendahara
    )
    auditor, url = browser(four.petugas), reverse("documents:paper_check")
    page = auditor.post(url, {"code": paper.check_code.lower().replace("-", " ")})
    assert paper.number in text(page)
    assert dotted(30 * 5_050_000) in text(page)
    assert not any(row.holder in text(page) for row in payments_of(savings).rows)
    assert auditor.post(url, {"code": "AAAA-BBBB-CCCC"}).status_code == 422
    assert auditor.post(url, {"code": "x\x00"}).status_code == 422
    client, void = browser(four.bendahara), reverse("documents:paper_void", args=[paper.pk])
    assert post(client, void, reason="").status_code == 422
    assert post(client, void, reason="salah cetak").status_code == 302
    assert post(client, void, reason="sekali lagi").status_code == 422
    assert _("This paper was issued here, but it is voided: it no longer counts.") in text(
        auditor.post(url, {"code": paper.check_code})
    )
    copy = client.post(address("paper_copy", paper.pk))
    assert "SALINANke-1" in drawn_text(copy.content) and "DIBATALKAN" in drawn_text(copy.content)
