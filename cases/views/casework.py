"""The case of one person: its page with the form of a visit, and one form for each act on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from cases.actions import breaches, notes
from cases.actions import casework as acts
from cases.actions.sets import is_open
from cases.casework_facts import case_of
from cases.forms import casework as casework_forms
from cases.forms.fields import refuse
from cases.models import Assessment, CaseHolder, Note, PlanLine, StayBreach, Worker
from cases.read_only import notes_on_case
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, sentences_of
from kotim_social.audit.trail import history_of, record
from kotim_social.idempotency.forms import idempotent
from kotim_social.rewriting import Page, hold, rewrite
from kotim_social.workflow import Refused


@dataclass(frozen=True)
class CaseAct:
    """One act on a case: its words, its form, and its writing."""

    title: Any
    submit: Any
    done: Any
    form: type[forms.Form]
    run: Callable[[Any, Any, User], Any]
    back: str = "cases:casework"
    initial: Callable[[Any], dict[str, Any]] = lambda about: {}
    # A longer word above the form, and whether the act is hard to undo.
    warning: Any = ""
    # Whether it is hers to do at any time, also after her case was closed.
    also_closed: bool = False


def case_or_404(pk: UUID, user: User) -> Worker:
    return get_visible_or_404(Worker.objects.in_care_of(user), user, pk)


@idempotent
def case_act(
    request: HttpRequest, worker: Worker, about: Any, act: CaseAct, form: forms.Form | None = None
) -> HttpResponse:
    """Form, then the act, then back to her case; a refusal is shown in the form."""
    form = form or act.form(request.POST or None, initial=act.initial(about))
    asking = Asking(
        question=act.title,
        submit=act.submit,
        back=reverse(act.back, args=[worker.pk]),
        done=act.done,
        template="cases/case_form.html",
        more={"worker": worker, "act": act},
        against=[] if act.also_closed else is_open(worker),
    )
    return ask(request, form, asking, lambda _data: act.run(about, form, actor(request)))


@require(Perm.CASEWORK_VIEW)
def casework(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Her case with the form of a visit on it; who may see her but not her case is told why."""
    user = actor(request)
    worker = get_visible_or_404(Worker.objects.select_related("place"), user, pk)
    if not Worker.objects.in_care_of(user).filter(pk=worker.pk).exists():
        holder = CaseHolder.objects.current().filter(worker=worker).select_related("user").first()
        context = {"worker": worker, "holder": holder}
        return render(request, "cases/case_elsewhere.html", context, status=403)
    return _case_page(request, worker)


@idempotent
def _case_page(request: HttpRequest, worker: Worker) -> HttpResponse:
    user = actor(request)
    form = casework_forms.VisitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.record_visit(worker=worker, **form.values(), by=user)
        except Refused as refusal:
            refuse(form, sentences_of(refusal))
        else:
            messages.success(request, gettext_lazy("The visit is recorded."))
            return redirect("cases:casework", worker.pk)
    record("casework.view", by=user, obj=worker)
    read_only = is_open(worker)
    context = {
        "form": form,
        "worker": worker,
        "case": case_of(worker, user),
        "case_notes": notes_on_case(worker, user) if read_only else [],
        "may_write": user.can(Perm.CASEWORK_EDIT) and not read_only,
        "may_review": user.can(Perm.CASEWORK_REVIEW) and not read_only,
    }
    return render(request, "cases/casework.html", context, status=422 if form.errors else 200)


