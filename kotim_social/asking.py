"""The shape that every single act on a page shares: a form, the act, its refusal or its thanks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _

from kotim_social.formlayout import PlainForm
from kotim_social.workflow import Refused


class YesForm(PlainForm, forms.Form):
    """An act with nothing to fill in: the yes alone."""


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
    template: str = "ui/asking.html"
    more: dict[str, Any] = field(default_factory=dict)
    # Sentences against the act whatever is filled in: then there is no form to fill in.
    against: Sequence[str] = ()


def turn_back(request: HttpRequest, against: Sequence[str], back: str) -> HttpResponse | None:
    """Where the act cannot be done now its page is not shown: the one it belongs to says why.

    What was typed meanwhile still comes in, and is refused in the form by the act itself.
    """
    if request.method == "POST" or not against:
        return None
    messages.error(request, " ".join(against))
    return redirect(back)


def ask(
    request: HttpRequest,
    form: forms.Form,
    asking: Asking,
    run: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    """`run` takes the form's data and does the act; Refused comes back in the form.

    An address that it returns is where to go, in place of back.
    """
    if answer := turn_back(request, asking.against, asking.back):
        return answer
    if request.method == "POST" and form.is_valid():
        try:
            target = run(form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, sentences_of(refusal))
        else:
            messages.success(request, str(asking.done))
            return redirect(target if isinstance(target, str) else asking.back)
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


def sentences_of(refusal: Refused) -> list[str]:
    """What is told, the last sentence with the link to the page that mends it.

    It opens beside: what was typed into the refused form stays there.
    """
    if refusal.mend is None:
        return refusal.sentences
    *first, last = refusal.sentences
    link = '{} <a class="alert-link" href="{}" target="_blank" rel="noopener">{}</a>'
    return [*first, format_html(link, last, refusal.mend.url, refusal.mend.label)]


def thank_with_undo(request: HttpRequest, sentence: Any, url: str, label: Any = "") -> None:
    """The message that an act is done, with the link to the page that takes it back."""
    messages.success(
        request,
        format_html('{} <a class="alert-link" href="{}">{}</a>', sentence, url, label or _("Undo")),
    )


def thank(request: HttpRequest, sentence: Any, undo: str = "") -> None:
    """The message that an act is done; `undo` is the page that takes it back while that goes."""
    if undo:
        thank_with_undo(request, sentence, undo, _("Undo (15 minutes)"))
    else:
        messages.success(request, str(sentence))


def fact(label: Any, value: Any) -> dict[str, Any]:
    return {"label": label, "value": value}
