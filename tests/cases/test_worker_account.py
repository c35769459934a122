"""Her choice and her account, one person at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.actions.choices import change_choice
from cases.actions.verification import Finding, decide_eligibility, mark_determined
from cases.models import BankAccount, ChoiceChange, Journey, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests.cases.people import DAY, account, acts, client_of, officer_of, petugas, register

pytestmark = pytest.mark.django_db
BOOK = {"bank": "BNI", "number": "0338 625 555", "holder": "Ani Rahayu", "opened_on": ""}


@pytest.fixture
def officer() -> User:
    return petugas()


@pytest.fixture
def client(officer: User) -> Client:
    return client_of(officer)


@pytest.fixture
def ani(officer: User) -> Worker:
    return register(officer, {"name": "Ani Rahayu"})[0]


# What the page asks before each choice: that she was told first.
TOLD = {"explained": ["free", "return", "stay"], "informed_on": "9-11-2017"}


def url(name: str, worker: Worker) -> str:
    owner = "desk" if name == "choice" else "cases"
    return reverse(f"{owner}:{name}", args=[worker.pk])


def determined(worker: Worker) -> None:
    decide_eligibility(
        workers=[worker],
        finding=Finding(act="find_eligible", decided_on=DAY),
        by=officer_of(Role.VERIFIKATOR),
    )
    mark_determined(workers=[worker], on=DAY, by=officer_of(Role.PIMPINAN))


# Choice.


def test_she_chooses_and_changes_her_mind(client: Client, ani: Worker) -> None:
    first = TOLD | {"choice": "return", "decided_on": "10-11-2017"}
    assert client.post(url("choice", ani), first).status_code == 302
    second = TOLD | {"choice": "stay", "decided_on": "11-11-2017"}
    assert client.post(url("choice", ani), second).status_code == 422
    client.post(url("choice", ani), second | {"note": "menikah di Sampit"})
    ani.refresh_from_db()
    assert ani.choice == "stay"
    kept = ChoiceChange.objects.order_by("id").values_list("before", "choice")
    assert list(kept) == [("undecided", "return"), ("return", "stay")]
    assert acts(ani)[-2:] == ["worker.choose_return", "worker.choose_stay"]


@pytest.mark.parametrize(
    "fields",
    [
        {"choice": "undecided"},
        {"choice": "fly"},
        {"decided_on": "1-1-2017"},
        {"decided_on": f"{today() + timedelta(days=1):%d-%m-%Y}"},
    ],
)
def test_an_impossible_choice_is_refused(
    client: Client, ani: Worker, fields: dict[str, str]
) -> None:
    data = TOLD | {"choice": "return", "decided_on": "10-11-2017"} | fields
    assert client.post(url("choice", ani), data).status_code == 422
    assert not ChoiceChange.objects.exists()


def test_after_the_decree_only_a_supervisor_changes_it(client: Client, ani: Worker) -> None:
    determined(ani)
    data = TOLD | {"choice": "return", "decided_on": "12-11-2017"}
    assert client.post(url("choice", ani), data).status_code == 422
    supervisor = User.objects.get(username=Role.PIMPINAN.value)
    assert client_of(supervisor).post(url("choice", ani), data).status_code == 200
    ani.refresh_from_db()
    assert ani.choice == "undecided"
    yes = data | {"checked": "yes"}
    assert client_of(supervisor).post(url("choice", ani), yes).status_code == 302
    ani.refresh_from_db()
    assert ani.choice == "return"


def test_on_the_road_nobody_changes_it(officer: User, ani: Worker) -> None:
    change_choice(worker=ani, choice="return", decided_on=DAY, by=officer)
    Journey.objects.filter(worker=ani).update(state="in_batch", batch_code="R-1")
    with pytest.raises(Refused):
        change_choice(worker=ani, choice="stay", note="x", decided_on=DAY, by=officer)


# Account.


def test_the_first_account(client: Client, ani: Worker) -> None:
    assert client.post(url("account_add", ani), BOOK).status_code == 302
    row = BankAccount.objects.get()
    assert (row.number, row.state, row.holder_folded) == ("0338625555", "opened", ani.name_folded)
    assert client.post(url("account_add", ani), BOOK | {"number": "77777"}).status_code == 422


def test_an_account_applied_for_is_opened_with_its_number(client: Client, ani: Worker) -> None:
    client.post(url("account_add", ani), BOOK | {"number": ""})
    assert BankAccount.objects.get().state == "applied"
    assert client.post(url("account_number", ani), BOOK | {"number": ""}).status_code == 422
    client.post(url("account_number", ani), BOOK | {"opened_on": "9-11-2017"})
    row = BankAccount.objects.get()
    assert (row.state, row.number, f"{row.opened_on}") == ("opened", "0338625555", "2017-11-09")


@pytest.mark.parametrize("number", ["12", "abc", "1e9", "12345\x006", "1" * 21])
def test_a_wrong_number_is_said(client: Client, ani: Worker, number: str) -> None:
    response = client.post(url("account_add", ani), BOOK | {"number": number})
    assert "number" in response.context["form"].errors


def test_replacing_closes_the_old_one(client: Client, ani: Worker) -> None:
    client.post(url("account_add", ani), BOOK)
    client.post(url("account_replace", ani), BOOK | {"bank": "BRI", "number": "0338625555"})
    rows = BankAccount.objects.order_by("id").values_list("bank", "state")
    assert list(rows) == [("BNI", "closed"), ("BRI", "opened")]


def test_a_number_elsewhere_needs_a_supervisor(client: Client, officer: User, ani: Worker) -> None:
    register(officer, {"name": "Budi", "account": account("0338625555")})
    assert client.post(url("account_add", ani), BOOK).status_code == 422
    assert client.post(url("account_add", ani), BOOK | {"shared_because": "x"}).status_code == 422
    supervisor = client_of(officer_of(Role.PIMPINAN))
    assert supervisor.post(url("account_add", ani), BOOK).status_code == 422
    why: dict[str, Any] = BOOK | {"shared_because": "rekening bersama kakak, surat bank 5"}
    assert supervisor.post(url("account_add", ani), why).status_code == 302
    assert BankAccount.objects.get(worker=ani).shared_because == why["shared_because"]


def test_the_holder_is_corrected_once(client: Client, ani: Worker) -> None:
    client.post(url("account_add", ani), BOOK | {"holder": "Orang Lain"})
    seen = client.get(url("account_holder", ani)).context["form"].seen
    data = {"holder": "ANI RAHAJU", "evidence": "buku tabungan", "seen": seen}
    assert client.post(url("account_holder", ani), data).status_code == 302
    assert Worker.objects.with_readiness().get(pk=ani.pk).holder_same
    # Sent from a page that saw the name before: her own is stored already, another one is not.
    other = client.post(url("account_holder", ani), {**data, "holder": "ANI R"})
    assert other.status_code == 409
    assert BankAccount.objects.get(worker=ani).holder == "Ani Rahaju"


def test_a_closed_case_is_read_only(client: Client, ani: Worker) -> None:
    Worker.objects.filter(pk=ani.pk).update(case_state="closed")
    assert client.post(url("account_add", ani), BOOK).status_code == 422
    choice = TOLD | {"choice": "return", "decided_on": "10-11-2017"}
    assert client.post(url("choice", ani), choice).status_code == 422


def test_a_verifier_writes_no_account(ani: Worker) -> None:
    verifier = client_of(officer_of(Role.VERIFIKATOR))
    for name in ("account", "account_add", "choice", "statement", "worker_edit"):
        assert verifier.get(url(name, ani)).status_code == 403
