"""The page of where people go: a map, sorted bars, and the figures in a table."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kotim_social.accounts.access import actor, require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.desk.destinations import destinations, map_context, without_home
from kotim_social.replica import from_replica


@require(Perm.REPORT_VIEW)
@from_replica
def destinations_page(request: HttpRequest) -> HttpResponse:
    """People in this user's scope; each number leads to the list that has exactly that many."""
    user = actor(request)
    rows = destinations(user)
    record("destinations.view", by=user, object_type="report", object_id="destinations")
    context = {**map_context(rows), "without_home": without_home(user)}
    return render(request, "desk/destinations.html", context)
