"""Her choice: what each one means for her money, then what she said, written down."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.actions.choices import change_choice
from cases.forms.choices import ChoiceForm
from cases.forms.fields import refuse
from cases.models import ChoiceChange, Explained, Worker
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import fact
from kotim_social.audit.trail import record
from kotim_social.desk.choice_effects import outlook, outlooks
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

CHECKED = "checked"


@require(Perm.WORKER_EDIT)
def choice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET: the choices and what follows; POST: records one, after a decree from a check page."""
    user = actor(request)
    worker = get_visible_or_404(Worker.objects.with_journey().with_readiness(), user, pk)
    first = {"decided_on": today(), "informed_on": today()}
    form = ChoiceForm(request.POST or None, worker=worker, initial=first)
    if request.method == "POST" and form.is_valid():
        if worker.determined_on is not None and CHECKED not in request.POST:
            return _check(request, worker, form)
        try:
            change_choice(worker=worker, by=user, **form.values())
        except Refused as refusal:
            refuse(form, refusal.sentences)
        else:
            messages.success(request, _("Her choice is recorded."))
            return redirect("desk:worker_page", pk=worker.pk)
    return _page(request, worker, form)


def _page(request: HttpRequest, worker: Any, form: ChoiceForm) -> HttpResponse:
    looks = outlooks(worker, actor(request))
    record("choice.view", by=actor(request), obj=worker)
    # Where nothing can be chosen now the same sentences stand against each: said once.
    others = [one for one in looks if not one.is_now]
    closed = all(one.against for one in others)
    earlier = ChoiceChange.objects.filter(worker=worker).select_related("recorded_by")
    context = {
        "form": form if form.is_bound or not closed else None,
        "against": others[0].against if closed and not form.is_bound else [],
        "worker": worker,
        "outlooks": looks,
        "earlier": [(row, _explained(row)) for row in earlier.order_by("-decided_on", "-id")],
        "statement": worker.statements.order_by("-signed_on", "-id").first(),
    }
    return render(request, "desk/choice.html", context, status=422 if form.errors else 200)


def _check(request: HttpRequest, worker: Any, form: ChoiceForm) -> HttpResponse:
    """A decree names her: what changes is shown first, and the yes carries the form along."""
    wanted = outlook(worker, form.cleaned_data["choice"], actor(request))
    if wanted is None or wanted.against:
        refuse(form, wanted.against if wanted is not None else [_("Choose one.")])
        return _page(request, worker, form)
    kept = [(name, value) for name in form.fields for value in request.POST.getlist(name)]
    context = {
        "question": _("Change her choice after the decree?"),
        "facts": [
            fact(worker.register_no, worker.name),
            fact(_("Now"), worker.choice_state.label),
            fact(_("Then"), wanted.state.label),
            fact(_("Why she changes it"), form.cleaned_data.get("note", "")),
        ],
        "warning": _("What was paid stays paid; what is withheld is shown below."),
        "outlook": wanted,
        "kept": [*kept, (CHECKED, "yes")],
        "submit_label": _("Change her choice"),
        "cancel_url": reverse("desk:choice", args=[worker.pk]),
    }
    return render(request, "desk/choice_check.html", context)


def _explained(row: ChoiceChange) -> list[str]:
    labels = dict(Explained.choices)
    return [str(labels[code]) for code in row.explained]
