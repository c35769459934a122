"""What a person still needs: her readiness as sentences, for one page or for a whole list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases import workflow
from cases.models import Worker, WorkerQuerySet
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm

Text = Any  # a lazy translation


@dataclass(frozen=True)
class Lack:
    """One thing she lacks: a code for programs, a sentence for people, and where it is mended."""

    code: str
    sentence: Text
    url_name: str = ""
    takes_worker: bool = True

    def url(self, worker_id: UUID) -> str:
        """The page that mends it; empty where nothing can be done from a page."""
        if not self.url_name:
            return ""
        return reverse(self.url_name, args=[worker_id] if self.takes_worker else [])


@dataclass(frozen=True)
class Need:
    """A lack with its question; `missing` takes a worker out of `with_readiness()`."""

    lack: Lack
    missing: Callable[[Any], bool]


DECEASED = Need(
    Lack("deceased", _("She is recorded as deceased.")),
    lambda w: w.journey_state == "deceased" or w.nik_status == Worker.NikStatus.DECEASED,
)
CASE_CLOSED = Need(Lack("case_closed", _("Her case is closed.")), lambda w: w.case_state != "open")
ELIGIBILITY = Need(
    Lack("eligibility", _("She has not been found eligible."), "cases:verification"),
    lambda w: w.eligibility != "eligible",
)
DETERMINED = Need(
    Lack(
        "determined",
        _("No decree names her yet."),
        "disbursements:decree_list",
        takes_worker=False,
    ),
    lambda w: w.determined_on is None,
)
CHILD = Need(
    Lack("child", _("She is under 18 on the day of closing: a child is protected, not paid.")),
    lambda w: w.under_age,
)
NIK = Need(
    Lack("nik", _("Her NIK is missing."), "cases:worker_edit"), lambda w: w.nik_index is None
)
CHOICE = Need(
    Lack("choice", _("She has not said whether she returns or stays."), "desk:choice"),
    lambda w: w.choice == "undecided",
)
STATEMENT = Need(
    Lack("statement", _("The statement of her present choice is not signed."), "cases:statement"),
    lambda w: w.choice != "undecided" and not w.statement_signed,
)
ACCOUNT = Need(
    Lack("account", _("She has no bank account yet."), "cases:account_add"),
    lambda w: not w.has_account,
)
ACCOUNT_ACTIVE = Need(
    Lack(
        "account_active",
        _("The bank has not confirmed that her account is active."),
        "cases:bank_check",
    ),
    lambda w: w.has_account and not w.account_active,
)
HOLDER = Need(
    Lack("holder", _("Her account does not stand in her own name."), "cases:account_holder"),
    lambda w: w.has_account and not w.holder_same,
)
HOME = Need(
    Lack("home", _("Her home region is not known."), "cases:worker_edit"),
    lambda w: w.home_regency_id is None,
)
ORIGIN = Need(
    Lack("origin", _("Her home region has not confirmed her yet.")),
    lambda w: w.home_regency_id is not None and not w.origin_confirmed,
)
NOT_RETURNING = Need(
    Lack("choice", _("She has not chosen to return."), "desk:choice"),
    lambda w: w.choice != "return",
)

FOR_MONEY = (DECEASED, CASE_CLOSED, CHILD, ELIGIBILITY, DETERMINED, NIK, CHOICE, STATEMENT)
FOR_TRANSFER = (*FOR_MONEY, ACCOUNT, ACCOUNT_ACTIVE, HOLDER)
FOR_DEPARTURE = (DECEASED, CHILD, NOT_RETURNING, HOME, ORIGIN)
_EVERYTHING = (CHILD, NIK, ACCOUNT, ACCOUNT_ACTIVE, HOLDER, CHOICE, STATEMENT, DETERMINED)
_RETURNEE = (HOME, ORIGIN)
_IN_WORDS = {
    "child": _("under 18"),
    "nik": _("NIK"),
    "account": _("account"),
    "account_active": _("bank check"),
    "holder": _("account holder"),
    "choice": _("choice"),
    "statement": _("statement"),
}

_PERMS = {
    "cases:worker_edit": Perm.WORKER_EDIT,
    "cases:verification": Perm.WORKER_VERIFY,
    "cases:account": Perm.WORKER_EDIT,
    "cases:account_add": Perm.WORKER_EDIT,
    "cases:account_holder": Perm.WORKER_EDIT,
    "cases:bank_check": Perm.BANK_CHECK,
    "desk:choice": Perm.WORKER_EDIT,
    "cases:statement": Perm.WORKER_EDIT,
    "disbursements:decree_list": Perm.DECREE_VIEW,
}

# What the rules above read, and nothing that would have to be decrypted.
_COLUMNS = (
    "id", "nik_index", "nik_status", "choice", "eligibility", "case_state", "determined_on",
    "home_regency_id",
)  # fmt: skip


def lacks_for_money(
    workers: WorkerQuerySet | Iterable[UUID], *, transfer: bool
) -> dict[UUID, list[Lack]]:
    """For each worker what stands between her and money, in one query; [] when nothing does.

    An approved batch (TRANSPORT) and arrival (JADUP, MODAL) are the kind's own condition.
    """
    return _lacks(workers, FOR_TRANSFER if transfer else FOR_MONEY)


def lacks_for_money_in_rows(
    workers: WorkerQuerySet, *more: str, transfer: bool
) -> Iterator[tuple[Any, list[Lack]]]:
    """The same for each row of a query, with `more` of its columns in the row, in one query."""
    needs = FOR_TRANSFER if transfer else FOR_MONEY
    return ((row, _missing(row, needs)) for row in _rows(workers, *more))


def lacks_for_departure(workers: WorkerQuerySet | Iterable[UUID]) -> dict[UUID, list[Lack]]:
    """For each worker what keeps her from leaving with a batch, in one query."""
    return _lacks(workers, FOR_DEPARTURE)


def readiness(worker: Any) -> list[Lack]:
    """Everything she still lacks; the worker comes out of `with_readiness().with_journey()`."""
    needs = _EVERYTHING + (_RETURNEE if worker.choice == "return" else ())
    return [need.lack for need in needs if need.missing(worker)]


def lacks_in_short(worker: Any) -> list[str]:
    """The same for a row of a list, as codes: a list says each in a word or two, looked up once."""
    return [lack.code for lack in readiness(worker) if lack.code in _IN_WORDS]


def words_for_lacks() -> dict[str, str]:
    """What a list says for each code of `lacks_in_short()`, in the language of the moment."""
    return {code: str(words) for code, words in _IN_WORDS.items()}


def task_list(worker: Any, user: User | None = None) -> list[dict[str, Any]]:
    """The part of her task list that concerns the person; money and travel are added above.

    The worker comes out of `with_readiness()`. Pages that the user may not open are no links;
    without a user there is no link at all.
    """
    tasks = [_person_task(worker), _verification_task(worker), *_paper_tasks(worker)]
    return [
        {**task, "url": reverse(name, args=[worker.pk]) if user and may_open(name, user) else ""}
        for name, task in tasks
    ]


def may_open(url_name: str, user: User) -> bool:
    """Whether this user is let into the page behind a lack or a task."""
    return bool(url_name) and (url_name not in _PERMS or user.can(_PERMS[url_name]))


def _lacks(
    workers: WorkerQuerySet | Iterable[UUID], needs: tuple[Need, ...]
) -> dict[UUID, list[Lack]]:
    if not isinstance(workers, WorkerQuerySet):
        workers = Worker.objects.filter(pk__in=list(workers))
    return {row.id: _missing(row, needs) for row in _rows(workers)}


def _rows(workers: WorkerQuerySet, *more: str) -> Any:
    return workers.with_readiness().with_journey().order_by().values_list(
        *_COLUMNS,
        "has_account", "account_active", "holder_same", "statement_signed", "origin_confirmed",
        "under_age", "journey_state", *more,
        named=True,
    )  # fmt: skip


def _missing(row: Any, needs: tuple[Need, ...]) -> list[Lack]:
    return [need.lack for need in needs if need.missing(row)]


Task = tuple[str, dict[str, Any]]

DONE = (_("Done"), "success")
TODO = (_("To do"), "info")
NOT_YET = (_("Cannot start yet"), "neutral")
PROBLEM = (_("There is a problem"), "danger")


def _task(label: Text, url_name: str, state: tuple[Text, str], hint: Text = "") -> Task:
    return url_name, {"label": label, "status": state[0], "tone": state[1], "hint": hint}


def _person_task(worker: Any) -> Task:
    state, hint = DONE, ""
    if worker.nik_status in (Worker.NikStatus.UNMATCHED, Worker.NikStatus.DECEASED):
        state, hint = PROBLEM, worker.get_nik_status_display()
    elif NIK.missing(worker):
        state, hint = TODO, NIK.lack.sentence
    elif HOME.missing(worker):
        state, hint = TODO, HOME.lack.sentence
    return _task(_("Personal data"), "cases:worker_edit", state, hint)


def _verification_task(worker: Any) -> Task:
    states = {"eligible": DONE, "not_eligible": PROBLEM, "on_hold": PROBLEM}
    state = states.get(worker.eligibility, TODO)
    hint = workflow.ELIGIBILITY.state(worker.eligibility).label
    return _task(_("Verification"), "cases:verification", state, hint)


def _paper_tasks(worker: Any) -> list[Task]:
    undecided = CHOICE.missing(worker)
    hint = workflow.CHOICE.state(worker.choice).label
    if undecided:
        # Nothing can be signed before she has chosen: no link.
        statement = _task(_("Statement"), "", NOT_YET, CHOICE.lack.sentence)
    elif STATEMENT.missing(worker):
        statement = _task(_("Statement"), "cases:statement", TODO, STATEMENT.lack.sentence)
    else:
        statement = _task(_("Statement"), "", DONE)
    choice = _task(_("Choice"), "desk:choice", TODO if undecided else DONE, hint)
    return [_account_task(worker), choice, statement]


def _account_task(worker: Any) -> Task:
    if worker.account_state in ("blocked", "dormant", "name_differs"):
        state, hint = PROBLEM, workflow.ACCOUNT.state(worker.account_state).label
    else:
        lacks = [n.lack.sentence for n in (ACCOUNT, ACCOUNT_ACTIVE, HOLDER) if n.missing(worker)]
        state, hint = (TODO, lacks[0]) if lacks else (DONE, "")
    page = "cases:account_add" if ACCOUNT.missing(worker) else "cases:account"
    return _task(_("Account"), page, state, hint)
