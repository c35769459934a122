"""Every text of the screen has its Indonesian words, with the same placeholders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
OURS = ("kotim_social", "cases", "disbursements", "repatriation")
CALLS = {"_", "_now", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext"}
IN_TEMPLATE = re.compile(
    r"\b(n?gettext)\(u?((?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))", re.DOTALL
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
# Never on a screen, whatever the sentence.
FORBIDDEN = re.compile(r"\b(wts|pelacur|psk|pesangon|kompensasi|deportasi)\b", re.IGNORECASE)


@cache
def words() -> polib.POFile:
    return polib.pofile(str(ROOT / "locale" / "id" / "LC_MESSAGES" / "django.po"))


def in_python() -> Iterator[str]:
    for app in OURS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                    if name in CALLS and node.args and isinstance(node.args[0], ast.Constant):
                        yield node.args[0].value


def in_templates() -> Iterator[str]:
    for path in (ROOT / "templates").rglob("*.html"):
        for _call, literal in IN_TEMPLATE.findall(templatize(path.read_text())):
            yield ast.literal_eval(literal)


def test_every_text_is_translated() -> None:
    known = {entry.msgid for entry in words() if entry.msgstr or any(entry.msgstr_plural.values())}
    texts = {text for text in [*in_python(), *in_templates()] if text}
    assert len(texts) > 1000, "the texts are no longer found"
    assert sorted(texts - known) == []


def test_nothing_is_fuzzy_and_placeholders_stay() -> None:
    for entry in words():
        assert "fuzzy" not in entry.flags, entry.msgid
        said = entry.msgstr or entry.msgstr_plural[0]
        wanted = entry.msgid_plural or entry.msgid
        assert set(PLACEHOLDER.findall(said)) == set(PLACEHOLDER.findall(wanted)), entry.msgid


def test_words_that_never_stand_on_a_screen() -> None:
    for entry in words():
        assert not FORBIDDEN.search(entry.msgstr or ""), entry.msgid
