"""Dates: every form of the registers, refusals in words, and the forms of papers."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from kotim_social.lib.dates import (
    DateError,
    age_on,
    date_in_words,
    format_date,
    parse_date,
    roman_month,
    split_birth,
    today,
)


def refusal(value: Any) -> DateError:
    with pytest.raises(DateError) as caught:
        parse_date(value)
    assert caught.value.sentence
    return caught.value


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10-3-1996", date(1996, 3, 10)),
        ("01/10/1982", date(1982, 10, 1)),
        ("3.12.1988", date(1988, 12, 3)),
        ("17 08 1990", date(1990, 8, 17)),
        ("22 Oktober 1972", date(1972, 10, 22)),
        ("14 Nov 1997", date(1997, 11, 14)),
        ("16 Agu 1985", date(1985, 8, 16)),
        ("16 Agt. 1985", date(1985, 8, 16)),
        ("1 Pebruari 1990", date(1990, 2, 1)),
        ("1 NOPEMBER 1990", date(1990, 11, 1)),
        ("5-Mei-1990", date(1990, 5, 5)),
        ("5Mei1990", date(1990, 5, 5)),
        ("12 May 1990", date(1990, 5, 12)),
        ("August 17, 1990", date(1990, 8, 17)),
        ("17-08-90", date(1990, 8, 17)),
        ("17-08-40", date(1940, 8, 17)),
        ("17/8/05", date(2005, 8, 17)),
        ("1995-04-10", date(1995, 4, 10)),
        ("1995-04-10 00:00:00", date(1995, 4, 10)),
        ("1995/4/10", date(1995, 4, 10)),
        ("  10 - 3 - 1996. ", date(1996, 3, 10)),
        ("'10-3-1996", date(1996, 3, 10)),
        ("Tgl. 10-3-1996", date(1996, 3, 10)),
        ("10–3–1996", date(1996, 3, 10)),
        ("10\u00a0Maret\u00a01996", date(1996, 3, 10)),
        ("29-02-1996", date(1996, 2, 29)),
        (date(1990, 8, 17), date(1990, 8, 17)),
        (datetime(1990, 8, 17), date(1990, 8, 17)),
        (datetime(1990, 8, 16, 18, tzinfo=UTC), date(1990, 8, 17)),
        (33102, date(1990, 8, 17)),
        (33102.0, date(1990, 8, 17)),
        (33102.75, date(1990, 8, 17)),
    ],
)
def test_every_form_met_in_registers(written: Any, meant: date) -> None:
    assert parse_date(written) == meant


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("08/17/90", "us_order"),
        ("8-17-1990", "us_order"),
        ("31-02-1995", "impossible"),
        ("31 Februari 1995", "impossible"),
        ("29-02-1995", "impossible"),
        ("13-13-1995", "impossible"),
        ("00-01-1995", "impossible"),
        ("17-08-30", "year"),
        ("17-08-0990", "range"),
        ("0000-01-01", "impossible"),
        ("17-08-3990", "range"),
        ("17-08", "format"),
        ("1990", "format"),
        ("17081990", "format"),
        ("17 Foo 1990", "format"),
        ("abc", "format"),
        ("33102", "format"),
        ("17-08-1990 12:00", "format"),
        ("١٧-٠٨-١٩٩٠", "format"),
        ("", "empty"),
        (" - ", "empty"),
        (None, "empty"),
        (True, "format"),
        (1990, "format"),
        (9_999, "format"),
        (60_001, "format"),
        (float("nan"), "format"),
        (float("inf"), "format"),
        (date(1800, 1, 1), "range"),
    ],
)
def test_what_is_no_date_is_refused_with_its_code(written: Any, code: str) -> None:
    assert refusal(written).code == code


def test_us_order_is_refused_in_a_sentence_that_shows_the_form_wanted() -> None:
    error = refusal("08/17/90")
    assert "17-08-1990" in error.sentence
    assert "08/17/90" in error.sentence
    assert "25-12-1991" in refusal("12/25/91").sentence


def test_the_text_of_the_error_itself_never_holds_what_was_written() -> None:
    for written in ("12/25/91", "31-02-1995", "Jember"):
        assert written not in str(refusal(written))
        assert written in refusal(written).sentence
    assert "25-12-1991" not in str(refusal("12/25/91"))


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_date_written_in_any_form_is_read_back(day: date) -> None:
    iso, numeric = day.isoformat(), f"{day.day}-{day.month}-{day.year}"
    for written in (iso, numeric, f"{day:%d/%m/%Y}", f"{day:%d.%m.%Y}", format_date(day)):
        assert parse_date(written) == day
    serial = (day - date(1899, 12, 30)).days
    if 10_000 <= serial <= 60_000:
        assert parse_date(serial) == day


@given(st.one_of(st.text(max_size=25), st.floats(), st.integers()))
def test_any_value_is_read_or_refused_in_words(value: str | float) -> None:
    try:
        assert 1900 <= parse_date(value).year <= 2100
    except DateError as error:
        assert error.sentence


@pytest.mark.parametrize(
    ("written", "place", "day"),
    [
        ("Jember / 10-3-1996", "Jember", date(1996, 3, 10)),
        ("Jembrana, 10 April 1995", "Jembrana", date(1995, 4, 10)),
        ("BANYUWANGI, 10-3-1996", "Banyuwangi", date(1996, 3, 10)),
        ("Kotawaringin Barat, 1 Sep 1982", "Kotawaringin Barat", date(1982, 9, 1)),
        ("Kab. Jember 10-3-1996", "Kab. Jember", date(1996, 3, 10)),
        ("Jember, August 17, 1990", "Jember", date(1990, 8, 17)),
        ("Jember tgl. 10-3-1996", "Jember", date(1996, 3, 10)),
        ("Jember (10-3-1996)", "Jember", date(1996, 3, 10)),
        ("Jember\n10-3-1996", "Jember", date(1996, 3, 10)),
        ("Pangkal Pinang 1995-04-10", "Pangkal Pinang", date(1995, 4, 10)),
        ("10-3-1996", "", date(1996, 3, 10)),
        (" / 10-3-1996", "", date(1996, 3, 10)),
        (date(1996, 3, 10), "", date(1996, 3, 10)),
        (35134, "", date(1996, 3, 10)),
    ],
)
def test_split_birth(written: Any, place: str, day: date) -> None:
    assert split_birth(written) == (place, day)


@pytest.mark.parametrize("written", ["Jember", "", "Jember, 31-02-1995", "Jember 08/17/90"])
def test_split_birth_refuses_what_holds_no_date(written: str) -> None:
    with pytest.raises(DateError):
        split_birth(written)


def test_the_forms_of_papers() -> None:
    assert format_date(date(2017, 12, 5)) == "5 Desember 2017"
    assert (
        date_in_words(date(2017, 12, 5))
        == "Selasa tanggal Lima bulan Desember tahun Dua Ribu Tujuh Belas"
    )
    assert date_in_words(date(2000, 1, 31)).endswith("Tiga Puluh Satu bulan Januari tahun Dua Ribu")
    assert [roman_month(m) for m in (1, 4, 9, 12)] == ["I", "IV", "IX", "XII"]
    with pytest.raises(ValueError, match="month"):
        roman_month(0)


def test_age_is_counted_in_full_years() -> None:
    closing = date(2017, 11, 28)
    assert age_on(date(1999, 11, 28), closing) == 18
    assert age_on(date(1999, 11, 29), closing) == 17
    assert age_on(date(1996, 2, 29), date(2017, 2, 28)) == 20
    assert age_on(date(1996, 2, 29), date(2017, 3, 1)) == 21


def test_today_is_the_day_in_jakarta() -> None:
    with time_machine.travel(datetime(2017, 12, 31, 17, 30, tzinfo=UTC), tick=False):
        assert today() == date(2018, 1, 1)
    with time_machine.travel(datetime(2017, 12, 31, 16, 30, tzinfo=UTC), tick=False):
        assert today() == date(2018, 1, 1) - timedelta(days=1)


def test_the_truth_of_the_demo_register_is_read_in_every_form() -> None:
    truth = Path(__file__).parents[1] / "data" / "register-kotim-2017.truth.json"
    for person in json.loads(truth.read_text())["people"]:
        born = date.fromisoformat(person["born"])
        assert split_birth(f"Jember / {born:%d/%m/%Y}") == ("Jember", born)
