"""Forms of the programme: one for each thing that can be changed; what they say is proposed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy

from cases.forms.fields import DayField
from disbursements.models import AssistanceKind, BudgetYear, Funder, Policy, ProgrammeChange
from disbursements.programme import NOW
from kotim_social.formlayout import PlainForm, ReasonField
from kotim_social.lib.money import RupiahFormField

_CODE = RegexValidator(
    r"^[A-Z][A-Z0-9_]{1,19}$", gettext_lazy("Capital letters, digits and _, for example MODAL.")
)


class ChangeForm(PlainForm, forms.Form):
    """The new values, and why; `values()` is what the proposal keeps."""

    reason = ReasonField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "reason"])

    def values(self) -> dict[str, Any]:
        data = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        return {name: _plain(value) for name, value in data.items()}


def _plain(value: Any) -> Any:
    """JSON: a row by its key, a day in ISO form."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "pk"):
        return value.pk
    return "" if value is None else value


class FunderForm(ChangeForm):
    code = forms.CharField(label=gettext_lazy("Code"), max_length=20, validators=[_CODE])
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    source = forms.CharField(
        label=gettext_lazy("Source of funds"),
        max_length=40,
        help_text=gettext_lazy("For example: APBN"),
    )


class YearForm(ChangeForm):
    year = forms.IntegerField(
        label=gettext_lazy("Budget year"), min_value=2017, max_value=2100, localize=False
    )
    cut_off = DayField(label=gettext_lazy("Last day of payment"), required=False)


class KindForm(ChangeForm):
    code = forms.CharField(label=gettext_lazy("Code"), max_length=20, validators=[_CODE])
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    funder = forms.ModelChoiceField(
        label=gettext_lazy("Funder"), queryset=Funder.objects.all(), empty_label=None
    )
    method = forms.ChoiceField(label=gettext_lazy("Paid by"), choices=AssistanceKind.Method.choices)
    who = forms.ChoiceField(label=gettext_lazy("Who gets it"), choices=Policy.Who.choices)
    payable_when = forms.ChoiceField(
        label=gettext_lazy("Paid when"), choices=Policy.PayableWhen.choices
    )


class PackageForm(ChangeForm):
    package = forms.ModelChoiceField(
        label=gettext_lazy("Package"),
        queryset=AssistanceKind.objects.filter(component_of=None),
        empty_label=None,
        help_text=gettext_lazy("The kind whose ceiling and funder the parts draw on."),
    )
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("Parts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("They are paid in place of the package. None: it is paid itself."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.code, kind.name) for kind in AssistanceKind.objects.order_by("order")]
        self.fields["parts"].choices = kinds  # type: ignore[attr-defined]


class RateForm(ChangeForm):
    kind = forms.ModelChoiceField(
        label=gettext_lazy("Kind"),
        queryset=AssistanceKind.objects.filter(components=None),
        empty_label=None,
        help_text=gettext_lazy("A package is not among them: its parts have the rates."),
    )
    amount = RupiahFormField(label=gettext_lazy("Amount"))
    valid_from = DayField(label=gettext_lazy("Valid from"))
    legal_basis = forms.CharField(label=gettext_lazy("Legal basis"), max_length=200)


class CeilingForm(ChangeForm):
    year = forms.ModelChoiceField(
        label=gettext_lazy("Budget year"),
        queryset=BudgetYear.objects.filter(closed_on=None).order_by("-year"),
        empty_label=None,
    )
    kind = forms.ModelChoiceField(
        label=gettext_lazy("Kind"),
        queryset=AssistanceKind.objects.filter(component_of=None),
        empty_label=None,
    )
    amount = RupiahFormField(label=gettext_lazy("Ceiling"))


class ClosingForm(ChangeForm):
    year = forms.ModelChoiceField(
        label=gettext_lazy("Budget year"),
        queryset=BudgetYear.objects.filter(closed_on=None).order_by("-year"),
        empty_label=None,
    )

    def values(self) -> dict[str, Any]:
        return {**super().values(), "closed_on": NOW}


_SUBJECT = ProgrammeChange.Subject
FORMS: dict[str, type[ChangeForm]] = {
    _SUBJECT.FUNDER: FunderForm,
    _SUBJECT.BUDGET_YEAR: YearForm,
    _SUBJECT.KIND: KindForm,
    _SUBJECT.PACKAGE: PackageForm,
    _SUBJECT.RATE: RateForm,
    _SUBJECT.CEILING: CeilingForm,
    _SUBJECT.CLOSING: ClosingForm,
}


class DepositForm(PlainForm, forms.Form):
    """The deposit of what came back of one funder's money."""

    deposit_number = forms.CharField(label=gettext_lazy("Number of the deposit"), max_length=80)
    on = DayField(label=gettext_lazy("Date of the deposit"))


class LateRefundForm(PlainForm, forms.Form):
    """Money of a closed year that came back: by list and line, with its paper."""

    list_number = forms.CharField(
        label=gettext_lazy("Number of the payment list"),
        max_length=20,
        help_text=gettext_lazy("For example: DB-2017-0001"),
    )
    line_number = forms.IntegerField(
        label=gettext_lazy("Line"), min_value=1, max_value=99_999, localize=False
    )
    booked_in = forms.ModelChoiceField(
        label=gettext_lazy("Booked in the budget year"),
        queryset=BudgetYear.objects.filter(closed_on=None).order_by("-year"),
        empty_label=None,
    )
    happened_on = DayField(label=gettext_lazy("Date on which the money came back"))
    paper = forms.CharField(label=gettext_lazy("Number of the paper"), max_length=80)
    reason = ReasonField()


class LapseForm(PlainForm, forms.Form):
    on = DayField(label=gettext_lazy("Date"))
    reason = ReasonField()
