"""The rows of the list of people and the options of its filters, joined in Python.

Rendered by a template for each row they cost more than all the rest of the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cases import workflow
from cases.rules import lacks_in_short, words_for_lacks
from kotim_social.templatetags.ui import state_tag

_BOX = (
    '<td class="cell-check"><input class="form-check-input" type="checkbox" name="chosen" '
    'value="{id}" aria-label="{name}"></td>'
)
_ROW = (
    '<tr>{box}<th scope="row" class="cell-main"><a href="{url}">{name}</a></th><td>{number}</td>'
    '<td class="cell-sub">{place}</td><td>{home}</td><td>{choice}</td><td>{lacks}</td>'
    '<td class="cell-state">{state}</td></tr>'
)
_NOTHING = "–"
_NOBODY = UUID(int=0)


def rows_html(rows: Iterable[Any], *, with_boxes: bool) -> SafeString:
    """One line for each row of `page_of()`; with boxes where sets can be chosen.

    Every text from a record passes `escape`; the rest are ids and the program's own words.
    """
    before, after = reverse("desk:worker_page", args=[_NOBODY]).split(str(_NOBODY))
    choices = {code: escape(str(label)) for code, label in workflow.CHOICE.choices}
    tags = {state.code: state_tag(state) for state in workflow.ELIGIBILITY.states}
    words = words_for_lacks()
    lines = []
    for row in rows:
        name = escape(row.name)
        lacks = ", ".join([words[code] for code in lacks_in_short(row)])
        lines.append(
            _ROW.format(
                box=_BOX.format(id=row.id, name=name) if with_boxes else "",
                url=f"{before}{row.id}{after}",
                name=name,
                number=escape(row.register_no),
                place=escape(row.place__label),
                home=escape(row.home_regency__name or _NOTHING),
                choice=choices[row.choice],
                lacks=escape(lacks) or _NOTHING,
                state=tags[row.eligibility],
            )
        )
    return mark_safe("\n".join(lines))  # nosec B308 B703: each text passed escape above


def options_html(options: Iterable[tuple[str, Any]], chosen: str) -> SafeString:
    """The options of one filter, "all" first."""
    lines = [
        f'<option value="{escape(code)}"{" selected" if code == chosen else ""}>'
        f"{escape(str(label))}</option>"
        for code, label in [("", _("All")), *options]
    ]
    return mark_safe("".join(lines))  # nosec B308 B703: each text passed escape above
