"""Large files: asked for, made by a worker once, fetched by whoever may, and gone after a day."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cases.actions.sessions import NewSession, record_session
from cases.actions.verification import Finding, decide_eligibility
from cases.consents import home_office
from cases.models import Worker
from cases.views import sessions
from disbursements import list_files, report_files
from disbursements.models import Entitlement, PaymentList
from disbursements.views import decree_paper, paying, payment_papers, reports
from kotim_social.audit.models import Entry
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.models import DestroyedFile
from kotim_social.jobs import actions, made_files, offering
from kotim_social.jobs.actions import beat, reap
from kotim_social.jobs.made_files import expire_made_files, file_kind
from kotim_social.jobs.models import Job, MadeFile
from kotim_social.jobs.running import run
from kotim_social.lib import progress
from kotim_social.regions.models import Place, Regency
from repatriation.views import papers as batch_papers
from tests.disbursements.browsing import address, browser, post, text
from tests.documents.pdf_text import drawn_text, page_texts
from tests.factories import (
    FOUND_ELIGIBLE,
    Four,
    a_list,
    book,
    change_role,
    fresh,
    ids,
    make_user,
    ready_people,
    register,
    the_four,
    walk_to,
)
from tests.repatriation.travellers import a_batch, agree_to, people, ready_batch


@pytest.fixture
def four(transactional_db: None) -> Four:
    return the_four()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than two rows are many, and each row is told."""
    money = (reports, report_files, payment_papers, paying, decree_paper)
    for module in (actions, offering, sessions, batch_papers, *money):
        monkeypatch.setattr(module, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(progress, "ROWS_BETWEEN", 1)


def asked(client: Client, url: str) -> Job:
    """The question by GET, the yes by POST; a worker lives and has not begun."""
    before = Job.objects.count()
    assert client.get(url).status_code == 200
    assert Job.objects.count() == before
    answer = post(client, url)
    assert answer.status_code == 302, text(answer)
    return Job.objects.get(pk=answer.url.rstrip("/").rpartition("/")[2])


def made_of(job: Job) -> MadeFile:
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == ("finished", job.total)
    return MadeFile.objects.get(pk=job.result_id)


def fetch(client: Client, made: MadeFile) -> Any:
    return client.get(reverse("jobs:made_file", args=[made.pk]))


PEOPLE = "cases:worker_export"


def people_url(form: str = "csv", query: str = "") -> str:
    return f"{reverse(PEOPLE, args=[form])}?{query}"


def test_a_small_file_comes_at_once(four: Four) -> None:
    register(3, by=four.petugas)
    for url in (people_url(), address("report_export", "nominatif", "xlsx")):
        assert "attachment" in browser(four.pimpinan).get(url)["Content-Disposition"]
    assert not Job.objects.exists()
    assert {"worker.export", "report.export"} <= set(Entry.objects.values_list("act", flat=True))


def test_of_501_rows_the_page_asks(four: Four) -> None:
    """The real border, by the real count."""
    register(1, by=four.petugas)
    kind = file_kind("people_export")
    assert offering.MOST_AT_ONCE == 500
    for rows, is_large in ((500, False), (501, True)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(
                made_files._KINDS,
                kind.code,
                made_files.FileKind(
                    kind.code, kind.label, kind.perms, lambda _by, _what, n=rows: n, kind.make,
                    kind.still_holds,
                ),
            )  # fmt: skip
            page = browser(four.pimpinan).get(people_url())
        assert page.has_header("Content-Disposition") is not is_large
        assert ("501" in text(page)) is is_large


@pytest.mark.usefixtures("few")
def test_a_large_file_waits_for_the_worker_and_is_fetched(four: Four) -> None:
    people = register(3, by=four.petugas)
    client = browser(four.pimpinan)
    job = asked(client, people_url())
    assert job.arguments == {"query": "", "form": "csv"}
    page = client.get(reverse("jobs:job_detail", args=[job.pk]))
    assert page.context["nobody_works"] is True and not page.context["follows"]
    assert post(client, people_url()).url == reverse("jobs:job_detail", args=[job.pk])
    call_command("job_worker", once=True)
    job.refresh_from_db()
    made = MadeFile.objects.get(job=job)
    shown = text(client.get(reverse("jobs:job_detail", args=[job.pk])))
    assert reverse("jobs:made_file", args=[made.pk]) in shown
    answer = fetch(client, made)
    assert answer["Content-Disposition"] == 'attachment; filename="penerima.csv"'
    assert answer["Cache-Control"] == "no-store"
    assert all(one.name in answer.content.decode() for one in people)
    assert people[0].name.encode() not in made.stored.path.read_bytes()
    acts = list(Entry.objects.values_list("act", flat=True))
    assert (acts.count("worker.export"), acts.count("file.read")) == (1, 1)


@pytest.mark.usefixtures("few")
def test_the_page_looks_again_only_while_it_runs(four: Four) -> None:
    register(3, by=four.petugas)
    beat("here")
    client = browser(four.pimpinan)
    job = asked(client, people_url())
    url = reverse("jobs:job_detail", args=[job.pk])
    assert 'data-follow="5"' in text(client.get(url)) and f'href="{url}"' in text(client.get(url))
    Job.objects.filter(pk=job.pk).update(requested_at=timezone.now() - timedelta(minutes=11))
    assert "data-follow" not in text(client.get(url))
    made_of(job)
    assert "data-follow" not in text(client.get(url))


@pytest.mark.usefixtures("few")
def test_it_gives_exactly_what_is_shown(four: Four) -> None:
    register(3, by=four.petugas, place="TANGAR")
    register(3, by=four.petugas, place="MEKAR_JAYA")
    client, query = browser(four.pimpinan), "place=TANGAR&sort=-name"
    page = client.get(f"{reverse('cases:worker_list')}?{query}")
    beat("here")
    made = made_of(asked(client, people_url("xlsx", query)))
    book_ = load_workbook(io.BytesIO(fetch(client, made).content))
    rows = list(book_.active.iter_rows(min_row=2, values_only=True))
    assert [row[:2] for row in rows] == [(r.name, r.register_no) for r in page.context["page"].rows]
    about = dict(book_["Keterangan"].iter_rows(values_only=True))
    tag = page.context["listing"].tags()[0]["label"]
    assert tag in about.values() and "Nama, menurun" in about.values()


@pytest.mark.usefixtures("few")
def test_the_worker_tells_how_far_it_is(four: Four, monkeypatch: pytest.MonkeyPatch) -> None:
    register(4, by=four.petugas)
    beat("here")
    job, seen = asked(browser(four.pimpinan), people_url("xlsx")), []
    kind = file_kind("people_export")
    made_files._make(kind, Job.objects.get(pk=job.pk), seen.append)
    assert seen == [1, 2, 3, 4]


@pytest.mark.usefixtures("few")
def test_a_killed_workers_file_is_reaped_and_made_once(
    four: Four, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(3, by=four.petugas)
    beat("here")
    client = browser(four.pimpinan)
    job = asked(client, people_url())
    real = made_files.store

    def killed(*args: Any, **more: Any) -> Any:
        real(*args, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(made_files, "store", killed)
        run(job.pk)
    job.refresh_from_db()
    assert job.state == "running" and not MadeFile.objects.exists()
    assert not Entry.objects.filter(act="worker.export").exists()
    Job.objects.filter(pk=job.pk).update(beat_at=timezone.now() - timedelta(minutes=3))
    assert reap() == 1
    made = made_of(job)
    run(job.pk)  # a queue may deliver twice
    assert MadeFile.objects.get() == made
    assert Entry.objects.filter(act="worker.export").count() == 1
    assert job.attempt == 2 and fetch(client, made).status_code == 200


@pytest.mark.usefixtures("few")
def test_whoever_lost_the_role_gets_nothing(four: Four) -> None:
    register(3, by=four.petugas)
    beat("here")
    client, other = browser(four.pimpinan), browser(four.bendahara)
    made, waiting = made_of(asked(client, people_url())), asked(client, people_url("xlsx"))
    assert fetch(other, made).status_code == 404
    assert fetch(browser(change_role(four.pimpinan, "petugas")), made).status_code == 403
    run(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.failure) == ("failed", "no_right")


@pytest.mark.usefixtures("few")
def test_whoever_no_longer_sees_somebody_in_it_gets_nothing(four: Four) -> None:
    """Two of a caseworker's places; then one is taken from her."""
    register(2, by=four.petugas, place="TANGAR")
    register(1, by=four.petugas)
    hers = make_user("petugas", lokalisasi=["TANGAR", "KM12"])
    beat("here")
    client = browser(hers)
    made = made_of(asked(client, address("report_draft", "nominatif")))
    assert len(made.people) == 3 and not made.of_everybody
    assert fetch(client, made).status_code == 200
    hers.assignments.filter(lokalisasi="KM12").delete()
    assert fetch(browser(fresh(hers)), made).status_code == 404


@pytest.mark.usefixtures("few")
def test_a_child_found_out_meanwhile_closes_the_file(four: Four) -> None:
    """The treasurer sees everything but children (R19)."""
    people = register(3, by=four.petugas)
    beat("here")
    client = browser(four.bendahara)
    made = made_of(asked(client, people_url()))
    assert fetch(client, made).status_code == 200
    Worker.objects.filter(pk=people[0].pk).update(birth_date=date(2005, 1, 1))
    assert fetch(client, made).status_code == 404


@pytest.mark.usefixtures("few")
def test_after_a_day_it_is_gone(four: Four) -> None:
    register(3, by=four.petugas)
    beat("here")
    client = browser(four.pimpinan)
    made = made_of(asked(client, people_url()))
    assert expire_made_files() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        client = browser(four.pimpinan)
        answer = fetch(client, made)
        assert answer.url == reverse("jobs:job_detail", args=[made.job_id])
        assert expire_made_files() == 1
        assert expire_made_files() == 0
        shown = text(client.get(answer.url))
    assert reverse("jobs:made_file", args=[made.pk]) not in shown
    assert DestroyedFile.objects.get().destroyed_by is None
    assert not made.stored.path.exists()
    assert fetch(browser(four.pimpinan), made).status_code == 404


@pytest.mark.usefixtures("few")
def test_large_minutes_are_drafted_and_issued_by_the_worker(four: Four) -> None:
    session = record_session(
        NewSession(place=Place.objects.get(pk="KM12"), held_on=FOUND_ELIGIBLE, team="Satu – Ketua"),
        by=four.verifikator,
    )
    finding = Finding(act="find_eligible", decided_on=FOUND_ELIGIBLE, session=session)
    found = ids(register(3, by=four.petugas))
    decide_eligibility(workers=found, finding=finding, by=four.verifikator)
    assert session.decisions.count() == 3
    beat("here")
    client = browser(four.pimpinan)
    made = made_of(asked(client, reverse("cases:session_minutes", args=[session.pk])))
    assert b"%PDF" in fetch(client, made).content
    job = asked(client, reverse("cases:session_minutes_issue", args=[session.pk]))
    run(job.pk)
    run(job.pk)
    job.refresh_from_db()
    paper = IssuedPaper.objects.get(kind="verification_minutes")
    assert (job.state, job.result_id) == ("finished", session.pk)
    assert paper.subject_id == str(session.pk)


# -- papers of a batch ---------------------------------------------------------------------------


def batch_url(name: str, batch: Any, paper: str) -> str:
    return reverse(f"repatriation:{name}", args=[batch.pk, paper])


@pytest.mark.usefixtures("few")
def test_large_papers_of_a_batch_take_the_same_way(four: Four) -> None:
    batch = ready_batch(3, four, state="handed_over")
    beat("here")
    client = browser(four.petugas)
    for paper, kind in (
        ("manifes-kantor", "manifest"),
        ("manifes-pengangkut", "manifest_carrier"),
        ("berita-acara", "handover_of_people"),
    ):
        made = made_of(asked(client, batch_url("paper_draft", batch, paper)))
        assert len(made.people) == 3
        drafted = fetch(client, made).content
        assert "KONSEP" in page_texts(drafted)[0]
        assert batch.members.first().worker.nik not in drawn_text(drafted)
        answer = post(client, batch_url("paper_issue", batch, paper))
        job = Job.objects.latest("requested_at")
        assert answer.url == reverse("jobs:job_detail", args=[job.pk])
        assert not IssuedPaper.objects.filter(kind=kind).exists()
        run(job.pk)
        run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result_id) == ("finished", batch.pk)
        issued = IssuedPaper.objects.get(kind=kind)
        assert issued.number.replace(" ", "") in drawn_text(issued.file.read())
        page = text(client.get(reverse("repatriation:batch_detail", args=[batch.pk])))
        assert issued.number in page


@pytest.mark.usefixtures("few")
def test_what_is_short_of_a_batch_comes_at_once(four: Four) -> None:
    batch = ready_batch(3, four, state="handed_over")
    client = browser(four.petugas)
    for paper in ("surat-tugas", "laporan-perjalanan"):
        assert client.get(batch_url("paper_draft", batch, paper)).has_header("Content-Disposition")
        post(client, batch_url("paper_issue", batch, paper))
    assert IssuedPaper.objects.count() == 2 and not Job.objects.exists()


@pytest.mark.usefixtures("few")
def test_a_draft_of_a_batch_closes_with_the_batch(four: Four) -> None:
    """Three of her place; a child found out, or the place taken from her, and it is gone."""
    batch = ready_batch(3, four)
    hers = make_user("petugas", lokalisasi=["KM12"])
    beat("here")
    client = browser(hers)
    url = batch_url("paper_draft", batch, "manifes-kantor")
    made = made_of(asked(client, url))
    assert fetch(client, made).status_code == 200
    assert fetch(browser(four.bendahara), made).status_code == 404
    waiting = asked(client, url)
    hers.assignments.filter(lokalisasi="KM12").delete()
    assert fetch(browser(fresh(hers)), made).status_code == 404
    run(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.failure) == ("failed", "refused")


@pytest.mark.usefixtures("few")
def test_a_long_letter_to_a_home_office_is_written_by_the_worker(four: Four) -> None:
    """Its number and the asking stand together, or neither does."""
    asked_for = people(3, four)
    batch = a_batch(asked_for, four)
    agree_to(asked_for, home_office(Regency.objects.get(pk="35.09")), four)
    beat("here")
    client, url = (
        browser(four.petugas),
        reverse("repatriation:origin_ask", args=[batch.pk, "35.09"]),
    )
    assert post(client, url, office="Kepala Dinas Sosial").status_code == 302
    job = Job.objects.get(kind="origin_issue")
    assert not IssuedPaper.objects.exists() and not batch.origin_requests.exists()
    run(job.pk)
    letter = IssuedPaper.objects.get(kind="origin_request")
    row = batch.origin_requests.get()
    assert (row.letter, row.people, row.asked_by) == (letter.number, 3, four.petugas)
    assert asked_for[0].nik in drawn_text(letter.file.read())


# -- the money's files ---------------------------------------------------------------------------


@pytest.fixture
def payment_list(four: Four) -> PaymentList:
    ready_people(3, four=four)
    return walk_to(a_list(by=four.petugas), "approved", four=four)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("report_export", ["nominatif", "csv"]),
        ("report_draft", ["nominatif"]),
        ("list_export", ["list", "nominatif", "xlsx"]),
        ("list_nominatif", ["list"]),
        ("payment_paper_draft", ["transfer_list"]),
        ("payment_paper_export", ["receipt", "csv"]),
    ],
)
def test_every_file_of_the_money_takes_the_same_way(
    four: Four, payment_list: PaymentList, name: str, parts: list[str]
) -> None:
    beat("here")
    client = browser(four.bendahara)
    url = address(name, *[payment_list.pk if part == "list" else part for part in parts])
    if name.startswith("payment_paper"):
        url = f"{url}?list={payment_list.pk}"
    made = made_of(asked(client, url))
    answer = fetch(client, made)
    assert answer.status_code == 200 and answer.content
    assert fetch(browser(four.pimpinan), made).status_code == 404


@pytest.mark.usefixtures("few")
def test_a_large_file_for_the_bank_has_a_password_and_ends_with_a_retur(
    four: Four, payment_list: PaymentList
) -> None:
    walk_to(payment_list, "ordered", four=four)
    beat("here")
    client = browser(four.bendahara)
    made = made_of(asked(client, address("list_transfer", payment_list.pk, "xlsx")))
    url = address("transfer_file", made.pk)
    ticket = client.get(url).context["ticket"]
    answer = client.post(url, {"ticket": ticket.token})
    assert answer.status_code == 200 and not answer.content.startswith(b"PK")
    assert list_files.bank_file_still_holds(four.bendahara, made)
    line = payment_list.lines.order_by("number").first()
    assert line is not None
    book(payment_list, by=four.bendahara, returned={line.pk: "wrong_number"})
    assert client.get(url).status_code == 404


@pytest.mark.usefixtures("few")
def test_a_large_paper_gets_one_number(four: Four, payment_list: PaymentList) -> None:
    beat("here")
    client = browser(four.bendahara)
    for url in (
        address("list_nominatif_issue", payment_list.pk),
        f"{address('payment_paper_issue', 'collective_receipt')}?list={payment_list.pk}",
    ):
        before = IssuedPaper.objects.count()
        job = asked(client, url)
        assert IssuedPaper.objects.count() == before
        run(job.pk)
        run(job.pk)
        job.refresh_from_db()
        paper = IssuedPaper.objects.get(pk=job.result_id)
        assert IssuedPaper.objects.count() == before + 1
        shown = text(client.get(reverse("jobs:job_detail", args=[job.pk])))
        assert address("paper_page", paper.pk) in shown
        assert paper.number.replace(" ", "") in drawn_text(paper.file.read())


@pytest.mark.usefixtures("few")
def test_what_may_not_have_a_number_is_refused_before_a_worker_begins(four: Four) -> None:
    ready_people(3, four=four)
    register(1, by=four.petugas)
    payment_list = a_list(by=four.petugas)
    client = browser(four.bendahara)
    for url in (
        address("report_issue", "nominatif"),
        address("list_nominatif_issue", payment_list.pk),
    ):
        assert client.get(url).status_code == 302
    url = f"{address('payment_paper_issue', 'transfer_list')}?list={payment_list.pk}"
    assert post(client, url).status_code == 422
    assert not Job.objects.exists()


def test_the_app_role_cannot_change_a_made_file(four: Four) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(current_user, 'jobs_madefile', 'UPDATE, DELETE')"
        )
        assert cursor.fetchone() == (False,)


