"""Reading the trail: which rows an address asks for, a page of them, and what they say in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import PersonFile, Portrait, Worker
from kotim_social.accounts.models import User
from kotim_social.audit.models import Entry
from kotim_social.desk.trail_fields import field_said
from kotim_social.desk.trail_words import GROUPS, LOOKS, TYPES, said

PAGE = 50
_LONGEST_ID = 18  # digits of a bigint
# Six digits or more in a free text may be part of a NIK, an account or a telephone number.
_NUMBERS = re.compile(r"\d[\d .\-/]{4,}\d")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HIDDEN = "•••"


@dataclass(frozen=True)
class Asked:
    """What the address asks for: whose rows, of which group, between which days."""

    user: User | None = None
    group: str = ""
    since: date | None = None
    until: date | None = None

    def rows(self) -> QuerySet[Entry]:
        rows = Entry.objects.all()
        if self.user is not None:
            rows = rows.filter(user_id=self.user.pk)
        if self.group:
            rows = rows.filter(act__regex=GROUPS[self.group][1])
        if self.since is not None:
            rows = rows.filter(at__gte=_midnight(self.since))
        if self.until is not None:
            rows = rows.filter(at__lt=_midnight(self.until + timedelta(days=1)))
        return rows

    @property
    def query(self) -> str:
        parts = {
            "user": self.user.pk if self.user else "",
            "act": self.group,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return urlencode({name: value for name, value in parts.items() if value})


@dataclass
class TrailPage:
    """A stretch of the trail, newest first; found by the number of a row, not by counting."""

    rows: list[Entry]
    has_previous: bool
    has_next: bool
    query: str

    @property
    def previous_query(self) -> str:
        return self._link(after=self.rows[0].pk if self.rows else 0)

    @property
    def next_query(self) -> str:
        return self._link(before=self.rows[-1].pk if self.rows else 0)

    @property
    def count_text(self) -> str:
        if not self.rows:
            return _("Nothing found")
        return _("Rows %(last)s to %(first)s of the trail") % {
            "last": self.rows[0].pk,
            "first": self.rows[-1].pk,
        }

    def _link(self, **more: int) -> str:
        return "?" + "&".join(part for part in (self.query, urlencode(more)) if part)


def page_of(rows: QuerySet[Entry], *, before: str, after: str, query: str) -> TrailPage:
    """The rows older than `before`, or the nearest ones newer than `after`; else the newest."""
    older, newer = _number(before), _number(after)
    if newer is not None:
        found = list(rows.filter(pk__gt=newer).order_by("pk")[: PAGE + 1])
        more, found = len(found) > PAGE, found[:PAGE][::-1]
        return TrailPage(found, has_previous=more, has_next=bool(found), query=query)
    if older is not None:
        rows = rows.filter(pk__lt=older)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    has_previous = older is not None and bool(found)
    return TrailPage(found, has_previous=has_previous, has_next=more, query=query)


def rows_about(worker: Worker) -> Q:
    """Rows that tell of her: of herself, her accounts and journeys, her papers and photos."""
    hers = Q(object_type="cases.worker", object_id=str(worker.pk))
    for name in ("bankaccount", "journey"):
        model = apps.get_model("cases", name)
        keys = model._default_manager.filter(worker=worker).values_list("pk", flat=True)
        hers |= Q(object_type=f"cases.{name}", object_id__in=[str(pk) for pk in keys])
    scans = PersonFile.objects.filter(worker=worker).values_list("stored_id", flat=True)
    photos = Portrait.objects.filter(worker=worker).values_list("stored_id", flat=True)
    opened = [str(pk) for pk in scans.union(photos)]
    return hers | Q(object_type="files.storedfile", object_id__in=opened)


def lookers_of(worker: Worker) -> list[dict[str, Any]]:
    """Who has looked at her, how often, when first and last; whoever looked last comes first."""
    looks = Entry.objects.filter(rows_about(worker), act__regex=LOOKS)
    counted = looks.values("user_id", "username").annotate(
        times=Count("pk"), first=Min("at"), last=Max("at")
    )
    rows = list(counted.order_by("-last"))
    names = _names_of({row["user_id"] for row in rows})
    return [{**row, "name": names.get(row["user_id"], row["username"])} for row in rows]


def in_words(entries: list[Entry]) -> list[dict[str, Any]]:
    """Rows for the timeline. Of a change only the names of the fields are told, no value."""
    names = _names_of({entry.user_id for entry in entries})
    people = _register_numbers(entries)
    return [
        {
            "when": entry.at,
            "who": names.get(entry.user_id, entry.username) or _("the program"),
            "act": _what(entry, people),
            "url": _link_of(entry, people),
            "reason": _NUMBERS.sub(HIDDEN, entry.reason),
            "changes": [
                {"label": _("Field"), "old": "", "new": _field(entry, name)}
                for name in entry.changes
            ],
        }
        for entry in entries
    ]


def _what(entry: Entry, people: dict[str, str]) -> str:
    thing = people.get(entry.object_id) or (
        _(TYPES[entry.object_type]) if entry.object_type in TYPES else ""
    )
    words = said(entry.act)
    return f"{words} · {thing}" if thing else words


def _link_of(entry: Entry, people: dict[str, str]) -> str:
    if entry.object_id in people:
        return reverse("desk:worker_page", args=[entry.object_id])
    return ""


def _field(entry: Entry, name: str) -> str:
    """A field that was revealed is named by the value: which one it was is no secret."""
    return field_said(str(entry.changes[name][-1]) if entry.act == "worker.reveal" else name)


def _register_numbers(entries: list[Entry]) -> dict[str, str]:
    named = (entry.object_id for entry in entries if entry.object_type == "cases.worker")
    keys = {key for key in named if _UUID.fullmatch(key)}
    found = Worker.objects.filter(pk__in=keys).values_list("pk", "register_no")
    return {str(pk): number for pk, number in found}


def _names_of(users: set[int | None]) -> dict[int | None, str]:
    rows = User.objects.filter(pk__in=[pk for pk in users if pk]).values_list("pk", "full_name")
    return {pk: name for pk, name in rows if name}


def _number(text: str) -> int | None:
    """Raises ValueError for what is no number of a row."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID):
        raise ValueError("no number of a trail row")
    return int(text)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
