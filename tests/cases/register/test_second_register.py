"""A workbook of another hand: other columns, other spellings, other mistakes."""

import pytest

from cases.register.parsed import Outcome
from tests.cases.register.second_register import build_second_register

pytestmark = pytest.mark.django_db
SEEDS = [20171124, 7, 99]


@pytest.fixture(params=SEEDS)
def made(request):
    return build_second_register(request.param)


@pytest.fixture
def reading(read, made):
    return read(made.content)


def test_counts(reading, made):
    assert reading.counts() == {
        "accepted": len(made.people),
        "duplicate": len(made.duplicates),
        "refused": len(made.refused),
        "referral": len(made.minors),
    }


def test_every_person_is_read_right(reading, made, regions):
    rows = {row.key: row for row in reading.rows}
    for person in made.people:
        row = rows[(person.sheet, person.row)]
        assert row.outcome in {Outcome.ACCEPTED, Outcome.WARNING}, row.problems
        assert row.name.lower() == person.name.lower()
        assert row.name[0].isupper()
        assert (row.birth_date, row.place_code) == (person.born, person.place)
        assert (row.regency_code, regions.districts[row.district_code]) == (
            person.regency,
            person.district,
        )
        assert (row.nik, row.mother) == (person.nik, person.mother)
        assert (row.account, row.bank) == (person.account, "BNI" if person.account else "")
        assert (row.phone, row.choice) == (person.phone, person.choice)
        assert (row.children, row.aliases) == (
            person.children,
            [person.alias] if person.alias else [],
        )


def test_refused_rows_say_why(reading, made):
    rows = {row.key: row for row in reading.rows}
    for key, code in made.refused.items():
        assert rows[key].outcome is Outcome.REFUSED
        assert code in {problem.code for problem in rows[key].errors}
        assert str(key[1]) in rows[key].errors[0].sentence


def test_repeated_people_wait_beside_the_first(reading, made):
    rows = {row.key: row for row in reading.rows}
    for key, other in made.duplicates.items():
        assert rows[key].outcome is Outcome.DUPLICATE
        assert rows[key].duplicate_of.other == other


def test_the_child_is_referred_and_the_summary_is_nobody(reading, made):
    assert [row.key for row in reading.rows if row.outcome is Outcome.REFERRAL] == made.minors
    assert not [row for row in reading.rows if row.sheet == "REKAP"]
    assert [note.sheet for note in reading.notes if note.row is None] == ["REKAP"]
