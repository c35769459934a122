"""Statements that people signed, or put their thumb to, before two witnesses."""

from __future__ import annotations

import re
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.sets import (
    Against,
    People,
    is_open,
    locked,
    newest_dates,
    not_before,
    refuse_unless_ready,
)
from cases.models import ChoiceChange, SignedStatement, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import build, record_many
from kotim_social.workflow import Refused

WITNESSES = 2


def names_of_witnesses(text: str) -> list[str]:
    """Different names, however they were put beside each other."""
    names = [" ".join(name.split()) for name in re.split(r"[,;\n]|\bdan\b", text)]
    return list(dict.fromkeys(name for name in names if name))


def against_statement(people: list[Worker], *, signed_on: date, by: User) -> Against:
    """What stands against recording it for one of the people (from `with_readiness()`)."""
    chosen = newest_dates(ChoiceChange.objects, "decided_on", people)

    def against(worker: Worker) -> list[str]:
        if not by.can(Perm.WORKER_EDIT):
            return [_("You do not have the right to do this.")]
        if worker.choice == "undecided":
            return [_("She has not said whether she returns or stays.")]
        if worker.statement_signed:  # type: ignore[attr-defined]
            return [_("The statement of her present choice is signed already.")]
        return is_open(worker) or not_before(worker, signed_on, chosen.get(worker.pk))

    return against


@transaction.atomic
def record_statements(
    *, workers: People, signed_on: date, witnesses: str, by: User, by_thumb: bool = False
) -> int:
    """Each for her present choice; returns how many. All or nobody."""
    people = locked(workers, by=by)
    if len(names_of_witnesses(witnesses)) < WITNESSES:
        raise Refused(_("Name the two witnesses."))
    refuse_unless_ready(people, against_statement(people, signed_on=signed_on, by=by))
    SignedStatement.objects.bulk_create(
        SignedStatement(
            worker=worker,
            choice=worker.choice,
            signed_on=signed_on,
            witnesses=", ".join(names_of_witnesses(witnesses)),
            by_thumb=by_thumb,
            recorded_by=by,
        )
        for worker in people
    )
    record_many(
        build(
            "worker.sign_statement",
            by=by,
            object_type="cases.worker",
            object_id=str(worker.pk),
            changes={"statement": [None, worker.choice]},
        )
        for worker in people
    )
    return len(people)
