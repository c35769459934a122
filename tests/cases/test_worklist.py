"""The work list: who stands in each set, its number is its list, in a fixed number of queries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.actions import breaches, caseload, casework, journey
from cases.actions.consents import Answer, record_consent
from cases.models import CaseHolder, Worker
from cases.worklist import SETS, caseloads, cases_in, counts, open_cases, with_due, work_of
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.desk.needs import needs
from kotim_social.lib.dates import today
from tests import factories
from tests.cases.people import client_of

pytestmark = pytest.mark.django_db
NOBODY = {"unverified": 0, "awaits_decree": 0, "undecided": 0}


@pytest.fixture
def petugas() -> User:
    return factories.make_user(Role.PETUGAS)


def due(worker: Worker) -> date | None:
    return with_due(Worker.objects.filter(pk=worker.pk)).get().due_on


def names(code: str, user: User) -> set[str]:
    return set(cases_in(work_of(code), user).values_list("register_no", flat=True))


def days_ago(days: int) -> date:
    return today() - timedelta(days=days)


def meet(worker: Worker, on: date, by: User) -> None:
    casework.record_visit(worker=worker, met_on=on, note="baik", by=by)


def home_since(worker: Worker, on: date, by: User) -> None:
    """Her journey ended on that day, the facts of the journey as its own actions leave them."""
    journey.join_batch(workers=[worker.pk], batch_code="R-01", by=by)
    supervisor = factories.make_user(Role.PIMPINAN)
    journey.approve(workers=[worker.pk], on=on, by=supervisor)
    journey.board(workers=[worker.pk], on=on, by=by)
    journey.arrive(workers=[worker.pk], on=on, by=by)
    journey.hand_over(workers=[worker.pk], on=on, by=by)


def agree(worker: Worker, layer: str, *, by: User, agreed: bool = True, **more: str) -> None:
    answer = Answer(
        layer=layer,
        agreed=agreed,
        given_on=date(2017, 11, 5),
        witness="Bu RT",
        form="signed",
        **more,
    )
    record_consent(worker=worker, answer=answer, by=by)


def test_a_report_of_a_breach_waits_for_her_hearing_then_for_a_supervisor(petugas: User) -> None:
    """And stands on the supervisor's first page until it is decided (R68)."""
    she = factories.register(1, by=petugas, choice="stay")[0]
    boss = factories.make_user(Role.PIMPINAN)

    def waiting() -> tuple[int, int, int]:
        counted = counts(boss)
        first_page = {line.label: line.value for line in needs(boss, NOBODY, 0)}
        [label] = [work.label for work in SETS if work.code == "pelanggaran-diputus"]
        here = ("pelanggaran-didengar", "pelanggaran-diputus")
        for code in here:
            assert len(names(code, boss)) == counted[code.replace("-", "_")]
        return (*(len(names(code, boss)) for code in here), first_page.get(str(label), 0))

    assert waiting() == (0, 0, 0)
    report = breaches.report_breach(worker=she, happened_on=today(), evidence="RT", by=petugas)
    assert waiting() == (1, 0, 0)
    breaches.hear_breach(breach=report, her_side="tidak", heard_on=today(), by=petugas)
    assert waiting() == (0, 1, 1)
    breaches.find_breach(breach=report, act="dismiss", finding="tidak terbukti", by=boss)
    assert waiting() == (0, 0, 0)


def test_plan_lines_make_cases_overdue_and_due_soon(petugas: User) -> None:
    late, soon, both, far = factories.register(4, by=petugas)
    for worker in (late, soon, both, far):
        meet(worker, today(), petugas)
    for worker, days in ((late, -1), (soon, 0), (both, -3), (both, 7), (far, 8)):
        casework.add_plan_line(
            worker=worker, what="KTP", due_on=today() + timedelta(days=days), by=petugas
        )
    assert names("terlambat", petugas) == {late.register_no, both.register_no}
    assert names("segera", petugas) == {soon.register_no, both.register_no}
    line = late.plan_lines.get()
    casework.end_plan_line(line=line, act="finish", outcome="ada", ended_on=today(), by=petugas)
    assert names("terlambat", petugas) == {both.register_no}


def test_returnees_are_due_one_three_and_six_months_after_hand_over(petugas: User) -> None:
    worker = factories.register(1, by=petugas)[0]
    assert due(worker) is None
    home_since(worker, date(2018, 1, 31), petugas)
    assert due(worker) == date(2018, 2, 28)
    agree(worker, "follow_up", by=petugas)
    meet(worker, date(2018, 2, 13), petugas)  # a day before the window of the first opens
    assert due(worker) == date(2018, 2, 28)
    meet(worker, date(2018, 2, 14), petugas)
    assert due(worker) == date(2018, 4, 30)
    casework.record_visit(
        worker=worker, met_on=date(2018, 4, 30), was_met=False, note="tidak ada", by=petugas
    )
    assert due(worker) == date(2018, 4, 30)
    meet(worker, date(2018, 6, 1), petugas)  # late: the second one, and not yet the third
    assert due(worker) == date(2018, 7, 31)
    meet(worker, date(2018, 8, 20), petugas)
    assert due(worker) is None


def test_whoever_refuses_contact_is_not_followed_up(petugas: User) -> None:
    worker = factories.register(1, by=petugas)[0]
    home_since(worker, date(2018, 1, 31), petugas)
    agree(worker, "follow_up", by=petugas, agreed=False)
    assert due(worker) is None
    agree(worker, "follow_up", by=petugas)
    assert due(worker) == date(2018, 2, 28)


