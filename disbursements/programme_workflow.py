"""The road of a change of the programme."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.workflow import State, Transition, Workflow


def _proposer_only(change: Any, user: User) -> list[str]:
    if change.proposed_by_id != user.pk:
        return [gettext("Only who proposed it can withdraw it.")]
    return []


PROGRAMME_CHANGE = Workflow(
    model_label="disbursements.ProgrammeChange",
    field="state",
    label=_("Change of the programme"),
    states=(
        State("proposed", _("proposed"), owner=_("Supervisor or treasurer"), tone="info"),
        State("accepted", _("accepted"), tone="success", final=True),
        State("declined", _("declined"), tone="danger", final=True),
        State("withdrawn", _("withdrawn"), final=True),
    ),
    transitions=(
        Transition(
            "accept",
            _("Accept the change"),
            ("proposed",),
            "accepted",
            Perm.PROGRAMME_EDIT,
            differs_from=("proposed_by",),
        ),
        Transition(
            "decline",
            _("Decline the change"),
            ("proposed",),
            "declined",
            Perm.PROGRAMME_EDIT,
            differs_from=("proposed_by",),
        ),
        Transition(
            "withdraw",
            _("Withdraw the proposal"),
            ("proposed",),
            "withdrawn",
            Perm.PROGRAMME_EDIT,
        ),
    ),
    guards={"withdraw": _proposer_only},
)
