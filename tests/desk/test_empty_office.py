"""An office without anybody in it: every page opens, and each that is empty says what to do."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from kotim_social.accounts.roles import Role
from tests import busy
from tests.e2e.test_gates import crawl

pytestmark = pytest.mark.django_db(transaction=True)
SILENT = re.compile(r"{% empty \w+ %}")
HEADS_ALONE = re.compile(r"</thead>\s*<tbody>\s*</tbody>\s*</table>")
EMPTY = re.compile(r'<div class="empty">(.*?)</div>', re.DOTALL)


def test_every_link_of_an_empty_office_opens_and_every_empty_page_says_what_to_do() -> None:
    """The crawl stops at the first page that does not open."""
    people = busy.one_of_each_role()
    told: dict[str, str] = {}
    bare: list[str] = []
    for role in Role:
        client = Client()
        client.force_login(people[role.value])
        pages = list(crawl(client))
        assert len(pages) > 3, role
        for found in pages:
            html = client.get(found.address, follow=True).content.decode()
            for box in EMPTY.findall(html):
                told[f"{role.value} {found.view}"] = box
            bare += [found.view] if HEADS_ALONE.search(html) else []
    assert len(told) > 30
    assert sorted(set(bare)) == []
    assert "Hapus satu saringan" not in told["petugas cases:worker_list"]
    silent = sorted({where.split()[1] for where, box in told.items() if "<p>" not in box})
    assert silent == []


def test_no_template_has_an_empty_page_that_says_nothing_more() -> None:
    """Also where no empty office leads: a filter, a roll-call, a figure that is nought."""
    folder = settings.BASE_DIR / "templates"
    silent = [
        str(path.relative_to(folder))
        for path in folder.rglob("*.html")
        if SILENT.search(path.read_text())
    ]
    assert silent == []
