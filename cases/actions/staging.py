"""Between the reader's rows, the staged rows and new people: what the office's own rules add."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery, UUIDField
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.registering import UNDECIDED, NewAccount, NewPerson
from cases.apart import apart_pairs
from cases.identity import account_index, nik_indexes, phone_index
from cases.models import Merge, StagedRow, Worker
from cases.register.columns import Field
from cases.register.duplicates import DuplicateOf, KeyMakers, Likeness, Person, find_duplicates
from cases.register.parsed import Outcome, ParsedRow, Problem, Severity
from cases.register.reading import (
    RegisterReading,
    duplicate_sentence,
    mark_duplicates,
    read_register,
)
from cases.register.rows import Surroundings, read_row
from cases.register.table import FieldCell, RawRow
from kotim_social.accounts.models import User
from kotim_social.audit.scope import whole_office
from kotim_social.regions.matching import current_index
from kotim_social.regions.models import Place

# What people may mend in a row, in the order of the form.
FIELD_LABELS: dict[Field, Any] = {
    Field.NAME: gettext_lazy("Name"),
    Field.ALIAS: gettext_lazy("Alias"),
    Field.NIK: gettext_lazy("NIK"),
    Field.BIRTH_PLACE: gettext_lazy("Place of birth"),
    Field.BIRTH_DATE: gettext_lazy("Date of birth"),
    Field.MOTHER: gettext_lazy("Mother's name"),
    Field.HOME: gettext_lazy("Home address"),
    Field.WISMA: gettext_lazy("Wisma / room"),
    Field.BANK: gettext_lazy("Bank"),
    Field.ACCOUNT: gettext_lazy("Account number"),
    Field.ACCOUNT_HOLDER: gettext_lazy("Name of the holder"),
    Field.PHONE: gettext_lazy("Telephone"),
    Field.CHOICE: gettext_lazy("Choice"),
    Field.CHILDREN: gettext_lazy("Accompanying children"),
    Field.REMARK: gettext_lazy("Remark"),
}
DECISION = "decision"
LONGEST_REMARK = 300
_LONGEST = {
    "name": (120, Field.NAME),
    "mother": (120, Field.MOTHER),
    "birth_place": (80, Field.BIRTH_PLACE),
    "wisma": (80, Field.WISMA),
    "bank": (40, Field.BANK),
    "account_holder": (120, Field.ACCOUNT_HOLDER),
}
_LONGEST_ALIAS = 80
_NOT_STORED = frozenset({"sheet", "row_no", "original", "problems", "duplicate_of"})
# NIK, account and phone as people type them; a date has fewer digits.
_LONG_NUMBER = re.compile(r"\d(?:[ .'’-]?\d){8,}")

KEYS = KeyMakers(
    nik=lambda nik: nik_indexes(nik)[0],
    account=lambda number: account_index(number) or "",
    phone=lambda number: phone_index(number) or "",
)


@whole_office()
def read_workbook(content: bytes, *, by: User | None) -> RegisterReading:
    """Every row with its outcome for this officer; raises WorkbookError for an unreadable file.

    With nobody, for a check only, the rows of all places are taken.
    """
    places = _places()
    reading = read_register(
        content,
        places={code: place.keywords for code, place in places.items()},
        regions=current_index(),
        ref_dates=_closing_dates(places),
        existing=known_people(),
        keys=KEYS,
        apart=apart_pairs(),
    )
    for row in reading.rows:
        _add_office_rules(row, places, by)
    return reading


@whole_office()
def read_mended(
    cells: Mapping[Field, str], *, row: StagedRow, place_code: str | None, by: User
) -> ParsedRow:
    """A row with corrected cells, judged by the same rules, duplicates too."""
    places = _places()
    raw = RawRow(
        sheet=row.sheet,
        row_no=row.row_no,
        cells={
            field: FieldCell(str(FIELD_LABELS[field]), text or None)
            for field, text in cells.items()
        },
        original={},
        places=frozenset({place_code} if place_code else ()),
        place_text="",
    )
    parsed = read_row(raw, Surroundings(current_index(), _closing_dates(places)))
    if parsed.outcome is not Outcome.REFUSED:
        found = find_duplicates([parsed], known_people(), keys=KEYS, apart=apart_pairs())
        mark_duplicates([parsed], found)
    _add_office_rules(parsed, places, by)
    return parsed


@whole_office()
def find_again(rows: list[ParsedRow]) -> None:
    """Marks rows whose people were registered since the workbook was staged."""
    found = find_duplicates(rows, known_people(), keys=KEYS, apart=apart_pairs())
    for row in rows:
        decision = found.decisions.get(row.key)
        row.duplicate_of = decision if decision is not None and decision.existing else None
        if any(hint.existing and _is_account(hint) for hint in found.hints.get(row.key, ())):
            _refuse_shared_account(row)


def known_people() -> Iterator[Person]:
    """Everybody registered, as the duplicate check compares them; one query.

    A record that was merged away speaks for the one that leads on.
    """
    leads = Merge.objects.standing().filter(gone=OuterRef("pk")).values("kept")[:1]
    rows = Worker.objects.annotate(
        open_account=FilteredRelation("accounts", condition=~Q(accounts__state="closed")),
        account_key=F("open_account__number_index"),
        leading=Coalesce(Subquery(leads), F("id"), output_field=UUIDField()),
    ).values_list(
        "leading", "nik_index", "name_folded", "birth_date", "mother_folded", "account_key",
        "phone_index",
    )  # fmt: skip
    for pk, nik, name, birth, mother, account, phone in rows.iterator():
        yield Person(pk, nik or "", name, birth, mother, account or "", phone or "")


def repeated_worker(parsed: ParsedRow) -> UUID | None:
    """The registered person whom the row repeats."""
    found = parsed.duplicate_of
    if found is None or not found.existing or not isinstance(found.other, UUID):
        return None
    return found.other


@whole_office()
def nik_is_known(nik: str | None) -> bool:
    return nik is not None and Worker.objects.filter(nik_index=KEYS.nik(nik)).exists()


def stored_fields(parsed: ParsedRow) -> dict[str, Any]:
    """What `StagedRow.fields` keeps of a row that was read: JSON, the same before and after."""
    kept = {
        field.name: getattr(parsed, field.name)
        for field in dataclasses.fields(ParsedRow)
        if field.name not in _NOT_STORED
    }
    born = parsed.birth_date
    return kept | {"birth_date": born.isoformat() if born is not None else None}


def stored_problems(parsed: ParsedRow) -> list[dict[str, str]]:
    """What `StagedRow.problems` keeps; long numbers in sentences are hidden."""
    problems = [_as_dict(problem) for problem in parsed.problems]
    found = parsed.duplicate_of
    if found is not None:
        sentence = duplicate_sentence(parsed)
        problems.insert(0, _problem(DECISION, found.likeness.value, "", sentence))
    return problems


def parsed_from(row: StagedRow) -> ParsedRow:
    """The reader's row again; its problems are not, they are in `row.problems`."""
    fields = dict(row.fields)
    born = fields.pop("birth_date")
    return ParsedRow(
        sheet=row.sheet,
        row_no=row.row_no,
        birth_date=date.fromisoformat(born) if born else None,
        **fields,
    )


