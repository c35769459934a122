"""The road of a background job."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.workflow import State, Transition, Workflow


def _own(job: Any, user: User) -> list[str]:
    if job.requested_by_id != user.pk:
        return [gettext("Only whoever asked for this work may ask for it again.")]
    return []


JOB = Workflow(
    model_label="jobs.Job",
    field="state",
    label=_("Background job"),
    states=(
        State("waiting", _("waiting for the worker"), owner=_("The program"), tone="neutral"),
        State("running", _("running"), owner=_("The program"), tone="active"),
        State("finished", _("finished"), tone="success", final=True),
        State("failed", _("failed"), owner=_("Whoever asked for it"), tone="danger"),
    ),
    transitions=(
        Transition("start", _("Start"), ("waiting",), "running", Perm.JOB_RUN),
        Transition("finish", _("Finish"), ("running",), "finished", Perm.JOB_RUN),
        Transition("fail", _("Fail"), ("waiting", "running"), "failed", Perm.JOB_RUN),
        Transition("interrupt", _("Begin again"), ("running",), "waiting", Perm.JOB_RUN),
        Transition("retry", _("Try again"), ("failed",), "waiting", Perm.JOB_RUN),
    ),
    guards={"retry": _own},
)

WORKFLOWS = (JOB,)
