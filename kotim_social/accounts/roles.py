"""Every permission and every role, on one screen."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Perm(StrEnum):
    """What a person may do. Scope (whose data) is a second question, see access.py."""

    WORKER_VIEW = "worker.view"
    WORKER_EDIT = "worker.edit"
    WORKER_REVEAL = "worker.reveal"
    WORKER_VERIFY = "worker.verify"
    WORKER_MERGE = "worker.merge"
    CASE_CLOSE = "case.close"
    STAGE_FREEZE = "stage.freeze"
    OBJECTION_DECIDE = "objection.decide"
    PROPOSAL_CHECK = "proposal.check"
    PROPOSAL_DECIDE = "proposal.decide"
    CLOSING_EDIT = "closing.edit"
    CHILD_VIEW = "child.view"
    CHILD_CARE = "child.care"
    CHILD_ASSIGN = "child.assign"
    FILE_VIEW = "file.view"
    FILE_EDIT = "file.edit"
    FILE_WITHDRAW = "file.withdraw"
    CASEWORK_VIEW = "casework.view"
    CASEWORK_EDIT = "casework.edit"
    CASEWORK_REVIEW = "casework.review"
    CASELOAD_OFFER = "caseload.offer"
    CASELOAD_ACCEPT = "caseload.accept"
    REGISTER_IMPORT = "register.import"
    BANK_CHECK = "bank.check"
    DECREE_VIEW = "decree.view"
    DECREE_SIGN = "decree.sign"
    PROGRAMME_VIEW = "programme.view"
    PROGRAMME_EDIT = "programme.edit"
    LIST_VIEW = "list.view"
    LIST_PREPARE = "list.prepare"
    LIST_VERIFY = "list.verify"
    LIST_APPROVE = "list.approve"
    LIST_PAY = "list.pay"
    BATCH_VIEW = "batch.view"
    BATCH_PLAN = "batch.plan"
    BATCH_CONFIRM = "batch.confirm"
    BATCH_TRAVEL = "batch.travel"
    REPORT_VIEW = "report.view"
    PAPER_ISSUE = "paper.issue"
    JOB_RUN = "job.run"
    REPORT_EXPORT = "report.export"
    TRAIL_VIEW = "trail.view"
    USER_ADMIN = "user.admin"
    CORRECTION_PROPOSE = "correction.propose"
    CORRECTION_ACCEPT = "correction.accept"
    DATA_SHEET = "data.sheet"
    DATA_REQUEST = "data.request"
    DATA_ANSWER = "data.answer"
    BREACH_REPORT = "breach.report"
    BREACH_VIEW = "breach.view"
    BREACH_HANDLE = "breach.handle"
    RETENTION_PROPOSE = "retention.propose"
    RETENTION_ACCEPT = "retention.accept"
    STATISTICS_VIEW = "statistics.view"
    STATISTICS_ISSUE = "statistics.issue"
    PROCESSING_VIEW = "processing.view"
    PROCESSING_ISSUE = "processing.issue"


class Role(models.TextChoices):
    PETUGAS = "petugas", _("Caseworker")
    VERIFIKATOR = "verifikator", _("Verifier")
    PIMPINAN = "pimpinan", _("Supervisor")
    BENDAHARA = "bendahara", _("Treasurer")
    ADMIN = "admin", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


# Looking at people, money and travel; everybody inside may, within their scope.
_LOOK = {Perm.WORKER_VIEW, Perm.LIST_VIEW, Perm.DECREE_VIEW, Perm.BATCH_VIEW, Perm.PROGRAMME_VIEW}

ROLE_PERMISSIONS: dict[Role, frozenset[Perm]] = {
    Role.PETUGAS: frozenset(
        _LOOK
        | {
            Perm.WORKER_EDIT,
            Perm.WORKER_REVEAL,
            Perm.CHILD_CARE,
            Perm.FILE_VIEW,
            Perm.FILE_EDIT,
            Perm.CASEWORK_VIEW,
            Perm.CASEWORK_EDIT,
            Perm.CASELOAD_OFFER,
            Perm.CASELOAD_ACCEPT,
            Perm.REGISTER_IMPORT,
            Perm.BANK_CHECK,
            Perm.LIST_PREPARE,
            Perm.BATCH_PLAN,
            Perm.BATCH_TRAVEL,
            Perm.REPORT_VIEW,
            Perm.JOB_RUN,
            Perm.DATA_REQUEST,
            Perm.BREACH_REPORT,
        }
    ),
    Role.VERIFIKATOR: frozenset(
        _LOOK
        | {
            Perm.WORKER_VERIFY,
            Perm.WORKER_REVEAL,
            Perm.FILE_VIEW,
            Perm.PROPOSAL_CHECK,
            Perm.LIST_VERIFY,
            Perm.REPORT_VIEW,
            Perm.JOB_RUN,
            Perm.BREACH_REPORT,
        }
    ),
    Role.PIMPINAN: frozenset(
        _LOOK
        | {
            Perm.WORKER_EDIT,
            Perm.WORKER_REVEAL,
            Perm.WORKER_MERGE,
            Perm.CASE_CLOSE,
            Perm.CHILD_VIEW,
            Perm.CHILD_CARE,
            Perm.CHILD_ASSIGN,
            Perm.FILE_VIEW,
            Perm.FILE_EDIT,
            Perm.FILE_WITHDRAW,
            Perm.CASEWORK_VIEW,
            Perm.CASEWORK_EDIT,
            Perm.CASEWORK_REVIEW,
            Perm.CASELOAD_OFFER,
            Perm.STAGE_FREEZE,
            Perm.OBJECTION_DECIDE,
            Perm.PROPOSAL_DECIDE,
            Perm.CLOSING_EDIT,
            Perm.DECREE_SIGN,
            Perm.PROGRAMME_EDIT,
            Perm.LIST_APPROVE,
            Perm.BATCH_CONFIRM,
            Perm.REPORT_VIEW,
            Perm.PAPER_ISSUE,
            Perm.JOB_RUN,
            Perm.REPORT_EXPORT,
            Perm.TRAIL_VIEW,
            Perm.CORRECTION_ACCEPT,
            Perm.DATA_SHEET,
            Perm.DATA_REQUEST,
            Perm.DATA_ANSWER,
            Perm.PROCESSING_ISSUE,
            Perm.PROCESSING_VIEW,
            Perm.BREACH_REPORT,
            Perm.BREACH_VIEW,
            Perm.BREACH_HANDLE,
            Perm.STATISTICS_VIEW,
            Perm.STATISTICS_ISSUE,
            Perm.RETENTION_PROPOSE,
            Perm.RETENTION_ACCEPT,
        }
    ),
    Role.BENDAHARA: frozenset(
        _LOOK
        | {
            Perm.WORKER_REVEAL,
            Perm.FILE_VIEW,
            Perm.LIST_PAY,
            Perm.PROGRAMME_EDIT,
            Perm.REPORT_VIEW,
            Perm.PAPER_ISSUE,
            Perm.JOB_RUN,
            Perm.REPORT_EXPORT,
            Perm.BREACH_REPORT,
        }
    ),
    Role.ADMIN: frozenset(
        {
            Perm.WORKER_VIEW,
            Perm.USER_ADMIN,
            Perm.CORRECTION_PROPOSE,
            Perm.PROCESSING_VIEW,
            Perm.BREACH_REPORT,
            Perm.RETENTION_PROPOSE,
        }
    ),
    Role.AUDITOR: frozenset(
        _LOOK
        | {
            Perm.REPORT_VIEW,
            # A large paper is made in the background, also for whoever only looks.
            Perm.JOB_RUN,
            Perm.TRAIL_VIEW,
            Perm.PROCESSING_VIEW,
            Perm.BREACH_VIEW,
            Perm.STATISTICS_VIEW,
        }
    ),
}

# A caseworker sees the lokalisasi assigned to her and the cases handed to her; the others see all.
SCOPED_ROLES = frozenset({Role.PETUGAS})

# Whoever verifies, approves, pays or administers proves it with a second factor.
SECOND_FACTOR_ROLES = frozenset({Role.VERIFIKATOR, Role.PIMPINAN, Role.BENDAHARA, Role.ADMIN})

# Pairs that one person never holds at once: the eyes on a payment are four people's.
INCOMPATIBLE = frozenset(
    {
        frozenset({Role.PETUGAS, Role.VERIFIKATOR}),
        frozenset({Role.PETUGAS, Role.PIMPINAN}),
        frozenset({Role.PETUGAS, Role.BENDAHARA}),
        frozenset({Role.VERIFIKATOR, Role.PIMPINAN}),
        frozenset({Role.VERIFIKATOR, Role.BENDAHARA}),
        frozenset({Role.PIMPINAN, Role.BENDAHARA}),
        *(frozenset({Role.ADMIN, role}) for role in Role if role != Role.ADMIN),
        *(frozenset({Role.AUDITOR, role}) for role in Role if role != Role.AUDITOR),
    }
)


def permissions_of(roles: set[Role]) -> frozenset[Perm]:
    """The union of what the roles may do."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))


def permissions_as_markdown() -> str:
    """The generated page docs/permissions.md."""
    roles = list(Role)
    lines = ["# Permissions", "", "Generated by `manage.py write_docs`; do not edit.", ""]
    lines.append("| Permission | " + " | ".join(role.value for role in roles) + " |")
    lines.append("|---|" + "---|" * len(roles))
    for perm in Perm:
        marks = ["yes" if perm in ROLE_PERMISSIONS[role] else "" for role in roles]
        lines.append(f"| `{perm.value}` | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"
