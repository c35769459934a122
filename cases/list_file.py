"""The list of people as a table: exactly what the page shows, by the same filter and order."""

from __future__ import annotations

from typing import Any

from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import workflow
from cases.listing import Listing, UnknownFilterError
from cases.models import Worker
from cases.people_pages import every_row
from cases.rules import lacks_in_short, words_for_lacks
from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.documents.exports import CONTENT_TYPES, Column, Sheet, Value, as_file
from kotim_social.documents.paper import printed_line
from kotim_social.jobs.made_files import Arguments, Made
from kotim_social.jobs.models import MadeFile


def of_listing(listing: Listing, form: str) -> Arguments:
    """What the file is asked by: filter and order as they stand in the address."""
    return {"query": listing.query, "form": form}


def people_rows(by: User, arguments: Arguments) -> int:
    return _listing(arguments).people(by).order_by().count()


def export_people(by: User, arguments: Arguments) -> Made:
    listing, form = _listing(arguments), arguments["form"]
    shown = list(every_row(listing, by))
    sheet = Sheet(_("Beneficiaries"), _columns(), _rows(shown), _about(listing, by))
    record(
        "worker.export",
        by=by,
        object_type="report",
        object_id="people",
        changes={"form": [None, form], "rows": [None, len(shown)]},
    )
    return Made(
        as_file(sheet, form),
        CONTENT_TYPES[form],
        f"penerima.{form}",
        people=lambda: [row.id for row in shown],
    )


def sees_all_of(user: User, made: MadeFile) -> bool:
    """Whether everybody in the file is yet hers to see."""
    seen = Worker.objects.visible_to(user).filter(pk__in=made.people)
    return seen.count() == len(made.people)


def _listing(arguments: Arguments) -> Listing:
    try:
        return Listing.from_query(QueryDict(arguments["query"]))
    except UnknownFilterError as error:
        raise Http404 from error


def _columns() -> list[Column]:
    titles = (
        _("Name"), _("Register number"), _("Place"), _("Home region"), _("Choice"),
        _("Still missing"), _("Eligibility"),
    )  # fmt: skip
    return [Column(title) for title in titles]


def _rows(shown: list[Any]) -> list[list[Value]]:
    choices = {code: str(label) for code, label in workflow.CHOICE.choices}
    states = {state.code: str(state.label) for state in workflow.ELIGIBILITY.states}
    words = words_for_lacks()
    return [
        [
            row.name, row.register_no, row.place__label, row.home_regency__name or "",
            choices[row.choice], ", ".join(words[code] for code in lacks_in_short(row)),
            states[row.eligibility],
        ]
        for row in shown
    ]  # fmt: skip


def _about(listing: Listing, by: User) -> list[tuple[str, str]]:
    """What the file says of itself: filter, order, day, and who took it."""
    tags = [tag["label"] for tag in listing.tags()]
    return [
        (_("Filter"), "; ".join(tags) or _("All")),
        (_("Sorted by"), listing.sort_in_words),
        (_("Taken"), printed_line(by.full_name or by.username, timezone.localtime())),
    ]
