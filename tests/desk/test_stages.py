"""From registration to payment: every difference by name, and every number a page of that many."""

from __future__ import annotations

import re
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.actions.verification import Finding, decide_eligibility
from cases.models import Worker
from kotim_social.accounts.roles import Role
from kotim_social.desk.stage_reasons import explain
from kotim_social.desk.stages import GAPS, STAGES, Asked, stage_report, with_stages
from kotim_social.documents.models import IssuedPaper
from kotim_social.lib.money import format_rupiah
from tests import factories
from tests.disbursements.browsing import browser, post, text
from tests.documents.pdf_text import page_texts
from tests.factories import Four, a_list, find_eligible, ready_people, register, walk_to

pytestmark = pytest.mark.django_db
FOUND = date(2017, 11, 6)


@pytest.fixture
def four() -> Four:
    return factories.the_four()


def found(worker: Worker, act: str, code: str, four: Four) -> None:
    finding = Finding(act=act, reason_code=code, decided_on=FOUND)
    decide_eligibility(workers=[worker.pk], finding=finding, by=four.verifikator)


@pytest.fixture
def office(four: Four) -> dict[str, Worker]:
    """Somebody at each station, by what became of her."""
    paid, back, listed, stays = ready_people(4, four=four, choice="stay")
    keys = [f"{one.pk}:TABUNGAN" for one in (paid, back, stays)]
    done = walk_to(a_list(by=four.petugas, only=keys), "ordered", four=four)
    returned = {factories.line_of(done, back).pk: "wrong_number"}
    factories.book(done, by=four.bendahara, returned=returned)
    a_list(by=four.petugas, only=[f"{listed.pk}:TABUNGAN"])
    plain = register(6, by=four.petugas, place="TANGAR")
    found(plain[1], "verify", "", four)
    found(plain[2], "find_not_eligible", "PENGHUNI_BARU", four)
    found(plain[3], "put_on_hold", "NIK_TIDAK_PADAN", four)
    find_eligible(plain[4:], by=four.verifikator)
    people = {"stays": stays, "back": back, "listed": listed, "paid": paid}
    names = ("new", "visited", "refused", "on_hold", "waiting", "waiting2")
    return people | dict(zip(names, plain, strict=True))


def test_everybody_stands_where_she_came_to_with_her_reason(
    four: Four, office: dict[str, Worker]
) -> None:
    rows = with_stages(Worker.objects.visible_to(four.pimpinan))
    stood = {row.pk: (row.stage, row.why) for row in rows}
    assert {name: stood[worker.pk] for name, worker in office.items()} == {
        "new": ("registered", "not_visited"),
        "visited": ("verified", "no_finding"),
        "refused": ("verified", "not_eligible:PENGHUNI_BARU"),
        "on_hold": ("verified", "on_hold:NIK_TIDAK_PADAN"),
        "waiting": ("eligible", "waiting"),
        "waiting2": ("eligible", "waiting"),
        "back": ("determined", "returned"),
        "listed": ("determined", "in_process"),
        # Of a stayer's four kinds one is paid, three are held: hers is not paid in full.
        "stays": ("determined", "held"),
        "paid": ("determined", "held"),
    }


def test_paid_in_full_is_every_kind_that_did_not_lapse(four: Four) -> None:
    worker = ready_people(1, four=four)[0]
    factories.arrive([worker], four=four)
    for kinds in (["TABUNGAN"], ["JADUP", "MODAL"], ["TRANSPORT"]):
        assert stage_report(four.pimpinan).count("paid") == 0
        walk_to(a_list(by=four.petugas, kinds=kinds), "closed", four=four)
    report = stage_report(four.pimpinan)
    assert [report.count(code) for code in STAGES] == [1, 1, 1, 1, 1]
    assert report.adds_up


def test_whom_a_decree_names_and_who_is_refused_after_it_is_no_longer_counted_by_it(
    four: Four,
) -> None:
    worker = ready_people(1, four=four)[0]
    finding = Finding(act="find_not_eligible", reason_code="GANDA", decided_on=date(2017, 11, 21))
    decide_eligibility(workers=[worker.pk], finding=finding, by=four.verifikator)
    report = stage_report(four.pimpinan)
    assert [report.count(code) for code in STAGES] == [1, 1, 0, 0, 0]
    (stopped,) = explain(list(with_stages(Worker.objects.all())))
    assert len(stopped.because) == 2


