"""Determining by decree: what people would get becomes what they are entitled to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from cases.actions.verification import mark_determined
from cases.models import Worker, of_age
from disbursements.models import BudgetYear, Decree
from disbursements.rules import date_problems
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused

# One row for each person and payable kind, with the rate of the day of the decree. Whoever has
# a row of the kind already, determined or lapsed, keeps it: a second run adds nothing.
FREEZE = """
INSERT INTO disbursements_entitlement
    (id, decree_id, worker_id, kind_id, budget_year_id, rate_id, amount, legal_basis, paid,
     state, recorded_at, recorded_by_id)
SELECT gen_random_uuid(), %(decree)s, w.id, k.code, %(year)s, r.id, r.amount, r.legal_basis, 0,
       'determined', now(), %(by)s
FROM cases_worker w
CROSS JOIN disbursements_assistancekind k
JOIN disbursements_policy p ON p.kind_id = k.code
JOIN disbursements_rate r ON r.kind_id = k.code
     AND daterange(r.valid_from, r.valid_until, '[]') @> %(on)s
WHERE w.id = ANY(%(workers)s)
  AND NOT EXISTS (SELECT 1 FROM disbursements_assistancekind part
                  WHERE part.component_of_id = k.code)
  AND NOT EXISTS (SELECT 1 FROM disbursements_entitlement e
                  WHERE e.worker_id = w.id AND e.kind_id = k.code)
"""


@transaction.atomic
def issue_decree(
    *,
    number: str,
    decided_on: date,
    signed_by_title: str,
    budget_year: BudgetYear,
    workers: Iterable[UUID],
    by: User,
) -> Decree:
    """Records the SK and makes the entitlements of the people it names; Refused when it may not."""
    if not by.can(Perm.DECREE_SIGN):
        raise Refused(_("You do not have the right to do this."))
    problems = date_problems(decided_on, not_before=None, year=budget_year)
    if not number.strip():
        problems.append(_("Give the number of the decree."))
    elif Decree.objects.filter(number=number.strip()).exists():
        problems.append(_("A decree with this number is already recorded."))
    people = dict(
        Worker.objects.visible_to(by)
        .filter(pk__in=list(workers), determined_on__isnull=True)
        .select_for_update()
        .order_by("pk")
        .values_list("pk", "eligibility")
    )
    if not people:
        problems.append(_("Nobody in this decree waits for one."))
    if set(people.values()) - {"eligible"}:
        problems.append(_("The decree names somebody who has not been found eligible."))
    if Worker.objects.filter(pk__in=people).exclude(of_age()).exists():
        problems.append(_("The decree names somebody who is under 18 on the day of closing."))
    if problems:
        raise Refused(*problems)
    decree = Decree.objects.create(
        number=number.strip(),
        decided_on=decided_on,
        signed_by_title=signed_by_title.strip(),
        budget_year=budget_year,
        recorded_by=by,
    )
    ids = list(people)
    mark_determined(workers=ids, on=decided_on, by=by)
    freeze(decree, ids, by)
    record(
        "decree.issue",
        by=by,
        obj=decree,
        changes={"people": [0, len(ids)], "entitlements": [0, decree.entitlements.count()]},
    )
    return decree


def freeze(decree: Decree, worker_ids: list[UUID], by: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            FREEZE,
            {
                "decree": decree.pk,
                "year": decree.budget_year_id,
                "by": by.pk,
                "on": decree.decided_on,
                "workers": worker_ids,
            },
        )


def waiting_for_decree(user: User) -> list[UUID]:
    """Those found eligible whom no decree names yet, in this user's scope."""
    waiting = Worker.objects.visible_to(user).filter(
        of_age(), eligibility="eligible", determined_on__isnull=True, case_state="open"
    )
    return list(waiting.order_by("name", "pk").values_list("pk", flat=True))
