"""Two people write over one record: the second loses nothing, and overwrites nothing unseen.

A form that changes a record carries, sealed, what its author saw. When it comes back, what only
the other changed stays as she stored it, what only its author changed is written, and what both
changed is laid before the author: before · stored · yours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from kotim_social.accounts.models import User
from kotim_social.audit.models import Entry
from kotim_social.formlayout import DRAFT_ACT, OPEN, SEEN

CONFLICT = 409
_SALT = "kotim_social.rewriting"
Texts = dict[str, str]
M = TypeVar("M", bound=models.Model)
F = TypeVar("F", bound=forms.BaseForm)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the page of two editors says of the record, and where it leads back to."""

    caption: str
    back: str
    # The trail row of the change that was stored last, if it is known.
    last: Callable[[], Entry | None]
    # Names of the fields that are the record's own; None: all of the form that have a value.
    fields: Collection[str] | None = None


def hold(request: HttpRequest, row: M) -> M:
    """When the form comes back, the record as it stands now, held until the answer is written."""
    if request.method != "POST":
        return row
    return type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def rewrite(
    request: HttpRequest, make: Callable[[QueryDict | None], F], page: Page
) -> tuple[F, HttpResponse | None]:
    """The form over the record as it is held, and the page of two editors when there are two.

    `make` makes the form: of what is stored (None), or of what was sent.
    """
    stored: Any = make(None)
    now = _texts(stored, page.fields)
    if request.method != "POST":
        shown: Any = make(None)
        shown.seen = _seen_in_draft(request) or signing.dumps(now, salt=_SALT, compress=True)
        return shown, None
    seen = _opened(request.POST.get(SEEN, ""))
    data = request.POST.copy()
    both = [name for name in now if _both_changed(stored, name, data, now, seen)]
    form: Any = make(data)
    # What is still to be settled is carried on as it was seen.
    carried = {**now, **{name: (seen or {}).get(name, "") for name in both}}
    form.seen = signing.dumps(carried, salt=_SALT, compress=True)
    if not both or not form.is_valid():
        return form, None
    rows = [_row(stored, name, data, now, seen) for name in both]
    kept = [
        (name, value)
        for name, values in data.lists()
        for value in values
        if name not in {*(stored.add_prefix(one) for one in both), *_ANEW}
    ]
    again = signing.dumps(now, salt=_SALT, compress=True)
    return form, conflict_page(request, rows, [*kept, (SEEN, again)], page)


_ANEW = ("csrfmiddlewaretoken", "idempotency_key", SEEN)


def conflict_page(
    request: HttpRequest,
    rows: Sequence[dict[str, Any]],
    kept: Sequence[tuple[str, Any]],
    page: Page,
    **more: Any,
) -> HttpResponse:
    """Everything typed stays on the page; each field is settled by choosing one of the two."""
    last = page.last()
    context = {
        "rows": rows,
        "kept": kept,
        "caption": page.caption,
        "back": page.back,
        "here": request.get_full_path(),
        "who": User.objects.filter(pk=last.user_id).first() if last and last.user_id else None,
        "when": last.at if last else None,
        **more,
    }
    return render(request, "ui/conflict.html", context, status=CONFLICT)


def _both_changed(
    form: forms.BaseForm, name: str, data: QueryDict, now: Texts, seen: Texts | None
) -> bool:
    """Whether both changed the field; what only the other changed is put into the data."""
    mine, theirs = _clean(form, name, _typed(form, name, data)), _clean(form, name, now[name])
    if mine == theirs:
        return False
    if seen is None:  # over what is empty nothing is lost
        return theirs is not None
    before = _clean(form, name, seen.get(name, ""))
    if mine == before:
        data[form.add_prefix(name)] = now[name]
        return False
    return before != theirs


def _texts(form: forms.BaseForm, names: Collection[str] | None) -> Texts:
    """What stands in each field of the record, as the browser would send it."""
    texts = {}
    for bound in form.visible_fields():
        if bound.name not in (form.initial if names is None else names):
            continue
        value = bound.field.widget.format_value(bound.value())
        first = value[0] if isinstance(value, list) and value else value
        texts[bound.name] = str(first) if first not in (None, []) else ""
    return texts


def _typed(form: forms.BaseForm, name: str, data: QueryDict) -> str:
    value = form.fields[name].widget.value_from_datadict(data, {}, form.add_prefix(name))
    return str(value) if value is not None else ""


def _clean(form: forms.BaseForm, name: str, text: str) -> Any:
    """What the field makes of it; a text that it refuses stands for itself."""
    text = text.replace("\r\n", "\n")
    try:
        value = form.fields[name].clean(text)
    except ValidationError:
        return text or None
    return None if value == "" else value


def _row(
    form: forms.BaseForm, name: str, data: QueryDict, now: Texts, seen: Texts | None
) -> dict[str, Any]:
    mine = _typed(form, name, data)
    return {
        "name": form.add_prefix(name),
        "label": form.fields[name].label,
        "before": _said(form, name, seen.get(name, "")) if seen is not None else "–",
        "stored": _said(form, name, now[name]),
        "mine": _said(form, name, mine),
        "stored_value": now[name],
        "mine_value": mine,
    }


def _said(form: forms.BaseForm, name: str, text: str) -> str:
    """The value as people read it."""
    field: Any = form.fields[name]
    value = _clean(form, name, text)
    if isinstance(field, forms.ModelChoiceField) and isinstance(value, models.Model):
        return str(field.label_from_instance(value))
    if hasattr(field, "choices"):
        text = str(dict(field.choices).get(text, text)) if text else ""
    elif isinstance(value, datetime):
        return f"{value:%d-%m-%Y %H.%M}"
    return text or "–"


def _opened(sealed: str) -> Texts | None:
    try:
        seen: Texts = signing.loads(sealed, salt=_SALT)
    except signing.BadSignature:
        return None
    return seen


def _seen_in_draft(request: HttpRequest) -> str:
    """Who goes on with what she began has seen what stood there then."""
    draft = request.draft_here() if request.GET.get(DRAFT_ACT) == OPEN else None  # type: ignore[attr-defined]
    return str(draft.fields.get(SEEN, "")) if draft is not None else ""
