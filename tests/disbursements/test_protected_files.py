"""Files for the bank under a password: what opens them, and where the password never stands."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import msoffcrypto
import pikepdf
import pytest
import pyzipper
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from msoffcrypto.exceptions import DecryptionError, InvalidKeyError
from openpyxl import load_workbook

from disbursements.bank_results import read_results
from disbursements.models import PaymentList
from disbursements.papers.bank_files import bank_file, issued_list
from disbursements.papers.issuing import Scope
from disbursements.papers.list_papers import LIST_PAPERS, issue_list_paper
from disbursements.papers.payments import payments_of
from kotim_social.audit.models import Entry
from kotim_social.documents.actions import void_paper
from kotim_social.documents.protecting import new_ticket, password_of, protect
from kotim_social.files.models import DestroyedFile
from kotim_social.lib.money import format_rupiah
from kotim_social.workflow import Refused
from tests.disbursements.browsing import address, browser, text
from tests.documents.pdf_text import page_texts
from tests.factories import Four, a_list, book, ready_people, walk_to

pytestmark = pytest.mark.django_db
OLD = "The password was shown more than ten minutes ago. Take the new one below."
OTHER = "The password was not made for this file. Take the new one below."
UNDER_PASSWORD = "The workbook is protected by a password. Save it without one and try again."
PASSWORD = re.compile(r"<code[^>]*>([A-Z2-9]{4}(?:-[A-Z2-9]{4}){3})</code>")


@pytest.fixture
def payment_list(four: Four) -> PaymentList:
    ready_people(3, four=four)
    return walk_to(a_list(by=four.petugas), "approved", four=four)


@pytest.fixture
def treasurer(four: Four) -> Client:
    return browser(four.bendahara)


def shown(page: Any) -> tuple[str, str]:
    """The password that the page shows, and the ticket that its form carries."""
    body = text(page)
    found, ticket = PASSWORD.search(body), re.search(r'name="ticket" value="([^"]+)"', body)
    assert found and ticket
    return found[1], ticket[1]


def taken(client: Client, url: str) -> tuple[str, Any]:
    password, ticket = shown(client.get(url))
    return password, client.post(url, {"ticket": ticket})


def test_each_form_opens_with_its_password_and_holds_the_same_sum(
    four: Four, payment_list: PaymentList, treasurer: Client
) -> None:
    issue_list_paper(
        LIST_PAPERS["transfer_list"], Scope(payment_list=payment_list), by=four.bendahara
    )
    payments, passwords = payments_of(payment_list), set()
    for form in ("pdf", "xlsx", "csv"):
        password, answer = taken(treasurer, address("list_transfer", payment_list.pk, form))
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        suffix = {"csv": "zip"}.get(form, form)
        assert f"transfer-{payment_list.number}.{suffix}" in answer["Content-Disposition"]
        opened = OPEN[form](answer.content, password)
        assert payments.check_sum in opened
        assert all(row.account in opened for row in payments.rows)
        assert str(payments.total) in re.sub(r"[.,](?=\d{3})", "", opened)
        for wrong in ("", password.lower(), "AAAA-BBBB-CCCC-DDDD"):
            with pytest.raises(LOCKED):
                OPEN[form](answer.content, wrong)
        assert payments.rows[0].account.encode() not in answer.content
        passwords.add(password)
    assert len(passwords) == 3


LOCKED = (pikepdf.PasswordError, InvalidKeyError, DecryptionError, RuntimeError)


def open_pdf(content: bytes, password: str) -> str:
    with pikepdf.open(io.BytesIO(content), password=password) as paper:
        assert paper.encryption.bits == 256 and paper.encryption.R == 6
        plain = io.BytesIO()
        paper.save(plain)
    return "\n".join(page_texts(plain.getvalue()))


def open_workbook(content: bytes, password: str) -> str:
    book, plain = msoffcrypto.OfficeFile(io.BytesIO(content)), io.BytesIO()
    book.load_key(password=password, verify_password=True)
    assert b'cipherAlgorithm="AES"' in content and b'keyBits="256"' in content
    book.decrypt(plain, verify_integrity=True)
    return str([[cell.value for cell in row] for row in load_workbook(plain).active.rows])


def open_zip(content: bytes, password: str) -> str:
    with pyzipper.AESZipFile(io.BytesIO(content)) as package:
        (entry,) = package.infolist()
        assert entry.wz_aes_strength == 3, "AES-256"
        return package.read(entry, pwd=password.encode()).decode("utf-8-sig")


OPEN = {"pdf": open_pdf, "xlsx": open_workbook, "csv": open_zip}


def test_the_password_is_new_each_time_and_stands_nowhere_else(
    four: Four, payment_list: PaymentList, treasurer: Client, caplog: pytest.LogCaptureFixture
) -> None:
    url = address("list_transfer", payment_list.pk, "csv")
    caplog.set_level(0)
    first, answer = taken(treasurer, url)
    second, _answer = taken(treasurer, url)
    assert first != second
    with pytest.raises(LOCKED):
        open_zip(answer.content, second)
    entries = list(Entry.objects.filter(act="paymentlist.export").values())
    assert len(entries) == 2
    everywhere = str(entries) + caplog.text + str(answer.headers) + str(dict(treasurer.session))
    for password in (first, second):
        assert password not in everywhere and password.replace("-", "") not in everywhere


def test_a_page_that_is_old_or_another_files_gives_nothing(
    four: Four, payment_list: PaymentList, treasurer: Client
) -> None:
    url = address("list_transfer", payment_list.pk, "csv")
    password, ticket = shown(treasurer.get(url))
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        late = browser(four.bendahara).post(url, {"ticket": ticket})
    assert late.status_code == 422 and _(OLD) in text(late)
    assert shown(late)[0] != password
    for other, wrong in (
        (address("list_transfer", payment_list.pk, "xlsx"), ticket),
        (url, ""), (url, "x" * 5000), (url, ticket[:-1] + "x"),
    ):  # fmt: skip
        answer = treasurer.post(other, {"ticket": wrong})
        assert answer.status_code == 422 and _(OTHER) in text(answer)
    with pytest.raises(Refused):
        password_of(ticket, f"transfer.{payment_list.pk}.csv", by=four.bendahara2)
    assert not Entry.objects.filter(act="paymentlist.export").exists()


def test_who_takes_the_file_proves_herself_and_is_recorded(
    four: Four, payment_list: PaymentList, treasurer: Client
) -> None:
    url = address("list_transfer", payment_list.pk, "csv")
    stale = browser(four.bendahara, proof=False)
    assert stale.get(url).status_code == stale.post(url).status_code == 302
    assert browser(four.pimpinan).get(url).status_code == 403
    assert not Entry.objects.filter(act="paymentlist.export").exists()
    taken(treasurer, url)
    entry = Entry.objects.get(act="paymentlist.export")
    assert entry.changes == {"form": [None, "csv"], "rows": [None, 3]}


def test_no_file_of_a_list_that_is_not_approved(four: Four, treasurer: Client) -> None:
    ready_people(1, four=four)
    draft = a_list(by=four.petugas)
    for form in ("pdf", "xlsx", "csv"):
        url = address("list_transfer", draft.pk, form)
        assert treasurer.get(url).url == address("list_papers", draft.pk)
        assert treasurer.post(url, {"ticket": "x"}).url == address("list_papers", draft.pk)


def test_the_pdf_is_the_issued_paper_and_of_the_same_payments(
    four: Four, payment_list: PaymentList, treasurer: Client
) -> None:
    url, papers = address("list_transfer", payment_list.pk, "pdf"), LIST_PAPERS["transfer_list"]
    assert treasurer.get(url).status_code == 302
    paper = issue_list_paper(papers, Scope(payment_list=payment_list), by=four.bendahara)
    assert treasurer.get(url).status_code == 200
    walk_to(payment_list, "ordered", four=four)
    line = payment_list.lines.first()
    book(payment_list, by=four.bendahara, returned={line.pk: "other"})
    assert treasurer.get(url).status_code == 302, "one payment came back: it is another sum"
    void_paper(paper, reason="ada retur", by=four.bendahara)
    assert issued_list(payment_list) is None
    again = issue_list_paper(papers, Scope(payment_list=payment_list), by=four.bendahara)
    assert treasurer.get(url).status_code == 200
    assert bank_file(payments_of(payment_list), "pdf") == again.file.read()


def test_an_issued_paper_with_whole_numbers_leaves_under_a_password(
    four: Four, payment_list: PaymentList, treasurer: Client
) -> None:
    paper = issue_list_paper(
        LIST_PAPERS["transfer_list"], Scope(payment_list=payment_list), by=four.bendahara
    )
    url = reverse("documents:paper_protected", args=[paper.pk])
    page = text(treasurer.get(address("paper_page", paper.pk)))
    assert url in page
    password, answer = taken(treasurer, url)
    assert payments_of(payment_list).rows[0].account in open_pdf(answer.content, password)
    assert Entry.objects.filter(act="paper.hand_out", object_id=str(paper.pk)).count() == 1
    masked = issue_list_paper(
        LIST_PAPERS["collective_receipt"], Scope(payment_list=payment_list), by=four.bendahara
    )
    other = reverse("documents:paper_protected", args=[masked.pk])
    assert treasurer.get(other).status_code == 404
    assert other not in text(treasurer.get(address("paper_page", masked.pk)))


def test_a_destroyed_paper_is_not_found_in_any_of_its_forms(
    four: Four, payment_list: PaymentList, treasurer: Client
) -> None:
    paper = issue_list_paper(
        LIST_PAPERS["transfer_list"], Scope(payment_list=payment_list), by=four.bendahara
    )
    DestroyedFile.objects.create(stored=paper.file, destroyed_by=four.bendahara)
    paper.file.path.unlink()
    for url in (
        reverse("documents:paper_protected", args=[paper.pk]),
        address("list_transfer", payment_list.pk, "pdf"),
    ):
        _password, answer = taken(treasurer, url)
        assert answer.status_code == 404
    assert treasurer.post(address("paper_copy", paper.pk)).status_code == 404


def test_a_draft_for_looking_has_no_whole_account(
    four: Four, payment_list: PaymentList, treasurer: Client
) -> None:
    url = f"{address('payment_paper_draft', 'transfer_list')}?list={payment_list.pk}"
    words = "\n".join(page_texts(treasurer.get(url).content))
    rows = payments_of(payment_list).rows
    assert rows[0].holder in words and format_rupiah(rows[0].amount).removeprefix("Rp") in words
    assert not [row for row in rows if row.account in words]


def test_what_the_bank_returns_is_read_and_a_password_is_named(
    four: Four, payment_list: PaymentList
) -> None:
    rows = [["NO BARIS", "NOMINAL", "STATUS"], ["1", "5050000", "BERHASIL"]]
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    assert len(read_results(out.getvalue().encode())) == 1
    plain = bank_file(payments_of(payment_list), "xlsx")
    locked = protect(plain, "xlsx", name="x", password="AAAA-BBBB-CCCC-DDDD").content
    with pytest.raises(ValueError) as caught:
        read_results(locked)
    assert caught.value.sentence == _(UNDER_PASSWORD)
    locked = protect(b"a;b", "csv", name="x", password="AAAA-BBBB-CCCC-DDDD").content
    with pytest.raises(ValueError) as caught:
        read_results(locked)
    assert caught.value.sentence


def test_a_ticket_is_one_persons_for_one_file(four: Four) -> None:
    ticket = new_ticket("a", by=four.bendahara)
    assert password_of(ticket.token, "a", by=four.bendahara) == ticket.password
    assert new_ticket("a", by=four.bendahara).password != ticket.password
    for about, by in (("b", four.bendahara), ("a", four.pimpinan)):
        with pytest.raises(Refused):
            password_of(ticket.token, about, by=by)
