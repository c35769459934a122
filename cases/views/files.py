"""Her files: the page with the form of a scan, the scans themselves, and her photo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import consents
from cases.actions.files import NewFile, ask_withdrawal, file_paper, look_at_withdrawal
from cases.actions.portraits import add_portrait, remove_portrait
from cases.actions.sets import is_open
from cases.file_facts import files_of
from cases.forms.fields import refuse
from cases.forms.files import FileForm, PhotoForm, WithdrawalForm
from cases.models import Layer, PersonFile, Portrait, Worker
from cases.read_only import notes_on_case
from cases.views.casework import case_or_404
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, YesForm, ask, fact
from kotim_social.audit.trail import record
from kotim_social.files.incoming import JPEG
from kotim_social.files.serving import file_response, picture_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.workflow import Refused

# Say neither who, nor where, nor why.
PICTURE_NAME, PDF_NAME = "berkas.jpg", "berkas.pdf"


@require(Perm.FILE_VIEW)
@idempotent
def files(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = actor(request)
    worker = get_visible_or_404(Worker.objects.select_related("place"), user, pk)
    read_only = is_open(worker)
    may_write = user.can(Perm.FILE_EDIT) and not read_only
    form = None
    if may_write:
        form = FileForm(worker, user, request.POST or None, request.FILES or None)
    if request.method == "POST" and form is not None and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            file_paper(worker=worker, new=NewFile(content=data.pop("scan").read(), **data), by=user)
        except Refused as refusal:
            refuse(form, refusal.sentences)
        else:
            messages.success(request, _("The paper is in her file."))
            return redirect("cases:files", worker.pk)
    record("personfile.list", by=user, obj=worker)
    context = {
        "form": form,
        "worker": worker,
        "files": files_of(worker, user),
        "case_notes": notes_on_case(worker, user) if read_only else [],
    }
    context |= _photo_context(worker, request)
    refused = request.method == "POST"
    return render(request, "cases/files.html", context, status=422 if refused else 200)


def _photo_context(worker: Worker, request: HttpRequest) -> dict[str, Any]:
    user = actor(request)
    in_care = Worker.objects.in_care_of(user).filter(pk=worker.pk).exists()
    return {
        "portrait": Portrait.objects.kept().filter(worker=worker).first(),
        "photo_allowed": consents.allows(worker, Layer.PHOTO),
        "may_add_photo": in_care and user.can(Perm.FILE_EDIT) and worker.case_state == "open",
        "may_remove_photo": user.can(Perm.FILE_EDIT),
    }


@require(Perm.FILE_VIEW)
@require_safe
def file_open(request: HttpRequest, file: UUID) -> HttpResponse:
    """A picture is shown, a PDF goes as an attachment; one row in the trail for each look."""
    user = actor(request)
    rows = PersonFile.objects.opened_by(user).select_related("stored")
    stored = get_visible_or_404(rows, user, file).stored
    if stored.content_type == JPEG:
        return picture_response(stored, filename=PICTURE_NAME, by=user)
    return file_response(stored, filename=PDF_NAME, by=user)


@require(Perm.FILE_EDIT)
@idempotent
def file_ask_withdrawal(request: HttpRequest, file: UUID) -> HttpResponse:
    user = actor(request)
    paper = _paper_or_404(request, file)
    asking = Asking(
        question=_("Withdraw this paper?"),
        submit=_("Ask for its withdrawal"),
        back=reverse("cases:files", args=[paper.worker_id]),
        done=_("Somebody else looks at it now."),
        facts=_facts(paper),
        against=is_open(paper.worker),
        warning=_("It stays in the store, and only supervisors can open it afterwards."),
    )
    form = WithdrawalForm(request.POST or None)
    return ask(request, form, asking, lambda data: ask_withdrawal(paper=paper, by=user, **data))


@require(Perm.FILE_WITHDRAW)
@idempotent
def file_withdraw(request: HttpRequest, file: UUID) -> HttpResponse:
    words = (_("Withdraw this paper?"), _("Withdraw it"), _("The paper is withdrawn."))
    return _look(request, _paper_or_404(request, file), "withdraw", words)


@require(Perm.FILE_WITHDRAW)
@idempotent
def file_keep(request: HttpRequest, file: UUID) -> HttpResponse:
    words = (
        _("Keep this paper in her file?"),
        _("Keep it in her file"),
        _("The paper stays in her file."),
    )
    return _look(request, _paper_or_404(request, file), "keep", words)


def _look(
    request: HttpRequest, paper: PersonFile, act: str, words: tuple[str, str, str]
) -> HttpResponse:
    question, submit, done = words
    asking = Asking(
        question=question,
        submit=submit,
        back=reverse("cases:files", args=[paper.worker_id]),
        done=done,
        facts=[*_facts(paper), fact(_("Reason"), paper.asked_because or "–")],
        danger=act == "withdraw",
    )
    form = YesForm(request.POST or None)
    return ask(
        request,
        form,
        asking,
        lambda data: look_at_withdrawal(paper=paper, act=act, by=actor(request)),
    )


@require(Perm.FILE_EDIT)
@idempotent
def photo_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = actor(request)
    worker = case_or_404(pk, user)
    form = PhotoForm(request.POST or None, request.FILES or None)
    asking = Asking(
        question=_("Add a photo"),
        submit=_("Keep the photo"),
        back=reverse("cases:files", args=[worker.pk]),
        done=_("The photo is kept."),
        template="cases/photo_add.html",
        more={"worker": worker},
        against=is_open(worker),
    )
    return ask(
        request,
        form,
        asking,
        lambda data: add_portrait(worker=worker, content=data["photo"].read(), by=user),
    )


@require(Perm.FILE_VIEW)
@require_safe
def photo(request: HttpRequest, portrait: UUID) -> HttpResponse:
    """Only while she agrees: from the moment of her no there is no such picture (R65)."""
    user = actor(request)
    rows = Portrait.objects.allowed().select_related("stored")
    return picture_response(
        get_visible_or_404(rows, user, portrait).stored, filename=PICTURE_NAME, by=user
    )


@require(Perm.FILE_EDIT)
@idempotent
def photo_remove(request: HttpRequest, portrait: UUID) -> HttpResponse:
    user = actor(request)
    rows = Portrait.objects.kept().select_related("worker")
    found = get_visible_or_404(rows, user, portrait)
    asking = Asking(
        question=_("Remove the photo?"),
        submit=_("Destroy the photo"),
        back=reverse("cases:files", args=[found.worker_id]),
        done=_("The photo is destroyed."),
        facts=[fact(found.worker.register_no, found.worker.name)],
        warning=_("It is destroyed for good; only that there was one stays on record."),
        danger=True,
    )
    form = YesForm(request.POST or None)
    return ask(request, form, asking, lambda data: remove_portrait(portrait=found, by=user))


def _paper_or_404(request: HttpRequest, file: UUID) -> PersonFile:
    return get_visible_or_404(PersonFile.objects.select_related("worker"), actor(request), file)


def _facts(paper: PersonFile) -> list[dict[str, Any]]:
    return [
        fact(paper.worker.register_no, paper.worker.name),
        fact(_("Kind of paper"), paper.get_kind_display()),
    ]
