"""People of the office, registered women and payment lists for tests: all by the real actions.

Names and numbers follow from how many rows there are, so a test gets the same ones in every run.
Dates of business lie in November and December 2017; acts on lists take today, as the program does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from cases.actions import accounts as bank_accounts
from cases.actions import correcting, journey
from cases.actions.registering import NewAccount, NewPerson, register_people
from cases.actions.statements import record_statements
from cases.actions.verification import Finding, decide_eligibility
from cases.models import Worker
from disbursements.actions import decrees, lists, results
from disbursements.models import (
    AssistanceKind,
    BudgetYear,
    Decree,
    Funder,
    PaymentLine,
    PaymentList,
)
from kotim_social.accounts import actions as office
from kotim_social.accounts.models import RoleGrant, User
from kotim_social.accounts.roles import Role
from kotim_social.lib.dates import today
from kotim_social.regions.models import Lokalisasi, Place
from tests import remembered

YEAR = 2017
HIRED = date(2017, 1, 2)
REGISTERED = date(2017, 11, 1)
FOUND_ELIGIBLE = date(2017, 11, 6)
SIGNED = date(2017, 11, 7)
BANK_ANSWERED = date(2017, 11, 8)
DECIDED = date(2017, 11, 20)
BATCH_APPROVED = date(2017, 11, 22)
BOARDED = date(2017, 11, 29)
ARRIVED = date(2017, 12, 2)

_FIRST = (
    "Ani", "Beti", "Citra", "Dewi", "Eka", "Fitri", "Gita", "Hana", "Indah", "Kartika",
    "Lestari", "Mawar", "Nurul", "Puji", "Ratna", "Sari", "Tuti", "Umi", "Wati", "Yanti",
)  # fmt: skip
_LAST = (
    "Astuti", "Budiarti", "Cahyani", "Damayanti", "Erawati", "Febriani", "Handayani", "Kusuma",
    "Lukita", "Maharani", "Ningsih", "Permata", "Rahayu", "Setiawati", "Utami", "Wahyuni",
)  # fmt: skip


# -- the office --------------------------------------------------------------------------------


def make_user(
    role: Role | str, *, lokalisasi: str | Sequence[str] = "all", username: str | None = None
) -> User:
    """Somebody who has held the role for long; a caseworker sees the lokalisasi named."""
    admin = _admin()
    name = username or f"{role}{User.objects.count()}"
    user = office.create_user(username=name, full_name=f"Uji {name}", by=admin)
    office.grant_role(user=user, role=Role(role), by=admin, valid_from=HIRED)
    if role == Role.PETUGAS:
        rows = Lokalisasi.objects.all()
        if lokalisasi != "all":
            rows = rows.filter(pk__in=[lokalisasi] if isinstance(lokalisasi, str) else lokalisasi)
        for row in rows:
            office.assign(user=user, lokalisasi=row, by=admin, valid_from=HIRED)
    return fresh(user)


def _admin() -> User:
    """The first administrator, whom nobody could have made."""
    found = User.objects.filter(username="tata.usaha").first()
    if found is not None:
        return found
    admin = office.create_user(username="tata.usaha", full_name="Uji Tata Usaha", by=None)
    office.grant_role(user=admin, role=Role.ADMIN, by=None, valid_from=HIRED)
    return fresh(admin)


def fresh(user: User) -> User:
    """The same person with nothing remembered: roles are read once for each object."""
    return User.objects.get(pk=user.pk)


def change_role(user: User, role: Role | str) -> User:
    """Ends her role with yesterday and gives her another from today on; once for each person."""
    admin = _admin()
    grant = RoleGrant.objects.get(user=user, valid_until=None)
    office.end_role(grant=grant, by=admin, last_day=today() - timedelta(days=1))
    office.grant_role(user=user, role=Role(role), by=admin)
    if role == Role.PETUGAS:
        for row in Lokalisasi.objects.exclude(pk__in=user.lokalisasi_ids):
            office.assign(user=user, lokalisasi=row, by=admin)
    return fresh(user)


@dataclass(frozen=True)
class Four:
    """The four pairs of eyes, and a second caseworker and a second treasurer."""

    petugas: User
    verifikator: User
    pimpinan: User
    bendahara: User
    petugas2: User
    bendahara2: User


def the_four() -> Four:
    """Walks the real acts once in each process; an office without people then gets their rows."""
    roles = ("petugas", "verifikator", "pimpinan", "bendahara", "petugas", "bendahara")
    users = remembered.once("the four", lambda: [make_user(role) for role in roles])
    return Four(*users)


# -- people ------------------------------------------------------------------------------------


def name_of(n: int) -> str:
    """Distinct for the first 320, and again distinct with a third name after them."""
    first, last = _FIRST[n % len(_FIRST)], _LAST[n // len(_FIRST) % len(_LAST)]
    rounds = n // (len(_FIRST) * len(_LAST))
    return f"{first} {last}" + (f" {_LAST[rounds - 1]}" if rounds else "")


def nik_of(n: int, born: date) -> str:
    """A valid number of a woman; the serial tells people of the same day apart."""
    return f"620206{born.day + 40:02d}{born:%m%y}{n % 9999 + 1:04d}"


def register(
    n: int,
    *,
    by: User,
    place: str = "KM12",
    choice: str = "return",
    nik: bool = True,
    account: bool = True,
    home: str | None = "35.09",
) -> list[Worker]:
    """Registers `n` people of one place, in the order of their register numbers."""
    start = Worker.objects.count()
    people = []
    for number in range(start, start + n):
        born = date(1985, 1, 1) + timedelta(days=number)
        people.append(
            NewPerson(
                name=name_of(number),
                birth_date=born,
                birth_place="Jember",
                place_code=place,
                mother_name=f"Ibu {name_of(number)}",
                nik=nik_of(number, born) if nik else None,
                home_regency_code=home,
                account=NewAccount(bank="BRI", number=f"{7_000_000_000 + number}")
                if account
                else None,
                choice=choice,
            )
        )
    return register_people(people, by=by, registered_on=REGISTERED)


def ids(workers: Iterable[Worker]) -> list[UUID]:
    return [worker.pk for worker in workers]


def make_ready(workers: Sequence[Worker], *, four: Four) -> list[Worker]:
    """Found eligible, the statement of her choice signed, her account confirmed by the bank."""
    find_eligible(workers, by=four.verifikator)
    rows = list(Worker.objects.filter(pk__in=ids(workers)).order_by("register_no"))
    decided = [worker.pk for worker in rows if worker.choice != "undecided"]
    if decided:
        record_statements(
            workers=decided, signed_on=SIGNED, witnesses="Uji Satu, Uji Dua", by=four.petugas
        )
    with_account = Worker.objects.filter(pk__in=ids(workers), accounts__isnull=False)
    if with_account:
        confirm_accounts(ids(with_account), by=four.petugas)
    return rows


def find_eligible(workers: Sequence[Worker], *, by: User) -> None:
    finding = Finding(act="find_eligible", decided_on=FOUND_ELIGIBLE)
    decide_eligibility(workers=ids(workers), finding=finding, by=by)


def confirm_accounts(workers: Sequence[UUID], *, by: User, on: date = BANK_ANSWERED) -> None:
    answer = bank_accounts.BankAnswer(act="confirm_active", checked_on=on, evidence="Surat BRI 1")
    bank_accounts.record_bank_check(workers=workers, answer=answer, by=by)


def determine(
    workers: Sequence[Worker], *, by: User, number: str | None = None, on: date = DECIDED
) -> Decree:
    """The decree that names them."""
    return decrees.issue_decree(
        number=number or f"188.45/{Decree.objects.count() + 1}/2017",
        decided_on=on,
        signed_by_title="Kepala Dinas Sosial",
        budget_year=BudgetYear.objects.get(pk=YEAR),
        workers=ids(workers),
        by=by,
    )


def ready_people(n: int, *, four: Four, **about: object) -> list[Worker]:
    """Registered, ready and determined; `about` goes to `register`."""
    workers = register(n, by=four.petugas, **about)  # type: ignore[arg-type]
    make_ready(workers, four=four)
    determine(workers, by=four.pimpinan)
    return list(Worker.objects.filter(pk__in=ids(workers)).order_by("register_no"))


def into_batch(workers: Sequence[Worker], *, four: Four, code: str = "R-01") -> None:
    """In a batch that a supervisor has approved: travel money is payable."""
    journey.join_batch(workers=ids(workers), batch_code=code, by=four.petugas)
    journey.approve(workers=ids(workers), on=BATCH_APPROVED, by=four.pimpinan)


def arrive(workers: Sequence[Worker], *, four: Four, code: str = "R-01") -> None:
    """Gone with a batch and arrived: what is payable on arrival opens."""
    into_batch(workers, four=four, code=code)
    journey.board(workers=ids(workers), on=BOARDED, by=four.petugas)
    journey.arrive(workers=ids(workers), on=ARRIVED, by=four.petugas)


# -- payment lists -----------------------------------------------------------------------------


def a_list(
    *,
    by: User,
    kinds: Sequence[str] = ("TABUNGAN",),
    places: Sequence[str] = (),
    batch_code: str = "",
    only: Iterable[str] | None = None,
) -> PaymentList:
    """A draft with everybody who can be paid now (or those of the position keys in `only`)."""
    chosen = list(AssistanceKind.objects.filter(pk__in=kinds).select_related("component_of"))
    payer = chosen[0].component_of or chosen[0]
    return lists.create_list(
        funder=Funder.objects.get(pk=payer.funder_id),
        kinds=chosen,
        places=list(Place.objects.filter(pk__in=places)),
        budget_year=BudgetYear.objects.get(pk=YEAR),
        batch_code=batch_code,
        only=only,
        by=by,
    )


ROAD = ("draft", "submitted", "verified", "approved", "ordered", "reconciled", "closed")


def walk_to(payment_list: PaymentList, state: str, *, four: Four) -> PaymentList:
    """Leads a list on until it has reached the state; from "ordered" on everybody is paid."""
    payment_list.refresh_from_db()
    if state == "cancelled":
        return lists.cancel(payment_list=payment_list, reason="salah pilih", by=four.pimpinan)
    steps = {
        "submitted": lambda it: lists.submit(payment_list=it, by=four.petugas),
        "verified": lambda it: lists.verify(payment_list=it, by=four.verifikator),
        "approved": lambda it: lists.approve(payment_list=it, by=four.pimpinan),
        "ordered": lambda it: place_order(it, by=four.bendahara),
        "reconciled": lambda it: _paid_and_reconciled(it, by=four.bendahara),
        "closed": lambda it: lists.close_list(payment_list=it, by=four.bendahara),
    }
    for step in ROAD[ROAD.index(payment_list.state) + 1 : ROAD.index(state) + 1]:
        payment_list = steps[step](payment_list)
    return payment_list


def place_order(payment_list: PaymentList, *, by: User, on: date | None = None) -> PaymentList:
    number = f"SP2D/{payment_list.number}"
    return lists.order(
        payment_list=payment_list, order_number=number, ordered_on=on or today(), by=by
    )


def book(
    payment_list: PaymentList,
    *,
    by: User,
    returned: Mapping[UUID, str] | None = None,
    on: date | None = None,
) -> tuple[int, int]:
    """Books every waiting line: paid, but for those whose id stands in `returned` (→ reason)."""
    returned = returned or {}
    cash = payment_list.method == AssistanceKind.Method.CASH
    rows = [
        results.Result(
            line_id=line.pk,
            paid=line.pk not in returned,
            reason=returned.get(line.pk, ""),
            deposit_slip="STS-1" if cash and line.pk in returned else "",
        )
        for line in results.waiting_lines(payment_list)
    ]
    return results.book_results(payment_list=payment_list, results=rows, on=on or today(), by=by)


def _paid_and_reconciled(payment_list: PaymentList, *, by: User) -> PaymentList:
    if results.waiting_lines(payment_list):
        book(payment_list, by=by)
    return lists.reconcile(payment_list=payment_list, by=by)


def line_of(payment_list: PaymentList, worker: Worker, kind: str | None = None) -> PaymentLine:
    """Her line in a list; the kind where she has several."""
    lines = payment_list.lines.filter(entitlement__worker=worker).exclude(state="cancelled")
    return lines.get(entitlement__kind=kind) if kind else lines.get()


def correct(worker: Worker, field: str, new: str, *, by: User) -> None:
    """The one way to change an approved payee: proposed by an administrator, accepted by `by`."""
    row = correcting.propose(
        worker=worker, field=field, new=new, reason="salah", evidence="buku", by=_admin()
    )
    correcting.accept(correction=row, by=by)
