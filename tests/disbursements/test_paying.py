"""Paying: cash that ends at nothing, the bank's files, follow-up lists, refunds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook

from cases.models import BankAccount
from disbursements.actions.bank_files import (
    AlreadyRead,
    apply_results,
    discard_results,
    judged_rows,
    stage_results,
    tally,
)
from disbursements.actions.cash import count_cash, move_cash
from disbursements.actions.following import create_follow_up, plan_follow_up
from disbursements.actions.lists import create_list, reconcile
from disbursements.actions.refunds import demand_refund
from disbursements.actions.results import reverse_line
from disbursements.models import PaymentLine, PaymentList, Position, RefundDemand, ResultRow
from disbursements.papers.list_papers import letter_of_refund
from disbursements.papers.payments import payments_of
from disbursements.papers.transfer import transfer_csv, transfer_pdf, transfer_xlsx
from kotim_social.documents.models import IssuedPaper
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests.disbursements.browsing import address, browser, post, text
from tests.factories import Four, a_list, arrive, book, into_batch, ready_people, walk_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def travel(four: Four) -> PaymentList:
    into_batch(ready_people(3, four=four), four=four)
    return walk_to(a_list(by=four.petugas, kinds=("TRANSPORT",)), "ordered", four=four)


@pytest.fixture
def savings(four: Four) -> PaymentList:
    ready_people(4, four=four)
    return walk_to(a_list(by=four.petugas), "ordered", four=four)


# -- cash --------------------------------------------------------------------------------------


def test_cash_ends_at_nothing(four: Four, travel: PaymentList) -> None:
    assert count_cash(travel).drawn == 750_000
    line = travel.lines.first()
    book(travel, by=four.bendahara, returned={line.pk: "not_fetched"})
    count = count_cash(travel)
    assert (count.paid_out, count.deposited, count.in_hand) == (500_000, 250_000, 0)
    assert reconcile(payment_list=travel, by=four.bendahara).state == "reconciled"


def test_cash_in_hand_stops_the_reconciliation(
    four: Four, travel: PaymentList, denied: Callable[..., str]
) -> None:
    about = {"payment_list": travel, "happened_on": today(), "by": four.bendahara}
    move_cash(direction="drawn", amount=100_000, paper="CEK-2", **about)
    book(travel, by=four.bendahara)
    with pytest.raises(Refused, match=r"Rp100\.000"):
        reconcile(payment_list=travel, by=four.bendahara)
    travel.decisions.model.objects.create(
        payment_list=travel, revision=1, act="reconcile", duty="pay", target="reconciled",
        decided_on=today(), recorded_by=four.bendahara,
    )  # fmt: skip
    assert "neither paid out nor returned" in denied(
        "UPDATE disbursements_paymentlist SET state = 'reconciled' WHERE id = %s", travel.pk
    )
    with pytest.raises(Refused):
        move_cash(direction="deposited", amount=100_001, paper="STS-9", **about)
    move_cash(direction="deposited", amount=100_000, paper="STS-9", **about)
    assert count_cash(travel).in_hand == 0


def test_only_the_treasurers_hand_moves_cash(
    four: Four, travel: PaymentList, denied: Callable[..., str]
) -> None:
    with pytest.raises(Refused):
        move_cash(
            payment_list=travel, direction="drawn", amount=1, paper="X", happened_on=today(),
            by=four.petugas,
        )  # fmt: skip
    assert "another duty" in denied(
        "INSERT INTO disbursements_cashmovement (id, payment_list_id, direction, amount, paper,"
        " happened_on, recorded_at, recorded_by_id)"
        " VALUES (gen_random_uuid(), %s, 'drawn', 1, 'X', current_date, now(), %s)",
        travel.pk,
        four.petugas.pk,
    )


def test_cash_page_and_double_click(four: Four, travel: PaymentList) -> None:
    client, key, url = browser(four.bendahara), str(uuid4()), address("list_cash_move", travel.pk)
    day = f"{today():%d-%m-%Y}"
    data = {"direction": "drawn", "amount": "50.000", "paper": "CEK-2", "happened_on": day}
    first, again = post(client, url, key, **data), post(client, url, key, **data)
    assert (first.status_code, first.url) == (again.status_code, again.url)
    assert count_cash(travel).drawn == 800_000
    assert "Rp800.000" in text(client.get(address("list_cash", travel.pk)))
    assert post(client, url, **{**data, "amount": "5,000"}).status_code == 422


# -- the list for the bank ---------------------------------------------------------------------


def test_three_forms_with_one_check_sum_and_no_telling_word(
    four: Four, savings: PaymentList
) -> None:
    BankAccount.objects.all()
    payments = payments_of(savings)
    rows = list(csv.reader(io.StringIO(transfer_csv(payments).decode("utf-8-sig")), delimiter=";"))
    book_ = load_workbook(io.BytesIO(transfer_xlsx(payments)))
    grid = [[cell.value for cell in row] for row in book_.active.rows]
    assert rows[-1][4] == str(grid[-1][4]) == str(payments.total) == "20200000"
    assert rows[-1][5] == grid[-1][5] == payments.check_sum
    account = book_.active["D2"]
    assert account.data_type == "s" and account.value == payments.rows[0].account
    words = str([rows, grid]).casefold()
    for telling in ("lokalisasi", "tabungan", "bantuan", "km 12", "psk", "kemensos"):
        assert telling not in words


def test_a_formula_in_a_name_stays_text(four: Four, savings: PaymentList) -> None:
    payments = payments_of(savings)
    row = payments.rows[0]
    object.__setattr__(row, "holder", "=1+1")
    assert "'=1+1" in transfer_csv(payments).decode("utf-8-sig")
    cell = load_workbook(io.BytesIO(transfer_xlsx(payments))).active["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    assert transfer_pdf  # drawn in test_paper_payments


# -- the bank's file of results ----------------------------------------------------------------


def bank_file(payment_list: PaymentList, mark: str = ";", **changes: dict[int, str]) -> bytes:
    """As the bank sends it back: everybody paid, but for the cells named (column → line → text)."""
    heads = ["NO BARIS", "NOMOR REKENING", "NOMINAL", "STATUS", "TANGGAL", "KETERANGAN", "BERITA"]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark)
    writer.writerow(heads)
    for row in payments_of(payment_list).rows:
        cells = {
            "NO BARIS": str(row.line), "NOMOR REKENING": row.account, "NOMINAL": str(row.amount),
            "STATUS": "BERHASIL", "TANGGAL": f"{today():%d-%m-%Y}", "KETERANGAN": "", "BERITA": "",
        }  # fmt: skip
        for column, by_line in changes.items():
            cells[column.replace("_", " ")] = by_line.get(row.line, cells[column.replace("_", " ")])
        writer.writerow([cells[head] for head in heads])
    return out.getvalue().encode()


def staged(payment_list: PaymentList, content: bytes, four: Four):  # type: ignore[no-untyped-def]
    return stage_results(
        payment_list=payment_list, content=content, happened_on=today(), by=four.bendahara
    )


@pytest.mark.parametrize("mark", [";", ","])
def test_a_file_is_booked_after_the_yes(four: Four, savings: PaymentList, mark: str) -> None:
    content = bank_file(savings, mark, STATUS={2: "GAGAL"}, KETERANGAN={2: "Rekening tidak aktif"})
    source = staged(savings, content, four)
    assert savings.lines.filter(state="ordered").count() == 4
    assert apply_results(source=source, by=four.bendahara) == {"paid": 3, "returned": 1}
    assert savings.lines.get(number=2).result_reason == "account_closed"
    assert Position.objects.sums()["paid"] == 3 * 5_050_000


def test_a_workbook_is_read_too(four: Four, savings: PaymentList) -> None:
    book_ = Workbook()
    book_.active.append(["Hasil transfer"])
    book_.active.append(["No", "Nominal", "Status"])
    for row in payments_of(savings).rows:
        book_.active.append([row.line, row.amount, "Sukses"])
    book_.active.append(["JUMLAH", 4, ""])
    out = io.BytesIO()
    book_.save(out)
    source = staged(savings, out.getvalue(), four)
    assert apply_results(source=source, by=four.bendahara)["paid"] == 4


def test_each_error_is_named_by_row_and_column(four: Four, savings: PaymentList) -> None:
    tomorrow = f"31-12-{today().year}"
    first = staged(
        savings, bank_file(savings, STATUS={2: "PROSES", 3: "PROSES", 4: "PROSES"}), four
    )
    apply_results(source=first, by=four.bendahara)
    content = bank_file(
        savings,
        STATUS={1: "GAGAL"},
        NOMINAL={2: "5.050.001"},
        TANGGAL={3: tomorrow},
        NO_BARIS={4: "3"},
    ).decode()
    extra = [
        f"99;;5050000;BERHASIL;{today():%d-%m-%Y};;",
        f";;5050000;BERHASIL;{today():%d-%m-%Y};;",
        f"2;;5050000;BERHASIL;{today():%d-%m-%Y};;DB-2017-0099-0002",
    ]
    source = staged(savings, (content + "\r\n".join(extra)).encode(), four)
    wrong = {(row.row_no, column) for row in judged_rows(source) for column, _s in row.problems}
    assert {
        (2, "STATUS"), (3, "NOMINAL"), (4, "TANGGAL"), (5, "NO BARIS"), (6, "NO BARIS"),
        (7, "NO BARIS"), (8, "BERITA"),
    } <= wrong  # fmt: skip
    with pytest.raises(Refused):
        apply_results(source=source, by=four.bendahara)
    assert savings.lines.filter(state="paid").count() == 1
    page = browser(four.bendahara).get(address("result_file", source.pk))
    assert "DB-2017-0099" not in text(page)
    assert page.context["may_apply"] is False


def test_the_same_file_twice_and_a_later_one(four: Four, savings: PaymentList) -> None:
    part = bank_file(savings, STATUS={3: "PROSES", 4: "PROSES"})
    source = staged(savings, part, four)
    assert tally(judged_rows(source))["waiting"] == 2
    apply_results(source=source, by=four.bendahara)
    with pytest.raises(AlreadyRead):
        staged(savings, part, four)
    later = staged(savings, bank_file(savings), four)
    assert tally(judged_rows(later)) == {"same": 2, "paid": 2}
    apply_results(source=later, by=four.bendahara)
    assert savings.lines.filter(state="paid").count() == 4
    assert Position.objects.sums()["paid"] == 4 * 5_050_000


def test_staged_cells_are_encrypted(four: Four, savings: PaymentList, sql: Callable) -> None:  # type: ignore[type-arg]
    source = staged(savings, bank_file(savings), four)
    account = payments_of(savings).rows[0].account
    assert ResultRow.objects.filter(source=source).first().cells["account"] == account
    rows = sql("SELECT cells FROM disbursements_resultrow")
    assert not any(account.encode() in bytes(cells) for (cells,) in rows)


def test_file_pages(four: Four, savings: PaymentList) -> None:
    client = browser(four.bendahara)
    url = address("result_file_upload", savings.pk)
    day = f"{today():%d-%m-%Y}"

    def upload(content: bytes, name: str = "hasil.csv"):  # type: ignore[no-untyped-def]
        return client.post(url, {"file": SimpleUploadedFile(name, content), "happened_on": day})

    for bad in (b"a;b\n1;2\n", b"PK\x03\x04kaputt", b"\x00\x01\x02", b"NO;NOMINAL;STATUS\n"):
        assert upload(bad).status_code == 422
    first = upload(bank_file(savings))
    assert upload(bank_file(savings)).url == first.url
    assert client.get(first.url).status_code == 200
    source = savings.result_files.get()
    apply_url, key = address("result_file_apply", source.pk), str(uuid4())
    assert client.get(apply_url).status_code == 200
    done = post(client, apply_url, key)
    assert post(client, apply_url, key).url == done.url
    assert savings.lines.filter(state="paid").count() == 4
    assert post(client, apply_url).status_code == 422


def test_a_file_put_aside_is_read_again(four: Four, savings: PaymentList) -> None:
    source = staged(savings, bank_file(savings), four)
    discard_results(source=source, by=four.bendahara)
    assert staged(savings, bank_file(savings), four).pk != source.pk


# -- paying again ------------------------------------------------------------------------------


def test_ten_modal_usaha_with_one_retur(four: Four) -> None:
    arrive(ready_people(10, four=four), four=four)
    made = walk_to(a_list(by=four.petugas, kinds=("MODAL",)), "ordered", four=four)
    back = made.lines.get(number=4)
    book(made, by=four.bendahara, returned={back.pk: "wrong_number"})
    modal = Position.objects.filter(kind="MODAL")
    assert (modal.sums()["paid"], modal.sums()["returned"]) == (27_000_000, 3_000_000)
    client, key, url = browser(four.petugas), str(uuid4()), address("list_follow_up", made.pk)
    assert "Rp3.000.000" in text(client.get(url))
    first, again = post(client, url, key), post(client, url, key)
    assert first.url == again.url
    follow = PaymentList.objects.get(follows=made)
    line = follow.lines.get()
    assert (line.previous_id, line.amount) == (back.pk, 3_000_000)
    with pytest.raises(Refused):
        create_follow_up(payment_list=made, by=four.petugas)
    assert not plan_follow_up(made, four.petugas).included
    book(walk_to(follow, "ordered", four=four), by=four.bendahara)
    assert modal.sums()["paid"] == 30_000_000
    assert modal.sums()["returned"] == 0
    page = client.get(address("line_detail", made.pk, back.pk))
    assert [(n, x.payment_list.number) for n, x in page.context["attempts"]] == [
        (1, made.number),
        (2, follow.number),
    ]


def test_who_refused_is_not_paid_again_by_a_list(four: Four, savings: PaymentList) -> None:
    line = savings.lines.first()
    book(savings, by=four.bendahara, returned={line.pk: "refused"})
    plan = plan_follow_up(savings, four.petugas)
    assert not plan.included
    assert [one.worker.pk for one in plan.left_out] == [line.entitlement.worker_id]
    page = browser(four.petugas).get(address("list_follow_up", savings.pk))
    assert _("She refused the money.") in text(page)


def test_a_refund_is_demanded_once_and_settled_by_the_reversal(
    four: Four, savings: PaymentList
) -> None:
    book(savings, by=four.bendahara)
    line = savings.lines.first()
    about = {"demanded_on": today(), "reason": "dua kali", "letter": letter_of_refund}
    demand_refund(line=line, by=four.pimpinan, **about)
    for who in (four.pimpinan, four.bendahara):
        with pytest.raises(Refused):
            demand_refund(line=line, by=who, **about)
    assert IssuedPaper.objects.about(line).get().kind == "refund_demand"
    client = browser(four.pimpinan)
    assert client.get(address("refund_list")).context["open_total"] == 5_050_000
    reverse_line(line=line, happened_on=today(), paper="STS-1", reason="kembali", by=four.bendahara)
    assert client.get(address("refund_list")).context["open_total"] == 0
    assert RefundDemand.objects.count() == 1
    waiting = savings.lines.last()
    url = address("line_demand", savings.pk, waiting.pk)
    assert client.get(url).status_code == 200
    day = f"{today():%d-%m-%Y}"
    assert post(client, url, demanded_on=day, reason="ganda").url == address("refund_list")


def test_a_second_live_attempt_is_impossible(four: Four, savings: PaymentList) -> None:
    with pytest.raises(Refused):
        create_list(
            funder=savings.funder, kinds=list(savings.kinds.all()), places=[],
            budget_year=savings.budget_year, by=four.petugas,
        )  # fmt: skip
    assert PaymentLine.objects.filter(state="ordered").count() == 4
