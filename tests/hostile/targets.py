"""Every address with real ids, and every form that its page shows, read from the URLconf and HTML.

Nothing is listed by hand: a new address or a new field is fed from the day it exists.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import islice, product
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.apps import apps
from django.http import HttpResponse
from django.test import Client
from django.urls import (
    NoReverseMatch,
    Resolver404,
    ResolverMatch,
    URLPattern,
    URLResolver,
    get_resolver,
    resolve,
    reverse,
)

from kotim_social.accounts.roles import ROLE_PERMISSIONS, Role
from kotim_social.operations.grants import CLOSED

APPS = ("cases", "disbursements", "repatriation", "desk", "documents", "accounts")
OK, NOT_FOUND, FAILED = 200, 404, 500
# Pages kept of one address for one role, ids remembered for one address, and guesses made.
EACH, KNOWN, TRIES = 1, 6, 6
NOBODY = "00000000-0000-7000-8000-000000000000"
ONLY_THERE = {"cases:select"}
FIXED = {
    "field": ["nik"],
    "kind": ["rekap", "nominatif"],
    "copy": ["office"],
    "uid": ["MQ"],
    "token": ["x-1"],
    "app_label": ["accounts"],
    "content_type_id": ["1"],
    "url": ["x"],
}


@dataclass
class Form:
    """A form as the browser would send it untouched."""

    action: str
    method: str
    is_multipart: bool
    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


@dataclass
class Target:
    """One address with real ids, somebody who may open it, and what its page asks for."""

    name: str
    path: str
    role: Role
    forms: list[Form]
    parameters: list[str]


class _Reader(HTMLParser):
    """Collects forms and the parameters of links."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.parameters: set[str] = set()
        self.links: list[str] = []
        self._open: Form | None = None
        self._select: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.path, about.get("action", "")) or self.path
            multipart = "multipart" in about.get("enctype", "")
            self._open = Form(action, about.get("method", "get").lower(), multipart)
            self.forms.append(self._open)
        elif tag == "a":
            self.links.append(about.get("href", ""))
            query = urlsplit(about.get("href", "")).query
            self.parameters |= {name for name, _value in parse_qsl(query)}
        elif tag == "option" and self._select is not None:
            self._select[1].append(about.get("value", ""))
        elif self._open is not None and about.get("name"):
            self._field(tag, about)

    def _field(self, tag: str, about: dict[str, str]) -> None:
        name, kind = about["name"], about.get("type", "text")
        assert self._open is not None
        if tag == "select":
            self._select = (name, [])
        elif tag == "textarea":
            self._open.fields.append((name, "contoh"))
        elif tag == "input" and kind == "file":
            self._open.files.append(name)
        elif tag == "input" and kind in ("radio", "checkbox"):
            self._open.fields.append((name, about.get("value", "on")))
        elif tag in ("input", "button"):
            usual = {"number": "1", "date": "2017-11-20", "text": "contoh"}.get(kind, "")
            self._open.fields.append((name, about.get("value") or usual))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None and self._open is not None:
            name, options = self._select
            self._open.fields.append((name, next((value for value in options if value), "")))
            self._select = None
        elif tag == "form":
            self._open = None


