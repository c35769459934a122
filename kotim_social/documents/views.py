"""Checking a paper by its code, voiding one, and handing one out under a password."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kotim_social.accounts.access import fresh_proof, get_visible_or_404, require, signed_in
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, ask, fact
from kotim_social.audit.trail import record
from kotim_social.documents.actions import find_by_check_code, void_paper
from kotim_social.documents.handing import Handing, hand_out
from kotim_social.documents.kinds import WHOLE_KINDS
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import content_of
from kotim_social.formlayout import PlainForm, ReasonField
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import format_date


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

    reason = ReasonField()


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
    asking = Asking(
        question=_("Void this paper?"),
        submit=_("Void the paper"),
        back=paper.page_url,
        done=_("The paper is voided; its number stays taken."),
        facts=_facts(paper),
        warning=_("A voided paper never counts again. Issue a new one in its place."),
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        void_paper(paper, reason=data["reason"], by=request.user)
        return paper.page_url

    return ask(request, VoidForm(request.POST or None), asking, run)


@require(Perm.WORKER_REVEAL)
@fresh_proof
def paper_protected(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An issued paper as a file that opens with a password alone: to be sent, not printed."""
    papers = IssuedPaper.objects.filter(kind__in=WHOLE_KINDS).select_related("file")
    paper = get_visible_or_404(papers, request.user, pk)

    def make() -> bytes:
        record("paper.hand_out", by=request.user, obj=paper)
        return content_of(paper.file)

    handing = Handing(
        question=_("Save this paper as a protected file?"),
        about=f"paper.{paper.pk}",
        form="pdf",
        name=f"dokumen-{paper.sequence}-{paper.year}",
        back=paper.page_url,
        make=make,
        facts=_facts(paper),
    )
    return hand_out(request, handing)


def _facts(paper: IssuedPaper) -> list[dict[str, Any]]:
    return [
        fact(_("Number"), paper.number),
        fact(_("Paper"), paper.label),
        fact(_("Date"), format_date(paper.issued_on)),
    ]
