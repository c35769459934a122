"""Who may be paid what now, and who may not and why: questions without side effects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Worker, WorkerQuerySet, under_age
from cases.rules import lacks_for_money
from disbursements import workflow
from disbursements.models import (
    AssistanceKind,
    BudgetYear,
    Ceiling,
    PaymentLine,
    PaymentList,
    Policy,
    Position,
)
from kotim_social.accounts.models import User
from kotim_social.lib.crypto import blind_index
from kotim_social.lib.dates import today
from kotim_social.regions.models import Place

# States of a list whose money counts against the ceiling.
APPROVED_STATES = ("approved", "ordered", "reconciled", "closed")


@dataclass(frozen=True)
class Reason:
    """Why somebody is not paid now, and the page on which that is mended."""

    sentence: str
    url: str = ""
    hard: bool = False


@dataclass(frozen=True)
class Candidate:
    """One payment that can be made now."""

    position: Position
    worker: Any


@dataclass(frozen=True)
class LeftOut:
    """Somebody who is not paid now, the kinds this is about, and the reasons."""

    worker: Any
    kinds: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Candidates:
    """Everybody in question, divided: nobody is in neither part."""

    included: list[Candidate] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(c.position.entitled - c.position.paid for c in self.included)


def payable_kinds(funder_code: str) -> list[AssistanceKind]:
    """The kinds that are paid themselves for this funder; a part stands for its package."""
    kinds = AssistanceKind.objects.filter(components__isnull=True).select_related(
        "component_of", "policy"
    )
    return [
        kind
        for kind in kinds
        if (kind.component_of.funder_id if kind.component_of else kind.funder_id) == funder_code
    ]


def find_candidates(
    user: User,
    *,
    kinds: Sequence[AssistanceKind],
    places: Iterable[Place] = (),
    batch_code: str = "",
    budget_year: BudgetYear | None = None,
) -> Candidates:
    """Divides all positions of these kinds in the user's scope, in a constant number of queries.

    With a `budget_year`, rights of another year are left out: each year pays its own.
    """
    positions = Position.objects.visible_to(user).filter(kind__in=kinds)
    if places:
        positions = positions.filter(place__in=places)
    if batch_code:
        positions = positions.filter(
            worker__journeys__current=True, worker__journeys__batch_code=batch_code
        )
    rows = list(
        positions.select_related("last_line__payment_list", "entitlement").order_by(
            "worker__name", "key"
        )
    )
    people = Worker.objects.filter(pk__in={row.worker_id for row in rows}).with_journey().in_bulk()
    policies = {policy.kind_id: policy for policy in Policy.objects.filter(kind__in=kinds)}
    transfer = any(kind.method == AssistanceKind.Method.TRANSFER for kind in kinds)
    lacks = lacks_for_money(list(people), transfer=transfer)
    names = {kind.code: kind.name for kind in kinds}
    included: list[Candidate] = []
    left_out: dict[tuple[UUID, tuple[Reason, ...]], tuple[Any, list[str]]] = {}
    for row in rows:
        worker = people[row.worker_id]
        reasons = _of_another_year(row, budget_year) or _reasons(
            row, worker, policies[row.kind_id], lacks[row.worker_id]
        )
        if reasons:
            key = (worker.pk, reasons)
            left_out.setdefault(key, (worker, []))[1].append(names[row.kind_id])
        else:
            included.append(Candidate(row, worker))
    return Candidates(
        included,
        [LeftOut(worker, tuple(kinds), key[1]) for key, (worker, kinds) in left_out.items()],
    )


def candidates_for(user: User, payment_list: PaymentList) -> Candidates:
    """The same by what a list was made for."""
    return find_candidates(
        user,
        kinds=list(payment_list.kinds.all()),
        places=list(payment_list.places.all()),
        batch_code=payment_list.batch_code,
        budget_year=payment_list.budget_year,
    )


def _of_another_year(row: Position, year: BudgetYear | None) -> tuple[Reason, ...]:
    right = row.entitlement
    if year is None or right is None or right.budget_year_id == year.pk:
        return ()
    sentence = _("Her right is of the budget year %(year)s.") % {"year": right.budget_year_id}
    return (Reason(sentence),)


def _reasons(
    row: Position, worker: Any, policy: Policy, lacks: Sequence[Any]
) -> tuple[Reason, ...]:
    """Everything that stands against paying this now; what is settled stands alone."""
    settled = _settled(row)
    if settled:
        return (settled,)
    reasons = []
    if row.held:
        reasons.append(held_because(worker, policy))
    reasons += [Reason(str(lack.sentence), lack.url(worker.pk)) for lack in lacks]
    if not row.held:
        reasons += conditions_left(worker, policy)
    return tuple(reasons)


def _settled(row: Position) -> Reason | None:
    if row.paid >= row.entitled:
        return Reason(_("Already paid in full."))
    line = row.last_line
    if row.in_process and line is not None:
        return Reason(
            _("Already in list %(number)s.") % {"number": line.payment_list.number},
            reverse("disbursements:list_detail", args=[line.payment_list_id]),
            hard=True,
        )
    return None


def held_because(worker: Any, policy: Policy) -> Reason:
    """Held money has its sentence: it is hers as soon as her choice allows it."""
    url = reverse("desk:choice", args=[worker.pk])
    if worker.choice == "undecided":
        return Reason(_("Held: she has not said whether she returns or stays."), url)
    if policy.who == Policy.Who.STAYERS:
        return Reason(_("Held: this kind is for those who stay."), url)
    return Reason(_("Held: this kind is for those who go home."), url)


def conditions_left(worker: Any, policy: Policy) -> list[Reason]:
    """The kind's own condition, read from her journey."""
    in_batch = worker.journey_approved_on is not None and worker.journey_batch
    if policy.payable_when == Policy.PayableWhen.BATCH_APPROVED and not in_batch:
        return [Reason(_("She is not in an approved batch yet."), _batches_url())]
    if policy.payable_when == Policy.PayableWhen.ARRIVED and worker.journey_arrived_on is None:
        return [Reason(_("Her arrival is not confirmed yet."), _batches_url())]
    return []


