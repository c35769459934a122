"""Acts on sets of people: choosing, checking, doing, and what they refuse."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.actions.accounts import BankAnswer, record_bank_check
from cases.actions.choices import change_choice
from cases.actions.statements import record_statements
from cases.actions.verification import Finding, decide_eligibility, mark_determined
from cases.models import BankAccount, EligibilityDecision, SignedStatement, Worker
from cases.rules import lacks_for_money, readiness
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests.cases.people import (
    BORN,
    DAY,
    NIK,
    REGISTERED,
    account,
    acts,
    client_of,
    many,
    officer_of,
    petugas,
    register,
    text_of,
)

pytestmark = pytest.mark.django_db
ELIGIBLE = Finding(act="find_eligible", decided_on=DAY)
ACTIVE = BankAnswer(act="confirm_active", checked_on=DAY, evidence="surat BNI 12")


@pytest.fixture
def officer() -> User:
    return petugas()


@pytest.fixture
def verifier() -> User:
    return officer_of(Role.VERIFIKATOR)


@pytest.fixture
def people(officer: User) -> list[Worker]:
    return register(
        officer,
        {"name": "Ani", "choice": "return", "nik": NIK, "birth_date": BORN, "account": account()},
        {"name": "Budi", "choice": "stay", "account": account("1234567", holder="Orang Lain")},
        {"name": "Cici"},
    )


def chosen(client: Client, act: str, **fields: Any) -> str:
    response = client.post(reverse("cases:select"), {"act": act, "query": "", **fields})
    assert response.status_code == 302
    return response["Location"]


# Verification.


def test_a_result_is_a_dated_decision_for_each(verifier: User, people: list[Worker]) -> None:
    assert decide_eligibility(workers=people, finding=ELIGIBLE, by=verifier) == 3
    assert set(Worker.objects.values_list("eligibility", flat=True)) == {"eligible"}
    assert EligibilityDecision.objects.filter(state="eligible", decided_on=DAY).count() == 3
    assert acts(people[0])[-1] == "worker.find_eligible"


@pytest.mark.parametrize("day", [today() + timedelta(days=1), REGISTERED - timedelta(days=1)])
def test_a_decision_has_a_possible_date(verifier: User, people: list[Worker], day: date) -> None:
    with pytest.raises(Refused):
        decide_eligibility(
            workers=people, finding=Finding(act="find_eligible", decided_on=day), by=verifier
        )
    assert not EligibilityDecision.objects.exists()


def test_a_decision_is_not_older_than_the_one_before(verifier: User, people: list[Worker]) -> None:
    decide_eligibility(workers=people, finding=ELIGIBLE, by=verifier)
    earlier = Finding(
        act="put_on_hold", decided_on=DAY - timedelta(days=1), reason_code="PENGHUNI_BARU"
    )
    with pytest.raises(Refused):
        decide_eligibility(workers=people, finding=earlier, by=verifier)


@pytest.mark.parametrize(
    "finding",
    [
        Finding(act="find_not_eligible", decided_on=DAY),
        Finding(act="put_on_hold", decided_on=DAY, reason_code="UNKNOWN"),
        Finding(act="find_not_eligible", decided_on=DAY, reason_code="LAINNYA"),
    ],
)
def test_a_refusal_says_why(verifier: User, people: list[Worker], finding: Finding) -> None:
    with pytest.raises(Refused):
        decide_eligibility(workers=people, finding=finding, by=verifier)


def test_all_or_nobody(verifier: User, people: list[Worker]) -> None:
    decide_eligibility(workers=people[:1], finding=ELIGIBLE, by=verifier)
    with pytest.raises(Refused) as refusal:
        decide_eligibility(workers=people, finding=ELIGIBLE, by=verifier)
    assert people[0].register_no in str(refusal.value)
    assert Worker.objects.filter(eligibility="eligible").count() == 1


def test_only_a_verifier_verifies(officer: User, people: list[Worker]) -> None:
    with pytest.raises(Refused):
        decide_eligibility(workers=people, finding=ELIGIBLE, by=officer)
    url = reverse("cases:verification", args=[people[0].pk])
    assert client_of(officer).get(url).status_code == 403


def test_the_road_through_the_pages(verifier: User, people: list[Worker]) -> None:
    client = client_of(verifier)
    decide_eligibility(workers=people[:1], finding=ELIGIBLE, by=verifier)
    url = chosen(client, "verification", everyone="1")
    assert len(client.get(url).context["people"]) == 3
    data = {"act": "find_eligible", "decided_on": "10-11-2017", "reason_code": "", "note": ""}
    check = client.post(url, data)
    assert check.status_code == 200
    assert len(check.context["people"]) == 2
    assert "Ani" in check.context["left"][0]["name"]
    assert Worker.objects.filter(eligibility="eligible").count() == 1
    done = client.post(url, {**data, "confirmed": "1"})
    assert done["Location"] == reverse("cases:worker_list")
    assert Worker.objects.filter(eligibility="eligible").count() == 3


def test_one_person_from_her_page(verifier: User, people: list[Worker]) -> None:
    client, pk = client_of(verifier), people[0].pk
    data = {"act": "find_not_eligible", "decided_on": "10-11-2017", "reason_code": ""}
    assert client.post(reverse("cases:verification", args=[pk]), data).status_code == 422
    data["reason_code"] = "NIK_TIDAK_PADAN"
    done = client.post(reverse("cases:verification", args=[pk]), data)
    assert done["Location"] == reverse("desk:worker_page", args=[pk])
    assert Worker.objects.get(pk=pk).eligibility == "not_eligible"
    assert client.post(reverse("cases:verification", args=[pk]), data).status_code == 422


# Choosing.


def test_all_results_of_a_filter_are_chosen(officer: User, people: list[Worker]) -> None:
    client = client_of(officer)
    url = chosen(client, "bank_check", everyone="1", query="choice=return")
    assert [person.name for person in client.get(url).context["people"]] == ["Ani"]


def test_nobody_chosen_is_said(officer: User, people: list[Worker]) -> None:
    url = chosen(client_of(officer), "bank_check")
    assert url.startswith(reverse("cases:worker_list"))


@pytest.mark.parametrize(
    "fields", [{"act": "x"}, {"act": ""}, {"chosen": "x"}, {"query": "place=X"}]
)
def test_junk_is_not_found(officer: User, people: list[Worker], fields: dict[str, str]) -> None:
    data = {"act": "bank_check", "chosen": str(people[0].pk), **fields}
    assert client_of(officer).post(reverse("cases:select"), data).status_code == 404


def test_a_foreign_person_is_not_found(people: list[Worker]) -> None:
    client = client_of(petugas("tangar", ["TANGAR"]))
    data = {"act": "bank_check", "chosen": str(people[0].pk)}
    assert client.post(reverse("cases:select"), data).status_code == 404
    names = ("bank_check", "statement", "account", "account_add", "worker_edit")
    for name in ("desk:choice", *(f"cases:{name}" for name in names)):
        url = reverse(name, args=[people[0].pk])
        assert client.get(url).status_code == 404
        assert client.post(url, {}).status_code == 404


def test_an_act_refuses_people_out_of_scope(people: list[Worker]) -> None:
    with pytest.raises(Refused):
        record_bank_check(workers=people[:1], answer=ACTIVE, by=petugas("t", ["TANGAR"]))


def test_a_selection_belongs_to_its_session(officer: User, people: list[Worker]) -> None:
    url = chosen(client_of(officer), "bank_check", everyone="1")
    assert client_of(officer).get(url).status_code == 404


def test_the_number_of_queries_does_not_grow(
    verifier: User, officer: User, django_assert_max_num_queries: Any
) -> None:
    few, more, first_of_all = many(officer, 3), many(officer, 60), many(officer, 1)
    decide_eligibility(workers=first_of_all, finding=ELIGIBLE, by=verifier)
    with django_assert_max_num_queries(20) as first:
        decide_eligibility(workers=few, finding=ELIGIBLE, by=verifier)
    with django_assert_max_num_queries(20) as second:
        decide_eligibility(workers=more, finding=ELIGIBLE, by=verifier)
    assert len(first) == len(second)


# Bank check.


def test_the_banks_answer_for_a_set(officer: User, people: list[Worker]) -> None:
    assert record_bank_check(workers=people[:2], answer=ACTIVE, by=officer) == 2
    rows = BankAccount.objects.all()
    assert {(row.state, row.checked_on, row.evidence, row.version) for row in rows} == {
        ("active", DAY, "surat BNI 12", 2)
    }
    assert len(acts(people[0].accounts.get())) == 1  # type: ignore[arg-type]


def test_without_account_there_is_nothing_to_check(officer: User, people: list[Worker]) -> None:
    with pytest.raises(Refused) as refusal:
        record_bank_check(workers=people, answer=ACTIVE, by=officer)
    assert people[2].register_no in str(refusal.value)
    assert not BankAccount.objects.filter(state="active").exists()


@pytest.mark.parametrize(
    "answer",
    [
        BankAnswer(act="confirm_active", checked_on=DAY, evidence=" "),
        BankAnswer(act="confirm_active", checked_on=today() + timedelta(days=1), evidence="s"),
        BankAnswer(act="confirm_active", checked_on=REGISTERED - timedelta(days=1), evidence="s"),
    ],
)
def test_an_answer_needs_evidence_and_a_possible_date(
    officer: User, people: list[Worker], answer: BankAnswer
) -> None:
    with pytest.raises(Refused):
        record_bank_check(workers=people[:1], answer=answer, by=officer)


def test_left_out_people_are_named_on_the_check_page(officer: User, people: list[Worker]) -> None:
    client = client_of(officer)
    url = chosen(client, "bank_check", chosen=[str(p.pk) for p in people])
    data = {"act": "confirm_active", "checked_on": "10-11-2017", "evidence": "surat"}
    page = client.post(url, data)
    assert [row["name"] for row in page.context["left"]] == [f"Cici ({people[2].register_no})"]
    client.post(url, {**data, "confirmed": "1"})
    assert BankAccount.objects.filter(state="active").count() == 2


# Statements.


def test_a_statement_is_for_the_present_choice(officer: User, people: list[Worker]) -> None:
    sign = {"signed_on": DAY, "witnesses": "Uji A, Uji B", "by": officer}
    assert record_statements(workers=people[:2], **sign) == 2
    assert set(SignedStatement.objects.values_list("choice", flat=True)) == {"return", "stay"}
    with pytest.raises(Refused):
        record_statements(workers=people[:1], **sign)
    with pytest.raises(Refused):
        record_statements(workers=people[2:], **sign)


def test_a_changed_choice_needs_a_new_statement(officer: User, people: list[Worker]) -> None:
    ani = people[0]
    sign = {"workers": [ani], "witnesses": "Uji A, Uji B", "by": officer}
    record_statements(signed_on=DAY, **sign)

    def codes() -> list[str]:
        found = Worker.objects.with_readiness().get(pk=ani.pk)
        return [lack.code for lack in readiness(found)]

    assert "statement" not in codes()
    change_choice(worker=ani, choice="stay", note="berubah pikiran", decided_on=DAY, by=officer)
    assert "statement" in codes()
    with pytest.raises(Refused):
        record_statements(signed_on=DAY - timedelta(days=1), **sign)
    record_statements(signed_on=DAY, **sign)
    assert "statement" not in codes()
    # Back to the first choice: the paper of then does not count, another one came after it.
    change_choice(worker=ani, choice="return", note="kembali", decided_on=DAY, by=officer)
    assert "statement" in codes()


def test_a_statement_needs_its_witnesses(officer: User, people: list[Worker]) -> None:
    with pytest.raises(Refused):
        record_statements(workers=people[:1], signed_on=DAY, witnesses=" ", by=officer)
    url = reverse("cases:statement", args=[people[0].pk])
    assert client_of(officer).post(url, {"signed_on": "10-11-2017"}).status_code == 422


# Determined, and what money needs.


def test_only_eligible_people_are_named_by_a_decree(
    verifier: User, officer: User, people: list[Worker]
) -> None:
    supervisor = officer_of(Role.PIMPINAN)
    with pytest.raises(Refused):
        mark_determined(workers=people, on=DAY, by=supervisor)
    decide_eligibility(workers=people, finding=ELIGIBLE, by=verifier)
    with pytest.raises(Refused):
        mark_determined(workers=people, on=DAY - timedelta(days=1), by=supervisor)
    assert mark_determined(workers=people[:2], on=DAY, by=supervisor) == 2
    later = DAY + timedelta(days=5)
    assert mark_determined(workers=people, on=later, by=supervisor) == 1
    assert Worker.objects.get(pk=people[0].pk).determined_on == DAY


def test_what_stands_between_her_and_money(
    verifier: User,
    officer: User,
    people: list[Worker],
    django_assert_num_queries: Any,
) -> None:
    def codes(transfer: bool) -> list[list[str]]:
        with django_assert_num_queries(1):
            found = lacks_for_money([p.pk for p in people], transfer=transfer)
        return [[lack.code for lack in found[person.pk]] for person in people]

    assert codes(transfer=True) == [
        ["eligibility", "determined", "statement", "account_active"],
        ["eligibility", "determined", "nik", "statement", "account_active", "holder"],
        ["eligibility", "determined", "nik", "choice", "account"],
    ]
    decide_eligibility(workers=people, finding=ELIGIBLE, by=verifier)
    mark_determined(workers=people, on=DAY, by=officer_of(Role.PIMPINAN))
    record_statements(workers=people[:2], signed_on=DAY, witnesses="Uji A, B", by=officer)
    record_bank_check(workers=people[:2], answer=ACTIVE, by=officer)
    assert codes(transfer=True) == [[], ["nik", "holder"], ["nik", "choice", "account"]]
    assert codes(transfer=False) == [[], ["nik"], ["nik", "choice"]]
    scoped = Worker.objects.visible_to(petugas("tangar", ["TANGAR"]))
    assert lacks_for_money(scoped, transfer=True) == {}


def test_pages_show_the_sentences(officer: User, people: list[Worker]) -> None:
    page = text_of(client_of(officer).get(reverse("cases:account", args=[people[1].pk])))
    assert "1234567" not in page
    assert "Orang Lain" in page
