"""The road of a proposed correction of somebody's data."""

from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.roles import Perm
from kotim_social.workflow import State, Transition, Workflow

CORRECTION = Workflow(
    model_label="cases.Correction",
    field="state",
    label=_("Correction of data"),
    states=(
        State("proposed", _("waits for the supervisor"), owner=_("Supervisor"), tone="warning"),
        State("accepted", _("accepted and applied"), tone="success", final=True),
        State("declined", _("declined"), tone="neutral", final=True),
    ),
    transitions=(
        Transition(
            "accept",
            _("Accept the correction"),
            ("proposed",),
            "accepted",
            Perm.CORRECTION_ACCEPT,
            differs_from=("proposed_by",),
        ),
        Transition(
            "decline",
            _("Decline the correction"),
            ("proposed",),
            "declined",
            Perm.CORRECTION_ACCEPT,
            reason_required=True,
        ),
    ),
)
