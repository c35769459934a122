"""Whether the money adds up: the ceiling's identity, and every difference with who is behind it.

Each part is taken from its own source (lines and reversals, rights, ceilings), so that they can
disagree; where they do, `differences` names the rights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from disbursements.models import (
    AssistanceKind,
    BudgetYear,
    Ceiling,
    Entitlement,
    PaymentLine,
    Reversal,
)
from disbursements.workflow import LIVE
from disbursements.yearend import RIGHTS, unpaid
from kotim_social.replica import connection_for_reads

PARTS = ("paid", "in_process", "returned", "deposited", "unclaimed", "free")
# What a right drew on its year's ceiling when it ended with the year; others set it free.
KEPT = ("deposited", "unclaimed", "refunded")


@dataclass(frozen=True)
class IdentityRow:
    """ceiling = paid + in process + returned + deposited + unclaimed + free, of one kind."""

    kind: AssistanceKind
    ceiling: int
    paid: int
    in_process: int
    returned: int
    deposited: int
    unclaimed: int
    free: int
    refunded_later: int = 0

    @property
    def difference(self) -> int:
        return self.ceiling - sum(getattr(self, name) for name in PARTS)

    @property
    def adds_up(self) -> bool:
        return self.difference == 0

    @property
    def passed(self) -> bool:
        """More is determined than the ceiling allows: no fault of counting, but to be seen."""
        return self.free < 0

    @property
    def figures(self) -> list[tuple[str, int]]:
        """The cells of the row; those that are made of rights name the part of the year."""
        parts = [(name if name in RIGHTS else "", getattr(self, name)) for name in PARTS]
        return [("", self.ceiling), *parts]

    def as_json(self) -> dict[str, Any]:
        parts = {name: getattr(self, name) for name in PARTS}
        return {
            "funder": self.kind.funder_id,
            "kind": self.kind.pk,
            "ceiling": self.ceiling,
            **parts,
            "adds_up": self.adds_up,
        }


def identity(year: BudgetYear) -> list[IdentityRow]:
    """A row for each ceiling of the year, in a constant number of queries."""
    paid, refunded = _net_paid(year)
    lines = PaymentLine.objects.filter(payment_list__budget_year=year, state__in=LIVE)
    live = _by_ceiling(lines, "amount", "entitlement__kind")
    waiting = unpaid(year).filter(live=False)
    returned = _by_ceiling(waiting.filter(came_back=True), "amount", "kind")
    still = _by_ceiling(waiting.exclude(came_back=True), "amount", "kind")
    rights = Entitlement.objects.filter(budget_year=year)
    ended = {kind: _by_ceiling(rights.filter(lapse_kind=kind), "amount", "kind") for kind in KEPT}
    drawn = _by_ceiling(
        rights.filter(Q(state="determined") | Q(lapse_kind__in=KEPT)), "amount", "kind"
    )
    ceilings = Ceiling.objects.drawn_on().filter(budget_year=year).select_related("kind__funder")
    return [
        IdentityRow(
            kind=ceiling.kind,
            ceiling=ceiling.amount,
            paid=paid.get(ceiling.kind_id, 0),
            in_process=live.get(ceiling.kind_id, 0),
            returned=returned.get(ceiling.kind_id, 0),
            deposited=ended["deposited"].get(ceiling.kind_id, 0),
            unclaimed=still.get(ceiling.kind_id, 0) + ended["unclaimed"].get(ceiling.kind_id, 0),
            free=ceiling.amount - drawn.get(ceiling.kind_id, 0),
            refunded_later=refunded.get(ceiling.kind_id, 0),
        )
        for ceiling in ceilings.order_by("kind__funder__order", "kind__order")
    ]


def _net_paid(year: BudgetYear) -> tuple[dict[str, int], dict[str, int]]:
    """Booked as paid on the year less what came back in it; and what came back after it closed."""
    lines = PaymentLine.objects.filter(payment_list__budget_year=year, state="paid")
    booked = _by_ceiling(lines, "amount", "entitlement__kind")
    back = Reversal.objects.filter(line__payment_list__budget_year=year)
    within = _by_ceiling(back.filter(booked_in=year), "amount", "line__entitlement__kind")
    later = _by_ceiling(back.exclude(booked_in=year), "amount", "line__entitlement__kind")
    return {code: total - within.get(code, 0) for code, total in booked.items()}, later


def _by_ceiling(rows: QuerySet[Any], amount: str, kind: str) -> dict[str, int]:
    """Sums by the kind whose ceiling is drawn on: a part draws on its package's."""
    found = (
        rows.annotate(drawn=Coalesce(F(f"{kind}__component_of"), F(kind)))
        .values_list("drawn")
        .annotate(total=Sum(amount))
        .order_by()
    )
    return dict(found)


# -- who is behind a difference ----------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """A right on which two sources disagree, and what they say."""

    kind: str
    funder: str
    register_no: str
    worker_id: UUID | None
    sentence: str


