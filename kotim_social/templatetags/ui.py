"""Page parts as tags: navigation, states, roads, figures, lists of tasks, pagers, error summary."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kotim_social.formlayout import draft_foot, draft_head
from kotim_social.navigation import NavItem, items_for, person_tabs

register = template.Library()

TONES = frozenset({"neutral", "info", "active", "success", "warning", "danger"})
ROAD_STATUSES = frozenset({"done", "current", "todo", "problem"})
Part = Mapping[str, Any]
_HEAD = re.compile(r'<th scope="col"[^>]*>(.*?)</th>', re.DOTALL)
_CELL = re.compile(r"<(t[dh])\b([^>]*)>")
_SPAN = re.compile(r'colspan="(\d+)"')


@register.simple_tag(takes_context=True)
def main_menu(context: Context) -> SafeString:
    """The entries of the menu, empty before sign-in; every page shows them twice."""
    items = items_for(_request(context))
    if not items:
        return SafeString("")
    return format_html("<ul>{}</ul>", format_html_join("\n", _NAV_ITEM, map(_nav_values, items)))


_NAV_ITEM = '<li><a href="{}"{}>{}</a></li>'
_CURRENT = {
    (True, True): SafeString(' aria-current="page"'),
    (False, True): SafeString(' aria-current="true"'),
    (False, False): SafeString(""),
}


def _nav_values(item: NavItem) -> tuple[str, SafeString, str]:
    return item.url, _CURRENT[item.is_here, item.is_section], item.label


@register.inclusion_tag("ui/_person_tabs.html", takes_context=True, name="person_tabs")
def person_pages(context: Context, worker_id: UUID) -> dict[str, Any]:
    """The pages about one person, for whoever looks."""
    request = _request(context)
    user = getattr(request, "user", None)
    if request is None or user is None:
        return {"tabs": []}
    return {"tabs": person_tabs(user, worker_id, request.path)}


@register.simple_tag
def state_tag(label: Any, tone: str = "neutral") -> SafeString:
    """A badge; takes a label and a tone, or one object that has both."""
    tone = getattr(label, "tone", tone)
    text = getattr(label, "label", label)
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"state_tag knows no tone {tone!r}")
    return format_html('<strong class="tag tag--{}">{}</strong>', tone, text)


@register.inclusion_tag("ui/_road.html")
def road(steps: Sequence[Part]) -> dict[str, Any]:
    """Steps of a road: dicts with label, status (done, current, todo, problem), note, url."""
    for step in steps:
        if step["status"] not in ROAD_STATUSES:
            raise template.TemplateSyntaxError(f"road knows no status {step['status']!r}")
    return {"steps": steps}


@register.inclusion_tag("ui/_road.html")
def road_of(choices: Iterable[tuple[str, str]], current: str) -> dict[str, Any]:
    """A straight road of states: all before the current one are done."""
    rows = list(choices)
    here = [value for value, _label in rows].index(current)
    statuses = ["done"] * here + ["current"] + ["todo"] * (len(rows) - here - 1)
    return {
        "steps": [
            {"label": label, "status": status}
            for (_value, label), status in zip(rows, statuses, strict=True)
        ]
    }


@register.inclusion_tag("ui/_figure.html")
def figure(label: str, value: Any, url: str = "", note: str = "", tone: str = "") -> dict[str, Any]:
    return {"cell": {"label": label, "value": value, "url": url, "note": note, "tone": tone}}


@register.inclusion_tag("ui/_figures.html")
def figures(cells: Sequence[Part], title: str = "") -> dict[str, Any]:
    return {"cells": cells, "title": title}


@register.inclusion_tag("ui/_task_list.html")
def task_list(tasks: Sequence[Part]) -> dict[str, Any]:
    """Tasks: dicts with label, status, tone, url, hint; without a url it cannot start yet."""
    return {"tasks": tasks}


@register.inclusion_tag("ui/_summary_card.html")
def summary_card(
    title: str, rows: Sequence[Part], url: str = "", action: str = "", level: int = 2
) -> dict[str, Any]:
    """A card of facts: dicts with label, value, hint, url and action ("Change")."""
    return {"title": title, "rows": rows, "url": url, "action": action, "level": level}


@register.inclusion_tag("ui/_timeline.html")
def timeline(entries: Sequence[Part]) -> dict[str, Any]:
    """Entries: dicts with when, who, act, reason, url and changes (label, old, new)."""
    return {"entries": entries}


@register.simple_block_tag
def stacked(content: str) -> SafeString:
    """A table whose rows stand as blocks on a phone: each cell is told the head of its column."""
    head, mark, body = content.replace('class="table"', 'class="table table--stack"', 1).partition(
        "</thead>"
    )
    labels = [
        " ".join(strip_tags(cell).split()).replace('"', "&quot;") for cell in _HEAD.findall(head)
    ]
    rows = (_labelled(row, labels) for row in body.split("<tr"))
    # What a template has rendered, and thereby escaped; a label is taken from it without its tags.
    return mark_safe(head + mark + "<tr".join(rows))  # nosec B308 B703


def _labelled(row: str, labels: Sequence[str]) -> str:
    at = 0

    def told(cell: re.Match[str]) -> str:
        nonlocal at
        name, attrs = cell.groups()
        label, span = labels[min(at, len(labels) - 1)], _SPAN.search(attrs)
        at += int(span[1]) if span else 1
        return f'<td{attrs} data-label="{label}">' if name == "td" and not span else cell[0]

    return _CELL.sub(told, row)


@register.inclusion_tag("ui/_left_out.html")
def left_out(rows: Sequence[Part], title: str = "") -> dict[str, Any]:
    """Who is left out of a list: dicts with name, reason, url and action to mend it."""
    return {"rows": rows, "title": title}


@register.inclusion_tag("ui/_filter_tags.html")
def filter_tags(tags: Sequence[Part], clear_url: str = "") -> dict[str, Any]:
    """Filters in force: dicts with label and remove_url."""
    return {"tags": tags, "clear_url": clear_url}


@register.inclusion_tag("ui/_empty.html")
def empty(title: str, hint: str = "", url: str = "", action: str = "") -> dict[str, Any]:
    return {"title": title, "hint": hint, "url": url, "action": action}


@register.inclusion_tag("ui/_back_link.html")
def back_link(url: str, label: str = "") -> dict[str, Any]:
    return {"url": url, "label": label or _("Back")}


@register.inclusion_tag("ui/_progress.html")
def progress(done: int, total: int, label: str) -> dict[str, Any]:
    return {"done": done, "total": total, "label": label}


@register.inclusion_tag("ui/_pager.html", takes_context=True)
def pager(
    context: Context, page: Any, count_text: str = "", show_all_url: str = "", param: str = "page"
) -> dict[str, Any]:
    """Links to the pages beside this one, for Django's Page or an object of the same questions."""
    if isinstance(page, Page):
        previous = _query(context, param, page.previous_page_number) if page.has_previous() else ""
        following = _query(context, param, page.next_page_number) if page.has_next() else ""
        count_text = count_text or _count_text(page)
    else:
        previous = page.previous_query if page.has_previous else ""
        following = page.next_query if page.has_next else ""
        count_text = count_text or page.count_text
    return {
        "previous": previous,
        "following": following,
        "count_text": count_text,
        "show_all_url": show_all_url,
    }


