"""Corrections: proposed by the administrator, accepted by a supervisor, applied in one act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.postgres.functions import TransactionNow
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.actions.accounts import AccountFacts, edit_holder, replace_account
from cases.actions.sets import is_open, locked
from cases.actions.workers import edit_worker
from cases.correction_workflow import CORRECTION
from cases.identity import normal_account
from cases.models import BankAccount, Correction, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.lib.dates import ADULT, DateError, parse_date, today
from kotim_social.lib.names import tidy_name
from kotim_social.lib.nik import NikError, parse_nik
from kotim_social.workflow import Refused

OF_ACCOUNT = frozenset({"bank", "number", "holder"})
_LONGEST = {
    "name": 120, "mother_name": 120, "birth_place": 80, "phone": 60, "home_address": 300,
    "bank": 40, "number": 34, "holder": 120,
}  # fmt: skip


def account_of(worker: Worker) -> BankAccount | None:
    """Her account that has a number and is not closed."""
    rows = BankAccount.objects.filter(worker=worker, number_index__isnull=False)
    return rows.exclude(state="closed").first()


def stands_now(worker: Worker, field: str) -> str:
    """What is stored in the field, as text; empty when nothing is."""
    if field in OF_ACCOUNT:
        account = account_of(worker)
        return str(getattr(account, field) or "") if account is not None else ""
    value = getattr(worker, field)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def as_stored(worker: Worker, field: str, text: str) -> str:
    """What was typed, in the form in which it is stored; Refused when it cannot be."""
    typed = " ".join(text.split())
    if not typed:
        raise Refused(_("Write what should stand there."))
    readers: dict[str, Callable[[str], str]] = {
        "name": tidy_name,
        "mother_name": tidy_name,
        "nik": lambda value: parse_nik(value).value,
        "birth_date": lambda value: _birth_date(worker, value),
        "number": normal_account,
    }
    try:
        stored = readers.get(field, str)(typed)
    except (NikError, DateError) as error:
        raise Refused(error.sentence) from None
    if not stored or len(stored) > _LONGEST.get(field, 40):
        raise Refused(_("This value cannot be stored in the field."))
    return stored


@transaction.atomic
def propose(
    *, worker: Worker, field: str, new: str, reason: str, evidence: str, by: User
) -> Correction:
    """Keeps what stands there now beside what should; nothing is changed yet."""
    if not by.can(Perm.CORRECTION_PROPOSE):
        raise Refused(_("You do not have the right to do this."))
    person = locked([worker], by=by)[0]
    if against := is_open(person):
        raise Refused(*against)
    if field not in Correction.Field.values:
        raise Refused(_("Choose a field."))
    if not reason.strip() or not evidence.strip():
        raise Refused(_("Give the reason and the paper on which it is seen."))
    if field in OF_ACCOUNT and account_of(person) is None:
        raise Refused(_("She has no bank account yet."))
    stored, old = as_stored(person, field, new), stands_now(person, field)
    if stored == old:
        raise Refused(_("This is what stands there already."))
    try:
        with transaction.atomic():
            correction = Correction.objects.create(
                worker=person,
                field=field,
                old=old,
                new=stored,
                reason=reason.strip(),
                evidence=evidence.strip(),
                proposed_by=by,
            )
    except IntegrityError:
        raise Refused(_("A correction of this field waits already.")) from None
    record("correction.propose", by=by, obj=correction, changes={"field": [None, field]})
    return correction


@transaction.atomic
def accept(*, correction: Correction, by: User) -> Correction:
    """Applies it, if what it was proposed against still stands there."""
    person = locked([correction.worker_id], by=by)[0]
    if against := is_open(person):
        raise Refused(*against)
    # The time of the transaction: by it the database knows the change that this row allows.
    correction = CORRECTION.apply(
        correction, "accept", by=by, decided_at=TransactionNow(), decided_by=by
    )
    correction.refresh_from_db()
    if stands_now(person, correction.field) != correction.old:
        raise Refused(
            _("Somebody has changed this field since the correction was proposed. Decline it.")
        )
    _apply(person, correction, by)
    return correction


@transaction.atomic
def decline(*, correction: Correction, reason: str, by: User) -> Correction:
    locked([correction.worker_id], by=by)
    return CORRECTION.apply(
        correction,
        "decline",
        by=by,
        reason=reason,
        decided_at=TransactionNow(),
        decided_by=by,
        decided_because=reason.strip(),
    )


def _apply(person: Worker, correction: Correction, by: User) -> None:
    field, new = correction.field, correction.new
    if field not in OF_ACCOUNT:
        value: Any = date.fromisoformat(new) if field == "birth_date" else new
        edit_worker(worker=person, values={field: value}, version=person.version, by=by)
        return
    account = account_of(person)
    assert account is not None
    if field == "holder":
        edit_holder(
            worker=person,
            holder=new,
            evidence=account.evidence,
            version=account.version,
            by=by,
        )
        return
    # Another number or bank is another account: the bank is asked about it again.
    facts = {"bank": account.bank, "number": account.number or "", field: new}
    replace_account(
        worker=person,
        facts=AccountFacts(
            holder=account.holder,
            opened_on=today(),
            shared_because=account.shared_because,
            **facts,
        ),
        by=by,
    )


def _birth_date(worker: Worker, text: str) -> str:
    born = parse_date(text)
    if born > today():
        raise Refused(_("The date lies in the future."))
    if worker.place.age_on_closing(born) < ADULT:
        raise Refused(_("She is under 18 on the day of closing: a child is never registered here."))
    return born.isoformat()
