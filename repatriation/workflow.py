"""The road of a batch."""

from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.roles import Perm
from kotim_social.workflow import State, Transition, Workflow

BATCH = Workflow(
    model_label="repatriation.Batch",
    field="state",
    label=_("Batch"),
    states=(
        State("draft", _("draft"), owner=_("Caseworker")),
        State(
            "awaiting_origin",
            _("waiting for the home region"),
            owner=_("Supervisor"),
            tone="warning",
        ),
        State("approved", _("confirmed"), owner=_("Caseworker"), tone="success"),
        State("departed", _("on the road"), owner=_("Escort"), tone="active"),
        State("arrived", _("arrived"), owner=_("Escort"), tone="active"),
        State("handed_over", _("handed over"), owner=_("Caseworker"), tone="success"),
        State("finished", _("finished"), tone="success", final=True),
        State("cancelled", _("cancelled"), final=True),
    ),
    transitions=(
        Transition(
            "submit",
            _("Send the batch for confirmation"),
            ("draft",),
            "awaiting_origin",
            Perm.BATCH_PLAN,
        ),
        Transition(
            "send_back",
            _("Send back"),
            ("awaiting_origin",),
            "draft",
            Perm.BATCH_CONFIRM,
            reason_required=True,
        ),
        Transition(
            "approve",
            _("Confirm the batch"),
            ("awaiting_origin",),
            "approved",
            Perm.BATCH_CONFIRM,
            differs_from=("created_by", "submitted_by"),
        ),
        Transition(
            "depart", _("Record the departure"), ("approved",), "departed", Perm.BATCH_TRAVEL
        ),
        Transition("arrive", _("Record the arrival"), ("departed",), "arrived", Perm.BATCH_TRAVEL),
        Transition(
            "hand_over",
            _("Record the hand-over"),
            ("arrived",),
            "handed_over",
            Perm.BATCH_TRAVEL,
        ),
        Transition(
            "finish", _("Finish the batch"), ("handed_over",), "finished", Perm.BATCH_TRAVEL
        ),
        Transition(
            "cancel_own",
            _("Cancel the batch"),
            ("draft", "awaiting_origin"),
            "cancelled",
            Perm.BATCH_PLAN,
            reason_required=True,
        ),
        Transition(
            "cancel",
            _("Cancel the batch"),
            ("draft", "awaiting_origin", "approved"),
            "cancelled",
            Perm.BATCH_CONFIRM,
            reason_required=True,
        ),
    ),
)

# People may be put into a batch until it is confirmed, and taken out until it leaves.
OPEN_FOR_JOINING = ("draft", "awaiting_origin")
BEFORE_DEPARTURE = ("draft", "awaiting_origin", "approved")
ON_THE_ROAD = ("departed", "arrived", "handed_over")
NOT_ENDED = (*BEFORE_DEPARTURE, *ON_THE_ROAD)
# The straight road that the page shows; cancelled stands beside it.
ROAD = tuple(state for state in BATCH.states if state.code != "cancelled")

WORKFLOWS = (BATCH,)