# -- decrees -------------------------------------------------------------------------------------


def wording(**more: str) -> dict[str, str]:
    return {
        "signer": "bupati", "considering": "bahwa satu;", "recalling": "Undang-Undang Satu;",
        "copies": "", "size": "A4", **more,
    }  # fmt: skip


@pytest.mark.usefixtures("few")
def test_the_paper_of_a_large_decree_is_drafted_issued_and_issued_again_by_the_worker(
    four: Four,
) -> None:
    worker = ready_people(3, four=four)[0]
    decree = Entitlement.objects.filter(worker=worker)[0].decree
    beat("here")
    client, issue = browser(four.bendahara), address("decree_issue", decree.pk)
    made = made_of(asked(client, address("decree_draft", decree.pk)))
    assert "KONSEP" in page_texts(fetch(client, made).content)[0]
    assert fetch(browser(four.pimpinan), made).status_code == 404
    for n, more in enumerate(({}, {"because": "salah ketik"}), start=1):
        answer = post(client, issue, **wording(**more))
        job = Job.objects.latest("requested_at")
        assert answer.url == reverse("jobs:job_detail", args=[job.pk])
        assert not IssuedPaper.objects.filter(void=None).exists()
        assert "salah ketik" not in str(job.arguments)
        run(job.pk)
        run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result_id) == ("finished", decree.pk)
        assert IssuedPaper.objects.count() == n
    paper = IssuedPaper.objects.get(void=None)
    assert len(paper.snapshot["rows"]) == 3 and paper.paper_size == "A4"
    assert "bahwasatu;" in drawn_text(paper.file.read())


