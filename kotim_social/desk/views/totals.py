"""The page of totals: the identity of the money, row by row."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from disbursements.models.position import MEASURES
from kotim_social.accounts.access import require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.desk.tables import money_rows, place_rows
from kotim_social.desk.totals import Totals, measure_labels, place_labels, totals
from kotim_social.replica import from_replica


@require(Perm.REPORT_VIEW)
@from_replica
def totals_page(request: HttpRequest) -> HttpResponse:
    """People and money in this user's scope."""
    figures = totals(request.user)
    labels = measure_labels()
    record("totals.view", by=request.user, object_type="report", object_id="totals")
    context = {
        "figures": figures,
        "measures": [labels[name] for name in MEASURES],
        "people_cells": people_cells(figures),
        "money_rows": money_rows(figures),
        "place_rows": place_rows(figures),
    }
    return render(request, "desk/totals.html", context)


def people_cells(figures: Totals) -> list[dict[str, object]]:
    """Figures about the people, each a link to the list that has exactly that many rows."""
    people = figures.people
    url = reverse("cases:worker_list") + "?programme=counted"
    cells: list[dict[str, object]] = [
        {"label": _("Beneficiaries"), "value": people["registered"], "url": url}
    ]
    for code, label in place_labels().items():
        if code in people["by_place"]:
            value = people["by_place"][code]
            cells.append({"label": label, "value": value, "url": f"{url}&place={code}"})
    choices = {"return": _("Return"), "stay": _("Stay"), "undecided": _("Not yet said")}
    cells += [
        {"label": label, "value": people["by_choice"][code], "url": f"{url}&choice={code}"}
        for code, label in choices.items()
    ]
    return cells
