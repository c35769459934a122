"""The closing calendar: what closes when, how many days are left, and changing a date."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.actions.closing_calendar import DATES, ClosingDates, change_closing, children_of
from cases.forms.verval import ClosingForm
from cases.models import Worker
from kotim_social.accounts.access import require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, fact
from kotim_social.audit.models import Entry
from kotim_social.audit.trail import history_of
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import format_date, parse_date, today
from kotim_social.regions.models import Lokalisasi
from kotim_social.rewriting import Page, hold, rewrite

SHOWN = 30


@require(Perm.WORKER_VIEW)
@require_safe
def closing_calendar(request: HttpRequest) -> HttpResponse:
    places = _seen(request.user)
    people = dict(
        Worker.objects.visible_to(request.user)
        .values_list("place__lokalisasi")
        .annotate(n=Count("pk"))
        .order_by()
    )
    names = {place.pk: place.name for place in places}
    changes = Entry.objects.filter(
        act="lokalisasi.reschedule", object_type="regions.lokalisasi", object_id__in=names
    ).order_by("-pk")[:SHOWN]
    context = {
        "rows": [
            {
                "place": place,
                "people": people.get(place.pk, 0),
                "left": (place.planned_closing - today()).days,
            }
            for place in places
        ],
        "changes": [_told(entry, names) for entry in changes],
        "may_edit": request.user.can(Perm.CLOSING_EDIT),
    }
    return render(request, "cases/closing_calendar.html", context)


def _seen(user: User) -> list[Lokalisasi]:
    rows = Lokalisasi.objects.order_by("planned_closing", "name")
    return list(rows if user.sees_everything else rows.filter(pk__in=user.lokalisasi_ids))


def _told(entry: Entry, names: dict[str, str]) -> dict[str, Any]:
    """A change of the calendar for the timeline."""
    labels = {
        "planned_closing": _("Planned closing"),
        "declared_on": _("Declaration day"),
        "closed_on": _("Really closed on"),
    }
    return {
        "when": entry.at,
        "who": entry.username,
        "act": names[entry.object_id],
        "reason": entry.reason,
        "changes": [
            {"label": labels[name], "old": _day(old), "new": _day(new)}
            for name, (old, new) in entry.changes.items()
        ],
    }


def _day(text: str | None) -> str:
    return format_date(parse_date(text)) if text else "–"


@require(Perm.CLOSING_EDIT)
@idempotent
def closing_edit(request: HttpRequest, code: str) -> HttpResponse:
    lokalisasi = hold(request, get_object_or_404(Lokalisasi, pk=code))
    first = {name: getattr(lokalisasi, name) for name in DATES}
    about = Page(
        caption=lokalisasi.name,
        back=reverse("cases:closing_calendar"),
        last=history_of(lokalisasi).filter(act="lokalisasi.reschedule").first,
        fields=DATES,
    )
    form, conflict = rewrite(request, lambda data: ClosingForm(data, initial=first), about)
    if conflict is not None:
        return conflict
    asking = Asking(
        question=_("Change the closing dates"),
        submit=_("Save the dates"),
        back=reverse("cases:closing_calendar"),
        done=_("The dates are changed."),
        facts=[fact(_("Lokalisasi"), lokalisasi.name)],
        warning=_("A person's age is taken on the planned closing: moving it may make a minor."),
    )

    def run(data: dict[str, Any]) -> None:
        because = data.pop("because")
        place = change_closing(
            lokalisasi=lokalisasi, dates=ClosingDates(**data), because=because, by=request.user
        )
        minors = children_of(place)
        if minors:
            messages.warning(
                request,
                _("%(count)s registered there are under 18 on the new date: settle each of them.")
                % {"count": minors},
            )

    return ask(request, form, asking, run)
