"""The road of a request about personal data."""

from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.roles import Perm
from kotim_social.workflow import State, Transition, Workflow

DATA_REQUEST = Workflow(
    model_label="cases.DataRequest",
    field="state",
    label=_("Request about data"),
    states=(
        State("open", _("waiting for an answer"), owner=_("Supervisor"), tone="warning"),
        State("granted", _("granted"), tone="success", final=True),
        State("refused", _("refused"), tone="danger", final=True),
        State("withdrawn", _("withdrawn"), tone="neutral", final=True),
    ),
    transitions=(
        Transition("grant", _("Grant the request"), ("open",), "granted", Perm.DATA_ANSWER),
        Transition("refuse", _("Refuse the request"), ("open",), "refused", Perm.DATA_ANSWER),
        Transition("withdraw", _("She withdraws it"), ("open",), "withdrawn", Perm.DATA_REQUEST),
    ),
)