def test_stayers_are_visited_by_schedule(petugas: User) -> None:
    worker = factories.register(1, by=petugas, choice="stay")[0]
    first = factories.REGISTERED + timedelta(days=settings.STAYER_VISIT_DAYS)
    assert due(worker) == first
    meet(worker, days_ago(settings.STAYER_VISIT_DAYS), petugas)
    assert due(worker) == today()
    assert names("segera", petugas) == {worker.register_no}
    assert names("terlambat", petugas) == set()


def test_no_contact_counts_meetings_only_and_leaves_out_who_is_gone(petugas: User) -> None:
    silent, edge, met, gone = factories.register(4, by=petugas)
    meet(edge, days_ago(settings.WORK_NO_CONTACT_DAYS), petugas)
    meet(met, today(), petugas)
    home_since(gone, date(2018, 1, 31), petugas)
    casework.record_visit(worker=silent, met_on=today(), was_met=False, note="-", by=petugas)
    assert names("tanpa-kontak", petugas) == {silent.register_no}


def test_high_risk_waits_until_a_supervisor_reviewed_the_newest(petugas: User) -> None:
    worker = factories.register(1, by=petugas)[0]
    supervisor = factories.make_user(Role.PIMPINAN)

    def assess(risk: str) -> object:
        return casework.assess(
            worker=worker, risk=risk, summary="ringkas", assessed_on=today(), by=petugas
        )

    assess("high")
    assert names("risiko-tinggi", petugas) == {worker.register_no}
    assess("low")
    assert names("risiko-tinggi", petugas) == set()
    newest = assess("high")
    casework.review_assessment(assessment=newest, note="dikunjungi", by=supervisor)
    assert names("risiko-tinggi", petugas) == set()


def test_waiting_to_go_home_counts_from_eligibility() -> None:
    four = factories.the_four()
    waits, home, stays = (
        *factories.register(2, by=four.petugas),
        *factories.register(1, by=four.petugas, choice="stay"),
    )
    fresh = factories.register(1, by=four.petugas)[0]
    factories.find_eligible([waits, home, stays], by=four.verifikator)
    home_since(home, date(2018, 1, 31), four.petugas)
    assert names("menunggu-pulang", four.petugas) == {waits.register_no}
    assert fresh.register_no not in names("menunggu-pulang", four.petugas)


def test_each_number_is_its_list_and_queries_do_not_grow(
    petugas: User, django_assert_num_queries: object
) -> None:
    factories.register(3, by=petugas, nik=False)
    factories.register(2, by=petugas, account=False)
    factories.register(1, by=petugas, choice="stay")
    other = factories.make_user(Role.PETUGAS, lokalisasi="TANGAR")
    factories.register(2, by=petugas, place="TANGAR")
    for user in (petugas, other, factories.make_user(Role.PIMPINAN)):
        found = counts(user)
        for work in SETS:
            assert found[work.column] == cases_in(work, user).count(), work.code
    assert counts(petugas)["tanpa_nik"] == 3
    assert counts(petugas)["tanpa_rekening"] == 2
    assert counts(other)["tanpa_kontak"] == 2
    user = factories.fresh(petugas)
    _ = user.permissions, user.lokalisasi_ids
    with django_assert_num_queries(1):  # type: ignore[operator]
        counts(user)
    with django_assert_num_queries(1):  # type: ignore[operator]
        caseloads(user)


def test_pages_show_the_numbers_and_the_lists(petugas: User) -> None:
    workers = factories.register(3, by=petugas, nik=False)
    client = client_of(petugas)
    page = client.get(reverse("cases:work_list"))
    address = reverse("cases:work_set", args=["tanpa-nik"])
    assert address in page.content.decode()
    body = client.get(address).content.decode()
    assert all(worker.name in body for worker in workers)
    assert client.get(reverse("cases:work_set", args=["apa-saja"])).status_code == 404


def test_list_pages_take_the_same_queries_for_few_and_for_many(
    petugas: User,
) -> None:
    client = client_of(petugas)
    factories.register(1, by=petugas, nik=False)
    addresses = [
        reverse("cases:work_list"),
        reverse("cases:work_set", args=["tanpa-nik"]),
        reverse("cases:caseloads"),
        reverse("cases:caseload", args=["tanpa"]),
    ]

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    queries(addresses[0])  # the first page of a session writes the session
    before = {address: queries(address) for address in addresses}
    factories.register(12, by=petugas, nik=False)
    assert {address: queries(address) for address in addresses} == before


def test_caseloads_count_by_holder(petugas: User) -> None:
    workers = factories.register(3, by=petugas)
    receiver = factories.make_user(Role.PETUGAS)
    supervisor = factories.make_user(Role.PIMPINAN)
    offer = caseload.offer_cases(
        workers=workers[:2], receiver=receiver, reason="beban", by=supervisor
    )
    caseload.accept_offer(offer=offer, by=receiver)
    seen = {row.holder_id: row.cases for row in caseloads(supervisor)}
    assert seen == {receiver.pk: 2, None: 1}
    assert {row.holder_id for row in caseloads(petugas)} == {None}
    assert CaseHolder.objects.current().count() == 2
    assert open_cases(petugas).count() == 1
