"""The roads of an entitlement, a payment list, and a payment line."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from disbursements.programme_workflow import PROGRAMME_CHANGE
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.workflow import State, Transition, Workflow

ENTITLEMENT = Workflow(
    model_label="disbursements.Entitlement",
    field="state",
    label=_("Entitlement"),
    states=(
        State("determined", _("determined"), owner=_("Treasurer"), tone="info"),
        State("lapsed", _("lapsed"), final=True),
    ),
    transitions=(
        Transition(
            "lapse",
            _("Let it lapse"),
            ("determined",),
            "lapsed",
            Perm.DECREE_SIGN,
            reason_required=True,
            reason_apart=True,
        ),
        Transition("change", _("Change by a decree"), ("determined",), "lapsed", Perm.DECREE_SIGN),
        Transition("deposit_back", _("Deposit back"), ("determined",), "lapsed", Perm.LIST_PAY),
        Transition(
            "refund_late",
            _("Refund after the closing"),
            ("determined",),
            "lapsed",
            Perm.LIST_PAY,
        ),
        Transition(
            "leave_unclaimed",
            _("Close as never claimed"),
            ("determined",),
            "lapsed",
            Perm.PROGRAMME_EDIT,
        ),
    ),
)


class Duty(StrEnum):
    """The four pairs of eyes; on one list nobody has two duties, over all its revisions."""

    PREPARE = "prepare"
    VERIFY = "verify"
    APPROVE = "approve"
    PAY = "pay"


# Which pair of eyes an act belongs to. Sending back and cancelling are done with the eyes of
# whoever holds the list then, so they bind the person to that duty as well.
DUTY_OF_ACT = {
    "prepare": Duty.PREPARE,
    "submit": Duty.PREPARE,
    "cancel_own": Duty.PREPARE,
    "verify": Duty.VERIFY,
    "send_back_submitted": Duty.VERIFY,
    "approve": Duty.APPROVE,
    "send_back_verified": Duty.APPROVE,
    "cancel": Duty.APPROVE,
    "order": Duty.PAY,
    "send_back_approved": Duty.PAY,
    "reconcile": Duty.PAY,
    "close": Duty.PAY,
}
SEND_BACK_ACTS = ("send_back_submitted", "send_back_verified", "send_back_approved")


def has_other_duty(payment_list: Any, user: User, duty: Duty) -> bool:
    """Whether this user had another pair of eyes on the list, in any revision."""
    # All decisions and not a question of its own: they are few, and a page has them already.
    hands = {one.duty for one in payment_list.decisions.all() if one.recorded_by_id == user.pk}
    return bool(hands - {duty})


def _no_other_duty(act: str) -> Callable[[Any, User], list[str]]:
    """Whoever had another pair of eyes on this list, in any revision, may not do this act."""

    def guard(payment_list: Any, user: User) -> list[str]:
        if has_other_duty(payment_list, user, DUTY_OF_ACT[act]):
            return [gettext("Somebody else must do this: you already had a hand in this list.")]
        return []

    return guard


PAYMENT_LIST = Workflow(
    model_label="disbursements.PaymentList",
    field="state",
    label=_("Payment list"),
    states=(
        State("draft", _("draft"), owner=_("Caseworker"), tone="neutral"),
        State("submitted", _("submitted"), owner=_("Verifier"), tone="info"),
        State("verified", _("verified"), owner=_("Supervisor"), tone="info"),
        State("approved", _("approved"), owner=_("Treasurer"), tone="success"),
        State("ordered", _("ordered"), owner=_("Treasurer"), tone="info"),
        State("reconciled", _("reconciled"), owner=_("Treasurer"), tone="success"),
        State("closed", _("closed"), tone="success", final=True),
        State("cancelled", _("cancelled"), final=True),
    ),
    transitions=(
        Transition(
            "submit", _("Send the list to the verifier"), ("draft",), "submitted", Perm.LIST_PREPARE
        ),
        Transition("verify", _("Verify the list"), ("submitted",), "verified", Perm.LIST_VERIFY),
        Transition("approve", _("Approve the list"), ("verified",), "approved", Perm.LIST_APPROVE),
        Transition("order", _("Order the payment"), ("approved",), "ordered", Perm.LIST_PAY),
        Transition("reconcile", _("Reconcile the list"), ("ordered",), "reconciled", Perm.LIST_PAY),
        Transition("close", _("Close the list"), ("reconciled",), "closed", Perm.LIST_PAY),
        Transition(
            "send_back_submitted",
            _("Send back"),
            ("submitted",),
            "draft",
            Perm.LIST_VERIFY,
            reason_required=True,
        ),
        Transition(
            "send_back_verified",
            _("Send back"),
            ("verified", "approved"),
            "draft",
            Perm.LIST_APPROVE,
            reason_required=True,
        ),
        Transition(
            "send_back_approved",
            _("Send back"),
            ("approved",),
            "draft",
            Perm.LIST_PAY,
            reason_required=True,
        ),
        Transition(
            "cancel_own",
            _("Cancel the list"),
            ("draft",),
            "cancelled",
            Perm.LIST_PREPARE,
            reason_required=True,
        ),
        Transition(
            "cancel",
            _("Cancel the list"),
            ("draft", "submitted", "verified", "approved"),
            "cancelled",
            Perm.LIST_APPROVE,
            reason_required=True,
        ),
    ),
    guards={act: _no_other_duty(act) for act in DUTY_OF_ACT if act != "prepare"},
)


LINE = Workflow(
    model_label="disbursements.PaymentLine",
    field="state",
    label=_("Payment line"),
    states=(
        State("prepared", _("prepared"), owner=_("Caseworker")),
        State("ordered", _("ordered"), owner=_("Treasurer"), tone="info"),
        State("paid", _("paid"), tone="success", final=True),
        State("returned", _("returned"), tone="danger", final=True),
        State("cancelled", _("cancelled"), final=True),
    ),
    transitions=(
        Transition("order", _("Order"), ("prepared",), "ordered", Perm.LIST_PAY),
        Transition("pay", _("Book as paid"), ("ordered",), "paid", Perm.LIST_PAY),
        Transition("return", _("Book as returned"), ("ordered",), "returned", Perm.LIST_PAY),
        Transition("cancel", _("Take out"), ("prepared",), "cancelled", Perm.LIST_PREPARE),
    ),
)
LIVE = ("prepared", "ordered")


RESULT_FILE = Workflow(
    model_label="disbursements.ResultFile",
    field="state",
    label=_("Bank's file of results"),
    states=(
        State("staged", _("read, not booked"), owner=_("Treasurer"), tone="info"),
        State("applied", _("booked"), tone="success", final=True),
        State("discarded", _("put aside"), final=True),
    ),
    transitions=(
        Transition("apply", _("Book these results"), ("staged",), "applied", Perm.LIST_PAY),
        Transition("discard", _("Put the file aside"), ("staged",), "discarded", Perm.LIST_PAY),
    ),
)

WORKFLOWS = (ENTITLEMENT, PAYMENT_LIST, LINE, RESULT_FILE, PROGRAMME_CHANGE)
