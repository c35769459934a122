"""The road of a child who was met: referred, answered, handed over, closed (R91)."""

from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.roles import Perm
from kotim_social.workflow import State, Transition, Workflow

CHILD = Workflow(
    model_label="cases.ChildReferral",
    field="state",
    label=_("Child to be protected"),
    states=(
        State("found", _("to be referred"), owner=_("Caseworker"), tone="danger"),
        State("referred", _("referred, no answer yet"), owner=_("Caseworker"), tone="warning"),
        State("accepted", _("accepted, to be handed over"), owner=_("Caseworker"), tone="info"),
        State("handed_over", _("handed over"), owner=_("Supervisor"), tone="success"),
        State("closed", _("closed"), tone="neutral", final=True),
    ),
    transitions=(
        Transition("refer", _("Refer the child"), ("found",), "referred", Perm.CHILD_CARE),
        Transition(
            "accept", _("The child is accepted"), ("referred",), "accepted", Perm.CHILD_CARE
        ),
        Transition("decline", _("The child is declined"), ("referred",), "found", Perm.CHILD_CARE),
        Transition(
            "hand_over", _("Hand the child over"), ("accepted",), "handed_over", Perm.CHILD_CARE
        ),
        Transition(
            "close",
            _("Close the referral path"),
            ("found", "referred", "accepted", "handed_over"),
            "closed",
            Perm.CHILD_ASSIGN,
            reason_required=True,
        ),
    ),
)
