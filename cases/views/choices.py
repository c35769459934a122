"""Her choice."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.actions.choices import change_choice
from cases.forms.choices import ChoiceForm
from cases.forms.fields import refuse
from cases.models import ChoiceChange, Worker
from kotim_social.accounts.access import get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused


@require(Perm.WORKER_EDIT)
def choice(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = get_visible_or_404(Worker, request.user, pk)
    form = ChoiceForm(
        request.POST or None, worker=worker, initial={"decided_on": today(), "informed_on": today()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_choice(worker=worker, by=request.user, **form.values())
        except Refused as refusal:
            refuse(form, refusal.sentences)
        else:
            messages.success(request, _("Her choice is recorded."))
            return redirect("desk:worker_page", pk=worker.pk)
    earlier = ChoiceChange.objects.filter(worker=worker).order_by("-decided_on", "-id")
    context = {"form": form, "worker": worker, "earlier": earlier}
    return render(request, "cases/choice.html", context, status=422 if form.errors else 200)
