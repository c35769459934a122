"""The lines of a list as things stand now: who could not be paid, and whose payee has changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from cases.models import Worker, WorkerQuerySet
from cases.rules import Lack, lacks_for_money_in_rows
from disbursements.models import AssistanceKind, PaymentList, Policy
from disbursements.rules import (
    PAYEE_COLUMNS,
    conditions_left,
    held_because,
    is_held,
    payee_of,
    with_payee,
)
from disbursements.workflow import LIVE

# Beside what she lacks: her journey, the condition of the kind, and who was approved.
_COLUMNS = (
    "pk", "journey_batch", "journey_approved_on", "journey_arrived_on", "number", "amount", "mark",
    "who", "payable_when",
    *(name for name in PAYEE_COLUMNS if name not in ("nik_index", "under_age")),
)  # fmt: skip


class UnseenPersonError(LookupError):
    """A line is of somebody whom the acting user may not see: nothing can be said of the list."""


@dataclass(frozen=True)
class LineNow:
    """One line that is not settled: what stands against paying it, and its payee."""

    register_no: str
    against: tuple[str, ...]
    payee_changed: bool


def lines_now(payment_list: PaymentList, *, counted: int | None = None) -> list[LineNow]:
    """The lines of a list that are not settled, in their order.

    One query, and one more to count them where the page has not `counted` them already.
    Raises UnseenPersonError rather than pass over a line.
    """
    transfer = payment_list.method == AssistanceKind.Method.TRANSFER
    people = with_payee(_people_on(payment_list))
    rows = list(lacks_for_money_in_rows(people, *_COLUMNS, transfer=transfer))
    if counted is None:
        counted = payment_list.lines.filter(state__in=LIVE).count()
    if len(rows) != counted:
        raise UnseenPersonError(payment_list.number)
    rows.sort(key=lambda one: one[0].number)
    return [
        LineNow(row.register_no, tuple(_against(row, lacks)), _has_changed(row))
        for row, lacks in rows
    ]


def reasons_against(lines: Iterable[LineNow]) -> dict[str, list[str]]:
    """Register number → sentences, each once, for those who could not be paid."""
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.against:
            hers = found.setdefault(line.register_no, [])
            hers += [sentence for sentence in line.against if sentence not in hers]
    return found


def changed_payees(lines: Iterable[LineNow]) -> list[str]:
    """Register numbers of those whose name, NIK, account or amount differs from the approval.

    And of those who have turned out to be children: nothing is paid to them (R19).
    """
    return sorted(line.register_no for line in lines if line.payee_changed)


def _people_on(payment_list: PaymentList) -> WorkerQuerySet:
    """A row for each line that is not settled: the person, with facts of the line."""
    return Worker.objects.filter(
        entitlements__lines__payment_list=payment_list, entitlements__lines__state__in=LIVE
    ).annotate(
        number=F("entitlements__lines__number"),
        amount=F("entitlements__lines__amount"),
        mark=F("entitlements__lines__payee_mark"),
        who=F("entitlements__kind__policy__who"),
        payable_when=F("entitlements__kind__policy__payable_when"),
    )


def _against(row: Any, lacks: list[Lack]) -> list[str]:
    policy = Policy(who=row.who, payable_when=row.payable_when)
    sentences = [str(lack.sentence) for lack in lacks]
    sentences += [reason.sentence for reason in conditions_left(row, policy)]
    if is_held(row, policy):
        sentences.append(held_because(row, policy).sentence)
    return sentences


def _has_changed(row: Any) -> bool:
    """Only where an approval has marked the payee; before that there is nothing to compare."""
    return bool(row.mark) and (row.under_age or payee_of(row).mark(row.amount) != row.mark)