def _batches_url() -> str:
    return reverse("repatriation:batch_list")


def unpaid_reasons(rows: Sequence[Position]) -> dict[str, tuple[Reason, ...]]:
    """Position key → everything that stands against paying it now; () where nothing does.

    Any positions of any people, in a constant number of queries.
    """
    people = Worker.objects.filter(pk__in={row.worker_id for row in rows}).with_journey().in_bulk()
    policies = {policy.kind_id: policy for policy in Policy.objects.select_related("kind")}
    lacks = {
        method: lacks_for_money(list(people), transfer=method == AssistanceKind.Method.TRANSFER)
        for method in AssistanceKind.Method
    }
    found = {}
    for row in rows:
        policy = policies[row.kind_id]
        hers = lacks[AssistanceKind.Method(policy.kind.method)][row.worker_id]
        found[row.key] = _reasons(row, people[row.worker_id], policy, hers)
    return found


def is_held(worker: Any, policy: Policy) -> bool:
    """The same question as in the positions view, for one person."""
    return (policy.who == Policy.Who.RETURNEES and worker.choice != "return") or (
        policy.who == Policy.Who.STAYERS and worker.choice != "stay"
    )


# -- the payee ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Payee:
    """The facts that must not change between approval and payment."""

    register_no: str
    name: str
    nik_index: str
    bank: str
    number_index: str
    holder: str
    under_age: bool = False

    def mark(self, amount: int) -> str:
        """A keyed mark of facts and amount; it says nothing about them to who has no key."""
        facts = "\x1f".join(
            (self.name, self.nik_index, self.bank, self.number_index, self.holder, str(amount))
        )
        return blind_index(facts, label="payee")


# What `payee_of` reads of a row of `with_payee()`.
PAYEE_COLUMNS = (
    "register_no", "name", "nik_index", "open_account__bank", "open_account__number_index",
    "open_account__holder", "under_age",
)  # fmt: skip


def with_payee(people: WorkerQuerySet) -> WorkerQuerySet:
    """Adds her open account and whether she is a child; one row a person, as before."""
    account = FilteredRelation("accounts", condition=~Q(accounts__state="closed"))
    return people.annotate(open_account=account, under_age=under_age())


def payee_of(row: Any) -> Payee:
    return Payee(
        row.register_no,
        row.name,
        row.nik_index or "",
        row.open_account__bank or "",
        row.open_account__number_index or "",
        row.open_account__holder or "",
        row.under_age,
    )


def payees_of(worker_ids: Iterable[UUID]) -> dict[UUID, Payee]:
    """Worker → payee facts as they stand now, in one query and without opening any of them."""
    people = with_payee(Worker.objects.filter(pk__in=list(worker_ids)))
    return {row.pk: payee_of(row) for row in people.values_list("pk", *PAYEE_COLUMNS, named=True)}


# -- the ceiling -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Remainder:
    """What is left of a ceiling before a list, and what the list would take."""

    kind: AssistanceKind
    ceiling: int
    committed: int
    wanted: int

    @property
    def left(self) -> int:
        return self.ceiling - self.committed

    @property
    def passed(self) -> bool:
        return self.wanted > self.left


def remainders(payment_list: PaymentList) -> list[Remainder]:
    """For each kind whose ceiling the list draws on: ceiling, committed so far, wanted now."""
    drawn = Coalesce(F("entitlement__kind__component_of"), F("entitlement__kind"))
    wanted = dict(
        payment_list.lines.filter(state__in=workflow.LIVE)
        .annotate(drawn=drawn)
        .values_list("drawn")
        .annotate(total=Sum("amount"))
    )
    committed = dict(
        PaymentLine.objects.filter(
            payment_list__budget_year=payment_list.budget_year,
            payment_list__state__in=APPROVED_STATES,
            state__in=(*workflow.LIVE, "paid"),
            reversal__isnull=True,
        )
        .exclude(payment_list=payment_list)
        .annotate(drawn=drawn)
        .values_list("drawn")
        .annotate(total=Sum("amount"))
    )
    ceilings = {
        ceiling.kind_id: ceiling.amount
        for ceiling in Ceiling.objects.filter(budget_year=payment_list.budget_year)
    }
    kinds = AssistanceKind.objects.in_bulk(list(wanted))
    return [
        Remainder(kinds[code], ceilings.get(code, 0), committed.get(code, 0), amount)
        for code, amount in wanted.items()
    ]


# -- dates -------------------------------------------------------------------------------------


def date_problems(on: date, *, not_before: date | None, year: BudgetYear) -> list[str]:
    """What is wrong with a date of business: in the future, before its step, in a closed year."""
    problems = []
    if on > today():
        problems.append(_("The date lies in the future."))
    if not_before is not None and on < not_before:
        problems.append(_("The date lies before the step that came before."))
    if year.closed_on is not None:
        problems.append(_("The budget year %(year)s is closed.") % {"year": year.year})
    elif year.cut_off is not None and on > year.cut_off:
        problems.append(
            _("After the last day of payment nothing is paid on the budget year %(year)s.")
            % {"year": year.year}
        )
    return problems
