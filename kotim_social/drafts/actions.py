"""Keeping a half-filled form, and letting it go."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db import transaction
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils import timezone

from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.drafts.models import Draft
from kotim_social.formlayout import DRAFT_ACT, DRAFT_PAGE

# What a form carries beside the answers: keys of its own that a later form gets anew.
NOT_AN_ANSWER = {"csrfmiddlewaretoken", "idempotency_key", DRAFT_ACT, DRAFT_PAGE}
# In the query, but no part of which form it is: another token of the same search, how it is shown.
NOT_THE_FORM = {"search", "page", DRAFT_ACT}
LONGEST, LARGEST, MOST = 300, 200_000, 50


def address_of(page: str) -> str:
    """The form's address, from path and query of its page; "" when it is none of ours."""
    parts = urlsplit(page)
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return ""
    try:
        resolve(parts.path)
    except Resolver404:
        return ""
    query = urlencode(sorted(p for p in parse_qsl(parts.query) if p[0] not in NOT_THE_FORM))
    address = f"{parts.path}?{query}" if query else parts.path
    return address if len(address) <= LONGEST else ""


@transaction.atomic
def keep_draft(*, page: str, data: QueryDict, by: User) -> Draft | None:
    """Keeps what was typed; nothing when the page is none of ours or the answers are too long."""
    content = {name: values for name, values in data.lists() if name not in NOT_AN_ANSWER}
    address = address_of(page)
    size = sum(len(value) for values in content.values() for value in values)
    if not address or size > LARGEST:
        return None
    now = timezone.now()
    draft, is_new = Draft.objects.select_for_update().update_or_create(
        saved_by=by, address=address, defaults={"content": content, "saved_at": now}
    )
    if is_new:
        record("draft.keep", by=by, obj=draft)
        _let_old_ones_go(by)
    return draft


def _let_old_ones_go(by: User) -> None:
    """Everybody's lapsed ones; of one person's only so many stay."""
    Draft.objects.lapsed().delete()
    kept = Draft.objects.filter(saved_by=by).order_by("-saved_at").values("pk")[:MOST]
    Draft.objects.filter(saved_by=by).exclude(
        pk__in=list(kept.values_list("pk", flat=True))
    ).delete()


@transaction.atomic
def discard_draft(*, page: str, by: User) -> bool:
    """She does not want it any more."""
    for draft in Draft.objects.filter(saved_by=by, address=address_of(page)):
        record("draft.discard", by=by, obj=draft)
        draft.delete()
        return True
    return False


def drop_draft(*, page: str, by: User) -> None:
    """The form was sent and taken: its trail is that of the act."""
    Draft.objects.filter(saved_by=by, address=address_of(page)).delete()


def lapse_drafts() -> int:
    """Deletes the lapsed ones of everybody; the worker calls it now and then."""
    return Draft.objects.lapsed().delete()[0]
