"""Pages of the reports: what is on screen, drafts, issued papers and copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from disbursements.models import Position
from disbursements.papers.issuing import Scope, make_report
from disbursements.reports import nominatif_rows
from disbursements.views import reports
from kotim_social.audit.models import Entry
from kotim_social.documents.models import IssuedPaper
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests.disbursements.browsing import address, browser, post, text
from tests.documents.pdf_text import drawn_text, page_texts
from tests.factories import Four, a_list, make_user, ready_people, register, walk_to

pytestmark = pytest.mark.django_db


def queries(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as caught:
        act()
    return len(caught)


def test_the_screen_shows_the_sums_of_the_positions(four: Four) -> None:
    register(2, by=four.petugas)
    register(1, by=four.petugas, place="MEKAR_JAYA", choice="stay", nik=False, account=False)
    register(1, by=four.petugas, place="BUKIT_HARAPAN")
    page = browser(four.petugas).get(address("report_index"))
    rekap = page.context["rekap"]
    sums = Position.objects.sums()
    assert {name: getattr(rekap.total, name) for name in sums} == sums
    assert rekap.total.people == 4
    assert [(one.label, one.total.people) for one in rekap.lokalisasi] == [
        ("Km 12", 2), ("Parenggean", 2),
    ]  # fmt: skip
    assert [row["total"] for row in page.context["page"].object_list].count(0) == 0
    assert sum(row["total"] for row in page.context["page"].object_list) == sums["entitled"]
    assert f"{sums['entitled']:,}".replace(",", ".") in text(page)
    assert "7000000000" not in text(page)


def test_filters_and_scope_hold_on_screen_and_on_paper(four: Four) -> None:
    register(2, by=four.petugas)
    tangar = register(1, by=four.petugas, place="TANGAR")
    client = browser(four.petugas)
    page = client.get(address("report_index"), {"place": "TANGAR", "funder": "KEMENSOS"})
    assert page.context["rekap"].total.entitled == 5_050_000
    here = {"place": "TANGAR", "funder": "KEMENSOS", "paper": "A4"}
    paper = client.get(address("report_draft", "nominatif"), here)
    assert paper["Content-Disposition"] == 'attachment; filename="dokumen.pdf"'
    assert paper["Cache-Control"] == "no-store"
    assert tangar[0].name.replace(" ", "") in drawn_text(paper.content)
    elsewhere = browser(make_user("petugas", lokalisasi="KM12"))
    assert elsewhere.get(address("report_index")).context["rekap"].total.people == 2
    for query in ({"place": "TANGAR"}, {"funder": "NOBODY"}):
        assert elsewhere.get(address("report_index"), query).status_code == 404
        assert elsewhere.get(address("report_draft", "rekap"), query).status_code == 404


def test_a_draft_takes_no_number_and_leaves_a_row(four: Four) -> None:
    register(1, by=four.petugas)
    client = browser(four.petugas)
    for kind in ("rekap", "nominatif"):
        content = client.get(address("report_draft", kind)).content
        assert "KONSEP" in drawn_text(content)
        assert Entry.objects.filter(act="paper.draft", object_id=kind).count() == 1
    assert not IssuedPaper.objects.exists()


def test_whoever_may_not_reveal_gets_masked_numbers(four: Four) -> None:
    (worker,) = ready_people(1, four=four)
    auditor = browser(make_user("auditor"))
    masked = drawn_text(auditor.get(address("report_draft", "nominatif")).content)
    whole = drawn_text(browser(four.petugas).get(address("report_draft", "nominatif")).content)
    assert worker.nik in whole and "7000000000" in whole
    assert worker.nik not in masked and "7000000000" not in masked
    assert f"{worker.nik[:6]}******{worker.nik[12:]}" in masked


def test_a_paper_is_issued_once_everything_is_determined(four: Four) -> None:
    ready_people(2, four=four)
    client, key = browser(four.pimpinan), str(uuid4())
    url = address("report_issue", "nominatif")
    assert client.get(url).status_code == 200
    first = post(client, url, key)
    assert post(client, url, key).url == first.url
    paper = IssuedPaper.objects.get()
    assert first.url == address("paper_page", paper.pk)
    assert paper.number in text(client.get(first.url))
    assert paper.number in text(client.get(address("report_index")))
    content = client.get(address("paper_file", paper.pk)).content
    assert "KONSEP" not in drawn_text(content)
    assert paper.number.replace(" ", "") in drawn_text(content)
    copy = client.post(address("paper_copy", paper.pk))
    assert "SALINANke-1" in drawn_text(copy.content)
    assert len(paper.snapshot["rows"]) == 2
    assert browser(make_user("auditor")).get(first.url).status_code == 403
    assert browser(four.petugas).get(first.url).status_code == 404


def test_while_somebody_waits_for_a_decree_there_is_no_number(four: Four) -> None:
    ready_people(1, four=four)
    register(1, by=four.petugas)
    client, url = browser(four.pimpinan), address("report_issue", "rekap")
    assert client.get(url).status_code == 302
    assert post(client, url).status_code == 422
    assert not IssuedPaper.objects.exists()
    assert not client.get(address("report_index")).context["may_issue"]
    assert browser(four.petugas).get(url).status_code == 403


def test_an_issued_report_carries_the_head_of_the_trail(four: Four) -> None:
    ready_people(1, four=four)
    post(browser(four.bendahara), address("report_issue", "rekap") + "?paper=A4")
    paper = IssuedPaper.objects.get()
    assert (paper.kind, paper.paper_size) == ("rekap", "A4")
    assert len(paper.snapshot["trail_head"]) == 64
    assert f"Kepalajejakaudit:{paper.snapshot['trail_head']}" in drawn_text(paper.file.read())


def test_the_roll_of_a_list_is_numbered_from_approval_on(four: Four) -> None:
    workers = ready_people(2, four=four)
    payment_list = a_list(by=four.petugas)
    client, url = browser(four.bendahara), address("list_nominatif_issue", payment_list.pk)
    assert "KONSEP" in drawn_text(client.get(address("list_nominatif", payment_list.pk)).content)
    assert client.get(url).status_code == 302
    assert post(client, url).status_code == 422
    walk_to(payment_list, "approved", four=four)
    assert post(client, url).status_code == 302
    paper = IssuedPaper.objects.get()
    assert IssuedPaper.objects.about(payment_list).get() == paper
    assert {row["nik"] for row in paper.snapshot["rows"]} == {worker.nik for worker in workers}
    assert payment_list.number in "".join(page_texts(paper.file.read()))


def test_the_number_of_queries_does_not_grow(four: Four) -> None:
    register(5, by=four.petugas)
    client = browser(four.petugas)
    client.get(address("report_index"))
    index = queries(lambda: client.get(address("report_index")))
    pdf = queries(lambda: client.get(address("report_draft", "nominatif")))
    register(60, by=four.petugas)
    assert queries(lambda: client.get(address("report_index"))) == index
    assert queries(lambda: client.get(address("report_draft", "nominatif"))) == pdf
    assert len(client.get(address("report_index") + "?all=1").context["page"].object_list) == 65


def test_a_page_of_the_roll_reads_its_own_rows_and_sums_all(
    four: Four, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order of the paper, across places; the last row has the sum of every page."""
    monkeypatch.setattr(reports, "PAGE", 4)
    register(5, by=four.petugas, place="TANGAR")
    register(2, by=four.petugas, choice="stay", nik=False, account=False)
    whole = make_report("nominatif", Scope(four.petugas)).data
    read: list[int] = []

    def reading(positions: Any) -> Any:
        roll = nominatif_rows(positions)
        read.append(len(roll.rows))
        return roll

    monkeypatch.setattr(reports, "nominatif_rows", reading)
    client, found = browser(four.petugas), []
    for number in ("1", "2"):
        page = client.get(address("report_index"), {"page": number})
        found += [(row["name"], row["total"]) for row in page.context["page"].object_list]
        assert f"{whole.total:,}".replace(",", ".") in text(page)
    assert read == [4, 3]
    assert found == [(row.name, row.total) for row in whole.rows]


