"""Every page that a role can reach by following links, held against the gates of a good page."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from playwright.sync_api import Page, Route

from kotim_social.accounts.models import User
from tests import busy
from tests.english import english_on

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]

# One page of each view is enough, two where the second may look different.
PAGES_OF_A_VIEW = 1
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (320, 1366)
LATER_HTML, LISTS_HTML = 6 * 1024, 15 * 1024
LISTS = {
    "cases:worker_list", "disbursements:report_index", "cases:import_detail", "desk:home",
    "disbursements:decree_create", "disbursements:list_create",
}  # fmt: skip

PARTS = ["header", "main", "footer"]
MAIN = re.compile(r"<main\b.*</main>", re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden"[^>]*>')
LINK = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)

# For each part, tags with classes and roles; of equal neighbours one, and no word of the content.
OUTLINES = """parts => {
    const draw = el => {
        const kids = [...el.querySelectorAll(':scope > *')].map(draw);
        const own = ['class', 'role', 'type', 'scope'].map(name => el.getAttribute(name) || '');
        return el.tagName + own.join('.') +
            '(' + kids.filter((kid, at) => kid !== kids[at - 1]).join('') + ')';
    };
    return parts.map(part => [...document.querySelectorAll(part)].map(draw).join('|'));
}"""

# Asked for at once: each question to a page by Playwright's own ways loads its tools into it.
READ = """() => ({
    title: document.title,
    headings: document.querySelectorAll('h1').length,
    html: '<!DOCTYPE html>' + document.documentElement.outerHTML,
})"""

# What the content policy forbids is said by the page itself: a browser may keep its own words.
TELL_VIOLATIONS = """addEventListener('securitypolicyviolation', seen => console.error(
    `content policy: ${seen.effectiveDirective} ${seen.blockedURI}`))"""

VIOLATIONS = """([parts, options]) => axe.run(
    parts ? {include: parts.map(part => [part])} : document, options).then(({violations}) =>
    violations.map(({id, nodes}) => `${id} ${JSON.stringify(nodes[0].target)}`))"""


@dataclass(frozen=True)
class Found:
    """A page that links lead to."""

    view: str
    address: str
    title: str
    # What stands in its middle, without the tokens of forms.
    body: str


@pytest.fixture
def busy_office(people: dict[str, User]) -> dict[str, User]:
    """The demo register, and beside it people at every stage of the money and of the way home."""
    busy.fill_office(people["petugas"])
    return people


def crawl(client: Client) -> Iterator[Found]:
    """Pages reached by links from the first one, one of each view; read without a browser."""
    waiting, seen, views = ["/"], set(), {}
    while waiting:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        view = view_of(address)
        if view is None or views.get(view, 0) >= PAGES_OF_A_VIEW:
            continue
        views[view] = views.get(view, 0) + 1
        response = client.get(address, follow=True)
        assert response.status_code == 200, f"{view} answers {response.status_code}"
        if not response.headers["Content-Type"].startswith("text/html"):
            # A paper or a table as a file: nothing to look at here.
            assert response.headers["Content-Disposition"].startswith("attachment"), view
            continue
        html, here = response.content.decode(), response.request["PATH_INFO"]
        if view_of(here) == view:  # not when an act first asks for a fresh proof
            title, body = unescape(TITLE.findall(html)[0].strip()), MAIN.findall(html)[0]
            yield Found(view, address, title, HIDDEN.sub("", body))
        links = (urljoin(here, unescape(link).split("#")[0]) for link in LINK.findall(html))
        waiting += [link for link in links if not urlsplit(link).netloc]


def view_of(address: str) -> str | None:
    """The view behind an address; None for files and for the admin site."""
    path = urlsplit(address).path
    if path.startswith(("/static/", "/admin/")) or path.endswith((".pdf", ".xlsx", ".csv")):
        return None
    try:
        match = resolve(path)
    except Resolver404:
        return None
    downloads = ("paper_file", "paper_copy", "template", "rejected", "paper_draft")
    return None if match.view_name.endswith(downloads) else match.view_name


def outlines_of(page: Page) -> dict[str, str]:
    """The build of the parts of a page without its words; repeated rows count once."""
    return dict(zip(PARTS, page.evaluate(OUTLINES, PARTS), strict=True))


def trouble_on(page: Page, found: Found, seen: set[str]) -> list[str]:
    """What is wrong with the page that is shown; a build that axe saw before is not shown again."""
    troubles, view = [], found.view
    outlines = outlines_of(page)
    new = [part for part, outline in outlines.items() if outline not in seen]
    seen |= set(outlines.values())
    # The width that the last page left behind comes first: a page is laid out anew only once.
    for width in sorted(WIDTHS, key=lambda width: width != page.viewport_size["width"]):
        page.set_viewport_size({"width": width, "height": 740})
        over = page.evaluate("document.documentElement.scrollWidth") - width
        if over > 0:
            troubles.append(f"{view}: {over} px too wide at {width}")
        if new:
            found_by_axe = violations_on(page, None if width == WIDTHS[0] else new)
            troubles += [f"{view} at {width}: {text}" for text in found_by_axe]
    read = page.evaluate(READ)
    if read["title"] != found.title:
        troubles.append(f"{view}: the title becomes “{read['title']}”")
    weight = len(gzip.compress(read["html"].encode()))
    if weight > (LISTS_HTML if view in LISTS else LATER_HTML):
        troubles.append(f"{view}: {weight} bytes of HTML")
    troubles += [f"{view}: English “{text}”" for text in english_on(read["html"])]
    if read["headings"] != 1:
        troubles.append(f"{view}: {read['headings']} headings of the first level")
    return troubles


def violations_on(page: Page, parts: list[str] | None) -> list[str]:
    """What axe finds; the page keeps axe, and hands over what is wrong instead of all it saw.

    The whole page is read once, these parts of it at its other width. Contrast is the dearest
    question and is asked of the whole: no colour of ours depends on the width.
    """
    options = {
        "runOnly": {"type": "tag", "values": RULES},
        "resultTypes": ["violations"],
        # Style sheets are fetched anew for rules that are not among these.
        "preload": False,
        "rules": {"color-contrast": {"enabled": parts is None}},
    }
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(VIOLATIONS, [parts, options])
    return found


def listen(page: Page, base: str) -> list[str]:
    """Grows by what the browser complains of: errors, the content policy, requests elsewhere."""
    troubles: list[str] = []
    page.add_init_script(TELL_VIOLATIONS)
    page.on(
        "console", lambda m: troubles.append(f"console: {m.text}") if m.type == "error" else None
    )
    page.on(
        "request",
        lambda r: (
            None
            if r.url.startswith((base, "data:"))
            else troubles.append(f"another host: {urlsplit(r.url).netloc}")
        ),
    )
    return troubles


def wrong_titles(pages: list[Found]) -> list[str]:
    """Two pages of one person with the same title, and a title that names somebody or a place."""
    troubles, titles = [], {}
    for page in pages:
        if page.title in titles:
            troubles.append(f"{page.view} and {titles[page.title]} share the title “{page.title}”")
        titles[page.title] = page.view
        if re.search(r"\b(Tri|Tangar|Parenggean|Km 12)\b", page.title):
            troubles.append(f"{page.view}: the title says too much")
    assert len(titles) >= 15
    return troubles


def walk(page: Page, base: str, pages: list[Found], seen: set[str]) -> list[str]:
    """Everything that is found on these pages."""
    troubles = listen(page, base)
    for found in pages:
        response = page.goto(f"{base}{found.address}")
        assert response is not None
        assert response.status == 200, f"{found.view} answers {response.status}"
        assert view_of(page.url) == found.view
        troubles += trouble_on(page, found, seen)
    return troubles


def test_pages_pass_the_gates(
    live_server: Any, busy_office: dict[str, User], sign_in: Callable[..., Page]
) -> None:
    troubles: dict[str, list[str]] = {}
    seen: set[str] = set()
    bodies: set[str] = set()
    for role in ("petugas", "pimpinan", "bendahara"):
        client = Client()
        client.force_login(busy_office[role])
        pages = list(crawl(client))
        # What somebody else was shown word for word is not looked at again.
        new = [found for found in pages if found.body not in bodies]
        bodies |= {found.body for found in pages}
        here = walk(sign_in(busy_office[role]), live_server.url, new, seen)
        troubles[role] = wrong_titles(pages) + here
    assert not any(troubles.values()), "\n".join(
        f"{role}: {trouble}" for role, found in troubles.items() for trouble in found
    )


def test_the_admin_site_meets_no_content_policy(
    live_server: Any, people: dict[str, User], sign_in: Callable[..., Page]
) -> None:
    """Its pages are Django's own, so only what the browser says of them is looked at."""
    page = sign_in(people["admin"])
    troubles = listen(page, live_server.url)
    accounts = ("user", "rolegrant", "assignment")
    names = ["index", *(f"accounts_{name}_changelist" for name in accounts), "accounts_user_add"]
    paths = [reverse(f"admin:{name}") for name in names]
    paths.append(reverse("admin:accounts_user_change", args=[people["admin"].pk]))
    for path in paths:
        answer = page.goto(f"{live_server.url}{path}")
        assert answer is not None and answer.status == 200, path
    told = [trouble for trouble in troubles if "content policy" in trouble or "host" in trouble]
    assert told == []


@pytest.mark.parametrize(
    ("part", "directive"),
    [
        ('<p style="color: red">merah</p>', "style-src-attr"),
        ("<script>document.title = 'x'</script>", "script-src-elem"),
        ('<img alt="" src="https://evil.example/x.png">', "img-src"),
    ],
)
def test_the_gates_see_what_the_content_policy_forbids(
    live_server: Any,
    people: dict[str, User],
    sign_in: Callable[..., Page],
    part: str,
    directive: str,
) -> None:
    """The same page is silent as it is, and named with one forbidden part in it."""
    page = sign_in(people["petugas"])
    troubles = listen(page, live_server.url)
    page.goto(f"{live_server.url}/")
    assert troubles == []

    def with_part(route: Route) -> None:
        answer = route.fetch()
        assert "content-security-policy" in answer.headers
        route.fulfill(response=answer, body=answer.text().replace("</main>", f"{part}</main>"))

    page.route(f"{live_server.url}/", with_part)
    page.goto(f"{live_server.url}/")
    assert any(f"content policy: {directive}" in trouble for trouble in troubles), troubles
