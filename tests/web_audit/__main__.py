"""`./run audit`: html-validate over every page, Lighthouse over the four that matter most."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.served import HERE, ROLES, Served, served_office

TOOLS = Path(__file__).resolve().parent
OUT = HERE / "var" / "audit"
LINK = re.compile(r'href="(/[^"#]*)"')
# Least scores, mobile.
LEAST = {"accessibility": 1.0, "best-practices": 1.0, "performance": 0.95}
RUNS, ATTEMPTS = 3, 3
# First visit: everything that the page needs, as it comes over the wire.
MOST_REQUESTS, MOST_BYTES = 6, 60 * 1024


def main() -> int:
    shutil.rmtree(OUT, ignore_errors=True)
    (OUT / "pages").mkdir(parents=True)
    with served_office() as served:
        number = save_pages(served)
        print(f"{number} pages")
        invalid = [*english(), *validate()]
        low = lighthouse(served)
    for line in [*invalid, *low]:
        print(line)
    return 1 if invalid or low else 0


def save_pages(served: Served) -> int:
    """One page of each view and role, as it is sent."""
    from tests.e2e.test_gates import view_of

    number = 0
    for role in ROLES:
        waiting, seen, views = ["/"], set(), set()
        while waiting:
            address = waiting.pop(0)
            view = view_of(address)
            if address in seen or view is None or view in views:
                continue
            seen.add(address)
            answer = served.clients[role].get(address)
            if answer.status_code != 200 or "html" not in answer["Content-Type"]:
                continue
            views.add(view)
            html = answer.content.decode()
            name = f"{role}-{view.replace(':', '-')}.html"
            (OUT / "pages" / name).write_text(html)
            number += 1
            waiting += [link.replace("&amp;", "&") for link in LINK.findall(html)]
    return number


def english() -> list[str]:
    """Texts that are not Indonesian, on any page of any role."""
    from tests.english import english_on

    found = {
        text: f"English, {path.stem}: {text}"
        for path in sorted((OUT / "pages").glob("*.html"))
        for text in english_on(path.read_text())
    }
    print(f"English: {len(found)} texts")
    return list(found.values())


def validate() -> list[str]:
    """html-validate's findings, one line each; a page that several roles see is named once."""
    command = [TOOLS / "node_modules/.bin/html-validate", "--config", TOOLS / "htmlvalidate.json"]
    done = subprocess.run(
        [*command, "--formatter", "json", OUT / "pages"],
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, str] = {}
    for report in json.loads(done.stdout):
        view = Path(report["filePath"]).stem.split("-", 1)[1]
        for message in report["messages"]:
            key = f"{message['ruleId']}: {message['message']} ({message['selector']})"
            found.setdefault(key, f"html-validate, {view}: {key}")
    print(f"html-validate: {len(found)} findings")
    return list(found.values())


def lighthouse(served: Served) -> list[str]:
    """The median of three runs of each page; what lies under the least score."""
    from cases.models import Worker
    from disbursements.models import PaymentList

    pages = {
        "dashboard": "/",
        "list": "/penerima/",
        "worker": f"/penerima/{Worker.objects.order_by('register_no')[0].pk}/",
        "payment list": f"/daftar-bayar/{PaymentList.objects.order_by('-pk')[0].pk}/",
    }
    job = {
        "pages": {name: served.base + path for name, path in pages.items()},
        "session": served.cookie("petugas"),
        "chromium": os.environ["CHROMIUM"],
        "runs": RUNS,
        "attempts": ATTEMPTS,
        "out": str(OUT),
    }
    done = subprocess.run(
        ["node", TOOLS / "lighthouse.mjs"],
        input=json.dumps(job), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    return [
        line for name, result in json.loads(done.stdout).items() for line in judged(name, result)
    ]


def judged(name: str, result: dict[str, Any]) -> list[str]:
    """Prints what was found of one page; gives what lies under the least score or over a budget."""
    scores, weight = result["scores"], result["weight"]
    print(
        f"Lighthouse, {name}: {_said(scores)} (each run {result['runs']}, machine "
        f"{', '.join(result['machine'])}); {weight['requests']} requests, {weight['bytes']} bytes"
    )
    low = [
        f"Lighthouse, {name}: {kind} {scores[kind]}: {', '.join(result['failed'])}"
        for kind, least in LEAST.items()
        if scores[kind] < least
    ]
    if weight["requests"] > MOST_REQUESTS or weight["bytes"] > MOST_BYTES:
        low.append(f"Lighthouse, {name}: {weight['requests']} requests, {weight['bytes']} bytes")
    return low


def _said(scores: dict[str, Any]) -> str:
    return ", ".join(f"{kind} {score}" for kind, score in scores.items())


if __name__ == "__main__":
    raise SystemExit(main())
