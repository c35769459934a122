"""Statistics for outside: who is counted, what is hidden, that no two views can be subtracted."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.urls import reverse

from cases.actions.consents import Answer, record_consent, withdraw_consent
from cases.models import Consent, Worker
from kotim_social.audit.models import Entry
from kotim_social.desk.statistics import HIDDEN, Figures, figures
from kotim_social.desk.statistics_paper import statistics_data
from kotim_social.documents.models import IssuedPaper
from kotim_social.lib.dates import today
from kotim_social.lib.suppression import LIMIT, SUM
from tests import factories
from tests.disbursements.browsing import browser, post
from tests.documents.pdf_text import page_lines
from tests.factories import Four, the_four

pytestmark = pytest.mark.django_db


@pytest.fixture
def four() -> Four:
    return the_four()


def crowd(four: Four) -> list[Worker]:
    """Two large places and one with three people; two home provinces, one of them small."""
    people = factories.register(9, by=four.petugas, place="KM12")
    people += factories.register(2, by=four.petugas, place="KM12", choice="stay", home="52.01")
    people += factories.register(4, by=four.petugas, place="KM12", choice="stay")
    people += factories.register(5, by=four.petugas, place="KM12", choice="undecided")
    people += factories.register(7, by=four.petugas, place="TANGAR")
    people += factories.register(6, by=four.petugas, place="TANGAR", choice="stay")
    people += factories.register(5, by=four.petugas, place="TANGAR", choice="undecided")
    return [*people, *factories.register(3, by=four.petugas, place="MEKAR_JAYA")]


def by_code(code: str) -> Figures:
    return next(one for one in figures() if one.code == code)


def test_small_numbers_and_what_would_give_them_away_are_hidden(four: Four) -> None:
    crowd(four)
    choice = by_code("choice")
    assert len(choice.rows) == 2  # the three people stand with the smaller place
    assert sorted(choice.people(row) for row in range(2)) == [20, 21]
    assert not choice.is_hidden
    for one in figures():
        for cell in one.table.cells():
            if one.table.value(cell) < LIMIT:
                assert cell in one.table.hidden, (one.code, cell)
        for cell in one.table.hidden:
            least, greatest = one.table.range_of(cell)
            assert least < greatest, (one.code, cell)
            if one.table.value(cell) < LIMIT:
                assert greatest >= LIMIT, (one.code, cell)


def test_whoever_refuses_or_takes_it_back_is_not_counted(four: Four) -> None:
    people = crowd(four)
    everybody = by_code("choice").people(SUM)
    assert everybody == len(people)
    for worker, agreed in ((people[0], False), (people[1], True), (people[2], True)):
        said = Answer("statistics", agreed, today(), "Bu RT", "signed")
        record_consent(worker=worker, answer=said, by=four.petugas)
    assert by_code("choice").people(SUM) == everybody - 1
    consent = Consent.objects.get(worker=people[2])
    withdraw_consent(consent=consent, withdrawn_on=today(), by=four.petugas)
    assert by_code("choice").people(SUM) == everybody - 2


def test_all_tables_have_the_same_rows_and_amounts_hide_with_their_count(four: Four) -> None:
    crowd(four)
    every = figures()
    sums = {tuple(one.people(row) for row in (*range(len(one.rows)), SUM)) for one in every}
    assert len(sums) == 1
    kinds = [one for one in every if one.amounts is not None]
    assert len(kinds) == 4
    for one in kinds:  # nobody is paid yet: nothing, which is hidden too
        for row in range(len(one.rows)):
            assert ((row, 0) in one.table.hidden) == (one.amount((row, 0)) is None)
            assert (row, 0) in one.table.hidden


def numbers(html: str) -> list[str]:
    return re.findall(r'<td[^>]*class="num"[^>]*>(?:<abbr[^>]*>)?([^<]*)', html)


def test_a_filter_shows_a_part_and_never_another_number(four: Four) -> None:
    crowd(four)
    client, url = browser(four.pimpinan), reverse("desk:statistics")
    every = figures()
    for n in range(len(every[0].rows)):
        shown = numbers(client.get(f"{url}?kolom={n}").content.decode())
        values = [line.values[n] for one in every if not one.is_hidden for line in one.lines()]
        assert any(value is not None for value in values)
        assert [value == HIDDEN for value in shown] == [value is None for value in values]
    one = client.get(f"{url}?tabel=choice").content.decode()
    everything = numbers(client.get(url).content.decode())
    assert numbers(one)
    assert numbers(one) == everything[: len(numbers(one))]
    for wrong in ("?kolom=99", "?kolom=x", "?tabel=nik", "?kolom=-1", "?kolom=²"):
        assert client.get(url + wrong).status_code == 404


def test_paper_and_file_hold_the_same_numbers_and_no_hidden_one(four: Four) -> None:
    crowd(four)
    client = browser(four.pimpinan)
    assert post(client, reverse("desk:statistics_issue")).status_code == 302
    paper = IssuedPaper.objects.get(kind="statistics")
    data = statistics_data(today())
    lines = "\n".join(line for page in page_lines(paper.file.read()) for line in page)
    assert HIDDEN in lines
    answer = client.get(reverse("desk:statistics_csv"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    written = [row[3] for row in rows[1:] if len(row) == 4]
    flat = [
        value for table in data["tables"] for line in table["lines"] for value in line["values"]
    ]
    assert written == [HIDDEN if value is None else str(value) for value in flat]
    assert HIDDEN in written
    assert not {"1", "2", "3", "4"} & set(written)
    assert Entry.objects.filter(act="statistics.export").count() == 1
    names = list(Worker.objects.values_list("name", flat=True))
    assert not any(name in lines or name in answer.content.decode() for name in names)


def test_too_few_people_give_no_statistics(four: Four) -> None:
    factories.register(4, by=four.petugas)
    assert figures() == []
    page = browser(four.pimpinan).get(reverse("desk:statistics"))
    assert page.status_code == 200
    assert not numbers(page.content.decode())
