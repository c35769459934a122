"""Handing savings book and card over to her, and correcting what was written down of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.account_facts import book_of
from cases.actions.sets import is_open, locked, not_before
from cases.actions.statements import WITNESSES, names_of_witnesses
from cases.models import BankAccount, BookHandOver, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """What happened on the day: `book` and `card` are what she took, `no_card` that none exists."""

    handed_on: date
    witnesses: str
    way: str = BookHandOver.Way.HANDED
    handed_by_name: str = ""
    book: bool = False
    card: bool = False
    no_card: bool = False
    by_thumb: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.book or self.card or self.no_card)


@transaction.atomic
def draw_up_hand_over(*, worker: Worker, facts: HandOver, by: User) -> BookHandOver:
    """The row of a new hand-over, not yet kept: its minutes are drawn up first."""
    person = _person(worker, by=by)
    account = _account_in_use(person)
    if facts.is_empty:
        raise Refused(_("Say what she got: the book, the card, or both."))
    _refuse_twice(account, facts)
    return _row(person, account, facts, by=by)


@transaction.atomic
def draw_up_correction(
    *, row: BookHandOver, facts: HandOver, because: str, by: User
) -> BookHandOver:
    """The row that will stand instead; with nothing in it nothing was handed over at all."""
    person = _person(row.account.worker, by=by)
    if not because.strip():
        raise Refused(_("Give a reason."))
    if BookHandOver.objects.filter(corrects=row).exists():
        raise Refused(_("This entry is corrected already: correct the newer one."))
    if facts.is_empty:
        # What is struck out keeps its day and its names; only what she got is taken back.
        facts = replace(
            facts,
            way=row.way,
            handed_on=row.handed_on,
            handed_by_name=row.handed_by_name,
            witnesses=row.witnesses,
        )
    _refuse_twice(row.account, facts, besides=row)
    new = _row(person, row.account, facts, by=by)
    new.corrects, new.because = row, because.strip()
    return new


@transaction.atomic
def keep_hand_over(row: BookHandOver, *, by: User) -> BookHandOver:
    """Writes the row that was drawn up, with its minutes, and the trail."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused(_("This entry is corrected already: correct the newer one.")) from None
    things = [name for name in ("book", "card", "no_card") if getattr(row, name)]
    record(
        "bankaccount.correct_hand_over" if row.corrects_id else "bankaccount.hand_over_book",
        by=by,
        obj=row.account,
        reason=row.because or "",
        changes={"handed_on": [None, row.handed_on.isoformat()], "things": [None, things]},
    )
    return row


def _person(worker: Worker, *, by: User) -> Worker:
    if not by.can(Perm.WORKER_EDIT):
        raise Refused(_("You do not have the right to do this."))
    person = locked([worker], by=by)[0]
    if against := is_open(person):
        raise Refused(*against)
    return person


def _account_in_use(person: Worker) -> BankAccount:
    account = BankAccount.objects.filter(worker=person).exclude(state="closed").first()
    if account is None or account.number_index is None:
        raise Refused(_("Record the number of her account first."))
    return account


def _refuse_twice(
    account: BankAccount, facts: HandOver, *, besides: BookHandOver | None = None
) -> None:
    """What she has already she cannot be handed again; the wrong entry is corrected."""
    book = book_of(account, besides=besides)
    if facts.book and book.has_book:
        raise Refused(_("She has the savings book already. If that is wrong, correct the entry."))
    if (facts.card or facts.no_card) and book.has_card:
        raise Refused(_("The card is settled already. If that is wrong, correct the entry."))


def _row(person: Worker, account: BankAccount, facts: HandOver, *, by: User) -> BookHandOver:
    handed = facts.way == BookHandOver.Way.HANDED
    against = not_before(person, facts.handed_on, account.opened_on)
    if facts.way not in BookHandOver.Way.values:
        against.append(_("Choose one."))
    if facts.card and facts.no_card:
        against.append(_("Either she got a card, or the bank gives none."))
    if handed and not facts.handed_by_name.strip():
        against.append(_("Say who handed them over."))
    names = names_of_witnesses(facts.witnesses)
    if len(names) < WITNESSES:
        against.append(_("Name the two witnesses."))
    if against:
        raise Refused(*against)
    return BookHandOver(
        account=account,
        way=facts.way,
        handed_on=facts.handed_on,
        handed_by_name=facts.handed_by_name.strip() if handed else "",
        book=facts.book,
        card=facts.card,
        no_card=facts.no_card,
        witnesses=", ".join(names),
        by_thumb=facts.by_thumb,
        recorded_by=by,
    )
