"""Pages as a signed-in user asks for them, beside bare SQL, the admin, and a naive list."""

from __future__ import annotations

from html import escape

from django.conf import settings
from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse

from cases.models import Worker
from disbursements.models import PaymentList
from kotim_social.accounts.models import User
from tests.bench.timing import Subject

BARE = (
    "SELECT w.id, w.register_no, w.name, p.label, r.name, w.choice, w.eligibility"
    " FROM cases_worker w JOIN regions_place p ON p.code = w.place_id"
    " LEFT JOIN regions_regency r ON r.code = w.home_regency_id"
    " WHERE w.case_state <> 'merged' ORDER BY w.name, w.id LIMIT 50"
)
NAIVE = (
    "<table>{% for w in page %}<tr><td>{{ w.register_no }}</td><td>{{ w.name }}</td>"
    "<td>{{ w.place.label }}</td><td>{{ w.home_regency.name }}</td>"
    "<td>{{ w.get_choice_display }}</td></tr>{% endfor %}</table>{{ page.paginator.count }}"
)
FILTERS = (
    "place=TANGAR", "choice=stay", "province=35", "eligibility=not_eligible", "lacks=nik",
    "lacks=account", "lacks=active_account", "lacks=statement", "lacks=nothing", "decree=waits",
    "decree=named", "journey=here", "journey=home", "briefing=never", "programme=counted",
)  # fmt: skip
SORTS = ("-name", "register", "-register", "place", "-place")


def client_of(username: str) -> Client:
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def getter(client: Client, address: str) -> Subject:
    def get() -> None:
        response = client.get(address)
        if response.status_code != 200:
            raise AssertionError(f"{address}: {response.status_code}")

    return get


def list_pages(people: int) -> dict[str, Subject]:
    """Every way the list can be asked for, and what it is measured against."""
    client, admin, narrow = client_of("pimpinan"), client_of("admin"), client_of("petugas2")
    address = reverse("cases:worker_list")
    middle = Worker.objects.order_by("name", "id").values_list("pk", flat=True)[people // 2]
    last = Worker.objects.order_by("-name", "-id").values_list("pk", flat=True)[0]
    queries = {
        "first page": "",
        "deep page": f"?after={middle}",
        "last page": f"?before={last}",
        **{f"sort {sort}": f"?sort={sort}" for sort in SORTS},
        **{f"deep, sort {sort}": f"?sort={sort}&after={middle}" for sort in ("register", "place")},
        **{f"filter {one}": f"?{one}" for one in FILTERS},
    }
    return {
        "R0: bare SQL and an f-string": bare_list,
        "admin change list": getter(admin, "/admin/cases/worker/"),
        "naive twin: deep page": naive_list(people),
        **{name: getter(client, address + query) for name, query in queries.items()},
        "first page, caseworker of one place": getter(narrow, address),
        "filter lacks=nothing, caseworker of one place": getter(narrow, f"{address}?lacks=nothing"),
    }


def bare_list() -> str:
    with connection.cursor() as cursor:
        cursor.execute(BARE)
        rows = cursor.fetchall()
    return "".join(
        f"<tr><td>{number}</td><td><a href='/{pk}'>{escape(name)}</a></td><td>{place}</td>"
        f"<td>{home}</td><td>{choice}</td><td>{state}</td></tr>"
        for pk, number, name, place, home, choice, state in rows
    )


def naive_list(people: int) -> Subject:
    """What a tutorial writes: OFFSET, an exact count, model objects in a template."""
    template = engines["django"].from_string(NAIVE)
    request: HttpRequest = RequestFactory().get("/")

    def show() -> HttpResponse:
        workers = Worker.objects.select_related("place", "home_regency").order_by("name")
        page = Paginator(workers, 50).get_page(people // 100)
        return HttpResponse(template.render({"page": page}, request))

    return show


def other_pages() -> dict[str, Subject]:
    """Worker page, payment lists, first page, totals: as the supervisor sees them."""
    client = client_of("pimpinan")
    worker = Worker.objects.filter(determined_on__isnull=False).order_by("id")[0].pk
    pages = {
        "worker page": getter(client, reverse("desk:worker_page", args=[worker])),
        "payment lists": getter(client, reverse("disbursements:list_index")),
        "first page of the office": getter(client, reverse("desk:home")),
        "totals page": getter(client, reverse("desk:totals")),
    }
    for state in ("closed", "draft"):
        found = PaymentList.objects.filter(state=state).order_by("id").first()
        if found is not None:
            address = reverse("disbursements:list_detail", args=[found.pk])
            pages[f"payment list, {state}"] = getter(client, address)
    return pages
