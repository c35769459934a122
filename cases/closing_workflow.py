"""The road of a request to close a case."""

from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.roles import Perm
from kotim_social.workflow import State, Transition, Workflow

CLOSING = Workflow(
    model_label="cases.CaseClosing",
    field="state",
    label=_("Closing of a case"),
    states=(
        State("requested", _("waits for the supervisor"), owner=_("Supervisor"), tone="warning"),
        State("closed", _("closed"), owner=_("Supervisor"), tone="neutral"),
        State("declined", _("not closed"), final=True),
        State("withdrawn", _("withdrawn"), final=True),
        State("reopened", _("opened again"), tone="info", final=True),
    ),
    transitions=(
        Transition(
            "confirm",
            _("Close the case"),
            ("requested",),
            "closed",
            Perm.CASE_CLOSE,
            differs_from=("requested_by",),
        ),
        Transition(
            "decline",
            _("Do not close the case"),
            ("requested",),
            "declined",
            Perm.CASE_CLOSE,
            reason_required=True,
        ),
        Transition(
            "withdraw", _("Withdraw the request"), ("requested",), "withdrawn", Perm.WORKER_EDIT
        ),
        Transition(
            "reopen",
            _("Open the case again"),
            ("closed",),
            "reopened",
            Perm.CASE_CLOSE,
            reason_required=True,
        ),
    ),
)
