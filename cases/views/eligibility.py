"""How her eligibility came about: findings, objections, sessions, choices, and her letters."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.actions.objections import contested_finding
from cases.actions.sets import is_open
from cases.facts import PersonFacts
from cases.models import ChildReferral, EligibilityDecision, Explained, Objection, Worker
from cases.papers.letters import Letter, Variant, notice_letter, statement_letter
from kotim_social.accounts.access import get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, YesForm, ask, fact
from kotim_social.audit.trail import record
from kotim_social.documents.actions import issue_paper, reprint
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import attachment, file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

PDF = "application/pdf"
FILE_NAME = "dokumen.pdf"
LETTERS = ("statement", "refusal_notice")


@require(Perm.WORKER_VIEW)
@require_safe
def eligibility(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = get_visible_or_404(Worker.objects.select_related("place"), request.user, pk)
    facts = PersonFacts(worker, [], [], [])
    attended = worker.attendances.filter(active=True).select_related("briefing__lokalisasi")
    papers = IssuedPaper.objects.about(worker).filter(kind__in=LETTERS).select_related("void")
    record("worker.view", by=request.user, obj=worker)
    context = {
        "worker": worker,
        "decisions": facts.decisions,
        "choices": [(row, _explained(row.explained)) for row in facts.choices],
        "statements": facts.statements,
        "objections": worker.objections.order_by("-raised_on", "-id"),
        "attended": attended.order_by("-briefing__held_on", "-pk"),
        "papers": papers.order_by("-created_at"),
        "path": ChildReferral.objects.visible_to(request.user).filter(worker=worker).last(),
        "variants": _variants() if request.user.can(Perm.WORKER_EDIT) else [],
        "may_number": not is_open(worker),
        **_may(request, worker),
    }
    return render(request, "cases/eligibility.html", context)


def _issued_notice(worker: Worker, finding: EligibilityDecision) -> bool:
    """Whether the notice of this very finding has its number already."""
    papers = IssuedPaper.objects.about(worker).filter(kind="refusal_notice", void__isnull=True)
    return papers.filter(created_at__gte=finding.recorded_at).exists()


def _may(request: HttpRequest, worker: Worker) -> dict[str, bool]:
    finding = contested_finding(worker)
    contested = finding is not None
    issued = finding is not None and _issued_notice(worker, finding)
    waits = Objection.objects.filter(worker=worker, state="open").exists()
    read_only = bool(is_open(worker))
    return {
        "contested": contested,
        "may_object": contested and not (waits or read_only) and request.user.can(Perm.WORKER_EDIT),
        "may_verify": not read_only and request.user.can(Perm.WORKER_VERIFY),
        "may_draft": contested and any(request.user.can(perm) for perm in _DRAFT),
        "may_issue": contested and not (issued or read_only) and request.user.can(Perm.PAPER_ISSUE),
        "may_open": request.user.can(Perm.WORKER_REVEAL),
        "may_open_path": request.user.can(Perm.CHILD_ASSIGN),
    }


def _explained(codes: list[str]) -> list[str]:
    labels = dict(Explained.choices)
    return [str(labels[code]) for code in codes]


def _variants() -> list[tuple[str, str]]:
    labels = {
        Variant.RETURN: _("she returns"),
        Variant.STAY: _("she stays"),
        Variant.REFUSE: _("she refuses the assistance"),
    }
    return [(variant.value, label) for variant, label in labels.items()]


_DRAFT = (Perm.WORKER_EDIT, Perm.WORKER_VERIFY, Perm.PAPER_ISSUE)


@require(*_DRAFT)
@require_safe
def notice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The notice of the finding against her, as a draft."""
    worker = get_visible_or_404(Worker, request.user, pk)
    finding = contested_finding(worker)
    if finding is None:
        return _no_finding(request, worker)
    record("paper.draft", by=request.user, obj=worker, changes={"kind": [None, "refusal_notice"]})
    content = notice_letter(worker, finding, day=today()).pdf(None, **_printing(request))
    return attachment(content, content_type=PDF, filename=FILE_NAME)