def addresses() -> Iterator[tuple[str, URLPattern]]:
    """Every named address, the admin's too."""

    def walk(patterns: list[object], namespace: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from walk(pattern.url_patterns, inner)
            elif pattern.name:
                yield f"{namespace}{pattern.name}", pattern

    yield from walk(get_resolver().url_patterns, "")


def arguments_of(pattern: URLPattern) -> list[str]:
    return list(pattern.pattern.converters or pattern.pattern.regex.groupindex)


def find_targets(
    clients: dict[Role, Client], *, all_roles: bool, seeds: list[tuple[Role, str]]
) -> list[Target]:
    """Follows the links of all pages; what no link leads to is filled with ids seen elsewhere."""
    crawl = _Crawl(clients, all_roles)
    for role, path in seeds:
        crawl.visit(path, role)
    for name, pattern in addresses():
        if not arguments_of(pattern):
            for role in crawl.openers(name, pattern):
                crawl.visit(reverse(name), role)
    crawl.follow()
    for name, pattern in addresses():
        if arguments_of(pattern):
            crawl.fill(name, pattern)
    return crawl.targets


class _Crawl:
    """Opens pages, remembers which ids stood in which part of an address."""

    def __init__(self, clients: dict[Role, Client], all_roles: bool) -> None:
        self.clients = clients
        self.all_roles = all_roles
        self.targets: list[Target] = []
        self.seen: Counter[tuple[str, Role]] = Counter()
        self.visited: set[tuple[str, Role]] = set()
        self.links: list[tuple[str, Role]] = []
        # Route up to and with an argument → the arguments that stood there.
        self.examples: dict[str, list[dict[str, Any]]] = {}

    def openers(self, name: str, pattern: URLPattern) -> list[Role]:
        perms = getattr(pattern.callback, "perms", ())
        if name.startswith("admin:"):
            return [Role.ADMIN]
        may = [role for role in Role if not perms or ROLE_PERMISSIONS[role] & set(perms)]
        if not perms and not self.all_roles:
            return [Role.PETUGAS, Role.PIMPINAN]  # without and with a second factor
        return may if self.all_roles else may[:1]

    def visit(self, path: str, role: Role) -> int:
        """Opens a page, keeps it as a target and its links for later; gives its status."""
        if (path, role) in self.visited:
            return 0
        self.visited.add((path, role))
        match = resolve(urlsplit(path).path)
        response = self.clients[role].get(path)
        if response.status_code >= FAILED:
            raise AssertionError(f"{match.view_name} fails by itself: {response.status_code}")
        target, reader = _target(match.view_name, path, role, response)
        if response.status_code != NOT_FOUND:
            self.seen[match.view_name, role] += 1
            self.targets.append(target)
            self._learn(match)
        self.links += [(urljoin(path, href), role) for href in reader.links]
        return response.status_code

    def follow(self) -> None:
        while self.links:
            link, role = self.links.pop(0)
            path = urlsplit(link).path
            try:
                match = resolve(path)
            except Resolver404:
                continue
            self._learn(match)
            if self.seen[match.view_name, role] < EACH:
                self.visit(path, role)

    def _learn(self, match: ResolverMatch) -> None:
        for part in _parts(match.route):
            known = self.examples.setdefault(part, [])
            if match.kwargs not in known and len(known) < KNOWN:
                known.append(match.kwargs)

    def fill(self, name: str, pattern: URLPattern) -> None:
        """Tries the ids of the nearest known address until a page shows itself."""
        for role in self.openers(name, pattern):
            if self.seen[name, role] or (self.seen[name, Role.PETUGAS] and not self.all_roles):
                continue
            for path in self._guesses(name, pattern):
                if self.visit(path, role) == OK:
                    break

    def _guesses(self, name: str, pattern: URLPattern) -> Iterator[str]:
        words = arguments_of(pattern)
        near = self._nearest(name, words)
        rest = [word for word in words if word not in near[0]]
        choices = [FIXED.get(word) or _ids_like(word) for word in rest]
        for start, values in islice(product(near, product(*choices)), TRIES):
            kwargs = {word: start[word] for word in words if word in start}
            with suppress(NoReverseMatch):
                yield reverse(name, kwargs={**kwargs, **dict(zip(rest, values, strict=True))})

    def _nearest(self, name: str, words: list[str]) -> list[dict[str, Any]]:
        sample = {word: (FIXED.get(word) or [NOBODY])[0] for word in words}
        with suppress(NoReverseMatch, Resolver404):
            for part in reversed(_parts(resolve(reverse(name, kwargs=sample)).route)):
                if part in self.examples:
                    return self.examples[part]
        return [{}]


def _parts(route: str) -> list[str]:
    """ "a/<uuid:pk>/b/<uuid:line_pk>/c/" → the pieces up to each argument."""
    ends = [index + 1 for index, letter in enumerate(route) if letter == ">"]
    return [route[:end] for end in ends]


def _ids_like(word: str) -> list[str]:
    """Ids of the model that is named like the argument: line_pk → PaymentLine."""
    hint = word.removesuffix("_pk").removesuffix("_id").replace("_", "")
    found = [
        str(pk)
        for model in apps.get_models()
        if model._meta.app_label in APPS and hint in (model._meta.model_name or "")
        if model._meta.label not in CLOSED
        for pk in model._default_manager.order_by("-pk").values_list("pk", flat=True)[:3]
    ]
    return [*found[:TRIES], NOBODY]


def _target(name: str, path: str, role: Role, response: HttpResponse) -> tuple[Target, _Reader]:
    reader = _Reader(path)
    if response.status_code == OK and "html" in response.headers.get("Content-Type", ""):
        reader.feed(response.content.decode())
    bare = path.partition("?")[0]
    own = [form for form in reader.forms if form.action.partition("?")[0] == bare]
    parameters = reader.parameters | {
        name for form in own if form.method == "get" for name, _value in form.fields
    }
    posts = [form for form in reader.forms if form.method == "post" and _is_for(form, name, bare)]
    return Target(name, bare, role, posts, sorted(parameters)), reader


def _is_for(form: Form, name: str, path: str) -> bool:
    """The page's own form, or one that only this page shows; the header's stand on every page."""
    if form.action.partition("?")[0] == path:
        return True
    with suppress(Resolver404):
        return resolve(urlsplit(form.action).path).view_name in ONLY_THERE
    return False


def spoil(fields: list[tuple[str, str]], chance: random.Random, text: str) -> list[tuple[str, str]]:
    """The form with one field of it spoiled, doubled, left out or added."""
    spoiled = list(fields)
    if not spoiled:
        return [("name", text)]
    at = chance.randrange(len(spoiled))
    name = spoiled[at][0]
    how = chance.random()
    if how < 0.75:
        spoiled[at] = (name, text)
    elif how < 0.85:
        spoiled.append((name, text))
    elif how < 0.92:
        del spoiled[at]
    else:
        spoiled = [(key, text) for key, _value in spoiled]
    return spoiled