def test_a_month_is_its_first_and_its_last_day(four: Four) -> None:
    """On screen and on paper; an older month than the list offers can be asked for too."""
    ready_people(2, four=four)
    walk_to(a_list(by=four.petugas), "closed", four=four)
    client, page = browser(four.pimpinan), address("report_index")
    now = f"{today():%Y-%m}"
    assert client.get(page, {"month": now}).context["rekap"].total.people == 2
    assert client.get(page, {"month": "2017-11"}).context["rekap"].total.people == 0
    offered = client.get(page).context["filter"].fields["month"].choices
    assert (offered[1][0], len(offered)) == (now, 13)
    # Days that are given as well count for more.
    days = {"month": "2017-11", "first": "01-01-2017"}
    assert client.get(page, days).context["rekap"].total.people == 2
    assert client.get(page, {"month": "2017-13"}).status_code == 404
    paper = client.get(address("report_draft", "rekap"), {"month": "2017-11"})
    assert "30 November 2017" in " ".join(page_texts(paper.content))


def test_a_list_is_approved_with_its_roll_or_not_at_all(four: Four, monkeypatch: Any) -> None:
    ready_people(2, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "verified", four=four)
    client, page = browser(four.pimpinan), address("list_approve", payment_list.pk)

    def refuse(*_about: object, **_more: object) -> None:
        raise Refused("kertas habis")

    with monkeypatch.context() as broken:
        broken.setattr("disbursements.views.acts.issue_report", refuse)
        assert post(client, page, with_roll="on").status_code == 422
    payment_list.refresh_from_db()
    assert payment_list.state == "verified"
    answer = post(client, page, with_roll="on")
    paper = IssuedPaper.objects.get()
    assert answer.url == address("paper_page", paper.pk)
    assert paper.kind == "nominatif"
    assert address("list_detail", payment_list.pk) in text(client.get(answer.url))
    payment_list.refresh_from_db()
    assert payment_list.state == "approved"
