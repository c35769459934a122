"""A page as a tree: what tests ask of its links, its tables and their rows."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

VOID = frozenset({"input", "img", "br", "meta", "link", "hr", "col", "source", "path", "wbr"})


class Node:
    """One element with what is in it."""

    def __init__(self, tag: str, attrs: dict[str, str | None]) -> None:
        self.tag = tag
        self.attrs = attrs
        self.children: list[Node | str] = []

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, tag: str) -> list[Node]:
        return [node for node in self.walk() if node.tag == tag]

    def by_id(self, name: str) -> Node | None:
        return next((node for node in self.walk() if node.attrs.get("id") == name), None)

    def has_class(self, name: str) -> bool:
        return name in (self.attrs.get("class") or "").split()

    @property
    def text(self) -> str:
        """What is seen: words for screen readers only are left out."""
        if self.has_class("visually-hidden"):
            return ""
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return " ".join("".join(parts).split())


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs))
        self.open[-1].children.append(node)
        if tag not in VOID or (tag == "path" and not self.get_starttag_text().endswith("/>")):
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].tag == tag:
                del self.open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(html: str) -> Node:
    """The main part of the page."""
    builder = _Builder()
    builder.feed(html)
    return next(iter(builder.root.all("main")), builder.root)


def number_of(text: str) -> int | None:
    """1.234 as it is written on the screen; None when it is something else."""
    plain = text.replace(".", "")
    return int(plain) if plain.isascii() and plain.isdigit() else None


def rows_of(page: Node, name: str = "") -> int:
    """Rows (or list items) of the element with this id, or of the first table of the page."""
    place = page.by_id(name) if name else next(iter(page.all("table")), None)
    if place is None:
        return 0
    if items := [node for node in place.children if isinstance(node, Node) and node.tag == "li"]:
        return len(items)
    bodies = place.all("tbody")
    return sum(1 for body in bodies for row in body.all("tr") if not row.has_class("total"))


def next_page(page: Node) -> str:
    """The query of the page after this one."""
    links = (node for node in page.all("a") if node.attrs.get("rel") == "next")
    return next((link.attrs["href"] or "" for link in links), "")
