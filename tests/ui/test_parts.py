"""Page parts: base page, navigation, error summary, pager, road, forms, error pages."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.urls import include, path
from django.utils.translation import gettext

from kotim_social.accounts.roles import Perm
from kotim_social.components import SampleForm, sample
from kotim_social.formlayout import PlainForm
from kotim_social.navigation import NAVIGATION, items_for
from kotim_social.templatetags import ui
from tests.pages import parse

ROOT = Path(__file__).resolve().parents[2]


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


desk_urls = ([path("", page, name="home"), path("totals/", page, name="totals")], "desk")
cases_urls = ([path("", page, name="worker_list"), path("q/", page, name="search")], "cases")
accounts_urls = ([path("on/", page, name="keep_alive")], "accounts")
urlpatterns = [
    path("", include(desk_urls)),
    path("people/", include(cases_urls)),
    path("account/", include(accounts_urls)),
    path("out/", page, name="account_logout"),
]
pytestmark = pytest.mark.urls(__name__)


def request_of(*perms: Perm, url: str = "/", signed_in: bool = True) -> HttpRequest:
    request = RequestFactory().get(url)
    user: Any = SimpleNamespace(
        is_authenticated=signed_in,
        full_name="Petugas Contoh",
        username="petugas",
        can=lambda perm: perm in perms,
    )
    request.user = user
    return request


def test_navigation_shows_what_the_user_may_open_and_what_exists() -> None:
    everything = [item.url for item in items_for(request_of(*Perm))]
    assert everything == ["/", "/people/", "/totals/"]  # the others have no URL in this test
    assert [item.url for item in items_for(request_of(Perm.REPORT_VIEW))] == ["/", "/totals/"]
    assert items_for(request_of(*Perm, signed_in=False)) == []
    assert items_for(None) == []


def test_navigation_marks_the_page_and_its_section() -> None:
    marks = {
        item.url: (item.is_here, item.is_section)
        for item in items_for(request_of(*Perm, url="/people/anything/"))
    }
    assert marks["/people/"] == (False, True)
    assert marks["/"] == (False, False)


def test_only_home_and_more_need_no_permission() -> None:
    assert [name for _label, name, perm in NAVIGATION if perm is None] == [
        "desk:home",
        "desk:more",
    ]


def test_base_page_has_search_and_sign_out_only_after_sign_in() -> None:
    inside = render_to_string("404.html", request=request_of(Perm.WORKER_VIEW))
    outside = render_to_string("404.html", request=request_of(signed_in=False))
    assert 'action="/people/q/"' in inside and 'action="/out/"' in inside
    assert "<form" not in outside
    assert "Petugas Contoh" in inside and "Petugas Contoh" not in outside


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "500"])
def test_error_page_needs_no_context(name: str) -> None:
    html = get_template(f"{name}.html").render()
    assert html.count("<h1") == 1
    assert re.search(r"<title>\S.* – Kotim Social</title>", html)


def test_page_of_all_parts_renders_every_part() -> None:
    for form in (SampleForm(), SampleForm({"name": "Contoh"})):
        html = render_to_string(
            "ui/components.html", {"form": form, **sample(8)}, request=request_of(*Perm)
        )
        for css in ("figures", "road", "tasks", "card", "timeline", "left-out", "pager", "empty"):
            assert f'class="{css}' in html
        assert ('class="error-summary' in html) is form.is_bound
        assert (f"<title>{gettext('Error:')}" in html) is form.is_bound
        assert "<script>" not in html and "style=" not in html


def test_error_summary_links_to_each_field_and_escapes() -> None:
    class Form(forms.Form):
        name = forms.CharField(label="Nama")
        plan = forms.ChoiceField(label="Rencana", choices=[("a", "A")], widget=forms.RadioSelect)

        def clean(self) -> None:
            raise forms.ValidationError("<b>whole</b>")

    html = str(render_to_string("ui/_error_summary.html", ui.error_summary(Form({}), None)))
    assert 'href="#id_name">Nama: ' in html
    assert 'href="#id_plan_0">Rencana: ' in html
    assert "&lt;b&gt;whole&lt;/b&gt;" in html
    assert "autofocus" in html and 'role="alert"' in html
    assert "error-summary" not in render_to_string("ui/_error_summary.html", {"errors": []})


def test_field_has_hint_and_error_before_the_input_and_tied_to_it() -> None:
    html = render_to_string(
        "ui/components.html", {"form": SampleForm({}), **sample(1)}, request=request_of(*Perm)
    )
    for name, tag in (("born", "input"), ("amount", "input")):
        hint = html.index(f'id="id_{name}_helptext"')
        error = html.index(f'id="id_{name}_error"')
        field = re.search(rf'<{tag}[^>]* id="id_{name}"[^>]*>', html)
        assert field and hint < error < field.start()
        assert f'aria-describedby="id_{name}_helptext id_{name}_error"' in field.group()
    assert html.count(f"({gettext('optional')})") == 1  # only the note is optional


@pytest.mark.parametrize(
    ("number", "previous", "following"), [(1, "", "?f=x&amp;page=2"), (5, "?f=x&amp;page=4", "")]
)
def test_pager_keeps_the_filters(number: int, previous: str, following: str) -> None:
    rows = Paginator(range(239), 50).page(number)
    context = {**sample(1), "form": SampleForm(), "page": rows}
    html = render_to_string("ui/components.html", context, request=request_of(url="/?f=x"))
    links = dict(re.findall(r'rel="(prev|next)" href="([^"]*)"', html))
    assert links.get("prev", "") == previous
    assert links.get("next", "") == following


def test_pager_says_which_rows_and_how_many() -> None:
    text = ui._count_text(Paginator(range(12_345), 50).page(3))
    expected = {"first": "101", "last": "150", "total": "12.345"}
    assert text == gettext("%(first)s–%(last)s of %(total)s") % expected
    assert ui._count_text(Paginator([], 50).page(1)) == gettext("Nothing found")


def test_sort_head_turns_round_and_goes_to_the_first_page() -> None:
    context: Any = {"request": request_of(url="/?sort=name&page=3")}
    head = ui.sort_head(context, "name", "Nama")
    assert (head["query"], head["direction"]) == ("?sort=-name", "ascending")
    assert ui.sort_head(context, "place", "Tempat")["direction"] == "none"


def test_query_without_takes_one_filter_out() -> None:
    context: Any = {"request": request_of(url="/?place=a&place=b&plan=c&page=2")}
    assert ui.query_without(context, "place", "a") == "?place=b&plan=c"
    assert ui.query_without(context, "place") == "?plan=c"


def test_a_list_from_which_nothing_is_chosen_says_so_in_words() -> None:
    class WithList(PlainForm, forms.Form):
        place = forms.ModelChoiceField(queryset=None)
        session = forms.ModelChoiceField(queryset=None, empty_label="tidak ada")

    fields: Any = WithList().fields
    wanted = "Choose"
    assert fields["place"].empty_label == gettext(wanted)
    assert fields["session"].empty_label == "tidak ada"


def test_road_marks_what_lies_behind() -> None:
    steps = ui.road_of([("a", "A"), ("b", "B"), ("c", "C")], "b")["steps"]
    assert [step["status"] for step in steps] == ["done", "current", "todo"]
    with pytest.raises(TemplateSyntaxError):
        ui.road([{"label": "A", "status": "finished"}])


def test_state_tag_escapes_and_knows_its_tones() -> None:
    assert "&lt;i&gt;" in ui.state_tag("<i>", "success")
    assert "tag--danger" in ui.state_tag(SimpleNamespace(label="Gagal", tone="danger"))
    with pytest.raises(TemplateSyntaxError):
        ui.state_tag("x", "purple")


def test_static_files_stay_within_their_budgets_and_call_nobody() -> None:
    css = (ROOT / "static/app.css").read_text(encoding="utf-8")
    script = (ROOT / "static/app.js").read_text(encoding="utf-8")
    assert css.startswith("/*! Kotim Social") and "Bootstrap 5.3.8" in css[:300]
    assert len(script.encode()) <= 5 * 1024
    for text in (css, script):
        without_credit = text.split("*/", 1)[1].replace("http://www.w3.org/2000/svg", "")
        assert "http" not in without_credit and "@import" not in without_credit


def test_a_stacked_table_tells_each_cell_the_head_of_its_column() -> None:
    html = Template(
        '{% stacked %}<table class="table"><thead><tr><th scope="col">Jenis</th>'
        '<th scope="col">Orang</th><th scope="col" class="num">Sisa "pagu"</th></tr></thead><tbody>'
        '<tr><th scope="row">TABUNGAN</th><td>3</td><td class="num">Rp5</td></tr>'
        '<tr class="total"><th scope="row" colspan="2">Total</th><td>Rp5</td></tr>'
        "</tbody></table>{% endstacked %}"
    ).render(Context())
    rows = [[td.attrs.get("data-label") for td in tr.all("td")] for tr in parse(html).all("tr")]
    assert rows == [[], ["Orang", 'Sisa "pagu"'], ['Sisa "pagu"']]
    assert 'class="table table--stack"' in html
    assert [th.text for th in parse(html).all("th")][-1] == "Total"
