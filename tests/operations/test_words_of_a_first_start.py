"""A first start speaks Indonesian: words compiled by the process that serves are used by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils.translation import gettext, override
from django.utils.translation.reloader import translation_file_changed

WORD = "A word of the first start"
PO = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "A word of the first start"
msgstr "Kata mulai pertama"
"""


@pytest.fixture
def empty_words(tmp_path: Path, settings: Any) -> Iterator[None]:
    folder = tmp_path / "id" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO)
    ours = settings.LOCALE_PATHS
    settings.LOCALE_PATHS = [str(tmp_path)]
    yield
    settings.LOCALE_PATHS = ours
    translation_file_changed(sender=None, file_path=folder / "django.mo")


def test_words_compiled_now_are_spoken_now(empty_words: None) -> None:
    with override("id"):
        assert gettext(WORD) == WORD
    call_command("compilemessages", verbosity=0)
    with override("id"):
        assert gettext(WORD) == "Kata mulai pertama"
