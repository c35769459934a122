"""The administration is read through as the administrator reads it: no English, no bare figure."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from repatriation.actions import preparing
from tests.english import english_on
from tests.factories import a_list, correct, fresh, make_user, ready_people, the_four, walk_to
from tests.repatriation.travellers import a_batch, people, signed_in

LINK = re.compile(r'href="([^"]+)"')
# Rupiah without dots, ids, days as a machine writes them, what Python calls nothing or a thing.
BARE = {
    "amount": re.compile(r"(?<![\d.-])\d{5,}(?![\d.*])"),
    "id": re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-"),
    "day": re.compile(r"\b20\d\d-\d\d-\d\d\b"),
    "object": re.compile(r"\bobject \(|\bNone\b|\bTrue\b|\bFalse\b"),
    "code": re.compile(r"\b[a-z]+_[a-z_]+\b"),
}


class _Seen(HTMLParser):
    """What is read on a page, without what stands in forms to be typed over."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._unseen and data.strip():
            self.texts.append(" ".join(data.split()))


def seen_on(html: str) -> list[str]:
    parser = _Seen()
    parser.feed(html)
    return parser.texts


def crawl(client: Client) -> dict[str, str]:
    """Every page of the administration to which one of its pages leads."""
    waiting, found = [reverse("admin:index")], {}
    while waiting:
        path = waiting.pop(0)
        if path in found:
            continue
        answer = client.get(path)
        found[path] = ""
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            continue
        html = found[path] = answer.content.decode()
        if "?" in path:
            continue
        for link in LINK.findall(html):
            target = urljoin(path, unescape(link).split("#")[0])
            if target.startswith("/admin/") and "o=" not in urlsplit(target).query:
                waiting.append(target)
    return {path: html for path, html in found.items() if html}


@pytest.fixture
def pages(transactional_db: None) -> dict[str, str]:
    """Of an administrator, in an office where every list has a row."""
    four = the_four()
    workers = ready_people(1, four=four)
    walk_to(a_list(by=four.petugas), "ordered", four=four)
    batch = a_batch(people(1, four), four)
    preparing.send_new_officer(
        batch=batch, name="Contoh Ketua", sex="woman", nip=None, rank="Penata", is_head=True,
        by=four.petugas,
    )  # fmt: skip
    correct(workers[0], "birth_place", "Ngawi", by=four.pimpinan)
    make_user("petugas", lokalisasi=["TANGAR"])
    return crawl(signed_in(fresh(make_user("admin"))))


def test_every_page_of_the_administration_is_read_through(pages: dict[str, str]) -> None:
    for name in ("accounts", "cases", "disbursements", "repatriation"):
        assert any(re.fullmatch(rf"/admin/{name}/\w+/[^/]+/change/", path) for path in pages), name
        assert any(re.fullmatch(rf"/admin/{name}/\w+/[^/]+/history/", path) for path in pages), name
    assert any("?" in path for path in pages)
    said = [
        f"{path}: {kind}: {text}"
        for path, html in pages.items()
        for text in seen_on(html)
        for kind, bare in BARE.items()
        if bare.search(text)
    ]
    english = [f"{path}: {text}" for path, html in pages.items() for text in english_on(html)]
    assert sorted({*said, *english}) == []
    assert any("Rp5.050.000" in html for html in pages.values())
    # "Closed at" is English that no list of words holds: it is what Django made of a field's name.
    names = {
        field.name.replace("_", " ").capitalize()
        for model in admin.site._registry
        for field in model._meta.get_fields()
        if "_" in field.name or field.name == "order"
    }
    found = {text.rstrip(":") for html in pages.values() for text in seen_on(html)}
    assert names & found == set()


def test_a_proposed_correction_is_named_by_what_follows(transactional_db: None) -> None:
    four = the_four()
    worker = ready_people(1, four=four)[0]
    form = {
        "register_no": worker.register_no, "field": "birth_place", "new_value": "Ngawi",
        "why": "salah ketik", "seen_on": "KTP",
    }  # fmt: skip
    client = signed_in(make_user("admin"))
    answer = client.post(reverse("admin:cases_correction_add"), form, follow=True)
    told = [str(message) for message in answer.context["messages"]]
    assert told == ["Koreksi diajukan; pimpinan yang memutuskannya."]
