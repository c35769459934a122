"""The road of a proposal to anonymise people whose term has run out."""

from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.roles import Perm
from kotim_social.workflow import State, Transition, Workflow

ANONYMISING = Workflow(
    model_label="cases.Anonymising",
    field="state",
    label=_("Proposal to anonymise"),
    states=(
        State("proposed", _("waits for a second person"), owner=_("Supervisor"), tone="warning"),
        State("accepted", _("accepted, to be carried out"), owner=_("Operator"), tone="active"),
        State("done", _("carried out"), tone="success", final=True),
        State("declined", _("declined"), tone="neutral", final=True),
    ),
    transitions=(
        Transition(
            "accept",
            _("Accept the proposal"),
            ("proposed",),
            "accepted",
            Perm.RETENTION_ACCEPT,
            differs_from=("proposed_by",),
        ),
        Transition(
            "decline", _("Decline the proposal"), ("proposed",), "declined", Perm.RETENTION_ACCEPT
        ),
        Transition(
            "withdraw",
            _("Take the yes back"),
            ("accepted",),
            "declined",
            Perm.RETENTION_ACCEPT,
        ),
        # Written by the command that carries it out, as the owner; nobody's button.
        Transition("finish", _("Carried out"), ("accepted",), "done", Perm.RETENTION_ACCEPT),
    ),
)
