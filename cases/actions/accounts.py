"""Her bank account: first, replaced, corrected, and what the bank says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cases import workflow
from cases.actions.sets import (
    Against,
    People,
    is_open,
    locked,
    not_before,
    refuse_if_payee_is_fixed,
    refuse_unless_ready,
)
from cases.identity import account_index, folded, normal_account
from cases.models import BankAccount, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.scope import whole_office
from kotim_social.audit.trail import build, record, record_many
from kotim_social.lib.dates import today
from kotim_social.lib.nik import mask_account
from kotim_social.workflow import Refused

Accounts = dict[Any, BankAccount]


@dataclass(frozen=True, kw_only=True)
class AccountFacts:
    """What the savings book says; without a number the account is only applied for."""

    bank: str
    number: str = ""
    holder: str = ""
    opened_on: date | None = None
    # A supervisor's explanation why the number may stand at another person as well.
    shared_because: str = ""


@dataclass(frozen=True, kw_only=True)
class BankAnswer:
    """What the bank said on a day; `act` is a transition of workflow.ACCOUNT."""

    act: str
    checked_on: date
    evidence: str


def open_accounts(workers: list[Worker]) -> Accounts:
    """Worker id → her account that is not closed; one query."""
    rows = BankAccount.objects.filter(worker__in=[w.pk for w in workers]).exclude(state="closed")
    return {account.worker_id: account for account in rows}


@transaction.atomic
def add_account(*, worker: Worker, facts: AccountFacts, by: User) -> BankAccount:
    person = _person(worker, by=by)
    if open_accounts([person]):
        raise Refused(_("She already has an account; replace that one."))
    return _create(person, facts, by=by, act="bankaccount.add")


@transaction.atomic
def replace_account(*, worker: Worker, facts: AccountFacts, by: User) -> BankAccount:
    """Closes the account she has and writes the new one; both stay in her history."""
    person = _person(worker, by=by)
    old = open_accounts([person]).get(person.pk)
    if old is None:
        raise Refused(_("She has no account that could be replaced."))
    try:
        workflow.ACCOUNT.apply(old, "close", by=by)
    except IntegrityError as error:
        refuse_if_payee_is_fixed(error)
        raise
    return _create(person, facts, by=by, act="bankaccount.replace")


@transaction.atomic
def record_number(*, worker: Worker, facts: AccountFacts, by: User) -> BankAccount:
    """The account that was applied for has been opened."""
    person = _person(worker, by=by)
    account = open_accounts([person]).get(person.pk)
    if account is None or account.state != "applied":
        raise Refused(_("No account is waiting for its number."))
    if not normal_account(facts.number):
        raise Refused(_("Write the account number."))
    account = _locked(account)
    _fill(account, person, facts, by=by)
    _save(account)
    return workflow.ACCOUNT.apply(account, "open", by=by, opened_on=facts.opened_on)


@transaction.atomic
def edit_holder(
    *, worker: Worker, holder: str, evidence: str, version: int, by: User
) -> BankAccount:
    """Corrects the name on the account, as the savings book shows it."""
    person = _person(worker, by=by)
    account = open_accounts([person]).get(person.pk)
    if account is None:
        raise Refused(_("She has no bank account yet."))
    account = _locked(account)
    if account.version != version:
        raise Refused(_("Somebody else has changed this account meanwhile. Look at it again."))
    before, account.holder = account.holder, holder
    account.holder_folded = folded(holder)
    account.evidence = evidence
    account.version += 1
    _save(account, ["holder", "holder_folded", "evidence", "version"])
    record("bankaccount.edit_holder", by=by, obj=account, changes={"holder": [before, holder]})
    return account


def against_answer(accounts: Accounts, answer: BankAnswer, *, by: User) -> Against:
    """What stands against the bank's answer for one of the people."""

    def against(worker: Worker) -> list[str]:
        account = accounts.get(worker.pk)
        if account is None:
            return [_("She has no bank account yet.")]
        return (
            is_open(worker)
            or workflow.ACCOUNT.can(account, by, answer.act)
            or not_before(worker, answer.checked_on, account.checked_on or account.opened_on)
        )

    return against


@transaction.atomic
def record_bank_check(*, workers: People, answer: BankAnswer, by: User) -> int:
    """One answer of the bank for a set of people; returns how many. All or nobody."""
    people = locked(workers, by=by)
    if not answer.evidence.strip():
        raise Refused(_("Say what the bank's answer is written on."))
    held = open_accounts(people)
    ids = [account.pk for account in held.values()]
    rows = BankAccount.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    accounts = {account.worker_id: account for account in rows}
    refuse_unless_ready(people, against_answer(accounts, answer, by=by))
    target = workflow.ACCOUNT.transition(answer.act).target
    BankAccount.objects.filter(pk__in=ids).update(
        state=target,
        checked_on=answer.checked_on,
        evidence=answer.evidence.strip(),
        version=F("version") + 1,
    )
    record_many(
        build(
            f"bankaccount.{answer.act}",
            by=by,
            object_type="cases.bankaccount",
            object_id=str(account.pk),
            changes={
                "state": [account.state, target],
                "checked_on": [_iso(account.checked_on), answer.checked_on.isoformat()],
            },
        )
        for account in accounts.values()
    )
    return len(people)


@whole_office()
def is_elsewhere(number: str, worker: Worker) -> bool:
    """Whether the number stands at another person, whoever may see that person."""
    index = account_index(number)
    rows = BankAccount.objects.filter(number_index=index).exclude(state="closed")
    return index is not None and rows.exclude(worker=worker).exists()


def _person(worker: Worker, *, by: User) -> Worker:
    if not by.can(Perm.WORKER_EDIT):
        raise Refused(_("You do not have the right to do this."))
    person = locked([worker], by=by)[0]
    if against := is_open(person):
        raise Refused(*against)
    return person


def _locked(account: BankAccount) -> BankAccount:
    return BankAccount.objects.select_for_update().get(pk=account.pk)


def _create(person: Worker, facts: AccountFacts, *, by: User, act: str) -> BankAccount:
    account = BankAccount(worker=person, recorded_by=by)
    _fill(account, person, facts, by=by)
    account.state = "opened" if account.number else "applied"
    account.opened_on = facts.opened_on if account.number else None
    _save(account)
    record(
        act,
        by=by,
        obj=account,
        reason=account.shared_because,
        changes={"bank": [None, account.bank], "number": [None, mask_account(account.number)]},
    )
    return account


def _fill(account: BankAccount, person: Worker, facts: AccountFacts, *, by: User) -> None:
    number = normal_account(facts.number)
    # An account may be older than her registration, but not younger than today.
    if facts.opened_on and facts.opened_on > today():
        raise Refused(_("The date lies in the future."))
    shared = facts.shared_because.strip()
    if number and is_elsewhere(number, person):
        if not by.can(Perm.CORRECTION_ACCEPT):
            raise Refused(
                _("This account number already belongs to another record; see a supervisor.")
            )
        if not shared:
            raise Refused(
                _("This account number already belongs to another record. Write why both have it.")
            )
    else:
        shared = ""
    account.bank = facts.bank
    account.number = number or None
    account.number_index = account_index(number)
    account.holder = facts.holder or person.name
    account.holder_folded = folded(account.holder)
    account.shared_because = shared


def _save(account: BankAccount, columns: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            account.save(update_fields=columns)
    except IntegrityError as error:
        refuse_if_payee_is_fixed(error)
        # Somebody wrote the same number, or her account, between the question and this answer.
        raise Refused(_("This account number already belongs to another record.")) from None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