def person_from(row: StagedRow) -> NewPerson:
    """The person of a staged row; she keeps the row's id, so that each is found by the other."""
    return _person(row, parsed_from(row))


def _person(row: StagedRow, parsed: ParsedRow) -> NewPerson:
    if parsed.birth_date is None or parsed.place_code is None:
        raise ValueError("a refused row is nobody yet")
    notes = [p["sentence"] for p in row.problems if p["code"] == "nik_differs"]
    account = None
    if parsed.account:
        account = NewAccount(bank=parsed.bank, number=parsed.account, holder=parsed.account_holder)
    return NewPerson(
        id=row.pk,
        name=parsed.name,
        birth_date=parsed.birth_date,
        place_code=parsed.place_code,
        birth_place=parsed.birth_place,
        mother_name=parsed.mother,
        nik=parsed.nik,
        nik_note=" ".join(notes)[:300],
        phone=parsed.phone or None,
        wisma=parsed.wisma,
        home_regency_code=parsed.regency_code,
        home_district_code=parsed.district_code,
        home_address=parsed.home_text or None,
        children=parsed.children,
        remark=parsed.remark[:LONGEST_REMARK],
        aliases=tuple(parsed.aliases),
        account=account,
        choice=parsed.choice or UNDECIDED,
    )


def _places() -> dict[str, Place]:
    return {place.code: place for place in Place.objects.select_related("lokalisasi")}


def _closing_dates(places: Mapping[str, Place]) -> dict[str, date]:
    return {code: place.lokalisasi.planned_closing for code, place in places.items()}


def _add_office_rules(row: ParsedRow, places: Mapping[str, Place], by: User | None) -> None:
    """What the reader cannot know: whose places these are, and what the tables can hold."""
    _check_lengths(row)
    if any(problem.code == Likeness.SAME_ACCOUNT for problem in row.warnings):
        _refuse_shared_account(row)
    place = places.get(row.place_code or "")
    if place is not None and by is not None and not _is_hers(place, by):
        row.refuse(
            "foreign_place",
            _("place"),
            _("%(place)s is not assigned to you; an officer of that place settles this row.")
            % {"place": place.label},
        )


def _is_hers(place: Place, by: User) -> bool:
    return by.sees_everything or place.lokalisasi_id in by.lokalisasi_ids


def _check_lengths(row: ParsedRow) -> None:
    what = _("the text is longer than %(limit)s characters.")
    for name, (limit, field) in _LONGEST.items():
        if len(getattr(row, name)) > limit:
            row.refuse("too_long", str(FIELD_LABELS[field]), what % {"limit": limit})
    if any(len(alias) > _LONGEST_ALIAS for alias in row.aliases):
        row.refuse("too_long", str(FIELD_LABELS[Field.ALIAS]), what % {"limit": _LONGEST_ALIAS})
    if len(row.remark) > LONGEST_REMARK:
        cut = _("only the first %(limit)s characters go into her record.")
        row.warn("remark_cut", str(FIELD_LABELS[Field.REMARK]), cut % {"limit": LONGEST_REMARK})


def _is_account(hint: DuplicateOf) -> bool:
    return hint.likeness is Likeness.SAME_ACCOUNT


def _refuse_shared_account(row: ParsedRow) -> None:
    """One account number is one person's, until a supervisor explains it (see BankAccount)."""
    found = [p for p in row.problems if p.code == Likeness.SAME_ACCOUNT]
    if not found:
        what = _("the account number is that of somebody already registered.")
        row.refuse(Likeness.SAME_ACCOUNT, _("account"), what)
        return
    row.problems = [
        dataclasses.replace(p, severity=Severity.ERROR) if p in found else p for p in row.problems
    ]


def _as_dict(problem: Problem) -> dict[str, str]:
    return _problem(problem.severity.value, problem.code, problem.column, problem.sentence)


def _problem(severity: str, code: str, column: str, sentence: str) -> dict[str, str]:
    return {
        "severity": severity,
        "code": str(code),
        "column": column,
        "sentence": _LONG_NUMBER.sub(_hide, sentence),
    }


def _hide(found: re.Match[str]) -> str:
    text = found.group()
    return f"{'*' * (len(text) - 4)}{text[-4:]}"
