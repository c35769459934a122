"""English that has slipped onto a page: words of that language that Indonesian does not have."""

from __future__ import annotations

import re
from html.parser import HTMLParser

WORDS = re.compile(
    r"\b(the|and|with|you|your|please|from|this|that|not|for|of|is|are|was|were|has|have|will|"
    r"save|search|cancel|back|choose|select|add|remove|delete|name|date|home|error|none|empty)\b",
    re.IGNORECASE,
)
SAID = {"title", "placeholder", "aria-label", "alt", "value"}
UNSEEN = {"script", "style", "template"}


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self._inside.append(tag)
        is_code = ("type", "hidden") in attrs or tag in ("option", "meta")
        shown = {"aria-label", "alt", "placeholder", "title"} if is_code or tag == "input" else SAID
        if tag == "input" and ("type", "submit") in attrs:
            shown = SAID
        self.texts += [
            value for name, value in attrs if name in shown and value and tag != "button"
        ]

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.texts.append(data)


def english_on(html: str) -> list[str]:
    """Texts of a page, seen or read aloud, with an English word in them."""
    parser = _Texts()
    parser.feed(html)
    texts = (" ".join(text.split()) for text in parser.texts)
    return [text for text in texts if WORDS.search(text)]
