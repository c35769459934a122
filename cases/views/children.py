"""The referral path of children: whom it concerns, where each stands, and one page for each act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cases.actions import children as acts
from cases.child_workflow import CHILD
from cases.forms import children as child_forms
from cases.models import ChildReferral, Worker
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, fact
from kotim_social.audit.trail import history_of, record
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import ADULT, today
from kotim_social.rewriting import Page, hold, rewrite

PAGE = 50
# Where each act of the road is done; both answers stand on one page.
_PAGES = {
    "refer": ("cases:child_refer", gettext_lazy("Refer the child")),
    "accept": ("cases:child_answer", gettext_lazy("Record the answer")),
    "hand_over": ("cases:child_hand_over", gettext_lazy("Hand the child over")),
    "close": ("cases:child_close", gettext_lazy("Close the referral path")),
}


@dataclass(frozen=True)
class ChildAct:
    """One act: its words, its form, and its writing."""

    question: Any
    submit: Any
    done: Any
    form: type[forms.Form]
    run: Callable[[ChildReferral, Any, User], Any]
    warning: Any = ""


ASSIGN = ChildAct(
    gettext_lazy("Give the child to an officer"),
    gettext_lazy("Give the child to her"),
    gettext_lazy("The child is in her hands."),
    child_forms.AssignForm,
    lambda child, form, by: acts.assign(child=child, **form.cleaned_data, by=by),
    gettext_lazy("She and the supervisors see the child; whoever had her before does no more."),
)
REFER = ChildAct(
    gettext_lazy("Refer the child"),
    gettext_lazy("Record the referral"),
    gettext_lazy("The referral is recorded."),
    child_forms.ReferForm,
    lambda child, form, by: acts.refer(child=child, **form.values(), by=by),
    gettext_lazy("To whoever protects children by law: no consent is needed, and no more is told."),
)
ANSWER = ChildAct(
    gettext_lazy("Record the answer"),
    gettext_lazy("Record the answer"),
    gettext_lazy("The answer is recorded."),
    child_forms.AnswerForm,
    lambda child, form, by: acts.answer(child=child, **form.values(), by=by),
    gettext_lazy("After a no the child is referred to somebody else."),
)
HAND_OVER = ChildAct(
    gettext_lazy("Hand the child over"),
    gettext_lazy("Record the hand-over"),
    gettext_lazy("The hand-over is recorded. A supervisor closes the path."),
    child_forms.HandOverForm,
    lambda child, form, by: acts.hand_over(child=child, **form.cleaned_data, by=by),
    gettext_lazy("From person to person, never left with somebody else."),
)
CLOSE = ChildAct(
    gettext_lazy("Close the referral path"),
    gettext_lazy("Close the referral path"),
    gettext_lazy("The path is closed; it stays to be read."),
    child_forms.CloseForm,
    lambda child, form, by: acts.close(child=child, **form.cleaned_data, by=by),
    gettext_lazy("A closed path is read only and is not opened again."),
)


BIRTH_DATE = ChildAct(
    gettext_lazy("Correct the date of birth"),
    gettext_lazy("Correct the date"),
    gettext_lazy("The date of birth is corrected."),
    child_forms.BirthDateForm,
    lambda child, form, by: acts.correct_birth_date(child=child, **form.cleaned_data, by=by),
)


@require(Perm.CHILD_CARE)
@require_safe
def child_list(request: HttpRequest) -> HttpResponse:
    """The open ones first; an address with `?due=late` lists those on whom a step is overdue."""
    user = actor(request)
    late = request.GET.get("due") == "late"
    seen = ChildReferral.objects.visible_to(user)
    rows = seen.overdue() if late else seen
    rows = rows.select_related("place", "officer", "provider")
    page = Paginator(rows.order_by("closed_at", "due_on", "pk"), PAGE)
    record("childreferral.list", by=user)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "late": late,
        "overdue": seen.overdue().count(),
        "may_open": user.can(Perm.CHILD_ASSIGN),
    }
    return render(request, "cases/child_list.html", context)


@require(Perm.CHILD_CARE)
@require_safe
def child_detail(request: HttpRequest, child: UUID) -> HttpResponse:
    user = actor(request)
    row = _row(request, child)
    record("childreferral.view", by=user, obj=row)
    context = {
        "child": row,
        "steps": row.steps.select_related("officer", "provider", "recorded_by").order_by(
            "-done_on", "-pk"
        ),
        "acts": [
            {"url": reverse(_PAGES[step.act][0], args=[row.pk]), "label": _PAGES[step.act][1]}
            for step in CHILD.acts_for(row, user)
            if step.act in _PAGES
        ],
        "may_assign": user.can(Perm.CHILD_ASSIGN) and row.state != "closed",
        "is_of_age": row.age_on_closing >= ADULT,
        "record": Worker.objects.visible_to(user).filter(pk=row.worker_id).first(),
    }
    return render(request, "cases/child_detail.html", context)


@require(Perm.CHILD_ASSIGN)
@idempotent
def child_open(request: HttpRequest) -> HttpResponse:
    """For a child whom no import found; `?worker=` starts from a record of the register."""
    worker = _of_the_register(request)
    asking = Asking(
        question=_("Put a child on the referral path"),
        submit=_("Put her on the referral path"),
        back=reverse("cases:child_list"),
        done=_("The child is on the referral path; give her to an officer."),
        warning=_("A child is protected and is never a beneficiary of this programme."),
    )

    def run(data: dict[str, Any]) -> str:
        child = acts.open_path(**data, by=actor(request), worker=worker)
        return reverse("cases:child_detail", args=[child.pk])

    columns = ("name", "birth_date", "place", "registered_on")
    known = {name: getattr(worker, name) for name in columns} if worker else {}
    return ask(request, child_forms.OpenForm(request.POST or None, initial=known), asking, run)


@require(Perm.CHILD_ASSIGN)
def child_assign(request: HttpRequest, child: UUID) -> HttpResponse:
    """Over another officer's head only when it was seen that the child is hers."""
    row = hold(request, _row(request, child))
    about = Page(
        caption=row.name,
        back=reverse("cases:child_detail", args=[row.pk]),
        last=history_of(row).filter(act="childreferral.assign").first,
        fields=("officer",),
    )
    first = {"officer": row.officer_id, "due_on": today()}
    form, conflict = rewrite(
        request, lambda data: child_forms.AssignForm(data, initial=first), about
    )
    return conflict or _act(request, row, ASSIGN, form)


