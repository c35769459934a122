"""Fitting and cleaning of users' text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kotim_social.documents.fonts import REGULAR, text_width
from kotim_social.documents.text import clean, fit, paragraph, plain

NAMES = st.text(alphabet="abcdefghijklmnopqrstuvwxyz ABCW.'-çé", min_size=1, max_size=90)


@given(NAMES, st.floats(min_value=25, max_value=300))
def test_fitting_keeps_every_letter_and_the_width(text: str, width: float) -> None:
    fitted = fit(text, width, size=7.5)
    assert "".join(fitted.lines).replace(" ", "") == text.replace(" ", "")
    assert all(text_width(line, REGULAR, fitted.size) <= width + 0.01 for line in fitted.lines)
    assert 7.5 * 0.7 - 0.01 <= fitted.size <= 7.5


def test_fitting_shrinks_a_little_before_it_wraps() -> None:
    text = "Siti Aminah Kusumawardhani"
    width = text_width(text, REGULAR, 8)
    assert fit(text, width, size=8) == ((text,), 8)
    shrunk = fit(text, width * 0.93, size=8)
    assert shrunk.lines == (text,)
    assert shrunk.size < 8
    assert len(fit(text, width * 0.7, size=8).lines) == 2


@given(st.text())
def test_plain_text_is_one_printable_line(text: str) -> None:
    assert "\n" not in plain(text)
    plain(text).encode()  # no lone surrogate is left
    assert "\x00" not in clean(text)


def test_cleaning_keeps_newlines_and_cuts_at_the_limit() -> None:
    assert clean("a\r\nb\tc") == "a\nb c"
    assert clean("x" * 50, 10) == "x" * 10
    assert clean("é" * 50, 10) == "é" * 10


def test_markup_in_a_paragraph_is_escaped() -> None:
    assert paragraph('<img src="x"/>\nA&B') == '&lt;img src="x"/&gt;<br/>A&amp;B'
