"""Somebody at a page, by mouse, by keyboard alone, or on a phone without JavaScript; counted."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import dataclass, fields
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import ElementHandle, Page, Response


class Way(StrEnum):
    """How a page is used."""

    MOUSE = "mouse"
    KEYBOARD = "keyboard"
    PHONE = "phone"

    @property
    def width(self) -> int:
        return 360 if self == Way.PHONE else 1366

    @property
    def has_script(self) -> bool:
        return self != Way.PHONE


@dataclass(frozen=True)
class Cost:
    """Pages shown after the start, things pressed, fields filled in."""

    pages: int
    clicks: int
    fields: int

    def fits(self, most: Cost) -> bool:
        return all(getattr(self, f.name) <= getattr(most, f.name) for f in fields(self))

    def __str__(self) -> str:
        return f"{self.pages}/{self.clicks}/{self.fields}"


TABLE = settings.BASE_DIR / "docs" / "journeys.md"
ROW = re.compile(r"\| `(?P<name>[a-z0-9-]+)` \|.*\| (?P<cost>\d+ \| \d+ \| \d+) \|")


def budgets() -> dict[str, Cost]:
    """Journey → the most it may cost, as the page in docs/ says."""
    rows = (ROW.fullmatch(line.strip()) for line in TABLE.read_text().splitlines())
    return {
        row["name"]: Cost(*(int(number) for number in row["cost"].split("|")))
        for row in rows
        if row
    }


# How often Tab is pressed to get from where the focus is to an element; of a group of radio
# buttons only one is on the way.
_TABS = """target => {
  const group = e => [...document.getElementsByName(e.name)].filter(
    o => o.type === "radio" && o.form === e.form);
  const stop = e => e.type !== "radio" || e.checked
    || (!group(e).some(o => o.checked) && group(e)[0] === e);
  const all = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
  )].filter(e => !e.disabled && stop(e)
    && e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: false }));
  const wanted = target.type === "radio" ? group(target).find(stop) : target;
  return [all.indexOf(wanted) - all.indexOf(document.activeElement), all.indexOf(wanted)];
}"""
_HAS_FOCUS = """target => document.activeElement === target || (target.type === "radio"
  && document.activeElement.type === "radio" && document.activeElement.name === target.name)"""
# The outermost closed fold around an element: its heading.
_FOLD = """target => {
  let found = null;
  for (let d = target.closest("details:not([open])"); d;
       d = d.parentElement && d.parentElement.closest("details:not([open])")) found = d;
  return found && !found.querySelector(":scope > summary").contains(target)
    ? found.querySelector(":scope > summary") : null;
}"""
_OPTION = """(select, wanted) => {
  const options = [...select.options].filter(o => !o.disabled);
  return options.findIndex(o => o.value === wanted) - options.indexOf(select.selectedOptions[0]);
}"""


class Walk:
    """A page and what was done on it. A proof of the second factor is given beforehand."""

    def __init__(self, page: Page, way: Way) -> None:
        self.page = page
        self.way = way
        self.pages = self.clicks = self.fields = 0
        page.on("response", self._count_page)
        # Asked for now, so that the browser hands its dialogs over long before one opens.
        page.on("filechooser", lambda chooser: None)

    @property
    def cost(self) -> Cost:
        return Cost(self.pages, self.clicks, self.fields)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def begin(self, address: str) -> None:
        """The page where she sits already: the counting begins."""
        self.page.goto(address)
        self._check_width()
        self.pages = self.clicks = self.fields = 0

    # -- what people do ------------------------------------------------------------------------

    def press(self, selector: str, *, stays: bool = False) -> None:
        """A link, or the button of a form; with `stays` it shows no other page."""
        target = self._shown(selector)
        self.clicks += 1
        with nullcontext() if stays else self.page.expect_navigation():
            self._activate(target, "Enter")
        if not stays:
            self._check_width()

    def follow(self, path: str) -> None:
        """A link to this address."""
        self.press(f"a[href='{path}']")

    def submit(self) -> None:
        """The button that does what the page is for."""
        self.press("main .form-buttons button[type=submit]")

    def download(self, selector: str) -> bytes:
        """A link that gives a file: the page stays where it is."""
        target = self._shown(selector)
        self.clicks += 1
        with self.page.expect_download() as waiting:
            self._activate(target, "Enter")
        return waiting.value.path().read_bytes()

    def tick(self, selector: str) -> None:
        """A box or a radio button: turned round, or chosen."""
        target = self._shown(selector)
        self.clicks += 1
        before = target.is_checked()
        if self.way != Way.KEYBOARD:
            target.click()
        elif target.get_attribute("type") == "radio":
            self._choose_radio(target)
        else:
            self._activate(target, "Space")
        assert target.is_checked() != before, f"{selector} was not changed"

    def fill(self, name: str, value: str) -> None:
        """A field with its text, one option of a list, or a file."""
        target = self._shown(f"[name='{name}']")
        self.fields += 1
        if target.evaluate("e => e.tagName") == "SELECT":
            self._select(target, value)
        elif target.get_attribute("type") == "file":
            self._give_file(target, value)
        elif self.way == Way.KEYBOARD:
            self._reach(target)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(value)
        else:
            target.fill(value)

    def search(self, word: str) -> None:
        """The box in every header; by keyboard "/" leads to it and Enter sends it."""
        if self.way != Way.KEYBOARD:
            self.fill("q", word)
            self.press(".site-search button")
            return
        self.page.keyboard.press("/")
        assert self.page.locator("#site-search").evaluate(_HAS_FOCUS), "/ leads to the search"
        self.page.keyboard.type(word)
        self.fields += 1
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    # -- how the three ways do it --------------------------------------------------------------

    def _activate(self, target: ElementHandle, key: str) -> None:
        if self.way == Way.KEYBOARD:
            self._reach(target)
            self.page.keyboard.press(key)
        else:
            target.click()

    def _choose_radio(self, target: ElementHandle) -> None:
        self._reach(target)
        self.page.keyboard.press("Space")
        for _step in range(20):
            if target.is_checked():
                return
            self.page.keyboard.press("ArrowDown")

    def _select(self, target: ElementHandle, value: str) -> None:
        if self.way != Way.KEYBOARD:
            target.select_option(value)
            return
        self._reach(target)
        steps = target.evaluate(_OPTION, value)
        for _step in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        assert target.evaluate("e => e.value") == value

    def _give_file(self, target: ElementHandle, path: str) -> None:
        if self.way != Way.KEYBOARD:
            target.set_input_files(path)
            return
        self._reach(target)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(path)

    def _reach(self, target: ElementHandle) -> None:
        """Tab, as often as it takes, and not once more: the focus must arrive there."""
        steps, place = target.evaluate(_TABS)
        assert place >= 0, f"no key leads to {target} on {self.path}"
        for _step in range(abs(steps)):
            self.page.keyboard.press("Tab" if steps > 0 else "Shift+Tab")
        for _more in range(5):  # a part of the page that scrolls is a stop of its own
            if target.evaluate(_HAS_FOCUS):
                return
            self.page.keyboard.press("Tab" if steps > 0 else "Shift+Tab")
        raise AssertionError(f"Tab does not reach {target} on {self.path}")

    def _shown(self, selector: str) -> ElementHandle:
        """The first that is seen; what is folded away is unfolded first, and that counts."""
        found = self.page.query_selector_all(selector)
        assert found, f"{selector} is not on {self.path}: {self.text[:300]}"
        for one in found:
            if one.is_visible():
                return one
        while (fold := found[0].evaluate_handle(_FOLD).as_element()) is not None:
            self.clicks += 1
            self._activate(fold, "Enter")
        assert found[0].is_visible(), f"{selector} cannot be seen on {self.path}"
        return found[0]

    # -- what is counted and watched -----------------------------------------------------------

    def _count_page(self, response: Response) -> None:
        """A page that is shown; a redirect is none, nor is a file that is saved."""
        request = response.request
        if not request.is_navigation_request() or 300 <= response.status < 400:
            return
        if "attachment" not in response.headers.get("content-disposition", ""):
            self.pages += 1

    def _check_width(self) -> None:
        over = self.page.evaluate("document.documentElement.scrollWidth") - self.way.width
        assert over <= 0, f"{self.path} is {over} px too wide at {self.way.width}"
