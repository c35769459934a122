"""The manual's pictures: each is shown, each that is shown is there, together they are light."""

from __future__ import annotations

import re

from tests.manual_pictures import FOLDER, MOST_BYTES
from tests.served import ROLES


def test_pictures_and_pages_fit_each_other() -> None:
    shown: dict[str, set[str]] = {
        page.stem: set(re.findall(r"!\[[^\]]+\]\(gambar/([\w-]+)\.png\)", page.read_text()))
        for page in FOLDER.parent.glob("*.md")
    }
    there = {path.stem for path in FOLDER.glob("*.png")}
    assert set().union(*shown.values()) == there
    assert [role for role in ROLES if not shown[role]] == []
    assert sum(path.stat().st_size for path in FOLDER.glob("*.png")) <= MOST_BYTES
