"""What the page of one payment list asks of the database, and how much of a long list it shows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.models import BankAccount, Worker
from disbursements.cautions import MOST_NAMED, cautions, cautions_on
from disbursements.lines_now import UnseenPersonError, lines_now, reasons_against
from disbursements.models import PaymentList, Policy
from kotim_social.accounts.models import User
from kotim_social.audit.scope import set_actor
from tests.disbursements.browsing import address, browser
from tests.factories import Four, a_list, arrive, ready_people, walk_to

MOST_QUERIES = 12
SHOWN = 50


def own_queries(user: User, payment_list: PaymentList) -> list[str]:
    """What the page asks itself: without what lets the user in, and without savepoints."""
    client, url = browser(user), address("list_detail", payment_list.pk)
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    asked = [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]
    own = next(n for n, text in enumerate(asked) if 'FROM "disbursements_paymentlist"' in text)
    return asked[own:]


@pytest.mark.parametrize("state", ["draft", "submitted", "verified", "approved", "ordered"])
def test_a_list_asks_twelve_questions_in_every_state(four: Four, state: str) -> None:
    ready_people(2, four=four)
    payment_list = walk_to(a_list(by=four.petugas), state, four=four)
    for user in (four.petugas, four.verifikator, four.pimpinan, four.bendahara):
        asked = own_queries(user, payment_list)
        assert len(asked) <= MOST_QUERIES, "\n".join(asked)


def test_a_long_list_counts_everybody_and_names_a_page_of_them(four: Four) -> None:
    workers = ready_people(SHOWN + 5, four=four)
    payment_list = a_list(by=four.petugas)
    Worker.objects.update(nik=None, nik_index=None, name_folded="sama")
    client, url = browser(four.petugas), address("list_detail", payment_list.pk)
    page = client.get(url)
    assert len(page.context["problems"]) == len(page.context["cautions"]) == len(workers)
    assert _named(page) == 2 * SHOWN
    assert page.content.decode().count('href="?all=1"') == 3  # both, and the lines
    assert f"{len(workers)} orang" in page.content.decode()
    whole = client.get(f"{url}?all=1")
    assert _named(whole) == 2 * len(workers)
    assert 'href="?all=1"' not in whole.content.decode()


def _named(page: Any) -> int:
    return len(re.findall(r"<li>[A-Z0-9-]+: ", page.content.decode()))


def test_a_name_that_many_bear_names_some_of_them(four: Four) -> None:
    workers = ready_people(MOST_NAMED + 2, four=four)
    numbers = [worker.register_no for worker in workers]
    payment_list = a_list(by=four.petugas)
    rest = Worker.objects.exclude(pk=workers[-1].pk)
    rest.update(name_folded="sama")
    for number, sentence in cautions_on(payment_list):
        assert set(re.findall(r"[A-Z0-9-]{6,}", sentence)) == {*numbers[:-1]} - {number}
        assert "lainnya" not in sentence
    Worker.objects.update(name_folded="sama")
    warned = cautions_on(payment_list)
    assert [number for number, _sentence in warned] == numbers
    for number, sentence in warned:
        named = re.findall(r"[A-Z0-9-]{6,}", sentence)
        assert len(named) == MOST_NAMED
        assert number not in named
        assert sentence.endswith("dan lainnya.")


def test_who_is_not_in_the_programme_is_neither_warned_nor_warned_of(four: Four) -> None:
    first, second, third = ready_people(3, four=four)
    Worker.objects.update(name_folded="sama")
    Worker.objects.filter(pk=third.pk).update(eligibility="not_eligible")
    found = cautions([first.pk, second.pk, third.pk])
    assert set(found) == {first.pk, second.pk}
    assert third.register_no not in " ".join(found[first.pk])


def test_a_closed_account_is_nobodys(four: Four) -> None:
    first, second = ready_people(2, four=four)
    number = BankAccount.objects.get(worker=second).number_index
    BankAccount.objects.filter(worker=first).update(number_index=number, shared_because="ibu")
    assert second.register_no in cautions([first.pk])[first.pk][0]
    BankAccount.objects.filter(worker=second).update(state="closed")
    assert cautions([first.pk, second.pk]) == {}


def test_who_has_two_lines_hears_of_both_and_of_nothing_twice(four: Four) -> None:
    workers = ready_people(1, four=four)
    arrive(workers, four=four)
    payment_list = a_list(by=four.petugas, kinds=("JADUP", "MODAL"))
    assert payment_list.lines.count() == 2
    assert reasons_against(lines_now(payment_list)) == {}
    Worker.objects.update(nik=None, nik_index=None)
    first = payment_list.lines.order_by("number").first()
    assert first is not None
    Policy.objects.filter(kind=first.entitlement.kind_id).update(who="stayers")
    assert [len(found) for found in reasons_against(lines_now(payment_list)).values()] == [2]


def test_a_line_of_somebody_unseen_is_not_passed_over(four: Four) -> None:
    ready_people(2, four=four)
    payment_list = a_list(by=four.petugas)
    assert len(lines_now(payment_list)) == 2
    for counted in (None, 2):
        with transaction.atomic():
            set_actor(0)
            with pytest.raises(UnseenPersonError):
                lines_now(payment_list, counted=counted)
