"""The people behind a sum: whoever has paid, unpaid or returned money, with what each has."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kotim_social.accounts.access import actor, require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.desk.funding import (
    MoneyFilter,
    UnknownMoneyFilterError,
    funders,
    lokalisasi_names,
    measure_choices,
)
from kotim_social.replica import from_replica

PAGE = 50
ALL = 1000


@require(Perm.REPORT_VIEW)
@require_safe
@from_replica
def money_people(request: HttpRequest) -> HttpResponse:
    user = actor(request)
    try:
        asked = MoneyFilter.from_query(request.GET)
    except UnknownMoneyFilterError as error:
        raise Http404 from error
    size = ALL if request.GET.get("all") else PAGE
    page = Paginator(asked.people(user), size).get_page(request.GET.get("page"))
    record("money.people", by=user, object_type="report", object_id="money")
    context = {
        "asked": asked,
        "measures": measure_choices(),
        "measure": measure_choices()[asked.measure],
        "funders": funders(),
        "lokalisasi": lokalisasi_names(),
        "page": page,
        "total": asked.total(user),
    }
    return render(request, "desk/money_people.html", context)
