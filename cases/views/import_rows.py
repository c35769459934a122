"""Pages that settle one row of an import: what it says, what it repeats, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.actions.settling import (
    StillWrong,
    dismiss_row,
    may_settle,
    mend_row,
    not_same_person,
    same_person,
)
from cases.forms.importing import MendForm, ReasonForm, RemarkForm
from cases.models import StagedRow
from cases.views.import_comparing import compare, facts_of_row, shown_facts
from cases.views.import_figures import line_of
from cases.views.importing import LOOK
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused

_ROWS = StagedRow.objects.select_related(
    "source", "place", "worker", "settled_by", "repeats_row", "repeats_worker"
)


@require(*LOOK)
@require_safe
def import_row(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_visible_or_404(_ROWS.all(), actor(request), pk)
    return _row_page(request, row)


@require(Perm.REGISTER_IMPORT)
@require_POST
def import_row_same(request: HttpRequest, pk: UUID) -> HttpResponse:
    """She is registered already."""
    row = get_visible_or_404(_ROWS.all(), actor(request), pk)
    form = RemarkForm(request.POST, auto_id="same_%s")
    return _settle(request, row, same_person, done=_("The row adds nobody."), same=form)


@require(Perm.REGISTER_IMPORT)
@require_POST
def import_row_other(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody else: registers her."""
    row = get_visible_or_404(_ROWS.all(), actor(request), pk)
    form = ReasonForm(request.POST, auto_id="other_%s")
    done = _("She has been registered.")
    return _settle(request, row, not_same_person, done=done, other=form)


@require(Perm.REGISTER_IMPORT)
@require_POST
def import_row_dismiss(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Leaves the row out, with the reason why."""
    row = get_visible_or_404(_ROWS.all(), actor(request), pk)
    form = ReasonForm(request.POST, auto_id="dismiss_%s")
    done = _("The row has been left out.")
    return _settle(request, row, dismiss_row, done=done, dismiss=form)


@require(Perm.REGISTER_IMPORT)
@require_POST
def import_row_mend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Judges the row again with corrected cells."""
    row = get_visible_or_404(_ROWS.all(), actor(request), pk)
    form = MendForm(row, actor(request), request.POST)
    if form.is_valid():
        try:
            row = mend_row(
                row, cells=form.cells(), place_code=form.cleaned_data["place"], by=actor(request)
            )
            if row.settled == StagedRow.Settled.WAITING:
                messages.warning(request, _("The row now waits as a duplicate: compare the two."))
                return redirect("cases:import_row", row.pk)
            messages.success(request, _mended_sentence(row))
            return redirect("cases:import_detail", row.source_id)
        except StillWrong as error:
            form.show_problems(error.problems)
        except Refused as error:
            form.add_error(None, error.sentences)
    return _row_page(request, row, status=422, mend=form)


def _settle(
    request: HttpRequest,
    row: StagedRow,
    act: Callable[..., StagedRow],
    *,
    done: str,
    **forms: BaseForm,
) -> HttpResponse:
    """Does the act with the one form given, which goes back to the page when it is refused."""
    (form,) = forms.values()
    if form.is_valid():
        try:
            act(row, by=actor(request), because=form.cleaned_data["because"])
            messages.success(request, done)
            return redirect("cases:import_detail", row.source_id)
        except Refused as error:
            form.add_error(None, error.sentences)
    return _row_page(request, row, status=422, **forms)


def _row_page(
    request: HttpRequest, row: StagedRow, *, status: int = 200, **forms: BaseForm
) -> HttpResponse:
    record("staged_row.view", by=actor(request), obj=row)
    context: dict[str, Any] = {
        "row": row,
        "line": line_of(row),
        "facts": shown_facts(facts_of_row(row)),
        "comparison": compare(row, actor(request)),
        "is_duplicate": row.outcome == StagedRow.Outcome.DUPLICATE,
        "bound": list(forms.values()),
        "form": next(iter(forms.values()), None),
    }
    if may_settle(row, actor(request)):
        context["acts"] = {
            "same": RemarkForm(auto_id="same_%s"),
            "other": ReasonForm(auto_id="other_%s"),
            "dismiss": ReasonForm(auto_id="dismiss_%s"),
            "mend": MendForm(row, actor(request)),
            **forms,
        }
    return render(request, "cases/import_row.html", context, status=status)


def _mended_sentence(row: StagedRow) -> str:
    if row.settled == StagedRow.Settled.REFERRED:
        return _("She is under 18: the row is on the referral path.")
    return _("She has been registered.")
