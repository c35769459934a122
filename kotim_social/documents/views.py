"""Checking a paper by its code, and voiding one."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.validators import ProhibitNullCharactersValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kotim_social.accounts.access import get_visible_or_404, require, signed_in
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.documents.actions import find_by_check_code, void_paper
from kotim_social.documents.models import IssuedPaper
from kotim_social.formlayout import PlainForm
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import format_date
from kotim_social.workflow import Refused


class CheckForm(PlainForm, forms.Form):
    """The code at the foot of a paper."""

    code = forms.CharField(
        label=gettext_lazy("Check code"),
        help_text=gettext_lazy("Twelve letters at the foot of the paper, or read from its QR."),
        max_length=40,
        validators=[ProhibitNullCharactersValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class VoidForm(PlainForm, forms.Form):
    """Why a paper no longer counts."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Give a reason.")},
    )


@signed_in
def paper_check(request: HttpRequest) -> HttpResponse:
    """Number, kind, date and total of a paper; nothing of whom it is about. The code never
    stands in an address: it comes by POST."""
    form = CheckForm(request.POST or None)
    paper = None
    if request.method == "POST" and form.is_valid():
        paper = find_by_check_code(form.cleaned_data["code"])
        if paper is None:
            form.add_error("code", _("No paper has this code. Compare each letter."))
        else:
            record("paper.check", by=request.user, obj=paper)
    context = {"form": form, "paper": paper, "total": _total(paper)}
    status = 422 if form.errors else 200
    return render(request, "documents/paper_check.html", context, status=status)


def _total(paper: IssuedPaper | None) -> int | None:
    total = paper.snapshot.get("total") if paper else None
    return total if isinstance(total, int) else None


@require(Perm.PAPER_ISSUE)
@idempotent
def paper_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The number stays taken; a copy printed from now on says so."""
    paper = get_visible_or_404(IssuedPaper, request.user, pk)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            void_paper(paper, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("The paper is voided; its number stays taken."))
            return redirect("disbursements:paper_page", paper.pk)
        except Refused as refused:
            for sentence in refused.sentences:
                form.add_error(None, sentence)
    facts = [
        (_("Number"), paper.number),
        (_("Paper"), paper.label),
        (_("Date"), format_date(paper.issued_on)),
    ]
    context = {
        "question": _("Void this paper?"),
        "facts": [{"label": label, "value": value} for label, value in facts],
        "warning": _("A voided paper never counts again. Issue a new one in its place."),
        "form": form,
        "submit_label": _("Void the paper"),
        "cancel_url": "../",
        "danger": True,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "documents/paper_void.html", context, status=status)
