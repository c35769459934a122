"""Whose term has run out: the proposal of a year, and the second person's yes (R86)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import (
    AnonymisedPerson,
    Anonymising,
    BreachPerson,
    CaseClosing,
    ChildReferral,
    DataRequest,
    Objection,
    Worker,
)
from cases.models.data_breach import RUNNING
from cases.retention_workflow import ANONYMISING
from disbursements.models import PaymentLine, Position, RefundDemand, Reversal
from disbursements.workflow import LIVE
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.scope import whole_office
from kotim_social.audit.trail import record
from kotim_social.desk.retention import RULES, ends_on, rule
from kotim_social.workflow import Refused


@dataclass(frozen=True)
class Due:
    """One person whose term has run out, and what still stands against it (nothing: she goes)."""

    worker: Worker | None
    child: ChildReferral | None
    term: str
    closed_on: date
    ended_on: date
    against: list[str]

    @property
    def person(self) -> AnonymisedPerson:
        """She as a line of a proposal that is not written yet."""
        return AnonymisedPerson(
            worker=self.worker,
            child=self.child,
            term=self.term,
            closed_on=self.closed_on,
            ended_on=self.ended_on,
        )

    @property
    def label(self) -> Any:
        return rule(self.term).label


@whole_office()
def due(day: date) -> list[Due]:
    """Closed cases whose term ended before this day, by register number, then children without a
    record of their own by the end of their path; in nine queries."""
    return [*_women_due(day), *_children_due(day)]


def _children_due(day: date) -> list[Due]:
    """Nothing can stand against a child whose path is closed: she has no money and no case."""
    done = AnonymisedPerson.objects.filter(child=OuterRef("pk"), done_at__isnull=False)
    alone = ChildReferral.objects.filter(worker__isnull=True, state="closed").exclude(Exists(done))
    rows = alone.annotate(closed_on=TruncDate("closed_at")).order_by("closed_at", "pk")
    years = rule("child").years
    over = [(child, ends_on(child.closed_on, years)) for child in rows]
    return [Due(None, child, "child", child.closed_on, end, []) for child, end in over if end < day]


def _women_due(day: date) -> list[Due]:
    closing = CaseClosing.objects.filter(worker=OuterRef("pk"), state="closed")
    paid = PaymentLine.objects.filter(entitlement__worker=OuterRef("pk"), state="paid")
    done = AnonymisedPerson.objects.filter(worker=OuterRef("pk"), done_at__isnull=False)
    rows = (
        Worker.objects.filter(Exists(closing), case_state="closed")
        .exclude(Exists(done))
        .annotate(
            closed_on=closing.annotate(day=TruncDate("decided_at")).values("day")[:1],
            was_paid=Exists(paid),
        )
    )
    over = []
    for worker in rows.order_by("register_no"):
        term = "paid" if worker.was_paid else "unpaid"
        ended_on = ends_on(worker.closed_on, rule(term).years)
        if ended_on < day:
            over.append((worker, term, ended_on))
    against = standing_against([worker.pk for worker, _term, _end in over])
    return [
        Due(worker, None, term, worker.closed_on, ended_on, against.get(worker.pk, []))
        for worker, term, ended_on in over
    ]


@whole_office()
def standing_against(workers: list[Any]) -> dict[Any, list[str]]:
    """Worker id → the sentences that keep her data here beyond the term."""
    hers = {"worker__in": workers}
    lines = PaymentLine.objects.filter(entitlement__worker__in=workers)
    back = Reversal.objects.filter(line=OuterRef("line"))
    demanded = RefundDemand.objects.filter(line__in=lines).exclude(Exists(back))
    owed = (
        Position.objects.filter(**hers, determined=True)
        .values("worker")
        .annotate(rest=Sum("entitled") - Sum("paid"))
    )
    sets = {
        _("Money of hers is open."): [
            *lines.filter(state__in=LIVE).values_list("entitlement__worker", flat=True),
            *owed.filter(rest__gt=0).values_list("worker", flat=True),
            *demanded.values_list("line__entitlement__worker", flat=True),
        ],
        _("A request about her data waits."): DataRequest.objects.filter(
            **hers, state="open"
        ).values_list("worker", flat=True),
        _("An objection of hers waits."): Objection.objects.filter(
            **hers, state="open"
        ).values_list("worker", flat=True),
        _("A data breach that touches her is not closed."): BreachPerson.objects.filter(
            **hers, removed_at__isnull=True, breach__state__in=RUNNING
        ).values_list("worker", flat=True),
        _("She is on the referral path of a child."): ChildReferral.objects.filter(**hers)
        .exclude(state="closed")
        .values_list("worker", flat=True),
    }
    found: dict[Any, list[str]] = {}
    for sentence, ids in sets.items():
        for pk in set(ids):
            found.setdefault(pk, []).append(sentence)
    return found


def terms_in_force() -> list[dict[str, Any]]:
    """The terms as a proposal keeps them: who accepts it confirms them."""
    return [
        {"code": one.code, "years": one.years, "basis": str(one.basis), "label": str(one.label)}
        for one in RULES
    ]


@transaction.atomic
def propose(*, day: date, by: User) -> Anonymising:
    """A proposal of everybody who is due and against whom nothing stands; one at a time."""
    if not by.can(Perm.RETENTION_PROPOSE):
        raise Refused(_("You do not have the right to do this."))
    people = [one for one in due(day) if not one.against]
    if not people:
        raise Refused(_("Nobody's term has run out."))
    if Anonymising.objects.filter(state="accepted").exists():
        raise Refused(_("An accepted proposal is still to be carried out."))
    try:
        with transaction.atomic():
            row = Anonymising.objects.create(day=day, terms=terms_in_force(), proposed_by=by)
    except IntegrityError:
        raise Refused(_("A proposal waits already.")) from None
    lines = [one.person for one in people]
    for line in lines:
        line.proposal = row
    AnonymisedPerson.objects.bulk_create(lines)
    record("anonymising.propose", by=by, obj=row, changes={"people": [None, len(people)]})
    return row


@transaction.atomic
def decide(*, proposal: Anonymising, act: str, by: User) -> Anonymising:
    """`act` is "accept" (by a second person), "decline", or "withdraw" before it is carried out."""
    if act not in ("accept", "decline", "withdraw"):
        raise Refused(_("You do not have the right to do this."))
    decided: Anonymising = ANONYMISING.apply(
        proposal, act, by=by, decided_at=timezone.now(), decided_by=by
    )
    return decided


def counts_by_term(proposal: Anonymising) -> list[dict[str, Any]]:
    rows = proposal.people.values("term").order_by("term")
    return [
        {"label": rule(row["term"]).label, "people": row["people"], "done": row["done"]}
        for row in rows.annotate(
            people=Count("pk"), done=Count("pk", filter=Q(done_at__isnull=False))
        )
    ]
