"""The open sessions of one person, read from the session table, and her last sign-ins."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kotim_social.accounts.models import User
from kotim_social.audit.models import Entry
from kotim_social.audit.trail import record

STARTED, SEEN, DEVICE, ADDRESS = "started_at", "seen_at", "device", "address"
SHOWN = 20
SIGN_INS = {
    "session.signed_in": gettext_noop("Signed in"),
    "session.sign_in_failed": gettext_noop("Sign-in failed"),
    "session.second_factor_failed": gettext_noop("Wrong code of the second factor"),
    "session.throttled": gettext_noop("Sign-in refused: too many attempts"),
    "session.expired": gettext_noop("Session ended by itself"),
}
_BROWSERS = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True)
class OpenSession:
    """One place where somebody is signed in."""

    key: str
    device: str
    address: str
    started: datetime
    seen: datetime
    is_here: bool

    @property
    def mark(self) -> str:
        """Names the session in an address without giving its key away."""
        return salted_hmac("kotim_social.accounts.sessions", self.key).hexdigest()


def device_of(request: HttpRequest) -> dict[str, str]:
    """Browser, system and network address, in a few words that the session keeps."""
    agent = request.headers.get("User-Agent", "")
    words = [
        next((word for part, word in known if part in agent), "") for known in (_BROWSERS, _SYSTEMS)
    ]
    address = re.sub(r"[^0-9a-fA-F.:]", "", str(get_ip(request) or ""))
    return {DEVICE: " · ".join(word for word in words if word), ADDRESS: address[:45]}


def open_sessions(user: User, *, here: str) -> list[OpenSession]:
    """Sessions that would still open the door, the one of this request first."""
    found = [_opened(row, data, here) for row, data in _rows_of(user)]
    return sorted(found, key=lambda session: (not session.is_here, -session.seen.timestamp()))


@transaction.atomic
def end_session(session: OpenSession, *, by: User) -> None:
    """Its row goes: the next click there leads to the sign-in, and nothing revives it."""
    Session.objects.filter(pk=session.key).delete()
    record("session.ended", by=by, obj=by)


def last_sign_ins(user: User) -> list[dict[str, Any]]:
    """What the trail knows of this person at the door, newest first."""
    entries = Entry.objects.filter(
        object_type="accounts.user", object_id=str(user.pk), act__in=SIGN_INS
    )
    return [
        {"at": entry.at, "what": _(SIGN_INS[entry.act]), "went_well": entry.act in _GOOD}
        for entry in entries.order_by("-pk")[:SHOWN]
    ]


_GOOD = ("session.signed_in", "session.expired")


def _rows_of(user: User) -> Iterator[tuple[Session, dict[str, Any]]]:
    """Only what was touched within a session's longest life is unpacked: some dozens."""
    longest = timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)
    touched = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE) - longest
    now, valid = time.time(), user.get_session_auth_hash()
    for row in Session.objects.filter(expire_date__gte=touched):
        data = row.get_decoded()
        if not _is_of(user, data, valid):
            continue
        is_idle = now - data.get(SEEN, now) > settings.SESSION_IDLE_SECONDS
        is_old = now - data.get(STARTED, now) > settings.SESSION_ABSOLUTE_SECONDS
        if not (is_idle or is_old):
            yield row, data


def _is_of(user: User, data: dict[str, Any], valid: str) -> bool:
    """Hers, and not from before a change of her account."""
    return data.get(SESSION_KEY) == str(user.pk) and constant_time_compare(
        data.get(HASH_SESSION_KEY, ""), valid
    )


def _opened(row: Session, data: dict[str, Any], here: str) -> OpenSession:
    def moment(name: str) -> datetime:
        return datetime.fromtimestamp(data.get(name, time.time()), UTC)

    return OpenSession(
        key=row.session_key,
        device=data.get(DEVICE, ""),
        address=data.get(ADDRESS, ""),
        started=moment(STARTED),
        seen=moment(SEEN),
        is_here=row.session_key == here,
    )
