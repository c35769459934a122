"""The roads of a person's facts: eligibility, choice, account, journey, case, and an import."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases import verval_workflow
from cases.casework_states import CASEWORK_WORKFLOWS
from cases.child_workflow import CHILD
from cases.closing_workflow import CLOSING
from cases.correction_workflow import CORRECTION
from cases.data_breach_workflow import DATA_BREACH
from cases.data_workflow import DATA_REQUEST
from cases.file_workflow import PERSON_FILE
from cases.retention_workflow import ANONYMISING
from kotim_social.accounts.roles import Perm
from kotim_social.workflow import State, Transition, Workflow

ELIGIBILITY = Workflow(
    model_label="cases.Worker",
    field="eligibility",
    label=_("Eligibility"),
    states=(
        State("registered", _("registered"), owner=_("Verifier")),
        State("verified", _("verified"), owner=_("Verifier"), tone="info"),
        State("eligible", _("eligible"), owner=_("Supervisor"), tone="success"),
        State("not_eligible", _("not eligible"), owner=_("Verifier"), tone="danger"),
        State("on_hold", _("on hold"), owner=_("Verifier"), tone="warning"),
    ),
    transitions=(
        Transition(
            "verify",
            _("Record that she was visited and identified"),
            ("registered", "on_hold"),
            "verified",
            Perm.WORKER_VERIFY,
        ),
        Transition(
            "find_eligible",
            _("Find eligible"),
            ("registered", "verified", "on_hold", "not_eligible"),
            "eligible",
            Perm.WORKER_VERIFY,
        ),
        Transition(
            "find_not_eligible",
            _("Find not eligible"),
            ("registered", "verified", "on_hold", "eligible"),
            "not_eligible",
            Perm.WORKER_VERIFY,
            reason_required=True,
        ),
        Transition(
            "put_on_hold",
            _("Put on hold"),
            ("registered", "verified", "eligible"),
            "on_hold",
            Perm.WORKER_VERIFY,
            reason_required=True,
        ),
    ),
)

CHOICE_STATES = (
    State("undecided", _("not yet said"), owner=_("Caseworker"), tone="warning"),
    State("return", _("return"), owner=_("Caseworker"), tone="info"),
    State("stay", _("stay"), owner=_("Caseworker")),
    State("referred", _("referred"), owner=_("Caseworker")),
)
_ALL_CHOICES = tuple(state.code for state in CHOICE_STATES)


def _fixed_by_decree(worker: Any, user: Any) -> list[str]:
    """Free until the list of people is fixed by decree, then a supervisor's."""
    if worker.determined_on is None or user.can(Perm.CORRECTION_ACCEPT):
        return []
    return [gettext("A decree names her already: only a supervisor may change the choice now.")]


CHOICE = Workflow(
    model_label="cases.Worker",
    field="choice",
    label=_("Choice"),
    states=CHOICE_STATES,
    transitions=tuple(
        Transition(
            f"choose_{state.code}",
            state.label,
            tuple(code for code in _ALL_CHOICES if code != state.code),
            state.code,
            Perm.WORKER_EDIT,
        )
        for state in CHOICE_STATES
        if state.code != "undecided"
    ),
    guards={f"choose_{code}": _fixed_by_decree for code in _ALL_CHOICES if code != "undecided"},
)

ACCOUNT = Workflow(
    model_label="cases.BankAccount",
    field="state",
    label=_("Bank account"),
    states=(
        State("applied", _("applied for"), owner=_("Caseworker")),
        State("opened", _("opened, not yet checked"), owner=_("Caseworker"), tone="info"),
        State("active", _("active"), owner=_("Caseworker"), tone="success"),
        State("blocked", _("blocked"), owner=_("Caseworker"), tone="danger"),
        State("dormant", _("dormant"), owner=_("Caseworker"), tone="danger"),
        State("name_differs", _("name differs"), owner=_("Caseworker"), tone="danger"),
        State("closed", _("closed"), tone="neutral", final=True),
    ),
    transitions=(
        Transition("open", _("Record the number"), ("applied",), "opened", Perm.WORKER_EDIT),
        Transition(
            "confirm_active",
            _("The bank confirms that it is active"),
            ("opened", "active", "blocked", "dormant", "name_differs"),
            "active",
            Perm.BANK_CHECK,
        ),
        Transition(
            "report_blocked", _("Blocked"), ("opened", "active"), "blocked", Perm.BANK_CHECK
        ),
        Transition(
            "report_dormant", _("Dormant"), ("opened", "active"), "dormant", Perm.BANK_CHECK
        ),
        Transition(
            "report_name_differs",
            _("The holder's name differs"),
            ("opened", "active"),
            "name_differs",
            Perm.BANK_CHECK,
        ),
        Transition(
            "close",
            _("Replaced by another account"),
            ("applied", "opened", "active", "blocked", "dormant", "name_differs"),
            "closed",
            Perm.WORKER_EDIT,
        ),
    ),
)

