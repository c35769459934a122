"""The bank's file of results: upload, preview with what is wrong, booking, putting aside."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.forms.fields import refuse
from cases.register.package import WorkbookError
from disbursements.actions.bank_files import (
    AlreadyRead,
    apply_results,
    discard_results,
    judged_rows,
    stage_results,
    tally,
)
from disbursements.forms.paying import BankFileForm
from disbursements.list_files import visible_list
from disbursements.models import ResultFile
from kotim_social.accounts.access import fresh_proof, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import YesForm
from kotim_social.audit.trail import record
from kotim_social.idempotency.forms import idempotent
from kotim_social.workflow import Refused


@require(Perm.LIST_PAY)
def result_file_upload(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Nothing is booked by reading; the same file again leads to what it was."""
    payment_list = visible_list(request.user, pk)
    form = BankFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            source = stage_results(
                payment_list=payment_list,
                content=form.cleaned_data["file"].read(),
                happened_on=form.cleaned_data["happened_on"],
                by=request.user,
            )
            return redirect("disbursements:result_file", source.pk)
        except AlreadyRead as read:
            messages.info(request, str(read))
            return redirect("disbursements:result_file", read.earlier.pk)
        except WorkbookError as error:
            form.add_error("file", error.sentence)
        except Refused as refused:
            refuse(form, refused.sentences)
    context = {
        "list": payment_list,
        "form": form,
        "files": payment_list.result_files.select_related("uploaded_by").order_by("-pk"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "disbursements/result_file_upload.html", context, status=status)


@require(Perm.LIST_PAY)
@require_safe
def result_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What would be booked, and each error by row and column."""
    source = _source(request, pk)
    rows = judged_rows(source)
    counts = tally(rows)
    record("result_file.view", by=request.user, obj=source)
    fresh = [row for row in rows if row.outcome in ("paid", "returned")]
    context = {
        "source": source,
        "list": source.payment_list,
        "rows": rows,
        "wrong": [row for row in rows if row.problems],
        "counts": {name: counts[name] for name in ("paid", "returned", "waiting", "same", "wrong")},
        "paid_total": sum(row.line.amount for row in fresh if row.outcome == "paid" and row.line),
        "may_apply": source.state == "staged" and bool(fresh) and not counts["wrong"],
    }
    return render(request, "disbursements/result_file.html", context)


@require(Perm.LIST_PAY)
@fresh_proof
@idempotent
def result_file_apply(request: HttpRequest, pk: UUID) -> HttpResponse:
    source = _source(request, pk)
    here = reverse("disbursements:result_file", args=[pk])
    form = YesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            counts = apply_results(source=source, by=request.user)
            text = _("Booked: %(paid)s paid, %(returned)s returned. %(waiting)s still wait.")
            messages.success(
                request, text % {name: counts[name] for name in ("paid", "returned", "waiting")}
            )
            return redirect("disbursements:list_detail", source.payment_list_id)
        except Refused as refused:
            refuse(form, refused.sentences)
    counts = tally(judged_rows(source))
    facts = [
        (_("List"), source.payment_list.number),
        (_("paid"), str(counts["paid"])),
        (_("returned"), str(counts["returned"])),
        (_("no result yet"), str(counts["waiting"])),
        (_("already booked"), str(counts["same"])),
    ]
    context = {
        "question": _("Book these results?"),
        "facts": [{"label": label, "value": value} for label, value in facts],
        "form": form,
        "submit_label": _("Book these results"),
        "cancel_url": here,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "disbursements/list_act.html", context, status=status)


@require(Perm.LIST_PAY)
@require_POST
def result_file_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    source = _source(request, pk)
    try:
        discard_results(source=source, by=request.user)
        messages.success(request, _("The file is put aside; nothing was booked."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("disbursements:result_file_upload", source.payment_list_id)


def _source(request: HttpRequest, pk: UUID) -> ResultFile:
    files = ResultFile.objects.select_related("payment_list__budget_year", "uploaded_by")
    return get_visible_or_404(files, request.user, pk)