@require(Perm.CHILD_CARE)
def child_refer(request: HttpRequest, child: UUID) -> HttpResponse:
    return _act(request, _row(request, child), REFER)


@require(Perm.CHILD_CARE)
def child_answer(request: HttpRequest, child: UUID) -> HttpResponse:
    return _act(request, _row(request, child), ANSWER)


@require(Perm.CHILD_CARE)
def child_hand_over(request: HttpRequest, child: UUID) -> HttpResponse:
    return _act(request, _row(request, child), HAND_OVER)


@require(Perm.CHILD_CARE)
def child_birth_date(request: HttpRequest, child: UUID) -> HttpResponse:
    return _act(request, _row(request, child), BIRTH_DATE)


@require(Perm.CHILD_ASSIGN)
def child_close(request: HttpRequest, child: UUID) -> HttpResponse:
    return _act(request, _row(request, child), CLOSE)


@idempotent
def _act(
    request: HttpRequest, child: ChildReferral, act: ChildAct, form: forms.Form | None = None
) -> HttpResponse:
    asking = Asking(
        question=act.question,
        submit=act.submit,
        back=reverse("cases:child_detail", args=[child.pk]),
        done=act.done,
        facts=[
            fact(_("Name"), child.name),
            fact(_("Place"), child.place.label),
            fact(_("State"), child.state_shown.label),
        ],
        warning=act.warning,
    )
    form = form or act.form(request.POST or None, initial={"due_on": today()})
    return ask(request, form, asking, lambda _data: act.run(child, form, actor(request)))


def _of_the_register(request: HttpRequest) -> Worker | None:
    """`?worker=` is somebody registered of whom it was found that she is under 18."""
    if not request.GET.get("worker"):
        return None
    return get_visible_or_404(Worker, actor(request), request.GET["worker"])


def _row(request: HttpRequest, child: UUID) -> ChildReferral:
    rows = ChildReferral.objects.select_related("place__lokalisasi", "officer", "provider")
    return get_visible_or_404(rows, actor(request), child)