@require(Perm.PAPER_ISSUE)
@idempotent
def notice_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = get_visible_or_404(Worker, request.user, pk)
    finding = contested_finding(worker)
    if finding is None:
        return _no_finding(request, worker)
    asking = Asking(
        question=_("Issue the notice of this finding?"),
        submit=_("Issue the notice"),
        back=reverse("cases:eligibility", args=[worker.pk]),
        done=_("The notice is issued: it is hers to keep."),
        facts=[fact(_("Name"), worker.name), *_finding_facts(finding)],
        warning=_("The number is used up; an issued paper never changes."),
        against=is_open(worker),
    )
    letter = notice_letter(worker, finding, day=today())

    def run(_data: dict[str, Any]) -> None:
        if asking.against:
            raise Refused(*asking.against)
        if _issued_notice(worker, finding):
            raise Refused(_("The notice of this finding is issued already."))
        _issue(request, worker, letter)

    return ask(request, YesForm(request.POST or None), asking, run)


def _finding_facts(finding: EligibilityDecision) -> list[dict[str, Any]]:
    return [
        fact(_("Result"), finding.get_state_display()),
        fact(_("Reason"), finding.get_reason_code_display()),
    ]


def _no_finding(request: HttpRequest, worker: Worker) -> HttpResponse:
    messages.error(request, _("There is no finding against her to object to."))
    return redirect("cases:eligibility", pk=worker.pk)


@require(Perm.WORKER_EDIT)
def statement_paper(request: HttpRequest, pk: UUID, variant: str) -> HttpResponse:
    """GET shows a draft; POST gives it a number, or a further copy of the same one."""
    workers = Worker.objects.select_related("home_regency")
    worker = get_visible_or_404(workers, request.user, pk)
    kind = _variant_or_404(variant)
    issues = request.method == "POST"
    whole = issues and request.user.can(Perm.WORKER_REVEAL)
    letter = statement_letter(worker, kind, day=today(), whole=whole)
    if not issues:
        record("paper.draft", by=request.user, obj=worker, changes={"kind": [None, "statement"]})
        content = letter.pdf(None, **_printing(request))
        return attachment(content, content_type=PDF, filename=FILE_NAME)
    earlier = _same_statement(worker, letter)
    if earlier is not None:
        return attachment(reprint(earlier, by=request.user), content_type=PDF, filename=FILE_NAME)
    if against := is_open(worker):
        messages.error(request, " ".join(against))
        return redirect("cases:eligibility", pk=worker.pk)
    paper = _issue(request, worker, letter)
    return file_response(paper.file, filename=FILE_NAME, by=request.user)


def _same_statement(worker: Worker, letter: Letter) -> IssuedPaper | None:
    """An issued one with the same words, whatever the day."""
    papers = IssuedPaper.objects.about(worker).filter(kind="statement", void__isnull=True)
    wanted = {**letter.data, "day": ""}
    return next(
        (p for p in papers.select_related("file") if {**p.snapshot, "day": ""} == wanted), None
    )


def _issue(request: HttpRequest, worker: Worker, letter: Letter) -> IssuedPaper:
    return issue_paper(
        kind=letter.kind,
        build=lambda number: letter.pdf(number, **_printing(request)),
        snapshot=letter.data,
        issued_on=today(),
        by=request.user,
        subject=worker,
    )


def _printing(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user.full_name, "at": timezone.localtime()}


def _variant_or_404(text: str) -> Variant:
    try:
        return Variant(text)
    except ValueError:
        raise Http404 from None


@require(Perm.WORKER_REVEAL)
@require_safe
def paper_of_person(request: HttpRequest, pk: UUID, paper_pk: UUID) -> HttpResponse:
    """An issued letter: it holds her whole NIK, so it opens to whoever may see that."""
    worker = get_visible_or_404(Worker, request.user, pk)
    papers = IssuedPaper.objects.about(worker).filter(kind__in=LETTERS).select_related("file")
    paper = get_object_or_404(papers, pk=paper_pk)
    return file_response(paper.file, filename=FILE_NAME, by=request.user)
