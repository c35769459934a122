"""Names: the form shown, and the form compared."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotim_social.lib.names import fold_name, tidy_name


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("PUJI  ASTUTI ", "Puji Astuti"),
        ("siti aminah", "Siti Aminah"),
        ("Mami-Ros", "Mami-Ros"),
        ("MAMI-ROS", "Mami-Ros"),
        ("'Sri Wahyuni'", "Sri Wahyuni"),
        ('"TRI"', "Tri"),
        ("'RINI", "Rini"),
        ("Rofi'", "Rofi'"),
        ("NUR'AINI", "Nur'aini"),
        ("R.A. KARTINI", "R.A. Kartini"),
        ("PU. ASTUTI", "Pu. Astuti"),
        ("Dewi\u00a0\n Sartika", "Dewi Sartika"),
        ("Tri\u200b", "Tri"),
        ("", ""),
    ],
)
def test_tidy_name(typed: str, shown: str) -> None:
    assert tidy_name(typed) == shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Soepiyah", "Supiyah"),
        ("St. Aminah", "Siti Aminah"),
        ("ST.AMINAH", "siti aminah"),
        ("Hj. Aminah", "Siti Aminah"),
        ("Hj. Siti Aminah", "Siti Aminah"),
        ("Djuwariyah", "Juwariyah"),
        ("Juwariyah", "Yuwariyah"),
        ("Tjitra", "Citra"),
        ("Widjaja", "Wijaya"),
        ("Rahaju", "Rahayu"),
        ("Sjarifah", "Syarifah"),
        ("Njai Ontosoroh", "Nyai Ontosoroh"),
        ("Chotimah", "Khotimah"),
        ("Annisa", "Anisa"),
        ("Nur'aini", "Nuraini"),
        ("Siti Aminah binti Karto", "Siti Aminah"),
        ("Renée", "Renee"),
        ("MAMI-ROS", "mami ros"),
    ],
)
def test_spellings_of_one_name_fold_alike(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siti", "Sri"),
        ("Siti Aminah", "Aminah"),
        ("Rini", "Rina"),
        ("Bintari", "Bin"),
        ("Tri Wahyuni", "Tri"),
        ("Binti Khotimah", "Binti Aminah"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


def test_a_name_that_is_only_a_title_is_kept() -> None:
    assert fold_name("Siti ") == "siti"
    assert fold_name("St.") == "st"
    assert fold_name("...") == ""


@given(st.text("abzABZéÉñ'’\"-.,; \t\n\x00\u200b19", max_size=40))
def test_any_text_is_tidied_once_and_for_all(text: str) -> None:
    shown = tidy_name(text)
    assert tidy_name(shown) == shown
    assert "\x00" not in shown
    assert fold_name(text).split() == fold_name(text).split(" ") or fold_name(text) == ""


@given(st.text("acdehijklmnoprstuyz", min_size=4, max_size=12))
def test_the_folded_form_is_stable_and_blind_to_capitals(word: str) -> None:
    folded = fold_name(word)
    assert fold_name(folded) == folded == fold_name(word.upper())


def test_every_name_of_the_demo_register_is_tidied_as_the_truth_says() -> None:
    truth = Path(__file__).parents[1] / "data" / "register-kotim-2017.truth.json"
    for person in json.loads(truth.read_text())["people"]:
        assert tidy_name(f" {person['name'].upper()}  ") == person["name"]
