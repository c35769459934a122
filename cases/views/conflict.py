"""The page of two editors: before · as stored meanwhile · yours, for the fields both changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cases.actions.workers import EditConflictError
from cases.forms.person import home_text
from cases.forms.workers import EditForm, initial_of
from cases.masks import HIDDEN
from kotim_social import rewriting
from kotim_social.formlayout import DRAFT_PAGE
from kotim_social.lib.dates import format_date
from kotim_social.lib.nik import mask_nik, mask_phone

# Sent again as they were typed: they are compared with what this editor saw, or are typed anew.
_AS_TYPED = ("aliases", "aliases_before", "other_person")


def conflict_page(
    request: HttpRequest, form: EditForm, conflict: EditConflictError
) -> HttpResponse:
    """Everything typed stays on the page; each field is settled by choosing one of the two."""
    columns = {one.name for one in conflict.fields}
    names = [name for name in form.order if columns & set(form.columns_of(name))]
    theirs = initial_of(conflict.stored)
    rows = [_row(form, name, conflict, theirs) for name in names]
    kept = [
        (name, _sent_again(form, name, conflict, theirs))
        for name in form.fields
        if name not in names and name != "version"
    ]
    page = rewriting.Page(
        caption=conflict.stored.register_no,
        back=reverse("desk:worker_page", args=[conflict.stored.pk]),
        last=lambda: conflict.last,
    )
    hidden = [(DRAFT_PAGE, request.get_full_path()), ("version", conflict.stored.version)]
    return rewriting.conflict_page(request, rows, [*hidden, *kept], page)


def _row(
    form: EditForm, name: str, conflict: EditConflictError, theirs: dict[str, Any]
) -> dict[str, Any]:
    before = conflict.before
    return {
        "name": name,
        "label": form.fields[name].label,
        "before": _read(before, name) if before is not None else "–",
        "stored": _read(conflict.stored, name),
        "mine": _said(name, form.cleaned_data[name]),
        # A masked field that is sent empty keeps what is stored.
        "stored_value": "" if name in form.masked else _typed(theirs.get(name)),
        "mine_value": _typed(form[name].value()),
    }


def _sent_again(
    form: EditForm, name: str, conflict: EditConflictError, theirs: dict[str, Any]
) -> str:
    """Mine where I changed the field, else what the other has stored."""
    changed = bool(conflict.mine & set(form.columns_of(name)))
    as_typed = changed or name in form.masked or name in _AS_TYPED
    return _typed(form[name].value() if as_typed else theirs.get(name))


def _read(record: Any, name: str) -> str:
    """A field of the record, or of its row in the history, as people read it."""
    return home_text(record) or "–" if name == "home" else _said(name, getattr(record, name))


def _said(name: str, value: Any) -> str:
    if value in (None, ""):
        return "–"
    if name == "nik":
        return mask_nik(value)
    if name == "phone":
        return mask_phone(value)
    if name in ("mother_name", "home_address"):
        return HIDDEN
    return format_date(value) if hasattr(value, "strftime") else str(value)


def _typed(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:%d-%m-%Y}" if hasattr(value, "strftime") else str(value)
