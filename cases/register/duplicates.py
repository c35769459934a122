"""Who is in the register twice: within a workbook, and against the people who are there already.

The rows of one workbook are few, the people may be a million: the rows are kept in dictionaries
and the people stream past them once.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

from kotim_social.lib.names import fold_name

_ALIKE = 0.85
_BIRTH_YEARS_APART = 1
# A day that more people share is a stand-in for an unknown one ("1 January"), and says nothing.
_MOST_ON_A_DAY = 50
_MOST_HINTS = 3

_Key = TypeVar("_Key", bound=Hashable)


class Likeness(StrEnum):
    SAME_NIK = "same_nik"
    SAME_NAME_BIRTH = "same_name_birth"
    SAME_NAME_MOTHER = "same_name_mother"
    SIMILAR_NAME = "similar_name"
    SAME_PHONE = "same_phone"
    SAME_ACCOUNT = "same_account"


class Person(NamedTuple):
    """One of the people already there; keys are blind indexes, names are folded."""

    id: Hashable
    nik_key: str
    name: str
    birth_date: date | None
    mother: str
    account_key: str = ""
    phone_key: str = ""


@dataclass(frozen=True)
class DuplicateOf:
    """`other` is the key of an earlier row or, where `existing`, the id of a person."""

    likeness: Likeness
    other: Hashable
    existing: bool


class RowLike(Protocol):
    @property
    def key(self) -> Hashable: ...

    name: str
    nik: str | None
    birth_date: date | None
    mother: str
    account: str
    phone: str


KeyOf = Callable[[str], str]


def same(value: str) -> str:
    return value


@dataclass(frozen=True)
class KeyMakers:
    """How a row's NIK, account and phone become the keys that existing people carry."""

    nik: KeyOf = same
    account: KeyOf = same
    phone: KeyOf = same


@dataclass
class Duplicates:
    """`decisions`: rows that wait; `hints`: weaker likenesses, only to be shown."""

    decisions: dict[Hashable, DuplicateOf] = field(default_factory=dict)
    hints: dict[Hashable, list[DuplicateOf]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: Hashable, found: DuplicateOf) -> None:
        if found.likeness in _DECISIONS:
            known = self.decisions.get(row)
            if known is None or _rank(found) < _rank(known):
                self.decisions[row] = found
        elif found not in self.hints[row] and len(self.hints[row]) < _MOST_HINTS:
            self.hints[row].append(found)

    def drop_known_others(self, apart: Collection[frozenset[Hashable]]) -> None:
        """A row that is most likely one person is not like those whom she was found not to be."""
        for row, decision in self.decisions.items():
            if decision.existing:
                self.hints[row] = [
                    hint
                    for hint in self.hints[row]
                    if not hint.existing or frozenset({hint.other, decision.other}) not in apart
                ]


# The strongest first.
_DECISIONS = (Likeness.SAME_NIK, Likeness.SAME_NAME_BIRTH, Likeness.SAME_NAME_MOTHER)


def _rank(found: DuplicateOf) -> int:
    return _DECISIONS.index(found.likeness)


def find_duplicates(
    rows: Iterable[RowLike],
    existing: Iterable[Person] = (),
    *,
    keys: KeyMakers | None = None,
    apart: Collection[frozenset[Hashable]] = (),
) -> Duplicates:
    """The rows in workbook order: the first of equals is the record, the later ones wait.

    `apart` are pairs of existing people who are known not to be the same.
    """
    keys = keys or KeyMakers()
    ordered = [(row.key, _as_person(row, keys)) for row in rows]
    found = Duplicates()
    index = _Index(first_only=False)
    for _key, person in ordered:
        index.add(person)
    for person in existing:
        for likeness, row_key in index.like(person):
            found.add(row_key, DuplicateOf(likeness, person.id, existing=True))
    found.drop_known_others(apart)
    earlier = _Index(first_only=True)
    for key, person in ordered:
        for likeness, other in earlier.like(person):
            found.add(key, DuplicateOf(likeness, other, existing=False))
        earlier.add(person)
    return found


def _as_person(row: RowLike, keys: KeyMakers) -> Person:
    return Person(
        id=row.key,
        nik_key=keys.nik(row.nik) if row.nik else "",
        name=fold_name(row.name),
        birth_date=row.birth_date,
        mother=fold_name(row.mother),
        account_key=keys.account(row.account) if row.account else "",
        phone_key=keys.phone(row.phone) if row.phone else "",
    )


class _Index:
    """People by each thing that can be equal; `first_only` keeps the first of equals."""

    def __init__(self, *, first_only: bool) -> None:
        self._first_only = first_only
        self._nik: dict[str, list[Person]] = defaultdict(list)
        self._name_birth: dict[tuple[str, date], list[Person]] = defaultdict(list)
        self._mother: dict[tuple[str, str], list[Person]] = defaultdict(list)
        self._birth: dict[date, list[Person]] = defaultdict(list)
        self._phone: dict[str, list[Person]] = defaultdict(list)
        self._account: dict[str, list[Person]] = defaultdict(list)

    def add(self, person: Person) -> None:
        self._put(self._nik, person.nik_key, person)
        self._put(self._phone, person.phone_key, person)
        self._put(self._account, person.account_key, person)
        if person.name and person.mother:
            self._mother[(person.name, person.mother)].append(person)
        if person.name and person.birth_date is not None:
            self._put(self._name_birth, (person.name, person.birth_date), person)
            self._birth[person.birth_date].append(person)

    def like(self, person: Person) -> Iterator[tuple[Likeness, Hashable]]:
        """Everybody indexed who resembles this one."""
        for other in self._nik.get(person.nik_key, ()):
            yield Likeness.SAME_NIK, other.id
        for other in self._phone.get(person.phone_key, ()):
            yield Likeness.SAME_PHONE, other.id
        for other in self._account.get(person.account_key, ()):
            yield Likeness.SAME_ACCOUNT, other.id
        if person.name and person.birth_date is not None:
            yield from self._like_by_name(person, person.birth_date)

    def _like_by_name(self, person: Person, born: date) -> Iterator[tuple[Likeness, Hashable]]:
        for other in self._name_birth.get((person.name, born), ()):
            yield Likeness.SAME_NAME_BIRTH, other.id
        for other in self._mother.get((person.name, person.mother), ()):
            if _close(person, other):
                yield Likeness.SAME_NAME_MOTHER, other.id
        same_day = self._birth.get(born, ())
        if len(same_day) <= _MOST_ON_A_DAY:
            for other in same_day:
                if _alike(person.name, other.name):
                    yield Likeness.SIMILAR_NAME, other.id

    def _put(self, index: dict[_Key, list[Person]], key: _Key, person: Person) -> None:
        if key and not (self._first_only and key in index):
            index[key].append(person)


def _close(one: Person, other: Person) -> bool:
    if one.birth_date is None or other.birth_date is None:
        return False
    return abs(one.birth_date.year - other.birth_date.year) <= _BIRTH_YEARS_APART


def _alike(one: str, other: str) -> bool:
    if not one or not other or one == other:
        return False
    words, others = set(one.split()), set(other.split())
    if words <= others or others <= words:
        return True
    matcher = SequenceMatcher(None, one, other)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
