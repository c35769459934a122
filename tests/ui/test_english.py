"""The finder of English words finds them, wherever they are read, and leaves Indonesian alone."""

from __future__ import annotations

import pytest

from tests.english import english_on


@pytest.mark.parametrize(
    "html",
    [
        "<p>Nothing of this list</p>",
        '<input type="text" placeholder="Your name">',
        '<nav aria-label="Back to the list"></nav>',
        '<input type="submit" value="Save">',
        "<title>The list – Kotim Social</title>",
    ],
)
def test_english_is_found(html: str) -> None:
    assert len(english_on(html)) == 1


@pytest.mark.parametrize(
    "html",
    [
        "<p>Daftar bayar untuk Km 12, belum dibayar</p>",
        '<input type="hidden" name="next" value="the-key">',
        '<option value="none">belum dicek</option>',
        "<script>var the = 1</script>",
    ],
)
def test_indonesian_and_code_are_not(html: str) -> None:
    assert english_on(html) == []
