"""The NIK: what is taken, what is refused, what warns, and what the masks leave visible."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotim_social.lib.nik import (
    NikError,
    mask_account,
    mask_nik,
    mask_phone,
    nik_from_cell,
    nik_warnings,
    parse_nik,
)

GOOD = "3517154306930006"


def refusal(text: str) -> str:
    with pytest.raises(NikError) as caught:
        parse_nik(text)
    assert caught.value.sentence
    assert text.strip() == "" or text not in str(caught.value)
    return caught.value.code


@pytest.mark.parametrize(
    "written",
    [
        GOOD,
        f"'{GOOD}",
        f" {GOOD}\u00a0",
        "351715 430693 0006",
        "351715.430693.0006",
        "35-17-15-430693-0006",
        f"’{GOOD}’",
        f"\ufeff{GOOD}\u200b",
    ],
)
def test_noise_around_the_digits_is_taken_off(written: str) -> None:
    nik = parse_nik(written)
    assert nik.value == GOOD
    assert (nik.province, nik.regency, nik.district) == ("35", "35.17", "35.17.15")
    assert (nik.day, nik.month, nik.year2, nik.is_female, nik.serial) == (3, 6, 93, True, 6)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("'-", "empty"),
        ("620206710295000", "length"),
        ("620206710295000'", "length"),
        (GOOD + "1", "length"),
        ("351715430693000O", "length"),
        ("٣٥١٧١٥٤٣٠٦٩٣٠٠٠٦", "length"),
        ("3.51715430693001E+15", "numeric"),
        ("3,51715E+15", "numeric"),
        ("3517150006930006", "date"),
        ("3517153206930006", "date"),
        ("3517154006930006", "date"),
        ("3517157206930006", "date"),
        ("3517158106930006", "date"),
        ("3517154313930006", "date"),
        ("3517154300930006", "date"),
        ("6202067102950001", "date"),
        ("3517156902930006", "date"),
        ("3517154306930000", "serial"),
    ],
)
def test_a_bad_number_is_refused_with_its_code(written: str, code: str) -> None:
    assert refusal(written) == code


def test_29_february_is_taken_in_the_leap_years_of_either_century() -> None:
    assert parse_nik("3517156902960006").day == 29
    assert parse_nik("3517152902000006").day == 29
    assert refusal("3517156902970006") == "date"


@pytest.mark.parametrize(
    "cell",
    [
        None, "", " ", "-", "--", ".", "belum ada KTP", "Blm e-KTP", "BELUM PUNYA KTP-EL",
        "tidak ada", "belum rekam", "(tidak ada)", "hilang", "tdk ada", "Belum  ada\nKTP",
    ],
)  # fmt: skip
def test_a_cell_that_says_there_is_none_gives_none(cell: object) -> None:
    assert nik_from_cell(cell) is None


@pytest.mark.parametrize("cell", [3509015503950010, 3509015503950010.0, 0, True])
def test_a_number_cell_is_refused_because_its_last_digit_is_lost(cell: object) -> None:
    with pytest.raises(NikError) as caught:
        nik_from_cell(cell)
    assert caught.value.code == "numeric"


@pytest.mark.parametrize("cell", ["abc", "ada", "belum ada 3517154306930006", "12345"])
def test_a_cell_of_other_words_is_never_taken_for_none(cell: str) -> None:
    with pytest.raises(NikError):
        nik_from_cell(cell)


def test_a_text_cell_is_read() -> None:
    nik = nik_from_cell(f"'{GOOD}")
    assert nik is not None
    assert nik.value == GOOD


def test_warnings_name_what_does_not_fit_and_do_not_block() -> None:
    nik = parse_nik(GOOD)
    born = date(1993, 6, 3)
    assert nik_warnings(nik, birth_date=born, known_prefixes={"35.17"}) == []
    assert nik_warnings(nik, birth_date=None, known_prefixes={"35.17.15"}) == []
    assert nik_warnings(nik, birth_date=None, known_prefixes=None) == []
    assert len(nik_warnings(nik, birth_date=date(1993, 6, 4), known_prefixes=None)) == 1
    assert len(nik_warnings(nik, birth_date=born, known_prefixes={"35.09"})) == 1
    man = parse_nik("3517150306930006")
    assert len(nik_warnings(man, birth_date=born, known_prefixes={"35.17"})) == 1
    assert nik_warnings(man, birth_date=born, known_prefixes=None, is_female=False) == []


@given(
    born=st.dates(date(1940, 1, 1), date(2039, 12, 31)),
    is_female=st.booleans(),
    serial=st.integers(1, 9999),
    area=st.integers(110101, 969999),
)
def test_a_made_number_comes_apart_as_it_was_made(
    born: date, is_female: bool, serial: int, area: int
) -> None:
    written = f"{area}{born.day + 40 * is_female:02d}{born:%m%y}{serial:04d}"
    nik = parse_nik(written)
    assert nik.value == written
    assert nik.matches(born)
    assert (nik.is_female, nik.serial) == (is_female, serial)
    assert nik.district.replace(".", "") == str(area)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        assert len(parse_nik(text).value) == 16
    except NikError as error:
        assert error.code in {"numeric", "length", "date", "serial", "empty"}


def test_a_printed_nik_is_masked() -> None:
    assert GOOD not in f"{parse_nik(GOOD)!r} {parse_nik(GOOD)}"


def test_masks() -> None:
    assert mask_nik("6202064101900001") == "620206******0001"
    assert mask_nik("620206410190") == "*" * 12
    assert mask_nik("") == mask_nik(None) == ""
    assert mask_account("0338625555") == "******5555"
    assert mask_account("12345") == "***45"
    assert mask_account("1234") == "****"
    assert mask_phone("086828575920") == "0868******20"
    assert mask_phone("0812345") == "*****45"
    assert mask_phone(None) == ""
