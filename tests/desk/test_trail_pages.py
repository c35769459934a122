"""Who looked at her record, what did this user do; the pages show no value and record the look."""

from __future__ import annotations

import ast
import dataclasses
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.actions.accounts import edit_holder
from cases.actions.files import NewFile, file_paper
from cases.models import Worker
from kotim_social.accounts.roles import Role
from kotim_social.audit.models import Entry
from kotim_social.audit.sealing import START, Standing
from kotim_social.audit.trail import record
from kotim_social.desk import trail as reading
from kotim_social.desk.stages import Asked
from kotim_social.desk.trail_fields import WORDS, field_said
from kotim_social.desk.trail_words import said
from kotim_social.desk.views import trail as views
from kotim_social.lib.dates import today
from tests import factories
from tests.disbursements.browsing import browser, text
from tests.files import scans

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


@pytest.fixture
def four() -> factories.Four:
    return factories.the_four()


@pytest.fixture
def worker(four: factories.Four) -> Worker:
    return factories.register(1, by=four.petugas)[0]


@pytest.fixture
def auditor() -> Client:
    return browser(factories.make_user(Role.AUDITOR, username="auditor"))


def test_who_looked_at_her_and_why(four: factories.Four, worker: Worker, auditor: Client) -> None:
    looker = browser(four.petugas)
    looker.get(reverse("desk:worker_page", args=[worker.pk]))
    reason = f"dicocokkan dengan {worker.nik} di KTP"
    looker.post(reverse("cases:reveal", args=[worker.pk, "nik"]), {"reason": reason})
    other = factories.register(1, by=four.petugas)[0]
    looker.get(reverse("desk:worker_page", args=[other.pk]))
    answer = auditor.get(reverse("desk:worker_trail", args=[worker.pk]))
    (row,) = answer.context["lookers"]
    assert (row["name"], row["times"]) == (four.petugas.full_name, 2)
    acts = [entry.act for entry in answer.context["page"].rows]
    assert acts[:2] == ["worker.reveal", "worker.view"]
    page = text(answer)
    assert worker.nik not in page
    assert "dicocokkan" in page
    assert other.register_no not in page
    # This look is a row as well, and the next page tells of it.
    again = auditor.get(reverse("desk:worker_trail", args=[worker.pk]), {"act": "looks"})
    assert again.context["page"].rows[0].act == "trail.view"


def test_whoever_opened_her_scan_has_looked_at_her(
    four: factories.Four, worker: Worker, auditor: Client
) -> None:
    new = NewFile(content=scans.picture(), kind="ktp")
    row = file_paper(worker=worker, new=new, by=four.petugas)
    browser(four.verifikator).get(reverse("cases:file_open", args=[row.pk]))
    (looker,) = auditor.get(reverse("desk:worker_trail", args=[worker.pk])).context["lookers"]
    assert (looker["name"], looker["times"]) == (four.verifikator.full_name, 1)


def test_no_value_of_a_change_is_shown(
    four: factories.Four, worker: Worker, auditor: Client
) -> None:
    account = worker.accounts.get()
    edit_holder(
        worker=worker,
        holder="Pemegang Lain Sekali",
        evidence="Buku tabungan",
        version=worker.version,
        by=four.petugas,
    )
    page = text(auditor.get(reverse("desk:worker_trail", args=[worker.pk])))
    assert field_said("holder") in page
    assert "Pemegang Lain" not in page
    assert account.number[-4:] not in page


@cache
def nodes_of_the_code() -> list[ast.AST]:
    apps = ("cases", "disbursements", "repatriation", "kotim_social")
    paths = (path for app in apps for path in (ROOT / app).rglob("*.py"))
    trees = (ast.parse(path.read_text()) for path in paths)
    told = (ast.Call, ast.keyword)
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, told)]


def acts_in_the_code() -> set[str]:
    """Every act that the code writes into the trail by its name."""
    found = set()
    for node in nodes_of_the_code():
        name = getattr(getattr(node, "func", None), "id", "")
        if isinstance(node, ast.Call) and name in {"record", "build"} and node.args:
            act = node.args[0]
            if isinstance(act, ast.Constant) and isinstance(act.value, str):
                found.add(act.value)
    return found


