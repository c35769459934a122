"""Book and card go into her own hands, with minutes; what stands out about an account is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from cases import worklist
from cases.account_facts import book_of, cautions
from cases.actions import closing as asking
from cases.actions.accounts import AccountFacts, edit_holder, open_accounts, replace_account
from cases.actions.books import HandOver
from cases.actions.casework import add_plan_line
from cases.book_minutes import correct_hand_over, hand_over_book
from cases.models import BookHandOver, Worker
from kotim_social.desk import closing
from kotim_social.documents.models import IssuedPaper
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests import factories
from tests.disbursements.browsing import browser, text
from tests.documents.pdf_text import page_texts
from tests.factories import Four

pytestmark = pytest.mark.django_db
BOTH = HandOver(
    handed_on=date(2017, 11, 10),
    witnesses="Uji Satu dan Uji Dua",
    handed_by_name="Uji Petugas",
    book=True,
    card=True,
)


@pytest.fixture
def four() -> Four:
    return factories.the_four()


@pytest.fixture
def ani(four: Four) -> Worker:
    return factories.register(1, by=four.petugas)[0]


def test_book_and_card_come_on_different_days(four: Four, ani: Worker) -> None:
    account = open_accounts([ani])[ani.pk]
    hand_over_book(worker=ani, facts=replace(BOTH, card=False), by=four.petugas)
    assert book_of(account).has_book
    assert not book_of(account).is_whole
    assert worklist.counts(four.petugas)["buku_belum_serah"] == 1
    with pytest.raises(Refused):
        hand_over_book(worker=ani, facts=BOTH, by=four.petugas)
    hand_over_book(worker=ani, facts=replace(BOTH, book=False), by=four.petugas)
    assert book_of(account).is_whole
    assert worklist.counts(four.petugas)["buku_belum_serah"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"book": False, "card": False},
        {"no_card": True},
        {"handed_by_name": " "},
        {"witnesses": "Uji Satu"},
        {"handed_on": date(2017, 1, 1)},
        {"way": "left"},
    ],
)
def test_half_an_entry_is_refused(four: Four, ani: Worker, wrong: dict[str, object]) -> None:
    with pytest.raises(Refused):
        hand_over_book(worker=ani, facts=replace(BOTH, **wrong), by=four.petugas)  # type: ignore[arg-type]
    assert not BookHandOver.objects.exists()
    assert not IssuedPaper.objects.exists()


def test_without_number_there_is_no_book(four: Four) -> None:
    bare = factories.register(1, by=four.petugas, account=False)[0]
    with pytest.raises(Refused):
        hand_over_book(worker=bare, facts=BOTH, by=four.petugas)
    assert worklist.counts(four.petugas)["buku_belum_serah"] == 0


def test_the_minutes_name_both_parties_and_no_number_in_clear(four: Four, ani: Worker) -> None:
    row = hand_over_book(worker=ani, facts=BOTH, by=four.petugas)
    assert row.paper is not None
    account = open_accounts([ani])[ani.pk]
    shown = "\n".join(page_texts(row.paper.file.read()))
    for words in (ani.name.upper(), "UJI PETUGAS", "UJI SATU", "UJI DUA", "Buku tabungan"):
        assert words in shown
    assert account.number not in shown
    assert (ani.nik or "") not in shown


def test_a_wrong_entry_stays_and_a_new_one_counts(four: Four, ani: Worker) -> None:
    account = open_accounts([ani])[ani.pk]
    first = hand_over_book(worker=ani, facts=BOTH, by=four.petugas)
    second = correct_hand_over(
        row=first, facts=replace(BOTH, card=False), because="kartu belum ada", by=four.petugas
    )
    assert first.paper is not None
    assert first.paper.is_void
    assert second.paper is not None
    assert not book_of(account).has_card
    with pytest.raises(Refused):
        correct_hand_over(row=first, facts=BOTH, because="lagi", by=four.petugas)
    nothing = replace(BOTH, book=False, card=False)
    third = correct_hand_over(row=second, facts=nothing, because="salah orang", by=four.petugas)
    assert third.paper is None
    assert book_of(account).rows == [third]
    assert not book_of(account).has_book
    assert BookHandOver.objects.count() == 3


def test_the_database_keeps_the_entries(four: Four, ani: Worker) -> None:
    row = hand_over_book(worker=ani, facts=BOTH, by=four.petugas)
    table = BookHandOver._meta.db_table
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET card = false")
    with pytest.raises(IntegrityError), transaction.atomic():
        BookHandOver.objects.create(
            account=row.account,
            way="handed",
            handed_on=row.handed_on,
            witnesses="A, B",
            book=True,
            recorded_by=four.petugas,
        )


def test_a_new_account_has_a_new_book(four: Four, ani: Worker) -> None:
    hand_over_book(worker=ani, facts=BOTH, by=four.petugas)
    facts = AccountFacts(bank="BNI", number="4455667788")
    account = replace_account(worker=ani, facts=facts, by=four.petugas)
    assert not book_of(account).has_book


def test_the_pages(four: Four, ani: Worker) -> None:
    own, boss = browser(four.petugas), browser(four.bendahara)
    page = reverse("cases:account", args=[ani.pk])
    add = reverse("cases:book_hand_over", args=[ani.pk])
    assert add in text(own.get(page))
    assert boss.get(add).status_code == 403
    body = {
        "things": ["book", "no_card"],
        "way": "handed",
        "handed_on": "10-11-2017",
        "handed_by_name": "Uji Petugas",
        "witnesses": "Uji Satu, Uji Dua",
    }
    assert own.post(add, body | {"idempotency_key": uuid4(), "things": []}).status_code == 422
    assert own.post(add, body | {"idempotency_key": uuid4()}).status_code == 302
    row = BookHandOver.objects.get()
    minutes = reverse("cases:book_minutes", args=[row.pk])
    assert own.get(minutes)["Content-Type"] == "application/pdf"
    correct = reverse("cases:book_correct", args=[row.pk])
    assert "Uji Satu" in text(own.get(correct))
    wrong = body | {"idempotency_key": uuid4(), "because": "kartu ada", "things": ["book", "card"]}
    assert own.post(correct, wrong).status_code == 302
    assert own.get(page).status_code == 200
    stranger = browser(factories.make_user("petugas", lokalisasi=["TANGAR"]))
    for address in (add, minutes, correct):
        assert stranger.get(address).status_code == 404


# What stands out about the account.


def test_another_name_is_said_by_the_folding_of_the_office(four: Four, ani: Worker) -> None:
    account = open_accounts([ani])[ani.pk]
    assert cautions(ani, account, four.petugas) == []
    same = ani.name.upper().replace("U", "OE")
    changed = edit_holder(worker=ani, holder=same, evidence="buku", version=1, by=four.petugas)
    assert cautions(ani, changed, four.petugas) == []
    other = edit_holder(
        worker=ani, holder="Orang Lain", evidence="buku", version=2, by=four.petugas
    )
    found = cautions(ani, other, four.petugas)
    assert len(found) == 1
    assert "Orang Lain" in found[0].sentence
    assert "Orang Lain" in text(browser(four.petugas).get(reverse("cases:account", args=[ani.pk])))


def test_the_same_number_names_nobody_outside_her_care(four: Four, ani: Worker) -> None:
    account = open_accounts([ani])[ani.pk]
    far = factories.register(1, by=four.petugas, place="TANGAR")[0]
    facts = AccountFacts(bank="BRI", number=str(account.number), shared_because="ibu dan anak")
    replace_account(worker=far, facts=facts, by=four.pimpinan)
    near = factories.make_user("petugas", lokalisasi=["KM12"])
    seen, hidden = cautions(ani, account, four.petugas), cautions(ani, account, near)
    assert [person.pk for person in seen[0].people] == [far.pk]
    assert len(hidden) == 1
    assert hidden[0].people == []
    shown = text(browser(near).get(reverse("cases:account", args=[ani.pk])))
    assert far.register_no not in shown
    assert far.name not in shown


# The closing checklist.


def checks(worker: Worker, reason: str) -> dict[str, closing.Check]:
    names = ("money", "unpaid", "journey", "book", "follow_ups", "questions", "reason", "path")
    return dict(zip(names, closing.checklist(worker, reason), strict=True))


def test_closing_asks_for_book_and_follow_ups(four: Four) -> None:
    worker = factories.register(1, by=four.petugas, choice="stay")[0]
    line = {"what": "kursus", "due_on": today(), "provider": None}
    add_plan_line(worker=worker, **line, by=four.petugas)
    before = checks(worker, "stays")
    assert (before["book"].ok, before["book"].blocks) == (False, True)
    assert (before["follow_ups"].ok, before["follow_ups"].blocks) == (False, True)
    row = asking.request_closing(worker=worker, reason="stays", by=four.petugas)
    with pytest.raises(Refused) as refused:
        closing.close(closing=row, lapse=False, by=four.pimpinan)
    assert before["book"].sentence in refused.value.sentences
    hand_over_book(worker=worker, facts=BOTH, by=four.petugas)
    assert checks(worker, "stays")["book"].ok
    # At her own request it is shown to the supervisor, and does not hold her.
    assert not checks(worker, "own_request")["follow_ups"].blocks
