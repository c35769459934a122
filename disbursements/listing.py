"""What the pages of the money show: payment lists in rows, whose turn it is, lines, ceilings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from cases.models import BankAccount, Journey, Worker
from disbursements.models import (
    AssistanceKind,
    BudgetYear,
    Ceiling,
    Entitlement,
    ListDecision,
    PaymentLine,
    PaymentList,
)
from disbursements.rules import APPROVED_STATES
from disbursements.workflow import (
    DUTY_OF_ACT,
    LIVE,
    PAYMENT_LIST,
    Duty,
    State,
    has_other_duty,
)
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.lib.nik import mask_account
from kotim_social.regions.models import Place

# The acts that lead a list onward; whoever may do the next one is waited for.
FORWARD = ("submit", "verify", "approve", "order", "reconcile", "close")


def visible_places(user: User) -> Any:
    """The places of this user's scope, in the order of the office."""
    places = Place.objects.select_related("lokalisasi")
    if user.sees_everything:
        return places
    return places.filter(lokalisasi_id__in=user.lokalisasi_ids)


def batch_called(typed: str, user: User) -> str:
    """The code of a batch as it is written, however it was typed; "" where nobody is in it."""
    found = Journey.objects.filter(
        current=True, batch_code__iexact=typed, worker__in=Worker.objects.visible_to(user)
    )
    return found.values_list("batch_code", flat=True).first() or ""


def waiting_for(user: User) -> Q:
    """Lists whose next act this user may do; the same answer as `PAYMENT_LIST.acts_for`."""
    condition = Q(pk__in=[])
    for act in FORWARD:
        step = PAYMENT_LIST.transition(act)
        if user.can(step.perm):
            hand = ListDecision.objects.filter(payment_list=OuterRef("pk"), recorded_by=user)
            other = hand.exclude(duty=DUTY_OF_ACT[act])
            condition |= Q(state__in=step.sources) & ~Q(Exists(other))
    return condition


def lists_in_rows(user: User, *, state: str = "", waiting: bool = False) -> Any:
    """Payment lists, newest first, with number of lines, sum, and what is booked."""
    lists = PaymentList.objects.visible_to(user)
    if state:
        lists = lists.filter(state=state)
    if waiting:
        lists = lists.filter(waiting_for(user))
    return lists.order_by("-created_at", "-pk")


def with_sums(lists: Any) -> list[PaymentList]:
    """The lists of one page with what their rows show, in four queries."""
    rows = list(lists.select_related("funder").prefetch_related("kinds", "places"))
    standing = Q(state__in=(*LIVE, "paid", "returned"))
    sums = {
        row["payment_list"]: row
        for row in PaymentLine.objects.filter(standing, payment_list__in=[r.pk for r in rows])
        .values("payment_list")
        .annotate(n=Count("pk"), total=Sum("amount"))
        .order_by()
    }
    for row in rows:
        found = sums.get(row.pk, {"n": 0, "total": 0})
        row.line_count, row.line_total = found["n"], found["total"]  # type: ignore[attr-defined]
    return rows


@dataclass(frozen=True)
class ListSums:
    """Lines and rupiah of one list by what became of them; cancelled lines count only in all."""

    all_lines: int = 0
    lines: int = 0
    total: int = 0
    waiting: int = 0
    waiting_amount: int = 0
    paid: int = 0
    paid_amount: int = 0
    returned: int = 0
    returned_amount: int = 0

    def lines_of(self, group: str) -> int:
        """How many lines a group of LINE_GROUPS has; any other name stands for all lines."""
        return {
            "standing": self.lines,
            "waiting": self.waiting,
            "paid": self.paid,
            "returned": self.returned,
        }.get(group, self.all_lines)


# What became of the lines of a list: each figure of its page, and the lines behind the figure.
LINE_GROUPS = {
    "standing": ~Q(state="cancelled"),
    "waiting": Q(state__in=LIVE),
    "paid": Q(state="paid", reversal__isnull=True),
    "returned": Q(state="returned") | Q(reversal__isnull=False),
}