def test_each_number_leads_to_exactly_that_many_people(
    four: Four, office: dict[str, Worker]
) -> None:
    client = browser(four.pimpinan)
    page = text(client.get(reverse("desk:stage_report")))
    links = re.findall(r'<a href="([^"]*tahap/orang/[^"]*)">([\d.]+)<', page)
    assert len(links) > 20
    for url, number in set(links):
        shown = client.get(url.replace("&amp;", "&"))
        assert shown.context["page"].paginator.count == int(number.replace(".", "")), url
        assert text(shown).count('<th scope="row">') == int(number)
    assert stage_report(four.pimpinan).adds_up


def test_the_page_names_her_and_says_why_with_a_link(four: Four, office: dict[str, Worker]) -> None:
    client, url = browser(four.pimpinan), reverse("desk:stage_people")
    shown = text(client.get(url, {"stopped": "determined"}))
    assert office["back"].name in shown
    assert format_rupiah(1_800_000) in shown
    assert reverse("desk:choice", args=[office["stays"].pk]) in shown
    # A link that the reader may not open is a sentence only.
    told = text(browser(four.bendahara).get(url, {"stopped": "determined"}))
    assert office["stays"].name in told
    assert reverse("desk:choice", args=[office["stays"].pk]) not in told
    assert office["new"].name not in shown


@pytest.mark.parametrize(
    "query",
    [{"reached": "x"}, {"stopped": "paid"}, {"why": "x"}, {"place": "X"}, {"place": "\x00"}],
)
def test_an_unknown_filter_is_no_page(four: Four, query: dict[str, str]) -> None:
    assert browser(four.pimpinan).get(reverse("desk:stage_people"), query).status_code == 404


def test_scope(four: Four, office: dict[str, Worker]) -> None:
    user = factories.make_user(Role.PETUGAS, lokalisasi=["KM12"])
    report = stage_report(user)
    assert report.count("registered") == 4
    assert [place.pk for place in report.places] == ["KM12"]
    for code in GAPS:
        names = set(Asked(stopped=code).people(user).values_list("place", flat=True))
        assert names <= {"KM12"}
    client = browser(user)
    for name in ("desk:stage_report", "desk:stage_people"):
        body = text(client.get(reverse(name)))
        assert "TANGAR" not in body
    printed = "".join(page_texts(client.get(reverse("desk:stage_report_draft")).content))
    assert office["new"].name not in printed
    assert office["back"].name in printed
    issued = post(browser(four.pimpinan), reverse("desk:stage_report_issue"))
    assert issued.status_code == 302
    paper = reverse("desk:stage_report_paper", args=[IssuedPaper.objects.get().pk])
    assert client.get(paper).status_code == 404


def test_the_paper_has_the_figures_and_every_name_of_a_difference(
    four: Four, office: dict[str, Worker]
) -> None:
    client = browser(four.pimpinan)
    draft = "".join(page_texts(client.get(reverse("desk:stage_report_draft")).content))
    assert "KONSEP" in draft
    post(client, reverse("desk:stage_report_issue"))
    paper = IssuedPaper.objects.get()
    url = reverse("desk:stage_report_paper", args=[paper.pk])
    printed = "".join(page_texts(client.get(url).content))
    assert paper.number in printed
    for worker in office.values():
        assert worker.register_no in printed
    assert [sum(row[n] for row in paper.snapshot["figures"]) for n in range(1, 6)] == [
        10, 9, 6, 4, 0,
    ]  # fmt: skip
    copy = "".join(page_texts(client.post(url, {"idempotency_key": uuid4()}).content))
    assert "SALINAN ke-1" in copy


def test_the_queries_do_not_grow_with_the_people(four: Four, office: dict[str, Worker]) -> None:
    client = browser(four.pimpinan)
    counts = []
    for more in (0, 8):
        if more:
            find_eligible(register(more, by=four.petugas)[:4], by=four.verifikator)
            ready_people(4, four=four)
        found_counts = []
        for name in ("desk:stage_report", "desk:stage_people", "desk:stage_report_draft"):
            client.get(reverse(name))
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(name))
            found_counts.append(len(queries))
        counts.append(found_counts)
    assert counts[0] == counts[1]
