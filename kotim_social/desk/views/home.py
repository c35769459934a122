"""The first page: what waits for whoever looks, and where things stand."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import StagedRow, Worker
from disbursements.models import PaymentList
from disbursements.workflow import PAYMENT_LIST
from disbursements.yearend import year_end_needs
from kotim_social.accounts.access import signed_in
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.desk.tables import money_rows
from kotim_social.desk.totals import measure_labels, totals
from kotim_social.desk.views.totals import people_cells
from repatriation.models import Batch


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """An empty office says what to do first."""
    user: User = request.user
    context: dict[str, Any] = {"needs": _needs(user)}
    if user.can(Perm.WORKER_VIEW):
        figures = totals(user)
        context["is_empty"] = figures.people["registered"] == 0
        context["people_cells"] = people_cells(figures)
        if user.can(Perm.REPORT_VIEW):
            context["money_rows"] = [row for row in money_rows(figures) if row.is_total]
            context["measures"] = list(measure_labels().values())
    return render(request, "desk/home.html", context)


def _needs(user: User) -> list[dict[str, Any]]:
    """At most seven lines of work that waits for this user; a line with nothing is left out."""
    lines = [*year_end_needs(user), *_people_needs(user), *_list_needs(user), *_batch_needs(user)]
    return [line for line in lines if line["value"]][:7]


def _need(label: str, value: int, url: str) -> dict[str, Any]:
    return {"label": label, "value": value, "url": url}


def _people_needs(user: User) -> list[dict[str, Any]]:
    workers = Worker.objects.visible_to(user).counted()
    url = reverse("cases:worker_list")
    needs = []
    if user.can(Perm.REGISTER_IMPORT):
        rows = StagedRow.objects.visible_to(user).filter(
            settled="waiting", source__state="confirmed"
        )
        needs.append(
            _need(_("Rows of the register to settle"), rows.count(), reverse("cases:import_list"))
        )
    if user.can(Perm.WORKER_VERIFY):
        waiting = workers.filter(eligibility="registered").count()
        needs.append(_need(_("To be verified"), waiting, f"{url}?eligibility=registered"))
    if user.can(Perm.WORKER_EDIT):
        undecided = workers.filter(choice="undecided").count()
        without_nik = workers.filter(nik_index__isnull=True).count()
        needs.append(_need(_("Have not yet said"), undecided, f"{url}?choice=undecided"))
        needs.append(_need(_("Without NIK"), without_nik, f"{url}?readiness=no_nik"))
    if user.can(Perm.DECREE_SIGN):
        waiting = workers.filter(eligibility="eligible", determined_on__isnull=True).count()
        needs.append(_need(_("Wait for a decree"), waiting, reverse("disbursements:decree_create")))
    return needs


def _list_needs(user: User) -> list[dict[str, Any]]:
    """Payment lists whose next step this user may take."""
    if not user.can(Perm.LIST_VIEW):
        return []
    lists = PaymentList.objects.visible_to(user).exclude(state__in=["closed", "cancelled"])
    mine = [one for one in lists if _waits_for(user, one)]
    url = reverse("disbursements:list_index") + "?waiting=me"
    return [_need(_("Payment lists that wait for you"), len(mine), url)]


def _waits_for(user: User, payment_list: PaymentList) -> bool:
    forward = {"submit", "verify", "approve", "order", "reconcile", "close"}
    return any(step.act in forward for step in PAYMENT_LIST.acts_for(payment_list, user))


def _batch_needs(user: User) -> list[dict[str, Any]]:
    if not user.can(Perm.BATCH_VIEW):
        return []
    batches = Batch.objects.visible_to(user)
    needs = []
    url = reverse("repatriation:batch_list")
    if user.can(Perm.BATCH_CONFIRM):
        waiting = batches.filter(state="awaiting_origin").count()
        needs.append(_need(_("Batches to confirm"), waiting, f"{url}?state=awaiting_origin"))
    if user.can(Perm.BATCH_TRAVEL):
        road = batches.filter(state="departed").count()
        needs.append(_need(_("Batches on the road"), road, f"{url}?state=departed"))
    return needs
