"""Corrects a person's data; of two editors the second is told and loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.actions.sets import is_open, locked, refuse_if_payee_is_fixed
from cases.identity import folded, nik_indexes, phone_index
from cases.masks import HIDDEN
from cases.models import Alias, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import history_of, record
from kotim_social.lib.names import fold_name
from kotim_social.lib.nik import mask_nik, mask_phone
from kotim_social.workflow import Refused

# Columns that the edit form may change, in the order of the form.
EDITABLE = (
    "name", "birth_place", "birth_date", "mother_name", "nik", "nik_note", "phone", "place_id",
    "wisma", "home_regency_id", "home_district_id", "home_address", "children", "remark",
)  # fmt: skip
ALIASES = "aliases"


@dataclass(frozen=True)
class FieldConflict:
    """A field that both changed: as it was, as it is stored now, and as this editor wants it."""

    name: str
    before: Any
    stored: Any
    mine: Any


@dataclass(frozen=True)
class AliasChange:
    """Aliases have no columns of hers: what the editor added and took away, by what she saw."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class EditConflictError(Exception):
    """Somebody else changed the same fields meanwhile.

    `before` is the record that this editor saw (None when the history has lost it), `mine` the
    columns she changed, `last` the trail row of the other's change.
    """

    def __init__(
        self, stored: Worker, before: Any, fields: list[FieldConflict], mine: frozenset[str]
    ) -> None:
        super().__init__("The record was changed meanwhile.")
        self.stored = stored
        self.before = before
        self.fields = fields
        self.mine = mine
        self.last = history_of(stored).filter(act="worker.edit").first()


@transaction.atomic
def edit_worker(*, worker: Worker, values: dict[str, Any], version: int, by: User) -> Worker:
    """Writes the given columns (and `aliases`); `version` is the one the editor saw.

    Fields that only the other editor changed keep her values; those that both changed raise
    EditConflictError.
    """
    if not by.can(Perm.WORKER_EDIT):
        raise Refused(_("You do not have the right to do this."))
    person = locked([worker], by=by)[0]
    if against := is_open(person):
        raise Refused(*against)
    wanted = dict(values)
    aliases: AliasChange = wanted.pop(ALIASES, AliasChange())
    if version != person.version:
        wanted = _merged(person, wanted, version)
    changes = {
        name: (getattr(person, name), value)
        for name, value in wanted.items()
        if (getattr(person, name) or None) != (value or None) and name in EDITABLE
    }
    told = {name: [shown(name, old), shown(name, new)] for name, (old, new) in changes.items()}
    if names := _change_aliases(person, aliases):
        told[ALIASES] = names
    if told:
        write_columns(person, {name: new for name, (_old, new) in changes.items()})
        record("worker.edit", by=by, obj=person, changes=told)
    return person


def value_at(worker: Worker, version: int) -> Any:
    """The record as it stood in a version, out of the row history; None when it is not kept."""
    return worker.events.filter(version=version).order_by("-pgh_id").first()  # type: ignore[attr-defined]


def _merged(person: Worker, wanted: dict[str, Any], version: int) -> dict[str, Any]:
    before = value_at(person, version)
    mine: dict[str, Any] = {}
    conflicts = []
    for name, value in wanted.items():
        stored = getattr(person, name)
        was = getattr(before, name) if before is not None else None
        if _same(value, stored) or (before is not None and _same(value, was)):
            continue
        if before is not None and _same(stored, was):
            mine[name] = value
        else:
            conflicts.append(FieldConflict(name, was, stored, value))
    if conflicts:
        changed = frozenset([*mine, *(one.name for one in conflicts)])
        raise EditConflictError(person, before, conflicts, changed)
    return mine


def _same(one: Any, other: Any) -> bool:
    return (one or None) == (other or None)


def write_columns(person: Worker, values: dict[str, Any]) -> None:
    """Sets columns of a locked record with what follows from them; the caller tells the trail."""
    for name, value in values.items():
        setattr(person, name, value)
    if "name" in values:
        person.name_folded = folded(person.name)
    if "mother_name" in values:
        person.mother_folded = fold_name(person.mother_name)
    if "phone" in values:
        person.phone_index = phone_index(person.phone) if person.phone else None
    if "nik" in values:
        person.nik_index, person.nik_tail_index = (
            nik_indexes(person.nik) if person.nik else (None, None)
        )
        # The civil registry was asked about another number.
        person.nik_status = Worker.NikStatus.UNCHECKED
    person.version += 1
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        refuse_if_payee_is_fixed(error)
        raise Refused(_("This NIK already belongs to another record.")) from None


def _change_aliases(person: Worker, change: AliasChange) -> list[str] | None:
    """Adds and removes; returns [before, after] or None when nothing changed."""
    if not change.added and not change.removed:
        return None
    kept = {alias.name_folded: alias for alias in person.aliases.all()}
    removed = {folded(name) for name in change.removed}
    gone = [alias.pk for key, alias in kept.items() if key in removed]
    added = {folded(name): name for name in change.added}
    new = [
        Alias(worker=person, name=name, name_folded=key)
        for key, name in added.items()
        if key not in kept
    ]
    if not gone and not new:
        return None
    before = ", ".join(sorted(alias.name for alias in kept.values()))
    person.aliases.filter(pk__in=gone).delete()
    Alias.objects.bulk_create(new)
    return [before, ", ".join(sorted(alias.name for alias in person.aliases.all()))]


def shown(name: str, value: Any) -> Any:
    """What the trail may say of a value: restricted ones masked."""
    if not value:
        return None
    if name == "nik":
        return mask_nik(value)
    if name == "phone":
        return mask_phone(value)
    if name in ("home_address", "mother_name"):
        return HIDDEN
    return value if isinstance(value, int | str) else value.isoformat()
