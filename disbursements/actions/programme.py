"""Changes of the programme: one proposes, another accepts, and only then is it so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from disbursements.actions.closing_year import close_year
from disbursements.models import (
    AssistanceKind,
    BudgetYear,
    Ceiling,
    Funder,
    Policy,
    Position,
    ProgrammeChange,
    Rate,
)
from disbursements.programme import Values, current, is_used, problems, rate_before
from disbursements.programme_workflow import PROGRAMME_CHANGE
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

Subject = ProgrammeChange.Subject


@transaction.atomic
def propose(*, subject: str, after: Values, reason: str, by: User) -> ProgrammeChange:
    """Writes the proposal down; nothing of the programme changes yet."""
    if not by.can(Perm.PROGRAMME_EDIT):
        raise Refused(_("You do not have the right to do this."))
    if against := problems(subject, after):
        raise Refused(*against)
    waiting = ProgrammeChange.objects.filter(subject=subject, state="proposed")
    if any(_same_thing(change.after, after) for change in waiting):
        raise Refused(_("A change of the same thing already waits for somebody's decision."))
    change = ProgrammeChange.objects.create(
        subject=subject,
        after=after,
        before=current(subject, after),
        reason=reason.strip() or None,
        proposed_by=by,
    )
    record("programme.propose", by=by, obj=change, changes={"subject": [None, subject]})
    return change


_NAMES = ("code", "year", "kind", "package")


def _same_thing(one: Values, other: Values) -> bool:
    return all(one.get(name) == other.get(name) for name in _NAMES)


@transaction.atomic
def accept(*, change: ProgrammeChange, by: User) -> ProgrammeChange:
    """The second person's yes: checked again as things stand now, then written."""
    moved: ProgrammeChange = PROGRAMME_CHANGE.apply(
        change, "accept", by=by, decided_at=timezone.now(), decided_by=by
    )
    if current(moved.subject, moved.after) != moved.before:
        raise Refused(_("What it changes is no longer as it was. Propose the change again."))
    if against := problems(moved.subject, moved.after):
        raise Refused(*against)
    _write(moved, by)
    return moved


@transaction.atomic
def decline(*, change: ProgrammeChange, by: User) -> ProgrammeChange:
    moved: ProgrammeChange = PROGRAMME_CHANGE.apply(
        change, "decline", by=by, decided_at=timezone.now(), decided_by=by
    )
    return moved


@transaction.atomic
def withdraw(*, change: ProgrammeChange, by: User) -> ProgrammeChange:
    moved: ProgrammeChange = PROGRAMME_CHANGE.apply(
        change, "withdraw", by=by, decided_at=timezone.now(), decided_by=by
    )
    return moved


# -- what a yes would do -----------------------------------------------------------------------


@dataclass(frozen=True)
class Effect:
    """What everybody together is entitled to, of one funder and kind, before and after."""

    label: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


def effects(change: ProgrammeChange, *, by: User) -> list[Effect]:
    """The totals before and after: the change is written, read, and taken back again."""
    before = _entitled()
    after = before
    with suppress(_TakenBack), transaction.atomic():
        _write(change, by)
        after = _entitled()
        raise _TakenBack
    keys = list(dict.fromkeys([*before, *after]))
    rows = [Effect(key, before.get(key, 0), after.get(key, 0)) for key in keys]
    return [*rows, Effect(_("All together"), sum(before.values()), sum(after.values()))]


class _TakenBack(Exception):  # noqa: N818
    """Ends a look at what would be."""


def _entitled() -> dict[str, int]:
    rows = (
        Position.objects.values_list("funder__name", "kind__name")
        .annotate(total=Sum("entitled"))
        .order_by("funder__order", "kind__order")
    )
    return {f"{funder}: {kind}": total for funder, kind, total in rows}


# -- writing it --------------------------------------------------------------------------------


def _write(change: ProgrammeChange, by: User) -> None:
    try:
        with transaction.atomic():
            _WRITERS[change.subject](change.after, by)
    except IntegrityError as error:
        raise Refused(_("This does not fit with what is there already.")) from error


def _write_funder(after: Values, by: User) -> None:
    funder = Funder.objects.filter(pk=after["code"]).first() or Funder(
        code=after["code"], order=_next_order(Funder)
    )
    funder.name, funder.source = after["name"], after["source"]
    funder.save()


def _next_order(model: Any) -> int:
    last: int | None = model.objects.aggregate(last=Max("order"))["last"]
    return 0 if last is None else last + 1


def _write_year(after: Values, by: User) -> None:
    year, _made = BudgetYear.objects.get_or_create(pk=after["year"])
    year.cut_off = _day(after["cut_off"])
    year.save(update_fields=["cut_off"])


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _write_kind(after: Values, by: User) -> None:
    kind = AssistanceKind.objects.filter(pk=after["code"]).first() or AssistanceKind(
        code=after["code"], order=_next_order(AssistanceKind)
    )
    kind.name, kind.method = after["name"], after["method"]
    kind.funder_id = after["funder"]
    kind.save()
    Policy.objects.update_or_create(
        kind=kind, defaults={"who": after["who"], "payable_when": after["payable_when"]}
    )


def _write_package(after: Values, by: User) -> None:
    AssistanceKind.objects.filter(component_of=after["package"]).exclude(
        pk__in=after["parts"]
    ).update(component_of=None)
    AssistanceKind.objects.filter(pk__in=after["parts"]).update(component_of=after["package"])


def _write_rate(after: Values, by: User) -> None:
    """The rate that holds ends the day before; one that nobody used yet is put right instead."""
    day = date.fromisoformat(after["valid_from"])
    now = rate_before(after["kind"], day)
    until = now.valid_until if now else _day_before_next(after["kind"], day)
    if now is not None and now.valid_from == day and not is_used(now):
        now.amount, now.legal_basis = after["amount"], after["legal_basis"]
        now.save(update_fields=["amount", "legal_basis"])
        return
    if now is not None:
        now.valid_until = day - timedelta(days=1)
        now.save(update_fields=["valid_until"])
    Rate.objects.create(
        kind_id=after["kind"],
        amount=after["amount"],
        valid_from=day,
        valid_until=until,
        legal_basis=after["legal_basis"],
    )


def _day_before_next(kind: str, day: date) -> date | None:
    later = Rate.objects.filter(kind=kind, valid_from__gt=day).order_by("valid_from").first()
    return later.valid_from - timedelta(days=1) if later else None


def _write_ceiling(after: Values, by: User) -> None:
    Ceiling.objects.update_or_create(
        budget_year_id=after["year"], kind_id=after["kind"], defaults={"amount": after["amount"]}
    )


def _write_closing(after: Values, by: User) -> None:
    close_year(year=BudgetYear.objects.get(pk=after["year"]), on=today(), by=by)


_WRITERS: dict[str, Callable[[Values, User], None]] = {
    Subject.FUNDER: _write_funder,
    Subject.BUDGET_YEAR: _write_year,
    Subject.KIND: _write_kind,
    Subject.PACKAGE: _write_package,
    Subject.RATE: _write_rate,
    Subject.CEILING: _write_ceiling,
    Subject.CLOSING: _write_closing,
}
