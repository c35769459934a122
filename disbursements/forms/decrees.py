"""The facts of a decree."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases.forms.fields import DayField
from disbursements.models import BudgetYear
from kotim_social.formlayout import PlainForm
from kotim_social.lib.dates import today


class DecreeForm(PlainForm, forms.Form):
    """Number, date, who signs, and on which budget it is."""

    number = forms.CharField(
        label=gettext_lazy("Number of the decree"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give the number of the decree.")},
    )
    decided_on = DayField(label=gettext_lazy("Date of the decree"), initial=today)
    signed_by_title = forms.CharField(
        label=gettext_lazy("Signed by"),
        max_length=120,
        help_text=gettext_lazy("The title, as printed under the decree."),
    )
    budget_year = forms.ModelChoiceField(
        label=gettext_lazy("Budget year"), queryset=None, empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = BudgetYear.objects.filter(closed_on__isnull=True).order_by("-year")
        self.fields["budget_year"].queryset = years  # type: ignore[attr-defined]
        self.fields["budget_year"].initial = years.first()

    def as_hidden(self) -> list[tuple[str, str]]:
        data = self.cleaned_data
        return [
            ("number", data["number"]),
            ("decided_on", f"{data['decided_on']:%d-%m-%Y}"),
            ("signed_by_title", data["signed_by_title"]),
            ("budget_year", str(data["budget_year"].pk)),
        ]
