"""Hostile requests by the thousand: each gets a sentence; none breaks, stalls or leaks.

`./run test` throws a few hundred, `./run test --full` 20.000. A seed is printed and can be given
back in KOTIM_SEED.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_from_bytes, urljoin, urlsplit

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from kotim_social.accounts.roles import Role
from kotim_social.operations.grants import CLOSED
from tests.hostile import payloads
from tests.hostile.office import open_office, personal_data, seeds
from tests.hostile.targets import Form, Target, find_targets, spoil
from tests.hostile.the_log import the_log

FULL = bool(os.environ.get("KOTIM_FULL"))
SHARDS = 8 if FULL else 1
REQUESTS = int(os.environ.get("KOTIM_REQUESTS") or (20_000 // SHARDS if FULL else 80))
SLOW = 5.0  # seconds
# What a refused request may still leave behind: the trail, the session, counts of failures.
MAY_CHANGE = {"audit_entry", "django_session", "kotim_cache"}
TOO_LARGE_TO_COMPARE = ("regions_", "django_migrations")


@dataclass
class Shot:
    """One request, so that a failure can be told and repeated."""

    client: Client
    target: Target
    method: str
    body: bytes = b""
    content_type: str = "application/x-www-form-urlencoded"
    query: str = ""
    path: str = ""
    headers: dict[str, str] | None = None

    def fire(self) -> HttpResponse:
        return self.client.generic(
            self.method,
            self.path or self.target.path,
            self.body,
            content_type=self.content_type,
            QUERY_STRING=self.query,
            **(self.headers or {}),
        )

    def __str__(self) -> str:
        return (
            f"{self.target.role} {self.method} {self.target.name} {self.path[:100]!r}"
            f" ?{self.query[:200]} {self.body[:300]!r} {self.headers or ''}"
        )


def encoded(fields: list[tuple[str, str]]) -> bytes:
    pairs = (f"{quote(payloads.raw(k))}={quote(payloads.raw(v))}" for k, v in fields)
    return "&".join(pairs).encode()


def multipart(fields: list[tuple[str, str]], files: list[tuple[str, str, bytes]]) -> bytes:
    parts = []
    for name, value in fields:
        head = f'Content-Disposition: form-data; name="{name}"\r\n\r\n'
        parts.append(payloads.raw(head) + payloads.raw(value))
    for name, file_name, content in files:
        head = f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        parts.append(payloads.raw(head) + b"Content-Type: application/zip\r\n\r\n" + content)
    return b"".join(b"--batas\r\n" + part + b"\r\n" for part in parts) + b"--batas--\r\n"


class Gun:
    """Picks a target and a way to spoil it, from a seed."""

    def __init__(self, clients: dict[Role, Client], seed: int) -> None:
        self.chance = random.Random(seed)
        self.clients = clients
        self.targets = find_targets(clients, all_roles=FULL, seeds=seeds(clients, all_roles=FULL))
        self.with_forms = [target for target in self.targets if target.forms]
        self.with_files = [
            (target, form) for target in self.targets for form in target.forms if form.files
        ]
        self.files = payloads.files()
        # Every field of every form is spoiled before any is spoiled twice.
        self.queue = [
            (target, form, at)
            for target in self.with_forms
            for form in target.forms
            for at in range(len(form.fields))
        ]
        self.chance.shuffle(self.queue)

    def shots(self, number: int) -> Iterator[Shot]:
        """First every form by GET, with its own fields in the address: nothing may change by it."""
        for target in self.with_forms[:: 1 if FULL else 3]:
            fields = target.forms[0].fields
            yield Shot(self.clients[target.role], target, "GET", query=encoded(fields).decode())
        for _shot in range(number):
            yield self.next()

    def next(self) -> Shot:
        ways = (
            self._field,
            self._query,
            self._field,
            self._path,
            self._body,
            self._file,
            self._head,
        )
        weights = (30, 22, 20, 10, 6, 6, 6)
        return self.chance.choices(ways, weights)[0]()

    def _field(self) -> Shot:
        text = payloads.text(self.chance)
        if self.queue:
            target, form, at = self.queue.pop()
            fields = list(form.fields)
            fields[at] = (fields[at][0], text)
        else:
            target = self.chance.choice(self.with_forms)
            form = self.chance.choice(target.forms)
            fields = spoil(form.fields, self.chance, text)
        return self._post(target, form, fields, [])

    def _post(
        self, target: Target, form: Form, fields: list[Any], files: list[tuple[str, str, bytes]]
    ) -> Shot:
        client = self.clients[target.role]
        query = form.action.partition("?")[2]
        if form.is_multipart or files:
            body = multipart(fields, files)
            kind = "multipart/form-data; boundary=batas"
            return Shot(client, target, "POST", body, kind, query)
        return Shot(client, target, "POST", encoded(fields), query=query)

    def _query(self) -> Shot:
        target = self.chance.choice(self.targets)
        names = [*target.parameters, *target.parameters, *payloads.PARAMETERS]
        values = (
            *payloads.PARAMETER_VALUES,
            *(text for text in payloads.TEXTS if len(text) < 6000),
        )
        chosen = [(self.chance.choice(names), self.chance.choice(values)) for _n in range(2)]
        query = encoded(chosen).decode()
        if self.chance.random() < 0.1:
            query = f"{chosen[0][0]}=%FF%FE%80&%00=%C3%28"
        return Shot(self.clients[target.role], target, "GET", query=query)

    def _path(self) -> Shot:
        """A piece of the address replaced; a method that the page does not know."""
        target = self.chance.choice(self.targets)
        pieces = target.path.strip("/").split("/")
        text = payloads.raw(payloads.text(self.chance).replace(payloads.MARK, "x")[:3000])
        pieces[self.chance.randrange(len(pieces))] = quote_from_bytes(text, safe="")
        path = "/" + "/".join(pieces) + ("/" if target.path.endswith("/") else "")
        method = self.chance.choice(("GET", "GET", "POST", "HEAD", "PUT", "DELETE", "BREW"))
        # A path that begins with two slashes would be read as a host.
        return Shot(self.clients[target.role], target, method, path="/" + path.lstrip("/"))

    def _body(self) -> Shot:
        target = self.chance.choice(self.targets)
        body, kind = self.chance.choice(payloads.BODIES)
        return Shot(self.clients[target.role], target, "POST", body, kind)

    def _file(self) -> Shot:
        name, content = self.chance.choice(self.files)
        if self.with_files and self.chance.random() < 0.8:
            target, form = self.chance.choice(self.with_files)
            return self._post(target, form, form.fields, [(form.files[0], name, content)])
        # A file where a text is expected.
        target = self.chance.choice(self.with_forms)
        form = self.chance.choice(target.forms)
        field = self.chance.choice(form.fields or [("name", "")])[0]
        return self._post(target, form, form.fields, [(field, name, content)])

    def _head(self) -> Shot:
        target = self.chance.choice(self.targets)
        headers = self.chance.choice(payloads.HEADERS)
        method = self.chance.choice(("GET", "POST"))
        return Shot(self.clients[target.role], target, method, headers=dict(headers))


def compared_tables() -> list[str]:
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor))
    # What the app role never reads is counted anew from the tables that are compared.
    names -= {apps.get_model(label)._meta.db_table for label in CLOSED}
    return sorted(
        name
        for name in names
        if name not in MAY_CHANGE and not name.startswith(TOO_LARGE_TO_COMPARE)
    )


def fingerprint(tables: list[str]) -> str:
    """Changes with any row of the office's data."""
    parts = (
        f"(SELECT count(*) || ':' || coalesce(sum(hashtext(t::text)::bigint), 0) FROM {name} t)"
        for name in tables
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + " || ' ' || ".join(parts))
        return str(cursor.fetchone()[0])


