"""The road of a failure to protect personal data."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.workflow import State, Transition, Workflow


def _told_and_mended(breach: Any, user: User) -> list[str]:
    return [str(sentence) for sentence in breach.lacks_for_closing()]


def _nobody_told(breach: Any, user: User) -> list[str]:
    if breach.notices.exists():
        return [str(_("Letters have gone out already: close it instead."))]
    return []


DATA_BREACH = Workflow(
    model_label="cases.DataBreach",
    field="state",
    label=_("Data breach"),
    states=(
        State("open", _("reported, not yet looked at"), owner=_("Supervisor"), tone="danger"),
        State("confirmed", _("notices are due"), owner=_("Supervisor"), tone="danger"),
        State("closed", _("closed"), owner=_("Supervisor"), tone="success"),
        State("dismissed", _("no breach"), tone="neutral", final=True),
    ),
    transitions=(
        Transition("confirm", _("Confirm the breach"), ("open",), "confirmed", Perm.BREACH_HANDLE),
        Transition("dismiss", _("It was no breach"), ("open",), "dismissed", Perm.BREACH_HANDLE),
        Transition("close", _("Close the breach"), ("confirmed",), "closed", Perm.BREACH_HANDLE),
        Transition("reopen", _("Open it again"), ("closed",), "confirmed", Perm.BREACH_HANDLE),
    ),
    guards={"close": _told_and_mended, "dismiss": _nobody_told},
)