NOTE_ADD = CaseAct(
    gettext_lazy("Write a note"),
    gettext_lazy("Save the note"),
    gettext_lazy("The note is saved."),
    casework_forms.NoteForm,
    lambda worker, form, by: notes.add_note(worker=worker, **form.cleaned_data, by=by),
)
NOTE_EDIT = CaseAct(
    gettext_lazy("Change the note"),
    gettext_lazy("Save the note"),
    gettext_lazy("The note is changed."),
    casework_forms.NoteTextForm,
    lambda note, form, by: notes.edit_note(note=note, **form.cleaned_data, by=by),
    initial=lambda note: {"text": note.text},
)
NOTE_CORRECT = CaseAct(
    gettext_lazy("Correct a note"),
    gettext_lazy("Save the correction"),
    gettext_lazy("The correction is saved as a new note."),
    casework_forms.NoteTextForm,
    lambda note, form, by: notes.correct_note(note=note, **form.cleaned_data, by=by),
    warning=gettext_lazy("The old note stays as it is; the new one says what was wrong in it."),
)
ASSESS = CaseAct(
    gettext_lazy("Assess her situation"),
    gettext_lazy("Save the assessment"),
    gettext_lazy("The assessment is saved."),
    casework_forms.AssessmentForm,
    lambda worker, form, by: acts.assess(worker=worker, **form.cleaned_data, by=by),
)
REVIEW = CaseAct(
    gettext_lazy("Review the assessment"),
    gettext_lazy("Record the review"),
    gettext_lazy("The review is recorded."),
    casework_forms.ReviewForm,
    lambda found, form, by: acts.review_assessment(assessment=found, **form.cleaned_data, by=by),
)
PLAN_ADD = CaseAct(
    gettext_lazy("Add to the plan"),
    gettext_lazy("Add to the plan"),
    gettext_lazy("The plan has a new line."),
    casework_forms.PlanLineForm,
    lambda worker, form, by: acts.add_plan_line(worker=worker, **form.cleaned_data, by=by),
)
PLAN_END = CaseAct(
    gettext_lazy("Close a line of the plan"),
    gettext_lazy("Record the outcome"),
    gettext_lazy("The outcome is recorded."),
    casework_forms.PlanEndForm,
    lambda line, form, by: acts.end_plan_line(line=line, **form.cleaned_data, by=by),
)
BREACH_REPORT = CaseAct(
    gettext_lazy("Report a breach of the rules of staying"),
    gettext_lazy("Report it"),
    gettext_lazy("The report is recorded. She is to be heard."),
    casework_forms.BreachForm,
    lambda worker, form, by: breaches.report_breach(worker=worker, **form.cleaned_data, by=by),
    warning=gettext_lazy("She is heard first, then a supervisor decides. Nothing is cut by it."),
)
BREACH_HEAR = CaseAct(
    gettext_lazy("Record her side"),
    gettext_lazy("Record her side"),
    gettext_lazy("Her side is recorded. A supervisor decides."),
    casework_forms.HearingForm,
    lambda breach, form, by: breaches.hear_breach(breach=breach, **form.cleaned_data, by=by),
)
BREACH_FIND = CaseAct(
    gettext_lazy("Decide on the report"),
    gettext_lazy("Record the finding"),
    gettext_lazy("The finding is recorded."),
    casework_forms.FindingForm,
    lambda breach, form, by: breaches.find_breach(breach=breach, **form.cleaned_data, by=by),
    warning=gettext_lazy("A finding is final. Nothing is cut by it."),
)


@require(Perm.CASEWORK_EDIT)
def note_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = case_or_404(pk, actor(request))
    return case_act(request, worker, worker, NOTE_ADD)


@require(Perm.CASEWORK_EDIT)
def note_edit(request: HttpRequest, note: UUID) -> HttpResponse:
    found = get_visible_or_404(Note.objects.select_related("worker"), actor(request), note)
    worker, found = found.worker, hold(request, found)
    edits = history_of(worker).filter(act="note.edit")
    about = Page(
        caption=worker.register_no,
        back=reverse("cases:casework", args=[worker.pk]),
        last=edits.filter(changes__contains={"note": [None, str(found.pk)]}).first,
    )
    first = NOTE_EDIT.initial(found)
    form, conflict = rewrite(request, lambda data: NOTE_EDIT.form(data, initial=first), about)
    return conflict or case_act(request, worker, found, NOTE_EDIT, form)


@require(Perm.CASEWORK_EDIT)
def note_correct(request: HttpRequest, note: UUID) -> HttpResponse:
    found = get_visible_or_404(Note.objects.select_related("worker"), actor(request), note)
    return case_act(request, found.worker, found, NOTE_CORRECT)


@require(Perm.CASEWORK_EDIT)
def assess(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = case_or_404(pk, actor(request))
    return case_act(request, worker, worker, ASSESS)


@require(Perm.CASEWORK_REVIEW)
def assessment_review(request: HttpRequest, assessment: UUID) -> HttpResponse:
    rows = Assessment.objects.select_related("worker")
    found = get_visible_or_404(rows, actor(request), assessment)
    return case_act(request, found.worker, found, REVIEW)


@require(Perm.CASEWORK_EDIT)
def plan_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = case_or_404(pk, actor(request))
    return case_act(request, worker, worker, PLAN_ADD)


@require(Perm.CASEWORK_EDIT)
def plan_end(request: HttpRequest, line: UUID) -> HttpResponse:
    found = get_visible_or_404(PlanLine.objects.select_related("worker"), actor(request), line)
    return case_act(request, found.worker, found, PLAN_END)


@require(Perm.CASEWORK_EDIT)
def breach_report(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = case_or_404(pk, actor(request))
    return case_act(request, worker, worker, BREACH_REPORT)


@require(Perm.CASEWORK_EDIT)
def breach_hear(request: HttpRequest, breach: UUID) -> HttpResponse:
    found = get_visible_or_404(StayBreach.objects.select_related("worker"), actor(request), breach)
    return case_act(request, found.worker, found, BREACH_HEAR)


@require(Perm.CASEWORK_REVIEW)
def breach_find(request: HttpRequest, breach: UUID) -> HttpResponse:
    found = get_visible_or_404(StayBreach.objects.select_related("worker"), actor(request), breach)
    return case_act(request, found.worker, found, BREACH_FIND)
