"""What a row of the register says once it has been read, and what is wrong with it."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _

from cases.register.columns import Field
from cases.register.duplicates import DuplicateOf


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    WARNING = "warning"  # accepted, with something to look at
    DUPLICATE = "duplicate"  # waits for a decision beside the record it repeats
    REFUSED = "refused"  # waits until the office has mended it
    REFERRAL = "referral"  # a child: never a beneficiary of this flow


class RowKey(NamedTuple):
    sheet: str
    row_no: int


@dataclass(frozen=True)
class Problem:
    severity: Severity
    code: str
    column: str
    sentence: str


@dataclass
class ParsedRow:
    sheet: str
    row_no: int
    place_code: str | None = None
    name: str = ""
    aliases: list[str] = field(default_factory=list)
    nik: str | None = None
    birth_place: str = ""
    birth_date: date | None = None
    mother: str = ""
    wisma: str = ""
    home_text: str = ""
    regency_code: str | None = None
    district_code: str | None = None
    bank: str = ""
    account: str = ""
    account_holder: str = ""
    phone: str = ""
    choice: str | None = None
    children: int = 0
    remark: str = ""
    is_minor: bool = False
    original: dict[str, str] = field(default_factory=dict)
    cells: dict[Field, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    duplicate_of: DuplicateOf | None = None

    @property
    def key(self) -> RowKey:
        return RowKey(self.sheet, self.row_no)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity is Severity.WARNING]

    @property
    def outcome(self) -> Outcome:
        """A child is a child whatever else is wrong, once there is a name and a place to refer."""
        if self.is_minor and self.name and self.place_code:
            return Outcome.REFERRAL
        if self.errors:
            return Outcome.REFUSED
        if self.duplicate_of is not None:
            return Outcome.DUPLICATE
        return Outcome.WARNING if self.problems else Outcome.ACCEPTED

    def refuse(self, code: str, column: str, what: str) -> None:
        self._add(Severity.ERROR, code, column, what)

    def warn(self, code: str, column: str, what: str) -> None:
        self._add(Severity.WARNING, code, column, what)

    def _add(self, severity: Severity, code: str, column: str, what: str) -> None:
        where = {"row": self.row_no, "column": column, "what": what}
        sentence = _("Row %(row)s, column %(column)s: %(what)s") % where
        self.problems.append(Problem(severity, code, column, sentence))
