"""The trail on screen: who looked at her record, and what did this user do. Looking is recorded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cases.facts import worker_for_page
from kotim_social.accounts.access import require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.sealing import standing
from kotim_social.audit.trail import record
from kotim_social.desk.forms import TrailFilter
from kotim_social.desk.trail import TrailPage, in_words, lookers_of, page_of, rows_about


@require(Perm.TRAIL_VIEW)
def trail(request: HttpRequest) -> HttpResponse:
    """All of the trail, or what one user did; the head of its seals stands above it."""
    form = TrailFilter(request.GET)
    context = _context(request, form)
    chosen = form.cleaned_data.get("user")
    record(
        "trail.view",
        by=request.user,
        obj=chosen,
        object_type="" if chosen else "audit.entry",
    )
    context |= {"standing": standing(), "about": chosen}
    return render(request, "desk/trail.html", context, status=422 if form.errors else 200)


@require(Perm.TRAIL_VIEW)
def worker_trail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who has looked at her record, and every act on it."""
    worker = worker_for_page(pk, request.user)
    form = TrailFilter(request.GET)
    context = _context(request, form, rows_about(worker))
    lookers = lookers_of(worker)
    record("trail.view", by=request.user, obj=worker)
    context |= {"worker": worker, "lookers": lookers}
    return render(request, "desk/worker_trail.html", context, status=422 if form.errors else 200)


def _context(request: HttpRequest, form: TrailFilter, about: Q | None = None) -> dict[str, Any]:
    """The page that the address asks for; a filter that cannot be read shows its error alone."""
    page = TrailPage([], has_previous=False, has_next=False, query="")
    if form.is_valid():
        asked = form.asked()
        rows = asked.rows() if about is None else asked.rows().filter(about)
        page = _page(request, rows, asked.query)
    return {"form": form, "page": page, "entries": in_words(page.rows)}


def _page(request: HttpRequest, rows: Any, query: str) -> TrailPage:
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    try:
        return page_of(rows, before=before, after=after, query=query)
    except ValueError as error:
        raise Http404 from error
