"""The roads of an objection to a finding and of a name that was proposed too late."""

from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.roles import Perm
from kotim_social.workflow import State, Transition, Workflow

OBJECTION = Workflow(
    model_label="cases.Objection",
    field="state",
    label=_("Objection"),
    states=(
        State("open", _("waiting for an answer"), owner=_("Supervisor"), tone="warning"),
        State("upheld", _("upheld, to be verified again"), tone="success", final=True),
        State("rejected", _("rejected"), tone="danger", final=True),
        State("withdrawn", _("withdrawn"), tone="neutral", final=True),
    ),
    transitions=(
        Transition(
            "uphold",
            _("Uphold the objection"),
            ("open",),
            "upheld",
            Perm.OBJECTION_DECIDE,
            differs_from=("found_by", "recorded_by"),
        ),
        Transition(
            "reject",
            _("Reject the objection"),
            ("open",),
            "rejected",
            Perm.OBJECTION_DECIDE,
            differs_from=("found_by", "recorded_by"),
        ),
        Transition(
            "withdraw",
            _("She withdraws it"),
            ("open",),
            "withdrawn",
            Perm.WORKER_EDIT,
        ),
    ),
)

PROPOSAL = Workflow(
    model_label="cases.LateProposal",
    field="state",
    label=_("Late proposal"),
    states=(
        State("proposed", _("waiting for the second officer"), owner=_("Verifier"), tone="warning"),
        State("checked", _("checked"), owner=_("Supervisor"), tone="info"),
        State("accepted", _("accepted"), tone="success", final=True),
        State("rejected", _("rejected"), tone="danger", final=True),
        State("withdrawn", _("withdrawn"), tone="neutral", final=True),
    ),
    transitions=(
        Transition(
            "check",
            _("Confirm the evidence as second officer"),
            ("proposed",),
            "checked",
            Perm.PROPOSAL_CHECK,
            differs_from=("recorded_by",),
        ),
        Transition(
            "accept",
            _("Accept and register her"),
            ("checked",),
            "accepted",
            Perm.PROPOSAL_DECIDE,
            differs_from=("recorded_by", "checked_by"),
        ),
        Transition(
            "reject",
            _("Reject the proposal"),
            ("proposed", "checked"),
            "rejected",
            Perm.PROPOSAL_DECIDE,
            differs_from=("recorded_by", "checked_by"),
        ),
        Transition(
            "withdraw",
            _("Withdraw the proposal"),
            ("proposed", "checked"),
            "withdrawn",
            Perm.WORKER_EDIT,
        ),
    ),
)

WORKFLOWS = (OBJECTION, PROPOSAL)
