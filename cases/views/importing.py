"""Pages of the register import: upload, preview, confirm, result, undo, downloads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.actions.importing import (
    XLSX,
    AlreadyImported,
    discard_import,
    stage_register,
)
from cases.actions.undoing import undo_import
from cases.background import REJECTED, request_import
from cases.forms.importing import UploadForm
from cases.models import RegisterImport, StagedRow
from cases.register.template import template_workbook
from cases.register.workbook import WorkbookError
from cases.views.import_figures import (
    FILTER_LABELS,
    IMPORT_TONES,
    OUTCOME_FILTERS,
    counts_by_import,
    figures,
    has_kind,
    kinds_of,
    line_of,
)
from cases.workflow import IMPORT
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import thank_with_undo
from kotim_social.audit.trail import record
from kotim_social.files.serving import attachment
from kotim_social.idempotency.forms import idempotent
from kotim_social.jobs.offering import give_file
from kotim_social.lib.dates import format_date, today
from kotim_social.workflow import Refused

PAGE = 50
LONGEST_HISTORY = 200
LOOK = (Perm.REGISTER_IMPORT, Perm.CHILD_VIEW)


@require(*LOOK)
@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    """The history: who brought what, when, and what became of it."""
    sources = list(
        RegisterImport.objects.visible_to(actor(request))
        .select_related("uploaded_by")
        .order_by("-uploaded_at")[:LONGEST_HISTORY]
    )
    counts = counts_by_import(sources, actor(request))
    entries = [
        {
            "source": source,
            "counts": counts.get(source.pk),
            "label": IMPORT.state(source.state).label,
            "tone": IMPORT_TONES.get(source.state, "neutral"),
        }
        for source in sources
    ]
    return render(request, "cases/import_list.html", {"entries": entries})


@require(Perm.REGISTER_IMPORT)
def import_upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(
        request.POST or None, request.FILES or None, initial={"registered_on": today()}
    )
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        workbook = form.cleaned_data["workbook"]
        try:
            source = stage_register(
                workbook.read(),
                file_name=workbook.name,
                by=actor(request),
                registered_on=form.cleaned_data["registered_on"],
            )
            return redirect("cases:import_detail", source.pk)
        except AlreadyImported as error:
            form.add_error("workbook", str(error))
            mine = RegisterImport.objects.visible_to(actor(request))
            context["earlier"] = mine.filter(pk=error.earlier.pk).first()
        except (Refused, WorkbookError) as error:
            form.add_error("workbook", getattr(error, "sentence", str(error)))
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/import_upload.html", context, status=status)


@require(*LOOK)
@require_safe
def import_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The preview before the yes, the result after it: the same rows with the same figures."""
    source = get_visible_or_404(
        RegisterImport.objects.select_related("uploaded_by", "confirmed_by", "undone_by"),
        actor(request),
        pk,
    )
    visible = StagedRow.objects.visible_to(actor(request)).filter(source=source)
    rows = list(visible.select_related("place").order_by("position"))
    counts = counts_by_import([source], actor(request)).get(source.pk)
    record("register_import.view", by=actor(request), obj=source)
    context = {
        "source": source,
        "state": {
            "label": IMPORT.state(source.state).label,
            "tone": IMPORT_TONES.get(source.state, "neutral"),
        },
        "figures": figures(source, counts, actor(request)) if counts else [],
        "kinds": kinds_of(rows),
        "foreign": _foreign_rows(source, request),
        "acts": {step.act for step in IMPORT.acts_for(source, actor(request))},
        **_chosen_rows(request, source, rows),
    }
    return render(request, "cases/import_detail.html", context)


@require(Perm.REGISTER_IMPORT)
@idempotent
def import_confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    source = get_visible_or_404(RegisterImport, actor(request), pk)
    counts = counts_by_import([source], actor(request)).get(source.pk) or {}
    refused: list[str] = []
    if request.method == "POST":
        try:
            job = request_import(source, by=actor(request))
            if job.state != "finished":
                return redirect("jobs:job_detail", job.pk)
            undo = reverse("cases:import_undo", args=[source.pk])
            thank_with_undo(request, _("The register has been imported."), undo)
            return redirect("cases:import_detail", source.pk)
        except Refused as error:
            refused = error.sentences
    facts = [
        {"label": _("Date of registration"), "value": format_date(source.registered_on)},
        {"label": _("Will be registered"), "value": counts.get("accepted", 0)},
        {"label": _("Wait for a decision"), "value": counts.get("duplicate", 0)},
        {"label": _("Refused, wait to be mended"), "value": counts.get("refused", 0)},
        {"label": _("Children: referral path"), "value": counts.get("referral", 0)},
    ]
    context = {
        "question": _("Import this register?"),
        "submit_label": _("Import the register"),
        "facts": facts,
    }
    return _check_page(request, source, "confirm", context, refused)