@register.inclusion_tag("ui/_sort_head.html", takes_context=True)
def sort_head(context: Context, field: str, label: str, css: str = "") -> dict[str, Any]:
    """A column head that sorts: `?sort=name`, and `?sort=-name` the other way."""
    request = _request(context)
    current = request.GET.get("sort", "") if request else ""
    direction = {field: "ascending", f"-{field}": "descending"}.get(str(current), "none")
    target = f"-{field}" if current == field else field
    query = _parameters(context)
    query["sort"] = target
    query.pop("page", None)
    return {"query": f"?{query.urlencode()}", "label": label, "css": css, "direction": direction}


@register.simple_tag(takes_context=True)
def query_without(context: Context, key: str, value: str | None = None) -> str:
    """This page's query without one filter (or one of its values), on the first page again."""
    query = _parameters(context)
    kept = [] if value is None else [v for v in query.getlist(key) if v != str(value)]
    query.setlist(key, kept)
    query.pop("page", None)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True, name="draft_head")
def before_fields(context: Context, form: Any) -> SafeString:
    """For a page that lays out a long form by itself: what `{% crispy form %}` puts before it."""
    return draft_head(form, context)


@register.simple_tag(takes_context=True, name="draft_foot")
def after_fields(context: Context, form: Any) -> SafeString:
    return draft_foot(form, context)


@register.inclusion_tag("ui/_error_summary.html")
def error_summary(*forms: BaseForm | None) -> dict[str, Any]:
    """Every error of the forms, each a link to its field."""
    return {"errors": [error for form in forms if form for error in field_errors(form)]}


@register.filter
def field_errors(form: BaseForm) -> list[dict[str, str]]:
    """Errors of a form in the order of its fields: message, field's id ("" when of the whole)."""
    errors = [{"message": str(message), "target": ""} for message in form.non_field_errors()]
    for name in form.fields:
        bound = form[name]
        # A group of radio buttons has no input of the group's own id: its first one takes it.
        target = bound.id_for_label or (f"{bound.auto_id}_0" if bound.auto_id else "")
        errors += [
            {
                "message": f"{bound.label}: {message}" if bound.label else str(message),
                "target": "" if bound.is_hidden else target,
            }
            for message in bound.errors
        ]
    return errors


def _request(context: Context) -> HttpRequest | None:
    return context.get("request")


def _parameters(context: Context) -> QueryDict:
    request = _request(context)
    return request.GET.copy() if request else QueryDict(mutable=True)


def _query(context: Context, param: str, number: Any) -> str:
    query = _parameters(context)
    query[param] = str(number())
    return f"?{query.urlencode()}"


def _count_text(page: Page[Any]) -> str:
    total = page.paginator.count
    if not total:
        return _("Nothing found")
    return _("%(first)s–%(last)s of %(total)s") % {
        "first": _dotted(page.start_index()),
        "last": _dotted(page.end_index()),
        "total": _dotted(total),
    }


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")
