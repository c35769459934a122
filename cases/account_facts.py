"""What stands out about an account: whose name, whose number else, and where book and card are."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from cases.models import BankAccount, BookHandOver, Worker
from kotim_social.accounts.models import User
from kotim_social.audit.scope import whole_office

NAMED = 3


@dataclass(frozen=True)
class Caution:
    """Something about the account that is not as it should be, and what to do about it."""

    sentence: str
    hint: str
    people: list[Worker] = field(default_factory=list)
    tone: str = "warning"


def cautions(worker: Worker, account: BankAccount | None, user: User) -> list[Caution]:
    """Nobody outside this user's scope is named; that there is somebody is said."""
    if account is None:
        return []
    found = [_other_name(worker, account), _same_number(worker, account, user)]
    return [caution for caution in found if caution is not None]


def _other_name(worker: Worker, account: BankAccount) -> Caution | None:
    if account.holder_folded == worker.name_folded:
        return None
    names = {"holder": account.holder or "–", "name": worker.name}
    return Caution(
        _("The account stands in the name “%(holder)s”; her name is “%(name)s”.") % names,
        _(
            "Money goes only to an account in her own name. If the savings book shows her name, "
            "correct the name of the holder here; if it does not, ask the bank to mend it, or "
            "replace the account by one of her own."
        ),
        tone="danger",
    )


def _same_number(worker: Worker, account: BankAccount, user: User) -> Caution | None:
    if account.number_index is None:
        return None
    same = BankAccount.objects.filter(number_index=account.number_index).exclude(state="closed")
    # A record that was merged away is hers, or nobody's any more.
    others = same.exclude(worker=worker).exclude(worker__case_state="merged")
    with whole_office():
        ids = set(others.values_list("worker", flat=True))
    if not ids:
        return None
    seen = list(Worker.objects.visible_to(user).filter(pk__in=ids).order_by("register_no"))
    hidden = len(ids) - len(seen)
    if account.shared_because:
        hint = _("A supervisor explained it: %(why)s") % {"why": account.shared_because}
    elif hidden:
        hint = _("One of these records is not in your care: see a supervisor before she is paid.")
    else:
        hint = _(
            "Look at both savings books. The account that is not her own is replaced; if both are "
            "one person, the records are merged."
        )
    return Caution(
        _("The same account number stands at another record."),
        hint,
        seen[:NAMED],
        "info" if account.shared_because else "danger",
    )


@dataclass(frozen=True)
class Book:
    """Where the book and the card of one account are, out of the rows that stand."""

    rows: list[BookHandOver]

    @property
    def has_book(self) -> bool:
        return any(row.book for row in self.rows)

    @property
    def has_card(self) -> bool:
        return any(row.card or row.no_card for row in self.rows)

    @property
    def is_whole(self) -> bool:
        return self.has_book and self.has_card

    @property
    def lack(self) -> str:
        """What she does not have in her hands yet, as a sentence; empty when nothing is missing."""
        if self.is_whole:
            return ""
        if self.has_book:
            return _("The card is not handed over to her yet.")
        if self.has_card:
            return _("The savings book is not handed over to her yet.")
        return _("Savings book and card are not handed over to her yet.")


def book_of(account: BankAccount, *, besides: BookHandOver | None = None) -> Book:
    """`besides` is left out: a row that is about to be corrected."""
    rows = BookHandOver.objects.filter(account=account).standing()
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    return Book(list(rows.order_by("handed_on", "pk")))


def missing_book() -> Q:
    """Workers who have an account number, but not yet both book and card in their own hands."""
    hers = BankAccount.objects.filter(worker=OuterRef("pk"), number_index__isnull=False)
    rows = BookHandOver.objects.filter(account=OuterRef("pk")).standing()
    whole = hers.exclude(state="closed").filter(
        Exists(rows.filter(book=True)), Exists(rows.filter(Q(card=True) | Q(no_card=True)))
    )
    return Q(Exists(hers.exclude(state="closed"))) & ~Q(Exists(whole))