@contextmanager
def undone() -> Iterator[None]:
    """Whatever the request did is taken back, so that each one meets the same office."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def leads_elsewhere(response: HttpResponse) -> bool:
    """Whether a browser would leave this site: it takes a backslash for a slash."""
    location = response.headers.get("Location", "").replace("\\", "/").strip()
    return urlsplit(urljoin("http://testserver/", location)).netloc != "testserver"


@pytest.mark.parametrize(
    ("location", "leaves"),
    [
        ("//evil.example", True),
        ("https://evil.example/", True),
        ("/\\evil.example", True),
        ("http://testserver@evil.example/", True),
        ("/masuk/?next=//evil.example", False),
        ("/x///evil.example/", False),
        ("", False),
    ],
)
def test_it_is_seen_when_an_answer_leads_elsewhere(location: str, leaves: bool) -> None:
    answer = HttpResponse(headers={"Location": location} if location else {})
    assert leads_elsewhere(answer) == leaves


def told(response: HttpResponse) -> str:
    """What went wrong in a 500, for whoever mends it."""
    info = getattr(response, "exc_info", None)
    return f"{info[0].__name__}: {str(info[1])[:300]}" if info else ""


@pytest.mark.django_db
@pytest.mark.parametrize("shard", range(SHARDS))
def test_hostile_requests(shard: int) -> None:
    seed = int(os.environ.get("KOTIM_SEED", "20171201")) + shard
    print(f"KOTIM_SEED={seed - shard}, part {shard}")  # noqa: T201
    clients = open_office()
    gun = Gun(clients, seed)
    tables = compared_tables()
    secrets = personal_data() | {payloads.MARK}
    faults: dict[str, str] = {}
    with the_log() as log:
        for shot in gun.shots(REQUESTS):
            if fault := _surely(shot, tables):
                kind, detail = fault
                print(f"{kind}: {detail} <- {shot}"[:1000])  # noqa: T201
                faults.setdefault(f"{kind} {shot.target.name}", f"{detail} <- {shot}")
        text = log.getvalue()
    leaked = [line[:300] for line in text.splitlines() if any(word in line for word in secrets)]
    assert not faults, "\n".join(f"{kind}: {detail}" for kind, detail in faults.items())
    assert not leaked, f"personal data in the log: {leaked[:5]}"


def _surely(shot: Shot, tables: list[str]) -> tuple[str, str] | None:
    """A busy machine makes an answer late once; a slow page is slow again."""
    fault = _fault_of(shot, tables)
    return _fault_of(shot, tables) if fault and fault[0] == "slow" else fault


def _fault_of(shot: Shot, tables: list[str]) -> tuple[str, str] | None:
    """Fires once and says what was wrong with the answer."""
    cookies = shot.client.cookies.copy()
    with undone():
        before = fingerprint(tables)
        started = time.perf_counter()
        try:
            response = shot.fire()
            body = b"".join(response) if response.streaming else response.content
        except Exception as error:  # the test client itself, or a middleware
            return "broke", f"{type(error).__name__}: {error}"[:300]
        finally:
            took = time.perf_counter() - started
            shot.client.cookies = cookies
        if response.status_code >= 500:
            return "500", told(response)
        if took > SLOW:
            return "slow", f"{took:.1f} s"
        changes_nothing = response.status_code >= 400 or shot.method in ("GET", "HEAD")
        if changes_nothing and fingerprint(tables) != before:
            return "half-written", str(response.status_code)
        if payloads.MARK.encode() in body and f"<script>alert('{payloads.MARK}')".encode() in body:
            return "unescaped", ""
        if response.headers.get("X-Injected") or leads_elsewhere(response):
            return "injected", str(response.headers)
    return None