# Register number and kind of rights where a rule does not hold, with two figures to show.
_QUERIES: dict[str, str] = {
    "booked": """
        SELECT w.register_no, w.id, e.kind_id, e.paid,
               coalesce(b.total, 0) - coalesce(b.back, 0)
        FROM disbursements_entitlement e
        JOIN cases_worker w ON w.id = e.worker_id
        LEFT JOIN (
            SELECT l.entitlement_id, sum(l.amount) AS total, sum(v.amount) AS back
            FROM disbursements_paymentline l
            LEFT JOIN disbursements_reversal v ON v.line_id = l.id
            WHERE l.state = 'paid' GROUP BY l.entitlement_id
        ) b ON b.entitlement_id = e.id
        WHERE e.paid <> coalesce(b.total, 0) - coalesce(b.back, 0)
    """,
    "position": """
        SELECT w.register_no, w.id, p.kind_id, p.entitled,
               p.paid + p.in_process + p.returned + p.withheld + p.open
        FROM disbursements_position p JOIN cases_worker w ON w.id = p.worker_id
        WHERE p.entitled <> p.paid + p.in_process + p.returned + p.withheld + p.open
    """,
    "partly": """
        SELECT w.register_no, w.id, e.kind_id, e.amount, e.paid
        FROM disbursements_entitlement e JOIN cases_worker w ON w.id = e.worker_id
        WHERE e.paid NOT IN (0, e.amount)
    """,
    "year": """
        SELECT w.register_no, w.id, e.kind_id, e.budget_year_id, p.budget_year_id
        FROM disbursements_paymentline l
        JOIN disbursements_paymentlist p ON p.id = l.payment_list_id
        JOIN disbursements_entitlement e ON e.id = l.entitlement_id
        JOIN cases_worker w ON w.id = e.worker_id
        WHERE p.budget_year_id <> e.budget_year_id
    """,
    "undetermined": """
        SELECT w.register_no, w.id, e.kind_id, e.amount, 0
        FROM disbursements_entitlement e JOIN cases_worker w ON w.id = e.worker_id
        WHERE e.state = 'determined' AND w.determined_on IS NULL
    """,
    "ceiling": """
        SELECT w.register_no, w.id, e.kind_id, e.amount, 0
        FROM disbursements_entitlement e
        JOIN cases_worker w ON w.id = e.worker_id
        JOIN disbursements_assistancekind k ON k.code = e.kind_id
        WHERE e.state = 'determined' AND NOT EXISTS (
            SELECT 1 FROM disbursements_ceiling c
            WHERE c.budget_year_id = e.budget_year_id
              AND c.kind_id = coalesce(k.component_of_id, k.code))
    """,
}


def _sentences() -> dict[str, str]:
    return {
        "booked": _("Booked as paid on her right: %(one)s; by lines and reversals: %(other)s."),
        "position": _("Entitled: %(one)s; the sum of its parts: %(other)s."),
        "partly": _("Entitled: %(one)s; paid in part: %(other)s."),
        "year": _("Her right is of %(one)s, the list of %(other)s."),
        "undetermined": _("She has a right of %(one)s and no decree names her."),
        "ceiling": _("Her right of %(one)s draws on no ceiling."),
    }


def differences() -> list[Difference]:
    """Every right on which the sources disagree; none when the money adds up."""
    kinds = AssistanceKind.objects.select_related("component_of").in_bulk()
    words = _sentences()
    found = []
    with connection_for_reads().cursor() as cursor:
        for name, statement in _QUERIES.items():
            cursor.execute(statement)
            for register_no, worker_id, code, one, other in cursor.fetchall():
                kind = kinds[code]
                sentence = words[name] % {"one": one, "other": other}
                funder = (kind.component_of or kind).funder_id
                found.append(Difference(kind.name, funder, register_no, worker_id, sentence))
    return sorted(found, key=lambda one: (one.register_no, one.kind, one.sentence))


def years_with_identity() -> list[tuple[BudgetYear, list[IdentityRow]]]:
    """Newest first."""
    return [(year, identity(year)) for year in BudgetYear.objects.order_by("-year")]


def all_adds_up() -> bool:
    rows = [row for _year, found in years_with_identity() for row in found]
    return all(row.adds_up for row in rows) and not differences()


def orphans() -> dict[str, int]:
    """Rows that speak of nothing, or of something that should not be so; 0 each when in order."""
    lines = PaymentLine.objects
    without_hand = lines.filter(payment_list__decisions__isnull=True)
    lapsed_live = lines.filter(state__in=LIVE, entitlement__state="lapsed")
    closed_live = lines.filter(state__in=LIVE, payment_list__budget_year__closed_on__isnull=False)
    replaced = Entitlement.objects.filter(lapse_kind="changed", replaced_by__isnull=True)
    ended_live = lines.filter(state__in=LIVE, payment_list__state__in=["reconciled", "closed"])
    return {
        "lines_without_decision": without_hand.count(),
        "live_lines_of_lapsed_rights": lapsed_live.count(),
        "live_lines_in_closed_years": closed_live.count(),
        "live_lines_in_ended_lists": ended_live.count(),
        "changed_rights_without_successor": replaced.count(),
        "two_live_lines": _twice_live(),
    }


def _twice_live() -> int:
    rows = PaymentLine.objects.filter(state__in=LIVE).values("entitlement").order_by()
    return rows.annotate(n=Count("pk")).filter(n__gt=1).count()