def sums_of(payment_list: PaymentList) -> ListSums:
    """One query. A reversed line counts as returned."""
    standing, waiting, paid, returned = (LINE_GROUPS[name] for name in LINE_GROUPS)
    found = payment_list.lines.aggregate(
        all_lines=Count("pk"),
        lines=Count("pk", filter=standing),
        total=Coalesce(Sum("amount", filter=standing), 0),
        waiting=Count("pk", filter=waiting),
        waiting_amount=Coalesce(Sum("amount", filter=waiting), 0),
        paid=Count("pk", filter=paid),
        paid_amount=Coalesce(Sum("amount", filter=paid), 0),
        returned=Count("pk", filter=returned),
        returned_amount=Coalesce(Sum("amount", filter=returned), 0),
    )
    return ListSums(**found)


@dataclass(frozen=True)
class LineRow:
    """One line as the page shows it: from the approval's snapshot once there is one."""

    line: PaymentLine
    name: str
    account: str
    is_reversed: bool
    is_foreign: bool

    @property
    def state(self) -> State:
        return self.line.state_shown


def line_rows(lines: Any, user: User) -> list[LineRow]:
    """A slice of lines with names and masked accounts, in a constant number of queries."""
    seen = Worker.objects.visible_to(user).filter(pk=OuterRef("entitlement__worker"))
    found = list(
        lines.named().select_related("entitlement__kind", "reversal").annotate(is_seen=Exists(seen))
    )
    plain = [line.entitlement.worker_id for line in found if line.snapshot is None]
    accounts = {
        account.worker_id: account
        for account in BankAccount.objects.filter(worker__in=plain).exclude(state="closed")
    }
    return [_line_row(line, accounts) for line in found]


def _line_row(line: PaymentLine, accounts: dict[Any, BankAccount]) -> LineRow:
    worker = line.entitlement.worker
    if worker.is_child:
        bank, number = "", ""
    elif line.snapshot is not None:
        bank, number = line.snapshot["bank"], line.snapshot["account"]
    else:
        account = accounts.get(worker.pk)
        bank = account.bank if account else ""
        number = (account.number or "") if account else ""
    shown = f"{bank} {mask_account(number)}".strip() if number else ""
    return LineRow(line, line.payee_name, shown, hasattr(line, "reversal"), not line.is_seen)  # type: ignore[attr-defined]


def attempts_of(entitlement: Entitlement) -> list[tuple[int, PaymentLine]]:
    """Every attempt to pay one entitlement, numbered from the first; what was taken out is none."""
    lines = entitlement.lines.exclude(state="cancelled").order_by("pk")
    return list(enumerate(lines.select_related("payment_list", "reversal"), start=1))


def may_book(payment_list: PaymentList, user: User) -> bool:
    """Whether this user may book results now: the treasurer who had no other hand in the list."""
    return (
        payment_list.state == "ordered"
        and user.can(Perm.LIST_PAY)
        and not has_other_duty(payment_list, user, Duty.PAY)
    )


@dataclass(frozen=True)
class CeilingRow:
    """One ceiling: determined by decree, approved for payment, and what is left of it."""

    kind: AssistanceKind
    amount: int
    determined: int
    committed: int

    @property
    def left(self) -> int:
        return self.amount - self.committed


def ceiling_rows(year: BudgetYear | None) -> list[CeilingRow]:
    """The ceilings of a year, in three queries. A part draws on the ceiling of its package."""
    if year is None:
        return []
    drawn = Coalesce(F("entitlement__kind__component_of"), F("entitlement__kind"))
    committed = dict(
        PaymentLine.objects.filter(
            payment_list__budget_year=year,
            payment_list__state__in=APPROVED_STATES,
            state__in=(*LIVE, "paid"),
            reversal__isnull=True,
        )
        .annotate(drawn=drawn)
        .values_list("drawn")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    determined = dict(
        Entitlement.objects.filter(budget_year=year, state="determined")
        .annotate(drawn=Coalesce(F("kind__component_of"), F("kind")))
        .values_list("drawn")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    ceilings = Ceiling.objects.drawn_on().filter(budget_year=year).select_related("kind__funder")
    return [
        CeilingRow(c.kind, c.amount, determined.get(c.kind_id, 0), committed.get(c.kind_id, 0))
        for c in ceilings.order_by("kind__funder__order", "kind__order")
    ]
