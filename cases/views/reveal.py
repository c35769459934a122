"""Shows one restricted field of one person, for a reason that the trail keeps."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from cases.facts import worker_for_page
from cases.forms.verification import RevealForm
from cases.models import BankAccount, Worker
from kotim_social.accounts.access import require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record

FIELDS = {
    "nik": _("NIK"),
    "phone": _("Telephone"),
    "address": _("Home address"),
    "mother": _("Mother's name"),
    "account": _("Account number"),
}
_COLUMNS = {"nik": "nik", "phone": "phone", "address": "home_address", "mother": "mother_name"}


@require(Perm.WORKER_REVEAL)
def reveal(request: HttpRequest, pk: UUID, field: str) -> HttpResponse:
    if field not in FIELDS:
        raise Http404
    worker = worker_for_page(pk, request.user)
    form = RevealForm(request.POST or None)
    context = {"worker": worker, "label": FIELDS[field], "form": form}
    if request.method == "POST" and form.is_valid():
        # The value stands on this answer only; a reload asks for a reason again.
        context["value"] = _value(worker, field)
        record(
            "worker.reveal",
            by=request.user,
            obj=worker,
            reason=form.cleaned_data["reason"],
            changes={"field": [None, field]},
        )
    return render(request, "cases/reveal.html", context, status=422 if form.errors else 200)


def _value(worker: Worker, field: str) -> str | None:
    if field != "account":
        return getattr(worker, _COLUMNS[field])
    account = BankAccount.objects.filter(worker=worker).exclude(state="closed").first()
    return account.number if account else None
