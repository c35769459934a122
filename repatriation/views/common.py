"""Ground of the pages of an act: ask, do, say what was refused, and lose nothing that was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kotim_social import rewriting
from kotim_social.asking import thank
from kotim_social.audit.models import Entry
from kotim_social.audit.trail import history_of
from kotim_social.workflow import Refused
from repatriation import rules
from repatriation.models import Batch

UNPROCESSABLE = 422


@dataclass
class Act:
    """One act on a batch: its question, its button, what it does with the filled form."""

    batch: Batch
    question: str
    submit_label: str
    done: str
    do: Callable[[Any], Any]
    form: forms.Form
    danger: bool = False
    warning: str = ""
    template: str = "repatriation/act.html"
    # Where the act leads; it takes the batch's id.
    back: str = "repatriation:batch_detail"
    context: dict[str, Any] = field(default_factory=dict)
    # The page that takes it back, for a quarter of an hour.
    undo: str = ""


def act_page(request: HttpRequest, act: Act) -> HttpResponse:
    """GET asks; POST does it and goes to the batch, or shows what stands against it."""
    status = 200
    if request.method == "POST":
        if act.form.is_valid() and done(act.do, act.form):
            thank(request, act.done, act.undo)
            return redirect(act.back, act.batch.pk)
        status = UNPROCESSABLE
    context = {
        "batch": act.batch,
        "form": act.form,
        "question": act.question,
        "facts": facts_of(act.batch),
        "submit_label": act.submit_label,
        "danger": act.danger,
        "warning": act.warning,
        **act.context,
    }
    return render(request, act.template, context, status=status)


def done(do: Callable[[Any], Any], form: Any) -> bool:
    """Whether the act was done; else its sentences stand on the form."""
    try:
        do(form)
    except Refused as refusal:
        form.add_error(None, refusal.sentences)
        return False
    return True


def rewritten(
    batch: Batch, act: str, *, back: str = "repatriation:batch_detail", **changes: Any
) -> rewriting.Page:
    """What the page of two editors says; `act` is the trail's word for the writing."""

    def last() -> Entry | None:
        rows = history_of(batch).filter(act=act)
        return rows.filter(changes__contains=changes).first() if changes else rows.first()

    return rewriting.Page(caption=batch.code, back=reverse(back, args=[batch.pk]), last=last)


def facts_of(batch: Batch) -> Sequence[dict[str, Any]]:
    """What a check page says about the batch."""
    count = rules.count(batch)
    people = _("%(women)s women, %(children)s children, %(escorts)s escorts") % {
        "women": count.women,
        "children": count.children,
        "escorts": count.escorts,
    }
    seats = _("%(size)s of %(seats)s") % {"size": count.size, "seats": count.seats}
    return [
        {"label": _("Batch"), "value": batch.code},
        {"label": _("Destination"), "value": batch.destination.name},
        {"label": _("Travellers"), "value": people},
        {"label": _("Seats"), "value": seats},
    ]
