"""The page "More": everything that has no place in the main menu."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kotim_social.accounts.access import signed_in
from kotim_social.navigation import more_for


@signed_in
def more(request: HttpRequest) -> HttpResponse:
    """Groups of links; only what this user may open."""
    return render(request, "desk/more.html", {"groups": more_for(request.user)})
