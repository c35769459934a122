"""Who repeats whom: the kinds of likeness, and that a million people are streamed past the rows."""

import time
from datetime import date, timedelta

from cases.register.duplicates import KeyMakers, Likeness, Person, find_duplicates
from cases.register.parsed import ParsedRow

BORN = date(1990, 5, 5)


def row(number: int, name: str = "Siti Rukmini", **values: object) -> ParsedRow:
    defaults: dict = {"birth_date": BORN, "mother": "Sumi"}
    return ParsedRow(sheet="A", row_no=number, name=name, **(defaults | values))


def kinds(*rows: ParsedRow) -> list[Likeness]:
    return [found.likeness for found in find_duplicates(rows).decisions.values()]


def test_kinds_of_likeness() -> None:
    assert kinds(row(1, nik="1"), row(2, "Lain", nik="1", birth_date=None)) == [Likeness.SAME_NIK]
    assert kinds(row(1), row(2, "ST. ROEKMINI", mother="")) == [Likeness.SAME_NAME_BIRTH]
    near = BORN.replace(year=1991)
    assert kinds(row(1), row(2, birth_date=near)) == [Likeness.SAME_NAME_MOTHER]
    assert kinds(row(1), row(2, birth_date=near.replace(year=1992))) == []
    assert kinds(row(1, mother=""), row(2, mother="", birth_date=near)) == []
    assert kinds(row(1, ""), row(2, "")) == []


def test_the_strongest_likeness_decides() -> None:
    found = find_duplicates([row(1), row(2, "Lain", nik="1"), row(3, nik="1")])
    assert found.decisions[("A", 3)].likeness is Likeness.SAME_NIK
    assert found.decisions[("A", 3)].other == ("A", 2)


def test_weaker_likeness_is_a_hint_only() -> None:
    rows = [row(1, phone="0812", account="1"), row(2, "Siti Rukminah", phone="0812", account="1")]
    found = find_duplicates(rows)
    assert found.decisions == {}
    assert {hint.likeness for hint in found.hints[("A", 2)]} == {
        Likeness.SIMILAR_NAME,
        Likeness.SAME_PHONE,
        Likeness.SAME_ACCOUNT,
    }


def test_existing_people_are_met_by_their_keys() -> None:
    person = Person("id", "key-1", "lain", None, "", "key-9")
    keys = KeyMakers(nik=lambda text: f"key-{text}", account=lambda text: f"key-{text}")
    found = find_duplicates([row(1, nik="1"), row(2, "B", account="9")], [person], keys=keys)
    assert (found.decisions[("A", 1)].other, found.decisions[("A", 1)].existing) == ("id", True)
    assert [hint.likeness for hint in found.hints[("A", 2)]] == [Likeness.SAME_ACCOUNT]


def test_many_people_cost_one_pass() -> None:
    days = [BORN + timedelta(days=number) for number in range(10_000)]
    people = (
        Person(number, f"n{number}", f"name{number}", days[number % 10_000], "ibu")
        for number in range(200_000)
    )
    rows = [row(number, f"Orang {number}", nik=f"n{number}") for number in range(2_000)]
    start = time.perf_counter()
    found = find_duplicates(rows, people)
    assert len(found.decisions) == 2_000
    assert time.perf_counter() - start < 10
