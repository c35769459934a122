"""What the page of her files shows: papers with what they prove, and the photo if she agreed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from cases.file_workflow import PERSON_FILE
from cases.masks import masked_number
from cases.models import (
    BankAccount,
    EligibilityDecision,
    PersonFile,
    Portrait,
    Referral,
    SignedStatement,
    Worker,
)
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.lib.dates import format_date

SHOWN = 100
Proof = BankAccount | SignedStatement | EligibilityDecision | Referral


def files_of(worker: Worker, user: User) -> list[dict[str, Any]]:
    """Newest first; `may_open` is false for a withdrawn paper, which only supervisors open."""
    rows = (
        PersonFile.objects.visible_to(user)
        .filter(worker=worker)
        .select_related(
            "stored", "recorded_by", "asked_by", "looked_by", "account", "statement", "decision",
            "referral__provider",
        )
        .order_by("-recorded_at", "-id")[:SHOWN]
    )  # fmt: skip
    closed = {"ask_withdrawal"} if worker.case_state != "open" else set()
    return [
        {
            "file": row,
            "proves": proof_label(proof) if (proof := _proof_of(row)) else "",
            "is_pdf": row.stored.content_type == "application/pdf",
            "may_open": row.state != "withdrawn" or user.can(Perm.FILE_WITHDRAW),
            "acts": {step.act for step in PERSON_FILE.acts_for(row, user)} - closed,
        }
        for row in rows
    ]


def proofs_of(worker: Worker, user: User) -> list[tuple[str, str]]:
    """What of hers a paper may prove, as choices: "account:<id>" and its words."""
    rows: list[tuple[str, Any]] = [
        ("account", worker.accounts.order_by("-id")),
        ("statement", worker.statements.order_by("-id")),
        ("decision", worker.eligibility_decisions.order_by("-id")),
    ]
    if Worker.objects.in_care_of(user).filter(pk=worker.pk).exists():
        rows.append(("referral", worker.referrals.select_related("provider").order_by("-id")))
    return [(f"{name}:{row.pk}", proof_label(row)) for name, found in rows for row in found]


def proof_label(row: Proof) -> str:
    if isinstance(row, BankAccount):
        return _("account %(bank)s %(number)s") % {"bank": row.bank, "number": masked_number(row)}
    if isinstance(row, SignedStatement):
        return _("statement of %(date)s") % {"date": format_date(row.signed_on)}
    if isinstance(row, EligibilityDecision):
        return _("verification of %(date)s") % {"date": format_date(row.decided_on)}
    return _("referral to %(provider)s") % {"provider": row.provider.name}


def hidden_portrait(worker: Worker, user: User) -> Portrait | None:
    """A photo that is still kept although she no longer agrees, for whoever may destroy it."""
    if not user.can(Perm.FILE_EDIT):
        return None
    rows = Portrait.objects.visible_to(user).kept().filter(worker=worker)
    return rows.exclude(pk__in=Portrait.objects.allowed().values("pk")).first()


def _proof_of(row: PersonFile) -> Proof | None:
    return row.account or row.statement or row.decision or row.referral
