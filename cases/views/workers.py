"""The list of people, and writing a person's own data: registering and correcting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.actions.different import remember_different
from cases.actions.registering import register_person
from cases.actions.sets import is_open
from cases.actions.workers import EditConflictError, edit_worker
from cases.background import PEOPLE
from cases.forms.fields import refuse
from cases.forms.person import refuse_likely
from cases.forms.workers import EditForm, RegisterForm
from cases.likeness import Likely, find_likely
from cases.list_file import of_listing
from cases.listing import Listing, UnknownFilterError
from cases.models import Worker
from cases.people_pages import page_of
from cases.views.conflict import conflict_page
from cases.views.search import word_of
from cases.views.sets import SET_ACTS
from cases.views.worker_rows import options_html, rows_html
from kotim_social.accounts.access import fresh_proof, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import turn_back
from kotim_social.formlayout import has_draft
from kotim_social.jobs.offering import give_file
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused


@require(Perm.WORKER_VIEW)
def worker_list(request: HttpRequest) -> HttpResponse:
    try:
        listing = Listing.from_query(request.GET)
        page = page_of(listing, request.GET, request.user)
    except UnknownFilterError as error:
        raise Http404 from error
    acts = [act for act, (_url, perm) in SET_ACTS.items() if request.user.can(perm)]
    context = {
        "listing": listing,
        "page": page,
        "filters": [
            {**one, "options": options_html(one["options"], one["value"])}
            for one in listing.options()
        ],
        "lines": rows_html(page.rows, with_boxes=bool(acts)),
        "acts": acts,
        "all_url": listing.link(all="1") if page.has_next or page.has_previous else "",
        "may_export": request.user.can(Perm.REPORT_EXPORT),
    }
    return render(request, "cases/worker_list.html", context)


@require(Perm.REPORT_EXPORT)
@fresh_proof
def worker_export(request: HttpRequest, form: str) -> HttpResponse:
    """What the list shows with this filter and order, all of it, as a file."""
    try:
        listing = Listing.from_query(request.GET)
    except UnknownFilterError as error:
        raise Http404 from error
    back = f"{reverse('cases:worker_list')}?{listing.query}"
    return give_file(request, PEOPLE, of_listing(listing, form), back=back)


@require(Perm.WORKER_EDIT)
def worker_create(request: HttpRequest) -> HttpResponse:
    """Starts from a search that did not find her: without one it leads there."""
    word = word_of(request, request.GET.get("search", ""))
    if word is None and has_draft(request):  # she had searched when she began it
        word = ""
    if word is None:
        messages.info(request, _("Look for her first: perhaps she is recorded already."))
        return redirect("cases:search")
    first = {"name": word if not any(c.isdigit() for c in word) else "", "registered_on": today()}
    form = RegisterForm(request.POST or None, user=request.user, initial=first)
    likely = Likely()
    if request.method == "POST" and form.is_valid():
        likely = find_likely(form.applicant(), user=request.user)
        if not refuse_likely(form, likely):
            try:
                worker = register_person(
                    form.new_person(),
                    by=request.user,
                    registered_on=form.cleaned_data["registered_on"],
                )
            except Refused as refusal:
                refuse(form, refusal.sentences)
            else:
                _remember_decision(request, worker, form, likely)
                messages.success(request, _("She is registered."))
                return redirect("desk:worker_page", pk=worker.pk)
    context = {"form": form, "likely": likely}
    status = 422 if form.errors else 200
    return render(request, "cases/worker_create.html", context, status=status)


@require(Perm.WORKER_EDIT)
def worker_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    workers = Worker.objects.select_related("home_regency", "home_district")
    worker = get_visible_or_404(workers, request.user, pk)
    here = reverse("desk:worker_page", args=[worker.pk])
    if answer := turn_back(request, is_open(worker), here):
        return answer
    form = EditForm(request.POST or None, user=request.user, worker=worker)
    likely = Likely()
    if request.method == "POST" and form.is_valid():
        likely = _likely_after_edit(request, worker, form)
        if not refuse_likely(form, likely):
            try:
                edit_worker(
                    worker=worker,
                    values=form.values(),
                    version=form.cleaned_data["version"],
                    by=request.user,
                )
            except EditConflictError as conflict:
                return conflict_page(request, form, conflict)
            except Refused as refusal:
                refuse(form, refusal.sentences)
            else:
                _remember_decision(request, worker, form, likely)
                messages.success(request, _("Saved."))
                return redirect("desk:worker_page", pk=worker.pk)
    context = {"form": form, "worker": worker, "likely": likely}
    return render(request, "cases/worker_edit.html", context, status=422 if form.errors else 200)


def _likely_after_edit(request: HttpRequest, worker: Worker, form: EditForm) -> Likely:
    """Only what is new makes her like somebody else; an old likeness was decided long ago."""
    asked = {"name", "birth_date", "nik", "mother_name", "phone"}
    if not asked & set(form.changed_data):
        return Likely()
    return find_likely(form.applicant(), user=request.user, besides=worker.pk)


def _remember_decision(request: HttpRequest, worker: Worker, form: Any, likely: Likely) -> None:
    """That she is another person is kept with its reason; a weak likeness is only shown."""
    if likely.decide:
        others = [candidate.pk for candidate in likely.decide]
        reason = form.cleaned_data["other_person"]
        remember_different(worker.pk, others, reason=reason, by=request.user)
    elif likely.hints:
        words = {candidate.sentence for candidate in likely.hints}
        messages.warning(request, " ".join(sorted(words)))
