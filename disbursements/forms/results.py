"""Results of an ordered list, all lines at once: preset to paid, exceptions flipped."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.forms.fields import DayField
from disbursements.actions.results import Result
from disbursements.models import PaymentLine
from kotim_social.formlayout import PlainForm
from kotim_social.lib.dates import today

PAID, RETURNED, WAITING = "paid", "returned", "waiting"
OUTCOMES = (PAID, RETURNED, WAITING)
LONGEST = {"note": 300, "slip": 80}


@dataclass
class ResultRow:
    """One line of the form, with what was chosen for it and what is wrong with that."""

    line: PaymentLine
    outcome: str = PAID
    reason: str = ""
    note: str = ""
    slip: str = ""
    error: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the exception's fields are shown at once."""
        return self.outcome == RETURNED or bool(self.error)


class ResultsForm(PlainForm, forms.Form):
    """One date for all; the lines are read by hand, for there may be a thousand of them."""

    happened_on = DayField(label=gettext_lazy("Date of the results"), initial=today)

    def __init__(
        self,
        *args: Any,
        lines: Sequence[PaymentLine],
        cash: bool,
        absent: Collection[UUID] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cash = cash
        self.absent = absent
        self.rows = [
            self._row(line, self.data) if self.is_bound else self._preset(line) for line in lines
        ]

    @property
    def is_long(self) -> bool:
        return bool(self.rows)

    def fill(self, data: QueryDict) -> None:
        super().fill(data)
        for row in self.rows:
            vars(row).update(vars(self._row(row.line, data)))

    def _preset(self, line: PaymentLine) -> ResultRow:
        """Paid, but for those who are known not to have come for it."""
        if line.pk in self.absent:
            return ResultRow(line, RETURNED, PaymentLine.Reason.NOT_FETCHED)
        return ResultRow(line)

    @staticmethod
    def _row(line: PaymentLine, data: Mapping[str, Any]) -> ResultRow:
        """A line that the form did not carry keeps waiting."""
        value = {
            name: data.get(f"{name}-{line.pk}", "")
            for name in ("outcome", "reason", "note", "slip")
        }
        value["outcome"] = value["outcome"] or WAITING
        return ResultRow(line, **value)

    def clean(self) -> dict[str, Any]:
        for row in self.rows:
            row.error = self._problem(row)
            if row.error:
                self.add_error(None, row.error)
        return self.cleaned_data

    def _problem(self, row: ResultRow) -> str:
        number = {"n": row.line.number}
        if row.outcome not in OUTCOMES:
            row.outcome = WAITING
            return _("Line %(n)s: choose paid, returned or no result yet.") % number
        try:
            ProhibitNullCharactersValidator()(row.note + row.slip)
        except ValidationError:
            return _("Line %(n)s: the text has a sign that cannot be stored.") % number
        if len(row.note) > LONGEST["note"] or len(row.slip) > LONGEST["slip"]:
            return _("Line %(n)s: the text is too long.") % number
        if row.outcome == RETURNED:
            return self._problem_of_return(row)
        return ""

    def _problem_of_return(self, row: ResultRow) -> str:
        number = {"n": row.line.number}
        if row.reason not in PaymentLine.Reason.values:
            return _("Line %(n)s: say why the money came back.") % number
        if self.cash and not row.slip.strip():
            return _("Line %(n)s: give the number of the deposit slip for the cash.") % number
        return ""

    @property
    def results(self) -> list[Result]:
        """Only what has a result; who waits on is left as she is."""
        return [
            Result(
                line_id=row.line.pk,
                paid=row.outcome == PAID,
                reason=row.reason if row.outcome == RETURNED else "",
                note=row.note if row.outcome == RETURNED else "",
                deposit_slip=row.slip if row.outcome == RETURNED else "",
            )
            for row in self.rows
            if row.outcome != WAITING
        ]
