"""States of the casework: plan lines, referrals, breaches of the stay rules, offers of cases."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.roles import Perm
from kotim_social.workflow import State, Transition, Workflow

PLAN_LINE = Workflow(
    model_label="cases.PlanLine",
    field="state",
    label=_("Plan line"),
    states=(
        State("open", _("open"), owner=_("Caseworker"), tone="info"),
        State("done", _("done"), tone="success", final=True),
        State("dropped", _("dropped"), tone="neutral", final=True),
    ),
    transitions=(
        Transition("finish", _("Done"), ("open",), "done", Perm.CASEWORK_EDIT),
        Transition("drop", _("Dropped"), ("open",), "dropped", Perm.CASEWORK_EDIT),
    ),
)

REFERRAL = Workflow(
    model_label="cases.Referral",
    field="state",
    label=_("Referral"),
    states=(
        State("sent", _("sent, no answer yet"), owner=_("Caseworker"), tone="info"),
        State("accepted", _("accepted"), tone="success", final=True),
        State("declined", _("declined"), tone="danger", final=True),
        State("called_off", _("called off"), tone="neutral", final=True),
    ),
    transitions=(
        Transition("accept", _("She is accepted"), ("sent",), "accepted", Perm.CASEWORK_EDIT),
        Transition("decline", _("She is declined"), ("sent",), "declined", Perm.CASEWORK_EDIT),
        Transition("call_off", _("Called off"), ("sent",), "called_off", Perm.CASEWORK_EDIT),
    ),
)


BREACH = Workflow(
    model_label="cases.StayBreach",
    field="state",
    label=_("Breach of the stay rules"),
    states=(
        State("reported", _("reported, she is to be heard"), owner=_("Caseworker"), tone="warning"),
        State("heard", _("she was heard"), owner=_("Supervisor"), tone="info"),
        State("found", _("found to be a breach"), tone="danger", final=True),
        State("unfounded", _("no breach"), tone="success", final=True),
    ),
    transitions=(
        Transition("hear", _("Record her side"), ("reported",), "heard", Perm.CASEWORK_EDIT),
        Transition(
            "find",
            _("A breach"),
            ("heard",),
            "found",
            Perm.CASEWORK_REVIEW,
            differs_from=("recorded_by", "heard_by"),
        ),
        Transition(
            "dismiss",
            _("No breach"),
            ("heard",),
            "unfounded",
            Perm.CASEWORK_REVIEW,
            differs_from=("recorded_by", "heard_by"),
        ),
    ),
)


def _only_the_receiver(offer: Any, user: Any) -> list[str]:
    if offer.receiver_id == user.pk:
        return []
    return [gettext("The cases are offered to somebody else.")]


def _only_who_offered(offer: Any, user: Any) -> list[str]:
    if offer.offered_by_id == user.pk or user.can(Perm.CASEWORK_REVIEW):
        return []
    return [gettext("Only whoever offered the cases or a supervisor may take the offer back.")]


CASE_OFFER = Workflow(
    model_label="cases.CaseOffer",
    field="state",
    label=_("Hand-over of cases"),
    states=(
        State("offered", _("waits for acceptance"), owner=_("Caseworker"), tone="warning"),
        State("accepted", _("accepted"), tone="success", final=True),
        State("declined", _("declined"), tone="danger", final=True),
        State("taken_back", _("taken back"), tone="neutral", final=True),
    ),
    transitions=(
        Transition("accept", _("Accept the cases"), ("offered",), "accepted", Perm.CASELOAD_ACCEPT),
        Transition("decline", _("Decline"), ("offered",), "declined", Perm.CASELOAD_ACCEPT),
        Transition(
            "take_back", _("Take the offer back"), ("offered",), "taken_back", Perm.CASELOAD_OFFER
        ),
    ),
    guards={
        "accept": _only_the_receiver,
        "decline": _only_the_receiver,
        "take_back": _only_who_offered,
    },
)

CASEWORK_WORKFLOWS = (PLAN_LINE, REFERRAL, BREACH, CASE_OFFER)
