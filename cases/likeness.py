"""Who in the register may be the same person as the one on the form."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Case, Q, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.apart import apart_from, leading
from cases.identity import folded, nik_indexes, phone_index
from cases.models import Worker
from cases.register.duplicates import DuplicateOf, KeyMakers, Likeness, Person, find_duplicates
from kotim_social.accounts.models import User
from kotim_social.audit.scope import whole_office
from kotim_social.lib.names import fold_name

# What is equal, in words; the first three demand a decision.
WORDS = {
    Likeness.SAME_NIK: gettext_lazy("same NIK"),
    Likeness.SAME_NAME_BIRTH: gettext_lazy("same name and date of birth"),
    Likeness.SAME_NAME_MOTHER: gettext_lazy("same name and mother, born in nearly the same year"),
    Likeness.SIMILAR_NAME: gettext_lazy("similar name and same date of birth"),
    Likeness.SAME_PHONE: gettext_lazy("same telephone"),
    Likeness.SAME_ACCOUNT: gettext_lazy("same account number"),
}
_SHOWN = 3
_CAP = 200
_BIRTH_YEARS_APART = 1


@dataclass
class Applicant:
    """The person on the form, as the comparison of the import reads a row."""

    name: str
    birth_date: date | None
    mother: str = ""
    nik: str | None = None
    phone: str = ""
    account: str = ""
    key: Hashable = "form"


@dataclass(frozen=True)
class Candidate:
    """Somebody like her. `worker` is None outside the user's scope: only that a record exists."""

    pk: UUID
    worker: Worker | None
    words: str

    @property
    def sentence(self) -> str:
        if self.worker is None:
            return _("A record like hers exists (%(words)s): contact the supervisor.") % {
                "words": self.words
            }
        return _("%(number)s is like her: %(words)s.") % {
            "number": self.worker.register_no,
            "words": self.words,
        }


@dataclass
class Likely:
    """Nobody, or: the same NIK (blocked), likely the same (a decision), or alike (a hint)."""

    same_nik: list[Candidate] = field(default_factory=list)
    decide: list[Candidate] = field(default_factory=list)
    hints: list[Candidate] = field(default_factory=list)


def find_likely(applicant: Applicant, *, user: User, besides: UUID | None = None) -> Likely:
    """At most three of each kind, in a few queries over indexed columns."""
    found = _found(applicant, besides)
    seen = (
        Worker.objects.visible_to(user)
        .select_related("place")
        .in_bulk([pk for _likeness, pk in found])
    )
    likely = Likely()
    for likeness, pk in found:
        candidate = Candidate(pk, seen.get(pk), str(WORDS[likeness]))
        if likeness is Likeness.SAME_NIK:
            likely.same_nik.append(candidate)
        elif likeness in (Likeness.SAME_NAME_BIRTH, Likeness.SAME_NAME_MOTHER):
            likely.decide.append(candidate)
        else:
            likely.hints.append(candidate)
    return Likely(likely.same_nik[:_SHOWN], likely.decide[:_SHOWN], likely.hints[:_SHOWN])


@whole_office()
def _found(applicant: Applicant, besides: UUID | None) -> list[tuple[Likeness, UUID]]:
    """Among everybody: that a record exists is told of those outside her scope as well."""
    existing = _possible(applicant, besides) if applicant.birth_date else []
    keys = KeyMakers(nik=lambda n: nik_indexes(n)[0], phone=lambda p: phone_index(p) or "")
    return _without_known(
        [
            (duplicate.likeness, pk)
            for pk, person in existing
            for duplicate in _compare(applicant, person, keys)
        ],
        besides,
    )


def _without_known(
    found: list[tuple[Likeness, UUID]], besides: UUID | None
) -> list[tuple[Likeness, UUID]]:
    """Less those whom she was found not to be; a merged record gives way to the one that leads."""
    if not found:
        return found
    leads = leading(pk for _likeness, pk in found)
    led = list(dict.fromkeys((likeness, leads.get(pk, pk)) for likeness, pk in found))
    if besides is not None:
        known = apart_from(besides) | {besides}
        return [(likeness, pk) for likeness, pk in led if pk not in known]
    known = {other for likeness, pk in led if likeness is Likeness.SAME_NIK
             for other in apart_from(pk)}  # fmt: skip
    return [(likeness, pk) for likeness, pk in led if pk not in known]


def _compare(applicant: Applicant, person: Person, keys: KeyMakers) -> Iterable[DuplicateOf]:
    result = find_duplicates([applicant], [person], keys=keys)
    decision = result.decisions.get(applicant.key)
    return [decision] if decision else result.hints.get(applicant.key, [])[:1]


def _possible(applicant: Applicant, besides: UUID | None) -> list[tuple[UUID, Person]]:
    assert applicant.birth_date is not None
    name = folded(applicant.name)
    alike = Q(birth_date=applicant.birth_date)
    if applicant.nik:
        alike |= Q(nik_index=nik_indexes(applicant.nik)[0])
    if index := phone_index(applicant.phone):
        alike |= Q(phone_index=index)
    if mother := fold_name(applicant.mother):
        year = applicant.birth_date.year
        alike |= Q(
            name_folded=name,
            mother_folded=mother,
            birth_date__year__gte=year - _BIRTH_YEARS_APART,
            birth_date__year__lte=year + _BIRTH_YEARS_APART,
        )
    # On a day on which many were born, those of the same name and NIK come before the cap.
    other_day = ~Q(birth_date=applicant.birth_date)
    nearest = Case(When(other_day | Q(name_folded=name), then=0), default=1)
    rows = Worker.objects.filter(alike).order_by(nearest, "pk")
    if besides is not None:
        rows = rows.exclude(pk=besides)
    return [
        (
            row.pk,
            Person(
                id=row.pk,
                nik_key=row.nik_index or "",
                name=row.name_folded,
                birth_date=row.birth_date,
                mother=row.mother_folded,
                phone_key=row.phone_index or "",
            ),
        )
        for row in rows.only(
            "nik_index", "name_folded", "birth_date", "mother_folded", "phone_index"
        )[:_CAP]
    ]
