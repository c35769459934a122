"""What her page is made of: facts, tasks, timeline, masks, and their cost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.actions.accounts import AccountFacts, BankAnswer, record_bank_check, replace_account
from cases.actions.books import HandOver, draw_up_hand_over, keep_hand_over
from cases.actions.choices import change_choice
from cases.actions.statements import record_statements
from cases.actions.workers import edit_worker
from cases.facts import ACTS, card_context, facts_of, worker_for_page
from cases.models import OriginConfirmation, Worker
from cases.rules import lacks_for_departure, task_list
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.lib.dates import format_date, today
from tests import factories
from tests.cases.people import (
    BORN,
    DAY,
    NIK,
    account,
    client_of,
    officer_of,
    petugas,
    register,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return petugas()


@pytest.fixture
def ani(officer: User) -> Worker:
    facts = {
        "name": "Ani Rahayu",
        "birth_date": BORN,
        "nik": NIK,
        "mother_name": "Sumiyati",
        "account": account(),
        "choice": "return",
        "aliases": ("Rosa",),
    }
    return register(officer, facts)[0]


def busy(officer: User, ani: Worker) -> None:
    for n in range(1, 4):
        day = DAY + timedelta(days=n)
        to = "stay" if n % 2 else "return"
        change_choice(worker=ani, choice=to, note="ganti", decided_on=day, by=officer)
        record_statements(workers=[ani], signed_on=day, witnesses="A, B", by=officer)
        new = AccountFacts(bank="BRI", number=f"12345{n}", holder="Ani Rahaju")
        replace_account(worker=ani, facts=new, by=officer)
        answer = BankAnswer(act="confirm_active", checked_on=day, evidence="surat")
        record_bank_check(workers=[ani], answer=answer, by=officer)


def test_facts_cost_the_same_however_long_her_story_is(
    officer: User, ani: Worker, django_assert_max_num_queries: Any
) -> None:
    assert not officer.sees_everything and officer.lokalisasi_ids  # read once, before counting
    with django_assert_max_num_queries(4) as short:
        facts_of(worker_for_page(ani.pk, officer))
    busy(officer, ani)
    with django_assert_max_num_queries(4) as long:
        facts = facts_of(worker_for_page(ani.pk, officer))
    assert len(long) == len(short)
    assert facts.account is not None
    assert (facts.account.bank, facts.account.state) == ("BRI", "active")
    assert len(facts.accounts) == 4
    assert facts.statement is not None
    assert facts.statement.choice == "stay"
    told = [entry["act"] for entry in facts.timeline]
    assert told[0] == _("Bank confirmed the account")
    assert told[-1] == _("Registered")
    assert facts.timeline[0]["who"] == officer.full_name


def test_the_timeline_tells_changes_in_words() -> None:
    """No code of a state or a place, no ISO date: what stands there was written for the trail."""
    four = factories.the_four()
    worker = factories.ready_people(1, four=four)[0]
    factories.arrive([worker], four=four)
    worker.refresh_from_db()
    home = {"home_regency_id": "35.10", "place_id": "TANGAR"}
    edit_worker(worker=worker, values=home, version=worker.version, by=four.petugas)
    got = HandOver(handed_on=today(), witnesses="A, B", handed_by_name="C", book=True, no_card=True)
    keep_hand_over(draw_up_hand_over(worker=worker, facts=got, by=four.petugas), by=four.petugas)
    timeline = facts_of(worker_for_page(worker.pk, four.petugas)).timeline
    said = {change["label"]: change["new"] for entry in timeline for change in entry["changes"]}
    assert said[_("Home region")] == "Kabupaten Banyuwangi"
    assert said[_("Approved on")] == format_date(factories.BATCH_APPROVED)
    assert _("savings book") in said[_("what she got")]
    words = [str(text) for pair in said.items() for text in pair]
    assert not [text for text in words if re.search(r"_|^[A-Z]+$|\d{4}-\d\d|^\d\d\.", text)]


def test_the_fragments_mask_everything_restricted(officer: User, ani: Worker) -> None:
    context = card_context(facts_of(worker_for_page(ani.pk, officer)), officer)
    for name in ("_identity_bar", "_personal_data", "_readiness", "_timeline"):
        page = render_to_string(f"cases/{name}.html", context)
        for secret in (NIK, "Sumiyati", "0338625555"):
            assert secret not in page
    auditor = officer_of(Role.AUDITOR)
    page = render_to_string("cases/_personal_data.html", card_context(context["facts"], auditor))
    assert "/tampilkan/" not in page
    assert "/ubah/" not in page


def test_out_of_scope_is_not_found(ani: Worker) -> None:
    with pytest.raises(Http404):
        worker_for_page(ani.pk, petugas("t", ["TANGAR"]))
    with pytest.raises(Http404):
        worker_for_page("x", petugas("u"))


def test_tasks_lead_only_where_the_user_may_go(officer: User, ani: Worker) -> None:
    worker = worker_for_page(ani.pk, officer)
    urls = {task["url"] for task in task_list(worker, officer)}
    assert reverse("cases:account", args=[ani.pk]) in urls
    assert reverse("cases:verification", args=[ani.pk]) not in urls
    verifier = officer_of(Role.VERIFIKATOR)
    links = [task["url"] for task in task_list(worker, verifier) if task["url"]]
    assert links == [reverse("cases:verification", args=[ani.pk])]
    for url in links:
        assert client_of(verifier).get(url).status_code == 200


def test_tasks_say_what_state_they_are_in(officer: User, ani: Worker) -> None:
    def tones() -> dict[str, str]:
        worker = worker_for_page(ani.pk, officer)
        return {str(task["label"]): task["tone"] for task in task_list(worker, officer)}

    before = tones()
    assert before[_("Personal data")] == "success"
    assert (before[_("Account")], before[_("Statement")]) == ("info", "info")
    busy(officer, ani)
    after = tones()
    assert (after[_("Account")], after[_("Statement")]) == ("success", "success")


def test_departure_needs_the_home_regions_word(
    officer: User, ani: Worker, django_assert_num_queries: Any
) -> None:
    def codes() -> list[str]:
        with django_assert_num_queries(1):
            return [lack.code for lack in lacks_for_departure([ani.pk])[ani.pk]]

    assert codes() == ["origin"]
    answer = OriginConfirmation.objects.create(
        worker=ani, regency_id="35.10", answer="confirmed", answered_on=DAY, recorded_by=officer
    )
    assert codes() == ["origin"]  # another region answered
    OriginConfirmation.objects.filter(pk=answer.pk).update(regency_id="35.09")
    assert codes() == []


def test_every_act_of_these_workflows_has_its_words() -> None:
    from cases import workflow

    known = {
        f"{table.model.__name__.lower()}.{step.act}"
        for table in (workflow.ELIGIBILITY, workflow.CHOICE, workflow.ACCOUNT, workflow.JOURNEY)
        for step in table.transitions
    }
    assert known <= set(ACTS)


def test_the_admin_shows_and_changes_nothing(officer: User, ani: Worker) -> None:
    from django.contrib import admin

    page = admin.site._registry[Worker]
    assert page.masked_nik(ani) == "350906******0001"  # type: ignore[attr-defined]
    assert not page.has_add_permission(None)  # type: ignore[arg-type]
    assert not page.has_change_permission(None)  # type: ignore[arg-type]
    assert not page.has_delete_permission(None)  # type: ignore[arg-type]
