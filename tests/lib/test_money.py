"""Rupiah: shown, read, spelled, and typed into a form."""

import pytest
from django import forms
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from kotim_social.lib.money import (
    MAX_RUPIAH,
    MoneyError,
    RupiahFormField,
    format_rupiah,
    number_words,
    parse_rupiah,
    terbilang,
)


def test_format_rupiah() -> None:
    assert format_rupiah(5_050_000) == "Rp5.050.000"
    assert format_rupiah(5_050_000, cents=True) == "Rp5.050.000,00"
    assert format_rupiah(0) == "Rp0"
    assert format_rupiah(-250_000) == "-Rp250.000"
    for wrong in (5.0, True, "5"):
        with pytest.raises(TypeError):
            format_rupiah(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("5050000", 5_050_000),
        ("5.050.000", 5_050_000),
        ("Rp 5.050.000,00", 5_050_000),
        ("Rp5.050.000", 5_050_000),
        ("rp. 5.050.000,-", 5_050_000),
        (" 5 050 000 ", 5_050_000),
        ("500.000", 500_000),
        ("1", 1),
        ("999999999999999", MAX_RUPIAH),
    ],
)
def test_amounts_that_are_taken(typed: str, amount: int) -> None:
    assert parse_rupiah(typed) == amount


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("5,050,000", "format"),
        ("1e9", "format"),
        ("-1", "negative"),
        ("Rp -1", "negative"),
        ("abc", "format"),
        ("NaN", "format"),
        ("inf", "format"),
        ("500.00", "format"),
        ("5.05", "format"),
        ("5.0500.000", "format"),
        ("5.050 000", "format"),
        ("50.50.000", "format"),
        ("5.050.000.00", "format"),
        ("5050000.00", "format"),
        ("5.050.000,0", "format"),
        ("5.050.000,50", "cents"),
        ("005", "format"),
        ("0", "zero"),
        ("0,00", "zero"),
        ("000.000", "zero"),
        ("", "empty"),
        ("Rp", "format"),
        ("+5", "format"),
        ("1_000", "format"),
        ("0x10", "format"),
        ("٥٠٠", "format"),
        ("5\x00", "format"),
        ("9" * 16, "large"),
        ("9" * 5000, "large"),
        ("juta", "format"),
    ],
)
def test_amounts_that_would_have_to_be_guessed_are_refused(typed: str, code: str) -> None:
    with pytest.raises(MoneyError) as caught:
        parse_rupiah(typed)
    assert caught.value.code == code
    assert caught.value.sentence


@given(st.integers(1, MAX_RUPIAH), st.booleans())
def test_what_is_shown_is_read_back(amount: int, cents: bool) -> None:
    assert parse_rupiah(format_rupiah(amount, cents=cents)) == amount
    assert parse_rupiah(str(amount)) == amount


@given(st.text("0123456789.,- Rpe", max_size=18))
def test_a_text_that_is_read_shows_the_digits_that_were_typed(text: str) -> None:
    try:
        amount = parse_rupiah(text)
    except MoneyError:
        return
    typed = text.removesuffix(" ").strip().removesuffix(",00")
    assert "".join(char for char in typed if char.isdigit()) == str(amount)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Nol rupiah"),
        (5_050_000, "Lima juta lima puluh ribu rupiah"),
        (100, "Seratus rupiah"),
        (1_000, "Seribu rupiah"),
        (1_000_000, "Satu juta rupiah"),
        (1_000_000_000, "Satu miliar rupiah"),
        (1_001_000, "Satu juta seribu rupiah"),
        (1_001_001_001, "Satu miliar satu juta seribu satu rupiah"),
        (11_000, "Sebelas ribu rupiah"),
        (101_000, "Seratus satu ribu rupiah"),
        (21_000, "Dua puluh satu ribu rupiah"),
        (10_110, "Sepuluh ribu seratus sepuluh rupiah"),
        (19, "Sembilan belas rupiah"),
        (
            2_413_900_000,
            "Dua miliar empat ratus tiga belas juta sembilan ratus ribu rupiah",
        ),
    ],
)
def test_terbilang(amount: int, words: str) -> None:
    assert terbilang(amount) == words


@given(st.one_of(st.integers(0, 2_000_000), st.integers(0, 999_999_999_999)))
def test_terbilang_agrees_with_num2words_but_for_its_known_error(amount: int) -> None:
    oracle = num2words(amount, lang="id")
    if amount // 1_000 % 1_000 == 1:
        oracle = oracle.replace("satu ribu", "seribu")
    assert number_words(amount) == oracle


@pytest.mark.parametrize("wrong", [-1, MAX_RUPIAH + 1])
def test_terbilang_refuses_what_it_cannot_spell(wrong: int) -> None:
    with pytest.raises(ValueError, match="range"):
        terbilang(wrong)


class AmountForm(forms.Form):
    amount = RupiahFormField()
    limit = RupiahFormField(required=False)


def typed(**data: str) -> AmountForm:
    return AmountForm(MultiValueDict({name: [value] for name, value in data.items()}))


def test_the_form_field_gives_whole_rupiah() -> None:
    form = typed(amount="500.000", limit="")
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"amount": 500_000, "limit": None}


def test_the_form_field_keeps_what_was_typed_when_it_refuses() -> None:
    form = typed(amount="5,050,000")
    assert not form.is_valid()
    assert form.errors.as_data()["amount"][0].code == "format"
    html = str(form["amount"])
    assert 'value="5,050,000"' in html
    assert 'inputmode="numeric"' in html


def test_the_form_field_asks_for_an_amount_and_sees_no_change_in_another_spelling() -> None:
    assert typed(amount="").errors.as_data()["amount"][0].code == "required"
    form = AmountForm({"amount": "Rp 5.050.000,00"}, initial={"amount": 5_050_000})
    assert form.changed_data == []
    assert 'value="5.050.000"' in str(AmountForm(initial={"amount": 5_050_000})["amount"])
