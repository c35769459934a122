"""Ground of the acts on sets of people: lock them, ask what stands against it, refuse by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from cases.models import Worker
from kotim_social.accounts.models import User
from kotim_social.lib.dates import format_date, today
from kotim_social.workflow import Refused

# Raised by the database when somebody changes a payee behind the back of an approval.
PAYEE_FIXED = "payee_fixed_by_approval"
# The people in their own right, or their ids.
People = Iterable[Worker | UUID]
Against = Callable[[Worker], list[str]]
_NAMED = 10


@dataclass
class Split:
    """Of a set: whom the act may be done for, and who is left out with the sentences why."""

    ready: list[Worker] = field(default_factory=list)
    left_out: list[tuple[Worker, str]] = field(default_factory=list)


def split(people: Iterable[Worker], against: Against) -> Split:
    result = Split()
    for worker in people:
        sentences = against(worker)
        if sentences:
            result.left_out.append((worker, " ".join(sentences)))
        else:
            result.ready.append(worker)
    return result


def locked(people: People, *, by: User, only: Sequence[str] = ()) -> list[Worker]:
    """The people, locked in one statement and in one order, with their readiness.

    An act on thousands names the `only` columns it looks at, and gets no readiness. Refused when
    one of them lies outside the user's scope.
    """
    ids = {person.pk if isinstance(person, Worker) else person for person in people}
    seen = Worker.objects.visible_to(by).filter(pk__in=ids)
    rows = seen.only(*only) if only else seen.with_readiness()
    workers: list[Worker] = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if not workers:
        raise Refused(_("Nobody is chosen."))
    if len(workers) != len(ids):
        raise Refused(_("Some of these people are not in your care."))
    return workers


def refuse_unless_ready(people: Iterable[Worker], against: Against) -> None:
    """All or nobody: the sentences name each person whom the act may not be done for."""
    workers = list(people)
    left_out = split(workers, against).left_out
    if not left_out:
        return
    if len(workers) == 1:
        raise Refused(left_out[0][1])
    raise Refused(*(f"{worker.register_no}: {sentence}" for worker, sentence in left_out[:_NAMED]))


def is_open(worker: Worker) -> list[str]:
    """A closed case is read only, and so is a record that was merged into another."""
    if worker.case_state == "merged":
        return [_("This record is merged into another one.")]
    return [_("Her case is closed.")] if worker.case_state == "closed" else []


def not_before(worker: Worker, on: date, earlier: date | None = None) -> list[str]:
    """A date of business lies between her registration (and the step before) and today."""
    if on > today():
        return [_("The date lies in the future.")]
    first = max(worker.registered_on, earlier or worker.registered_on)
    if on < first:
        shown = {"date": format_date(first)}
        return [_("The date lies before %(date)s, the step before it.") % shown]
    return []


def newest_dates(rows: Any, column: str, workers: Iterable[Worker]) -> dict[UUID, date]:
    """For each worker the newest date in a table of her decisions."""
    dates: dict[UUID, date] = {}
    found = rows.filter(worker__in=[worker.pk for worker in workers])
    for worker_id, on in found.order_by(column).values_list("worker_id", column):
        dates[worker_id] = on
    return dates


def refuse_if_payee_is_fixed(error: IntegrityError) -> None:
    """Says in words what the database holds; any other violation is the caller's to explain."""
    if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") == PAYEE_FIXED:
        raise Refused(
            _(
                "A payment to her is approved. Her name, NIK and account change only by a "
                "correction that the administrator proposes and a supervisor accepts."
            )
        ) from None
