"""People of a batch before it leaves: joining and leaving."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.models import Worker
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.idempotency.forms import idempotent
from kotim_social.workflow import Refused
from repatriation import rules
from repatriation.actions import planning
from repatriation.forms import EmptyForm, ReasonForm
from repatriation.models import Batch, Member
from repatriation.views.common import UNPROCESSABLE, Act, act_page
from repatriation.views.regrouping import say_undo

PAGE = 100


@require(Perm.BATCH_PLAN)
@idempotent
def member_add(request: HttpRequest, pk: str) -> HttpResponse:
    """Those of the pool whose home lies in the batch's province, to be ticked; or everybody."""
    user = actor(request)
    batch = get_visible_or_404(Batch, user, pk)
    form = EmptyForm(request.POST or None)
    status = 200
    if request.method == "POST":
        sentences = _add(batch, request.POST.getlist("worker"), user)
        if not sentences:
            made = batch.regroupings.order_by("made_at", "id").last()
            say_undo(request, _("They are in the batch."), made)
            return redirect("repatriation:batch_detail", batch.pk)
        form.is_valid()
        form.add_error(None, sentences)
        status = UNPROCESSABLE
    everybody = request.GET.get("everybody") == "1"
    pool = (
        rules.ready_pool(Worker.objects.visible_to(user))
        .filter(**({} if everybody else {"home_regency__province": batch.destination}))
        .select_related("home_regency", "place")
        .order_by("name", "pk")
    )
    page = Paginator(pool, PAGE).get_page(request.GET.get("page"))
    context = {"batch": batch, "form": form, "page": page, "count": rules.count(batch)}
    context["everybody"] = everybody
    return render(request, "repatriation/member_add.html", context, status=status)


def _add(batch: Batch, ticked: list[str], user: User) -> list[str]:
    """The sentences that stand against it; none when they were added."""
    try:
        workers = [UUID(value) for value in ticked]
    except ValueError:
        return [_("Some of these people are not in your care.")]
    if not workers:
        return [_("Nobody is chosen.")]
    try:
        planning.add_members(batch=batch, workers=workers, by=user)
    except Refused as refusal:
        return refusal.sentences
    return []


@require(Perm.BATCH_PLAN)
@idempotent
def member_remove(request: HttpRequest, pk: str, member_pk: str) -> HttpResponse:
    batch = get_visible_or_404(Batch, actor(request), pk)
    members = Member.objects.filter(batch=batch, removed_at__isnull=True)
    member = get_visible_or_404(members.named(), actor(request), member_pk)
    act = Act(
        batch=batch,
        question=_("Take her out of the batch?"),
        submit_label=_("Take her out of the batch"),
        done=_("She waits for another batch."),
        do=lambda form: planning.remove_member(
            batch=batch, member=member, reason=form.cleaned_data["reason"], by=actor(request)
        ),
        form=ReasonForm(request.POST or None),
        context={"member": member},
    )
    return act_page(request, act)
