"""The demo register ends exactly as its truth says."""

import json
from collections import Counter
from datetime import date

import pytest

from cases.register.duplicates import Person
from cases.register.parsed import Outcome
from cases.register.reading import duplicate_sentence
from kotim_social.lib.names import fold_name
from tests.cases.register.truth import DEMO, TRUTH

pytestmark = pytest.mark.django_db
CHOICES = {"PULANG": "return", "MENETAP": "stay", "": None}


@pytest.fixture
def truth():
    return json.loads(TRUTH.read_text())


@pytest.fixture
def reading(read):
    return read(DEMO.read_bytes())


def test_every_row_has_the_outcome_of_the_truth(reading, truth):
    assert reading.counts() == {"accepted": 239, "duplicate": 3, "refused": 2, "referral": 1}
    assert reading.notes == []
    rows = {row.key: row for row in reading.rows}
    for repeated in truth["duplicates"]:
        row = rows[(repeated["sheet"], repeated["row"])]
        assert row.outcome is Outcome.DUPLICATE
        assert row.duplicate_of.other == (repeated["of"]["sheet"], repeated["of"]["row"])
        assert str(repeated["of"]["row"]) in duplicate_sentence(row)
    problems = {(p["sheet"], p["row"]): rows[(p["sheet"], p["row"])] for p in truth["problems"]}
    assert [row.outcome for row in problems.values()] == [
        Outcome.REFUSED,
        Outcome.REFUSED,
        Outcome.REFERRAL,
    ]
    codes = [{problem.code for problem in row.errors} for row in problems.values()]
    assert codes == [{"nik_numeric"}, {"nik_length", "birth_impossible"}, set()]


def test_every_field_equals_the_truth(reading, truth):
    rows = {row.key: row for row in reading.rows}
    for person in truth["people"]:
        row = rows[(person["sheet"], person["row"])]
        assert row.outcome in {Outcome.ACCEPTED, Outcome.WARNING}
        assert (row.name, row.aliases) == (
            person["name"],
            [person["alias"]] if person["alias"] else [],
        )
        assert row.birth_date == date.fromisoformat(person["born"])
        assert (row.place_code, row.regency_code) == (
            person["part"].replace(" ", "_"),
            person["reg"],
        )
        assert (row.nik, row.mother, row.wisma) == (
            person["nik"] or None,
            person["mother"],
            person["wisma"],
        )
        assert (row.bank, row.account, row.phone) == (
            person["bank"],
            person["account"],
            person["phone"],
        )
        assert (row.choice, row.children) == (CHOICES[person["plan"]], person["children"])


def test_kecamatan_is_found_where_it_is_written(reading, truth, regions):
    rows = {row.key: row for row in reading.rows}
    for person in truth["people"]:
        row = rows[(person["sheet"], person["row"])]
        if "Kec." in row.home_text:
            assert regions.districts[row.district_code] == person["district"]


def test_counts_by_place_and_province(reading):
    accepted = [row for row in reading.rows if row.outcome in {Outcome.ACCEPTED, Outcome.WARNING}]
    assert Counter(row.place_code for row in accepted) == {
        "KM12": 165,
        "TANGAR": 20,
        "MEKAR_JAYA": 30,
        "BUKIT_HARAPAN": 24,
    }
    assert Counter(row.regency_code[:2] for row in accepted)["35"] == 131
    assert sum(row.nik is not None for row in accepted) == 185
    assert sum(bool(row.account) for row in accepted) == 94


def test_the_original_cells_are_kept(reading):
    row = next(row for row in reading.rows if row.key == ("Km 12", 9))
    assert row.original["NIK"] == "'3517154306930006"
    assert row.original["TEMPAT / TGL LAHIR"] == "Jombang, 03-06-1993"


def test_a_second_import_finds_everybody_again(read, reading):
    people = [
        Person(row.key, row.nik or "", fold_name(row.name), row.birth_date, fold_name(row.mother))
        for row in reading.rows
        if row.outcome in {Outcome.ACCEPTED, Outcome.WARNING}
    ]
    again = read(DEMO.read_bytes(), existing=iter(people))
    assert again.counts() == {"accepted": 0, "duplicate": 242, "refused": 2, "referral": 1}
    for row in again.rows:
        if row.outcome is Outcome.DUPLICATE and row.duplicate_of.other == row.key:
            assert row.duplicate_of.existing