@pytest.mark.usefixtures("few")
def test_two_who_ask_for_the_paper_of_a_decree_get_one_number(four: Four) -> None:
    worker = ready_people(3, four=four)[0]
    decree = Entitlement.objects.filter(worker=worker)[0].decree
    beat("here")
    for user in (four.bendahara, four.pimpinan):
        post(browser(user), address("decree_issue", decree.pk), **wording())
    first, second = Job.objects.order_by("requested_at")
    run(first.pk)
    run(second.pk)
    second.refresh_from_db()
    assert (second.state, second.failure) == ("failed", "refused")
    assert IssuedPaper.objects.get().created_by == four.bendahara


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("at_once", [True, False])
def test_a_child_found_out_stands_on_the_paper_of_a_decree_without_a_name(
    four: Four, at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decree named her: its people and rupiah stay whole, whoever prints it (R19)."""
    found = ready_people(3, four=four)
    decree = Entitlement.objects.filter(worker=found[0])[0].decree
    beat("here")
    client = browser(four.bendahara)
    made = made_of(asked(client, address("decree_draft", decree.pk)))
    Worker.objects.filter(pk=found[0].pk).update(birth_date=date(2005, 1, 1))
    assert fetch(client, made).status_code == 404
    if at_once:
        monkeypatch.setattr(decree_paper, "MOST_AT_ONCE", 3)
    post(client, address("decree_issue", decree.pk), **wording())
    if not at_once:
        run(Job.objects.latest("requested_at").pk)
    paper = IssuedPaper.objects.get()
    assert len(paper.snapshot["rows"]) == 3
    assert found[0].name not in str(paper.snapshot)
