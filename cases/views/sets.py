"""People chosen on the list, and the pages that every act on a set of people shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.actions.sets import Against, is_open, split
from cases.forms.fields import refuse
from cases.listing import ALL, Listing, UnknownFilterError
from cases.models import Worker
from kotim_social.accounts.access import require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import turn_back
from kotim_social.lib.dates import format_date, today
from kotim_social.workflow import Refused

SET_ACTS = {
    "verification": ("cases:verification_set", Perm.WORKER_VERIFY),
    "bank_check": ("cases:bank_check_set", Perm.BANK_CHECK),
    "statement": ("cases:statement_set", Perm.WORKER_EDIT),
    "hand_over": ("cases:hand_over", Perm.CASELOAD_OFFER),
}
_KEPT = 5  # selections a session remembers
_SESSION = "selections"


@dataclass(frozen=True)
class SetAct:
    """An act on a set: its form, what stands against it, and the writing of it."""

    form: type[forms.Form]
    date_field: str
    title: Any
    submit: Any
    against: Callable[[list[Worker], Any, User], Against]
    run: Callable[[list[Worker], Any, User], int]
    # What the form starts from, beside today's date.
    start: Callable[[list[Worker]], dict[str, Any]] = lambda _people: {}


@dataclass(frozen=True)
class Chosen:
    """The people whom an act is about, and where to go when it is done."""

    people: list[Worker]
    back: str


@require(Perm.WORKER_VERIFY, Perm.BANK_CHECK, Perm.WORKER_EDIT, Perm.CASELOAD_OFFER)
@require_POST
def select(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen people (ids only) in the session and leads to the act."""
    url_name, perm = SET_ACTS.get(request.POST.get("act", ""), ("", None))
    if perm is None or not request.user.can(perm):
        raise Http404
    ids = _everyone(request) if request.POST.get("everyone") else _ticked(request)
    back = f"{reverse('cases:worker_list')}?{_listing(request).query}"
    if not ids or len(ids) > ALL:
        sentence = (
            _("Choose at least one person.")
            if not ids
            else _("More than 1.000 people: narrow the list with a filter first.")
        )
        messages.error(request, sentence)
        return redirect(back)
    token = str(uuid4())
    kept = dict(list(request.session.get(_SESSION, {}).items())[-_KEPT + 1 :])
    request.session[_SESSION] = {**kept, token: [str(pk) for pk in ids]}
    return redirect(url_name, token=token)


def chosen_set(request: HttpRequest, token: UUID) -> Chosen:
    """The people of a selection, or 404 when this session has not made it or may not see one."""
    ids = request.session.get(_SESSION, {}).get(str(token))
    if ids is None:
        raise Http404
    return Chosen(_people(request, ids), reverse("cases:worker_list"))


def chosen_one(request: HttpRequest, pk: UUID) -> Chosen:
    return Chosen(_people(request, [pk]), reverse("desk:worker_page", args=[pk]))


def act_on(request: HttpRequest, chosen: Chosen, act: SetAct) -> HttpResponse:
    """Form, then for several people a check page that names who is left out, then the act."""
    closed = is_open(chosen.people[0]) if len(chosen.people) == 1 else []
    if answer := turn_back(request, closed, chosen.back):
        return answer
    known = {act.date_field: today(), **act.start(chosen.people)}
    form = act.form(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        parts = split(chosen.people, act.against(chosen.people, form, request.user))
        if not parts.ready:
            refuse(form, list(dict.fromkeys(sentence for _w, sentence in parts.left_out)))
        elif len(chosen.people) > 1 and "confirmed" not in request.POST:
            return _check_page(request, chosen, act, form, parts)
        else:
            try:
                count = act.run(parts.ready, form, request.user)
            except Refused as refusal:
                refuse(form, refusal.sentences)
            else:
                messages.success(request, _("Recorded for %(count)s people.") % {"count": count})
                return redirect(chosen.back)
    context = {"form": form, "act": act, "people": chosen.people, "back": chosen.back}
    return render(request, "cases/set_form.html", context, status=422 if form.errors else 200)


def _check_page(
    request: HttpRequest, chosen: Chosen, act: SetAct, form: forms.Form, parts: Any
) -> HttpResponse:
    facts = [
        {"label": field.label, "value": _said(form, field)}
        for field in form
        if form.cleaned_data[field.name]
    ]
    left = [
        {"name": f"{worker.name} ({worker.register_no})", "reason": sentence}
        for worker, sentence in parts.left_out
    ]
    context = {
        "question": act.title,
        "facts": [*facts, {"label": _("People"), "value": len(parts.ready)}],
        "left": left,
        "people": parts.ready,
        "hidden": form,
        "submit_label": act.submit,
        "cancel_url": chosen.back,
    }
    return render(request, "cases/set_check.html", context)


def _said(form: forms.Form, field: Any) -> Any:
    value = form.cleaned_data[field.name]
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, Model):
        return field.field.label_from_instance(value)
    if value is True:
        return _("yes")
    return dict(getattr(field.field, "choices", ())).get(value, field.value())


def _people(request: HttpRequest, ids: list[Any]) -> list[Worker]:
    rows = Worker.objects.visible_to(request.user).with_readiness().filter(pk__in=ids)
    people = list(rows.select_related("place").order_by("name", "pk"))
    if len(people) != len(ids):
        raise Http404
    return people


def _listing(request: HttpRequest) -> Listing:
    try:
        return Listing.from_query(QueryDict(request.POST.get("query", "")))
    except (UnknownFilterError, UnicodeError) as error:
        raise Http404 from error


def _everyone(request: HttpRequest) -> list[UUID]:
    return list(_listing(request).people(request.user).values_list("pk", flat=True)[: ALL + 1])


def _ticked(request: HttpRequest) -> list[UUID]:
    """The ids that were ticked; one outside the user's scope, or none at all, is a 404."""
    try:
        ids = {UUID(text) for text in request.POST.getlist("chosen")}
    except ValueError as error:
        raise Http404 from error
    seen = Worker.objects.visible_to(request.user).filter(pk__in=ids)
    if seen.count() != len(ids):
        raise Http404
    return list(ids)