def fields_in_the_code() -> set[str]:
    """Every field that the code names in the changes of an act."""
    found = set()
    for node in nodes_of_the_code():
        if isinstance(node, ast.keyword) and node.arg == "changes":
            told = [part for part in ast.walk(node.value) if isinstance(part, ast.Dict)]
            keys = [key for part in told for key in part.keys]
            found |= {key.value for key in keys if isinstance(key, ast.Constant)}
    return found


def test_every_field_is_said_in_words() -> None:
    assert len(fields_in_the_code()) > 50, "the fields are no longer found"
    assert sorted(fields_in_the_code() - set(WORDS)) == []
    assert field_said("state") == _(WORDS["state"])
    # What is written from the address of the page, and not by name.
    assert {field.name for field in dataclasses.fields(Asked)} <= set(WORDS)


def test_every_act_is_said_in_words() -> None:
    acts = acts_in_the_code()
    assert len(acts) > 100, "the acts are no longer found"
    assert sorted(act for act in acts if said(act) == act) == []


def test_what_a_user_did(four: factories.Four, worker: Worker, auditor: Client) -> None:
    url = reverse("desk:trail")
    rows = auditor.get(url, {"user": four.petugas.pk}).context["page"].rows
    assert {row.user_id for row in rows} == {four.petugas.pk}
    assert "worker.register" in {row.act for row in rows}
    rows = auditor.get(url, {"user": four.petugas.pk, "act": "signin"}).context["page"].rows
    assert {row.act.partition(".")[0] for row in rows} <= {"session"}
    seen = Entry.objects.filter(act="trail.view", object_type="accounts.user")
    assert {row.object_id for row in seen} == {str(four.petugas.pk)}


def test_days(four: factories.Four, worker: Worker, auditor: Client) -> None:
    url, tomorrow = reverse("desk:trail"), today() + timedelta(days=1)
    assert auditor.get(url, {"since": today(), "until": today()}).context["page"].rows
    assert not auditor.get(url, {"since": tomorrow}).context["page"].rows
    answer = auditor.get(url, {"since": "31-02-2017"})
    assert answer.status_code == 422
    assert not answer.context["page"].rows


def test_pages_follow_each_other(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE", 3)
    for number in range(8):
        record("worker.view", by=None, object_type="cases.worker", object_id=f"x{number}")
    url, seen = reverse("desk:trail") + "?act=people", []
    page = auditor.get(url).context["page"]
    assert not page.has_previous
    for _turn in range(9):
        seen += [row.object_id for row in page.rows]
        if not page.has_next:
            break
        page = auditor.get(reverse("desk:trail") + page.next_query).context["page"]
    assert seen == [f"x{number}" for number in range(7, -1, -1)]
    back = auditor.get(reverse("desk:trail") + page.previous_query).context["page"]
    assert [row.object_id for row in back.rows] == ["x4", "x3", "x2"]


@pytest.mark.parametrize("mark", ["-1", "x", "9" * 5000, "1.5", "٣"])
def test_an_invented_page_is_not_found(auditor: Client, mark: str) -> None:
    assert auditor.get(reverse("desk:trail"), {"before": mark}).status_code == 404


def test_head_and_tail_are_shown(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = auditor.get(reverse("desk:trail"))
    found = answer.context["standing"]
    assert (found.head, found.sealed) == (START, 0)
    assert found.unsealed >= Entry.objects.count() - 1
    monkeypatch.setattr(views, "standing", lambda: Standing(7, 3, "abc" * 20))
    assert "abc" * 20 in text(auditor.get(reverse("desk:trail")))


def test_the_queries_do_not_grow(
    worker: Worker, auditor: Client, django_assert_max_num_queries: object
) -> None:
    for _number in range(30):
        record("worker.view", by=None, obj=worker)
    with django_assert_max_num_queries(32):  # type: ignore[operator]
        auditor.get(reverse("desk:worker_trail", args=[worker.pk]))


def test_the_tab_is_only_for_whoever_may_open_it(
    four: factories.Four, worker: Worker, auditor: Client
) -> None:
    url = reverse("desk:worker_trail", args=[worker.pk])
    page = reverse("desk:worker_page", args=[worker.pk])
    assert url in text(auditor.get(page))
    assert url not in text(browser(four.petugas).get(page))
    assert _("Trail") in text(auditor.get(reverse("desk:more")))
