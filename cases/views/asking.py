"""The shape that every single act on a page shares: a form, the act, its refusal or its thanks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cases.forms.fields import refuse
from kotim_social.workflow import Refused


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What the page says: its question, its button, where it leads back to."""

    question: Any
    submit: Any
    back: str
    done: Any
    facts: list[dict[str, Any]] = field(default_factory=list)
    warning: Any = ""
    danger: bool = False
    template: str = "cases/asking.html"
    more: dict[str, Any] = field(default_factory=dict)


def ask(
    request: HttpRequest,
    form: forms.Form,
    asking: Asking,
    run: Callable[[dict[str, Any]], str | None],
) -> HttpResponse:
    """`run` takes the form's data, does the act, and may say where to go; Refused comes back."""
    if request.method == "POST" and form.is_valid():
        try:
            target = run(form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal.sentences)
        else:
            messages.success(request, str(asking.done))
            return redirect(target or asking.back)
    context = {
        "question": asking.question,
        "facts": asking.facts,
        "warning": asking.warning,
        "danger": asking.danger,
        "form": form,
        "submit_label": asking.submit,
        "cancel_url": asking.back,
        **asking.more,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, asking.template, context, status=status)


def fact(label: Any, value: Any) -> dict[str, Any]:
    return {"label": label, "value": value}
