"""The first page: what waits for whoever looks, and where things stand."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.pairs import number_of_pairs
from disbursements.models import Funder
from kotim_social.accounts.access import actor, signed_in
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.desk.destinations import map_context
from kotim_social.desk.funding import Share, add_up, shares
from kotim_social.desk.latest import latest
from kotim_social.desk.needs import needs
from kotim_social.desk.standing import Cell, closings, homes, standing, together
from kotim_social.desk.totals import measure_labels
from kotim_social.lib.money import format_rupiah
from repatriation.models import Batch

MOST_BATCHES = 10
# Everybody is compared with everybody on the first page up to so many people; the queue itself
# does it for more, when somebody opens it.
MOST_COMPARED = 5_000


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """An empty office says what to do first; a full one where it stands, in at most 15 queries."""
    user = actor(request)
    if not user.can(Perm.WORKER_VIEW):
        return render(request, "desk/home.html", {"nothing_to_see": True})
    cells = standing(user)
    if not cells:
        return render(request, "desk/home.html", {"is_empty": True, **_first_step(user)})
    people = together(cells)
    money = shares(user) if user.can(Perm.REPORT_VIEW) else []
    funders = {funder.pk: funder for funder in Funder.objects.all()} if money else {}
    returned = sum(add_up(money, code).returned_people for code in funders)
    context: dict[str, Any] = {
        "starts": _starts(user),
        "may_see_work": user.can(Perm.CASEWORK_VIEW),
        "may_see_trail": user.can(Perm.TRAIL_VIEW),
        "needs": needs(user, people, returned),
        "people_cells": _people_cells(people),
        "closings": closings(cells),
        "sums": _sums(money),
        "money": _money_table(money, funders, cells),
        "problems": _problems(user, people, money, funders),
        "latest": latest(user),
        **_on_the_road(user),
        **map_context(homes(cells)),
    }
    return render(request, "desk/home.html", context)


def _first_step(user: User) -> dict[str, str]:
    """What whoever opens the program first does, by what she may do."""
    if user.can(Perm.REGISTER_IMPORT):
        return {
            "hint": _("Import the register that the office keeps, or register the first person."),
            "first_url": reverse("cases:import_upload"),
            "first": _("Import the register"),
        }
    if user.can(Perm.PROGRAMME_EDIT):
        return {
            "hint": _("A caseworker imports the register. Check the programme and its ceilings."),
            "first_url": reverse("disbursements:programme"),
            "first": _("Open the programme"),
        }
    if user.can(Perm.USER_ADMIN):
        return {
            "hint": _("Give the people of the office their roles and their places first."),
            "first_url": reverse("admin:index"),
            "first": _("Open the administration"),
        }
    return {"hint": _("A caseworker imports the register first; then work appears here.")}


def _starts(user: User) -> list[dict[str, str]]:
    """What is begun from nothing and often: one click away, without the list in between."""
    acts = (
        (Perm.LIST_PREPARE, _("New payment list"), "disbursements:list_create"),
        (Perm.BATCH_PLAN, _("Propose batches"), "repatriation:propose"),
        (Perm.REGISTER_IMPORT, _("Upload a register"), "cases:import_upload"),
    )
    return [{"label": label, "url": reverse(name)} for perm, label, name in acts if user.can(perm)]


def _people_cells(people: dict[str, int]) -> list[dict[str, Any]]:
    url = reverse("cases:worker_list") + "?programme=counted"
    words = {
        "return": (_("Return"), "returnees"),
        "stay": (_("Stay"), "stay"),
        "undecided": (_("Not yet said"), "undecided"),
        "referred": (_("Referred"), "referred"),
    }
    cells = [{"label": _("Beneficiaries"), "value": people["people"], "url": url}]
    cells += [
        {"label": label, "value": people[name], "url": f"{url}&choice={code}"}
        for code, (label, name) in words.items()
        if people[name] or code != "referred"
    ]
    return cells


def _problems(
    user: User, people: dict[str, int], money: list[Share], funders: dict[str, Funder]
) -> list[dict[str, Any]]:
    """Cases that cannot go on as they are."""
    url = reverse("cases:worker_list") + "?programme=counted"
    cells = [
        _problem(_("Without account"), people["no_account"], f"{url}&lacks=account"),
        _problem(_("Without NIK"), people["no_nik"], f"{url}&lacks=nik"),
    ]
    compares = user.can(Perm.WORKER_EDIT) or user.can(Perm.WORKER_MERGE)
    if compares and people["people"] <= MOST_COMPARED:
        pairs = number_of_pairs(user)
        cells.append(
            _problem(_("Likely duplicates"), pairs, reverse("cases:duplicate_list") + "#pairs")
        )
    for code, funder in funders.items():
        back = add_up(money, code).returned_people
        address = f"{reverse('desk:money_people')}?measure=returned&funder={code}"
        label = _("Failed payments: %(funder)s") % {"funder": funder.name}
        cells.append(_problem(label, back, address))
    return cells


def _problem(label: str, value: int, url: str) -> dict[str, Any]:
    return {"label": label, "value": value, "url": url, "tone": "warning" if value else "success"}


def _sums(money: list[Share]) -> list[dict[str, Any]]:
    """The totals over all funders; each opens the people behind it."""
    url = reverse("desk:money_people")
    return [
        {
            "label": label,
            "value": format_rupiah(sum(share.sums[name] for share in money)),
            "url": f"{url}?measure={name}",
        }
        for name, label in measure_labels().items()
    ]


def _money_table(
    money: list[Share], funders: dict[str, Funder], cells: list[Cell]
) -> list[dict[str, Any]]:
    """A row for each funder and lokalisasi, and one for each funder over all of them."""
    names = {cell.lokalisasi: cell.lokalisasi_name for cell in cells}
    rows = []
    for code, funder in funders.items():
        hers = [row for row in money if row.funder == code]
        rows += [
            {"funder": funder, "label": names.get(row.lokalisasi, row.lokalisasi), "share": row}
            for row in hers
        ]
        if hers:
            total = add_up(money, code)
            label = _("%(funder)s together") % {"funder": funder.name}
            rows.append({"funder": funder, "label": label, "share": total, "is_total": True})
    return rows


def _on_the_road(user: User) -> dict[str, Any]:
    """Batches that have left or may leave, the earliest first."""
    if not user.can(Perm.BATCH_VIEW):
        return {"batches": None}
    standing_members = Q(members__removed_at__isnull=True)
    batches = (
        Batch.objects.visible_to(user)
        .filter(state__in=("approved", "departed", "arrived"))
        .select_related("destination")
        .annotate(women=Count("members", filter=standing_members))
        .order_by("planned_departure", "code")
    )
    rows = list(batches[: MOST_BATCHES + 1])
    return {"batches": rows[:MOST_BATCHES], "more_batches": len(rows) > MOST_BATCHES}
