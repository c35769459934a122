"""The road of a paper in her file: it is never deleted, only withdrawn, by two people."""

from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.roles import Perm
from kotim_social.workflow import State, Transition, Workflow

PERSON_FILE = Workflow(
    model_label="cases.PersonFile",
    field="state",
    label=_("Paper in her file"),
    states=(
        State("filed", _("in her file"), owner=_("Caseworker"), tone="success"),
        State(
            "asked", _("withdrawal waits for a second look"), owner=_("Supervisor"), tone="warning"
        ),
        State("withdrawn", _("withdrawn"), tone="neutral", final=True),
    ),
    transitions=(
        Transition(
            "ask_withdrawal",
            _("Ask for its withdrawal"),
            ("filed",),
            "asked",
            Perm.FILE_EDIT,
        ),
        Transition(
            "withdraw",
            _("Withdraw it"),
            ("asked",),
            "withdrawn",
            Perm.FILE_WITHDRAW,
            differs_from=("asked_by",),
        ),
        Transition("keep", _("Keep it in her file"), ("asked",), "filed", Perm.FILE_WITHDRAW),
    ),
)
