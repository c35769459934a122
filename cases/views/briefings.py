"""Information sessions: the list with the coverage of each place, one session, who came."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.actions.briefings import (
    NewBriefing,
    may_come,
    record_attendance,
    record_briefing,
    undo_attendance,
)
from cases.forms.verval import BriefingForm
from cases.models import Briefing, Worker, WorkerQuerySet
from kotim_social.accounts.access import get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, YesForm, ask, fact, thank
from kotim_social.audit.marks import marks_here
from kotim_social.audit.trail import record
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import format_date
from kotim_social.regions.models import Place
from kotim_social.workflow import Refused

PAGE = 50
MOST = 900  # people on one page of the attendance, below the limit of form fields


@require(Perm.REPORT_VIEW)
@require_safe
def briefing_list(request: HttpRequest) -> HttpResponse:
    rows = Briefing.objects.visible_to(request.user).select_related("lokalisasi")
    rows = rows.annotate(women=Count("attendances", filter=Q(attendances__active=True)))
    page = Paginator(rows.order_by("-held_on", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "coverage": coverage(request.user),
        "may_record": request.user.can(Perm.WORKER_EDIT),
    }
    return render(request, "cases/briefing_list.html", context)


def coverage(user: User) -> list[dict[str, Any]]:
    """Of each place: registered, reached by a session, never reached; in one query.

    A merged record counts under the one that leads on, as in the list of people.
    """
    counts = {
        code: (people, came)
        for code, people, came in Worker.objects.visible_to(user)
        .exclude(case_state="merged")
        .values_list("place")
        .annotate(people=Count("pk"), came=Count("pk", filter=Q(reached=True)))
        .order_by()
    }
    return [
        {
            "place": place,
            "people": counts[place.pk][0],
            "reached": counts[place.pk][1],
            "missing": counts[place.pk][0] - counts[place.pk][1],
            "percent": counts[place.pk][1] * 100 // counts[place.pk][0],
        }
        for place in Place.objects.filter(pk__in=counts)
    ]


@require(Perm.WORKER_EDIT)
@idempotent
def briefing_create(request: HttpRequest) -> HttpResponse:
    asking = Asking(
        question=_("Record an information session"),
        submit=_("Record the session"),
        back=reverse("cases:briefing_list"),
        done=_("The session is recorded. Now say who came."),
    )
    return ask(
        request,
        BriefingForm(request.POST or None, user=request.user),
        asking,
        lambda data: reverse(
            "cases:briefing_attendance",
            args=[record_briefing(NewBriefing(**data), by=request.user).pk],
        ),
    )


@require(Perm.REPORT_VIEW)
@require_safe
def briefing_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    briefing = _briefing(request, pk)
    came = briefing.attendances.filter(
        active=True, worker__in=Worker.objects.visible_to(request.user)
    )
    rows = came.select_related("worker__place").order_by("worker__name", "pk")
    record("briefing.view", by=request.user, obj=briefing)
    context = {
        "briefing": briefing,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "may_record": request.user.can(Perm.WORKER_EDIT),
    }
    return render(request, "cases/briefing_detail.html", context)


@require(Perm.WORKER_EDIT)
def briefing_attendance(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everybody of one place of the lokalisasi with a tick for who came."""
    briefing = _briefing(request, pk)
    people, place = _people_shown(request, briefing)
    shown = list(people.order_by("name", "pk").values("pk", "name", "register_no", "wisma")[:MOST])
    if request.method == "POST":
        ids = [person["pk"] for person in shown]
        try:
            counts = record_attendance(
                briefing=briefing, shown=ids, came=_ticked(request), by=request.user
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            words = {"added": counts[0], "out": counts[1]}
            sentence = _("%(added)s people added, %(out)s taken out of the session.") % words
            # Nobody was added or taken out: there is nothing to take back.
            undo = reverse("cases:briefing_undo", args=[briefing.pk, marks_here()])
            thank(request, sentence, undo if any(counts) else "")
            return redirect("cases:briefing_detail", pk=briefing.pk)
    came = briefing.attendances.filter(active=True).values_list("worker_id", flat=True)
    context = {
        "briefing": briefing,
        "people": shown,
        "came": set(came),
        "places": Place.objects.filter(lokalisasi=briefing.lokalisasi_id),
        "place": place,
        "is_cut": len(shown) == MOST,
    }
    return render(request, "cases/briefing_attendance.html", context)


@require(Perm.WORKER_EDIT)
@idempotent
def briefing_undo(request: HttpRequest, pk: UUID, marks: UUID) -> HttpResponse:
    """Takes one saving of the ticks back."""
    briefing = _briefing(request, pk)
    asking = Asking(
        question=_("Undo this?"),
        submit=_("Undo"),
        back=reverse("cases:briefing_detail", args=[briefing.pk]),
        done=_("It is undone."),
        facts=[
            fact(_("Lokalisasi"), briefing.lokalisasi.name),
            fact(_("Date of the session"), format_date(briefing.held_on)),
        ],
        warning=_("Whom you added is taken out again, and whom you took out is there again."),
    )
    return ask(
        request,
        YesForm(request.POST or None),
        asking,
        lambda _data: undo_attendance(briefing=briefing, marks=str(marks), by=request.user),
    )


def _people_shown(request: HttpRequest, briefing: Briefing) -> tuple[WorkerQuerySet, str]:
    place, people = request.GET.get("place", ""), may_come(briefing, request.user)
    if place:
        if not Place.objects.filter(pk=place, lokalisasi=briefing.lokalisasi_id).exists():
            raise Http404
        people = people.filter(place=place)
    return people, place


def _ticked(request: HttpRequest) -> set[UUID]:
    try:
        return {UUID(text) for text in request.POST.getlist("came")}
    except ValueError as error:
        raise Http404 from error


def _briefing(request: HttpRequest, pk: UUID) -> Briefing:
    rows = Briefing.objects.select_related("lokalisasi", "recorded_by")
    return get_visible_or_404(rows, request.user, pk)