JOURNEY = Workflow(
    model_label="cases.Journey",
    field="state",
    label=_("Journey"),
    states=(
        State("on_site", _("on site"), owner=_("Caseworker")),
        State("in_batch", _("in a batch"), owner=_("Caseworker"), tone="info"),
        State("departed", _("departed"), owner=_("Escort"), tone="info"),
        State("arrived", _("arrived"), owner=_("Escort"), tone="success"),
        State("handed_over", _("handed over"), tone="success", final=True),
        State("returned_alone", _("went home by herself"), tone="success", final=True),
        State("not_found", _("not found"), owner=_("Caseworker"), tone="danger"),
        State("deceased", _("deceased"), tone="neutral", final=True),
    ),
    transitions=(
        Transition("join", _("Put in a batch"), ("on_site",), "in_batch", Perm.BATCH_PLAN),
        Transition("leave", _("Take out of the batch"), ("in_batch",), "on_site", Perm.BATCH_PLAN),
        Transition("depart", _("Boarded"), ("in_batch",), "departed", Perm.BATCH_TRAVEL),
        Transition(
            "stay_behind",
            _("Did not board"),
            ("in_batch",),
            "on_site",
            Perm.BATCH_TRAVEL,
            reason_required=True,
        ),
        Transition("arrive", _("Arrived"), ("departed",), "arrived", Perm.BATCH_TRAVEL),
        Transition(
            "undo_arrival",
            _("Undo the arrival"),
            ("arrived",),
            "departed",
            Perm.BATCH_TRAVEL,
            reason_required=True,
        ),
        Transition("hand_over", _("Hand over"), ("arrived",), "handed_over", Perm.BATCH_TRAVEL),
        Transition(
            "lose",
            _("Not found"),
            ("on_site", "departed", "arrived"),
            "not_found",
            Perm.BATCH_TRAVEL,
            reason_required=True,
        ),
        Transition(
            "find_again",
            _("Found again"),
            ("not_found",),
            "on_site",
            Perm.BATCH_TRAVEL,
            reason_required=True,
        ),
        Transition(
            "go_alone",
            _("Went home by herself"),
            ("on_site", "not_found"),
            "returned_alone",
            Perm.WORKER_EDIT,
            reason_required=True,
        ),
        Transition(
            "go_on_alone",
            _("Went on by herself"),
            ("departed", "arrived"),
            "returned_alone",
            Perm.BATCH_TRAVEL,
            reason_required=True,
        ),
        Transition(
            "come_back",
            _("Came back"),
            ("departed", "arrived"),
            "on_site",
            Perm.BATCH_TRAVEL,
            reason_required=True,
        ),
        Transition(
            "report_death",
            _("Deceased"),
            ("on_site", "in_batch", "departed", "arrived", "not_found"),
            "deceased",
            Perm.WORKER_EDIT,
            reason_required=True,
        ),
    ),
)

CASE = Workflow(
    model_label="cases.Worker",
    field="case_state",
    label=_("Case"),
    states=(
        State("open", _("open"), owner=_("Caseworker"), tone="info"),
        State("closed", _("closed"), owner=_("Supervisor"), tone="neutral"),
        State("merged", _("merged into another record"), owner=_("Supervisor"), tone="neutral"),
    ),
    transitions=(
        Transition(
            "close",
            _("Close the case"),
            ("open",),
            "closed",
            Perm.CASE_CLOSE,
            reason_required=True,
        ),
        Transition(
            "reopen",
            _("Open it again"),
            ("closed",),
            "open",
            Perm.CASE_CLOSE,
            reason_required=True,
        ),
        Transition(
            "merge",
            _("Merge into another record"),
            ("open",),
            "merged",
            Perm.WORKER_MERGE,
            reason_required=True,
        ),
        Transition(
            "unmerge",
            _("Take the merging back"),
            ("merged",),
            "open",
            Perm.WORKER_MERGE,
            reason_required=True,
        ),
    ),
)

IMPORT = Workflow(
    model_label="cases.RegisterImport",
    field="state",
    label=_("Register import"),
    states=(
        State("staged", _("waiting for your yes"), owner=_("Caseworker"), tone="warning"),
        State("confirmed", _("imported"), tone="success", owner=_("Caseworker")),
        State("undone", _("undone"), final=True),
        State("discarded", _("discarded"), final=True),
    ),
    transitions=(
        Transition("confirm", _("Import"), ("staged",), "confirmed", Perm.REGISTER_IMPORT),
        Transition("discard", _("Discard"), ("staged",), "discarded", Perm.REGISTER_IMPORT),
        Transition("undo", _("Undo the import"), ("confirmed",), "undone", Perm.REGISTER_IMPORT),
    ),
)

WORKFLOWS = (
    ELIGIBILITY,
    CHOICE,
    ACCOUNT,
    JOURNEY,
    CASE,
    IMPORT,
    *CASEWORK_WORKFLOWS,
    CLOSING,
    CORRECTION,
    PERSON_FILE,
    *verval_workflow.WORKFLOWS,
    DATA_REQUEST,
    DATA_BREACH,
    CHILD,
    ANONYMISING,
)