@require(Perm.REGISTER_IMPORT)
def import_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    source = get_visible_or_404(RegisterImport, actor(request), pk)
    refused: list[str] = []
    if request.method == "POST":
        try:
            undo_import(source, by=actor(request))
            messages.success(request, _("The import has been undone."))
            return redirect("cases:import_detail", source.pk)
        except Refused as error:
            refused = error.sentences
    registered = source.rows.in_scope(actor(request)).filter(worker__isnull=False).count()
    context = {
        "question": _("Undo this import?"),
        "submit_label": _("Undo the import"),
        "facts": [{"label": _("Records that are taken back"), "value": registered}],
        "warning": _("Their register numbers are not given again."),
        "danger": True,
    }
    return _check_page(request, source, "undo", context, refused)


@require(Perm.REGISTER_IMPORT)
def import_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    source = get_visible_or_404(RegisterImport, actor(request), pk)
    refused: list[str] = []
    if request.method == "POST":
        try:
            discard_import(source, by=actor(request))
            messages.success(request, _("The workbook has been discarded; nobody was registered."))
            return redirect("cases:import_list")
        except Refused as error:
            refused = error.sentences
    context = {
        "question": _("Discard this workbook?"),
        "submit_label": _("Discard the workbook"),
        "warning": _("Nobody is registered. You can upload the file again later."),
        "danger": True,
    }
    return _check_page(request, source, "discard", context, refused)


@require(Perm.REGISTER_IMPORT)
@require_safe
def import_template(request: HttpRequest) -> HttpResponse:
    return attachment(template_workbook(), content_type=XLSX, filename="register-kosong.xlsx")


@require(*LOOK)
def import_rejected(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The rows that were not imported, with what is wrong; long numbers are masked."""
    back = reverse("cases:import_detail", args=[pk])
    return give_file(request, REJECTED, {"import": str(pk)}, back=back)


def _check_page(
    request: HttpRequest,
    source: RegisterImport,
    act: str,
    context: dict[str, Any],
    refused: list[str],
) -> HttpResponse:
    """The question before the act; who opens it when the act is past is led back to the import."""
    page = reverse("cases:import_detail", args=[source.pk])
    if not refused and IMPORT.can(source, actor(request), act):
        return redirect(page)
    context |= {"refused": refused, "cancel_url": page}
    status = 422 if refused else 200
    return render(request, "cases/import_check.html", context, status=status)


def _foreign_rows(source: RegisterImport, request: HttpRequest) -> int:
    """Rows that whoever uploaded the workbook does not see: they are of others' places."""
    if source.uploaded_by_id != actor(request).pk:
        return 0
    return source.rows.count() - source.rows.in_scope(actor(request)).count()


def _chosen_rows(
    request: HttpRequest, source: RegisterImport, rows: list[StagedRow]
) -> dict[str, Any]:
    """The rows that the filters leave, one page of them or all; unknown filters leave all."""
    outcome, kind = request.GET.get("outcome", ""), request.GET.get("problem", "")
    tags = []
    if outcome in OUTCOME_FILTERS:
        rows = [row for row in rows if _has_outcome(row, outcome)]
        tags.append(("outcome", FILTER_LABELS[outcome]))
    labels = {found.code: found.label for found in kinds_of(rows)}
    if kind in labels:
        rows = [row for row in rows if has_kind(row, kind)]
        tags.append(("problem", labels[kind]))
    size = max(len(rows), 1) if "all" in request.GET else PAGE
    page = Paginator(rows, size).get_page(request.GET.get("page"))
    return {
        "page": page,
        "lines": [line_of(row) for row in page.object_list],
        "tags": [{"label": label, "remove_url": _without(request, name)} for name, label in tags],
        "show_all_url": _with_all(request) if page.has_other_pages() else "",
    }


def _has_outcome(row: StagedRow, outcome: str) -> bool:
    if outcome == "waiting":
        return row.settled == StagedRow.Settled.WAITING
    return row.outcome == outcome or (outcome == "accepted" and row.outcome == "warning")


def _without(request: HttpRequest, name: str) -> str:
    query = request.GET.copy()
    query.pop(name, None)
    query.pop("page", None)
    return f"?{query.urlencode()}"


def _with_all(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query["all"] = "1"
    return f"?{query.urlencode()}"
